"""The judge: judgements are kept for a while, but never until they are stale."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.insight import verdicts
from hopscope.app.screens.app import HopscopeApp
from hopscope.app.screens.judge import AT_LEAST_S, AT_MOST_S, COST_SHARE, Judge
from hopscope.app.settings import TraceSettings
from support.engines import World
from support.moving import MovingSource
from support.screen import screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.insight.assessment import Assessment


class Clocks:
    """The wall's and the processor's, as the judge reads them; judging takes its time on both."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, wall_s: float, processor_s: float) -> None:
        self.wall_s = self.processor_s = 0.0
        self.judged = 0
        real: Callable[..., Assessment] = verdicts.verdicts

        def judged(*arguments: object) -> Assessment:
            self.judged += 1
            self.wall_s += wall_s
            self.processor_s += processor_s
            return real(*arguments)

        monkeypatch.setattr(verdicts, "verdicts", judged)
        monkeypatch.setattr(time, "thread_time", lambda: self.processor_s)
        monkeypatch.setattr(MovingSource, "now_us", lambda _: int(self.wall_s * 1e6))

    def rounds_until_next(self, judge: Judge, source: MovingSource) -> float:
        """For how long a judgement is kept, in steps of a tenth of a second, each with a new round."""
        judge.assess(source.snapshots()[0])
        before, since_s = self.judged, self.wall_s
        while self.judged == before:
            self.wall_s += 0.1
            source.advance()
            judge.assess(source.snapshots()[0])
        return self.wall_s - since_s


@pytest.mark.parametrize(
    ("processor_s", "kept_s"),
    [(0.0, AT_LEAST_S), (0.02, 0.02 / COST_SHARE), (5.0, AT_MOST_S)],
    ids=["cheap", "costly", "very costly"],
)
def test_a_judgement_is_kept_by_what_it_cost(
    monkeypatch: pytest.MonkeyPatch, processor_s: float, kept_s: float
) -> None:
    """Judging takes a hundredth of the processor at most, until an answer would be stale."""
    clocks = Clocks(monkeypatch, wall_s=0.0, processor_s=processor_s)
    source = MovingSource(60)
    assert clocks.rounds_until_next(Judge(source), source) == pytest.approx(kept_s, abs=0.11)


def test_a_busy_machine_makes_no_answer_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second in which others had the processor is no cost of judging: the answer is renewed as usual."""
    clocks = Clocks(monkeypatch, wall_s=1.0, processor_s=0.001)
    source = MovingSource(60)
    assert clocks.rounds_until_next(Judge(source), source) < AT_LEAST_S + 1.2


async def test_the_first_frame_waits_for_no_judgement(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures stand on the screen before the rules are asked, and so before they are loaded."""
    happened = []
    real_verdicts, real_ready = verdicts.verdicts, HopscopeApp.on_ready

    def judged(*arguments: Any) -> Assessment:
        happened.append("judged")
        return real_verdicts(*arguments)

    def ready(app: HopscopeApp) -> None:
        happened.append("shown")
        real_ready(app)

    monkeypatch.setattr(verdicts, "verdicts", judged)
    monkeypatch.setattr(HopscopeApp, "on_ready", ready)
    async with screen(MovingSource(60)):
        pass
    assert happened[:2] == ["shown", "judged"]


def test_silence_is_judged_once_it_is_strange() -> None:
    """While nobody can have answered the rules are not asked; after five seconds without an answer they are."""
    world = World(lambda _now, _request: None, TraceSettings())
    judge = Judge(MovingSource())
    assert judge.assess(world.run(until_s=4)).sentence == ""
    assert judge.assess(world.run(until_s=8)).sentence.startswith("No hop has answered ")
