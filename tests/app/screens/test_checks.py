"""The check that a verdict offers: asked for on a key, run on yes alone, shown while it runs, and ended by Escape."""

from __future__ import annotations

import sys
from array import array
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.actions import ACTIONS, remapped
from hopscope.app.trace.checks import ArmResult, Check, CheckKind
from hopscope.app.trace.mtu.path_mtu import HopMtu, PathMtu
from support.moving import MovingSource
from support.screen import screen, text
from support.tmux import Terminal

if TYPE_CHECKING:
    from hopscope.app.trace.checks import CheckPlan

HOPSCOPE = str(Path(sys.executable).parent / "hopscope")
TARGET = 12


class SilentTarget(MovingSource):
    """A target that never answers, beside which checks run as far as ``run`` says."""

    def __init__(self) -> None:
        super().__init__(silent=(TARGET,))

    def run(self, state: Any, *results: ArmResult) -> None:
        """How far the check is that was asked for."""
        _, (_, plan) = self.calls[-1]
        now_us = self.snapshots()[0].time_us
        self.checks = (Check(plan, state, results, 59, self.rounds - 1, now_us, now_us),)

    def plan(self) -> CheckPlan:
        """The check that was asked for."""
        name, (index, plan) = self.calls[-1]
        assert (name, index) == ("check", 0)
        assert plan.kind is CheckKind.OTHER_PROTOCOLS
        return plan  # type: ignore[no-any-return]


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 40)])
async def test_the_key_asks_first(size: tuple[int, int]) -> None:
    """Probes, duration and meaning are shown; only y runs it."""
    source = SilentTarget()
    async with screen(source, size) as (app, pilot):
        await pilot.press("exclamation_mark")
        await pilot.pause()
        shown = text(app)
        for part in (
            "Try other protocols at the target.",
            "15 probes, 4 s",
            "TCP 443",
            "Run it?",
            "y yes   n, ↵ no",
        ):
            assert part in shown
        for key in ("n", "escape", "enter", "x"):
            await pilot.press(key)
            await pilot.pause()
            assert "Run it?" not in text(app)
            assert app.top_overlay is None
            assert source.calls == []
            await pilot.press("exclamation_mark")
            await pilot.pause()
        await pilot.press("y")
        await pilot.pause()
        assert source.plan().probes == 15


async def test_progress_stands_in_the_last_row() -> None:
    """How many probes of how many, and how long; the outcome is said once, and the verdict has it."""
    source = SilentTarget()
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("exclamation_mark", "y")
        source.run("running", ArmResult("TCP 443", sent=2, lost=1), ArmResult("tcp 80", sent=1))
        app.update(force=True)
        await pilot.pause()
        last = text(app).splitlines()[-1]
        assert last.startswith(" Check of the target: 3 of 15 probes, ")
        assert last.endswith("Esc ends it")
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert "A check is running; Esc ends it" in text(app)
        source.run("done", ArmResult("TCP 443", sent=1, answered=1, from_target=1))
        source.advance()
        app.update(force=True)
        await pilot.pause()
        shown = text(app)
        assert "Check done. Hop 12: ICMP is filtered, the host is up (it answers TCP 443)." in shown
        assert "The target is up: it answers TCP 443; ICMP is filtered." in shown
        assert shown.splitlines()[-1].startswith(" ? Help")
        app.hide_toast()
        app.update(force=True)
        await pilot.pause()
        assert "Check done" not in text(app)


async def test_escape_ends_the_check_first() -> None:
    """Escape ends the check; only the next one steps back."""
    source = SilentTarget()
    async with screen(source) as (app, pilot):
        await pilot.press("down", "exclamation_mark", "y")
        source.run("running", ArmResult("TCP 443", sent=2))
        await pilot.press("escape")
        await pilot.pause()
        assert source.calls[-1] == ("end_check", None)
        assert app.view.selected == 1
        await pilot.press("escape")
        await pilot.pause()
        assert app.view.selected == 0


async def test_the_path_mtu_is_offered_on_a_sound_path() -> None:
    """Without a verdict that a check would settle, the key asks whether to find the path MTU; over TCP it cannot."""
    source = MovingSource()
    async with screen(source) as (app, pilot):
        await pilot.press("exclamation_mark")
        await pilot.pause()
        for part in ("Find the path MTU.", "Large packets one at a time", "Run it?"):
            assert part in text(app)
        await pilot.press("y")
        await pilot.pause()
        _, (_, plan) = source.calls[-1]
        assert (plan.kind, plan.ttl) == (CheckKind.PATH_MTU, TARGET)
    source = MovingSource()
    source.settings = replace(source.settings, protocol="tcp", port=443)
    async with screen(source) as (app, pilot):
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert "No check is offered now" in text(app)
        assert source.calls == []


async def test_the_path_mtu_is_shown() -> None:
    """What is being tried stands in the last row; the outcome in the Verdict tab and the details of each hop."""
    source = MovingSource()
    target = source.snapshots()[0].target
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("exclamation_mark", "y")
        _, (_, plan) = source.calls[-1]
        now_us = source.snapshots()[0].time_us
        check = Check(plan, "running", (), 59, source.rounds - 1, now_us, now_us, doing="hop 3, 1500 bytes")
        source.checks = (check,)
        app.update(force=True)
        await pilot.pause()
        assert text(app).splitlines()[-1].startswith(" Path MTU: hop 3, 1500 bytes")
        hops = (
            *(HopMtu(ttl, f"192.0.2.{ttl}", 1492, "implied") for ttl in range(1, TARGET)),
            HopMtu(TARGET, None, 1492, "tested"),
        )
        found = PathMtu(target, "icmp", 1500, 1500, hops, (), reached=True, state="finished")
        source.checks = (replace(check, state="done", mtu=found),)
        source.advance()
        app.update(force=True)
        await pilot.pause()
        assert "Check done. To target: path MTU 1492 bytes." in text(app)
        assert "TCP fits with an MSS of 1452" in text(app)
        await pilot.press("end", "enter")
        await pilot.pause()
        assert "path MTU      1492 bytes, answered at that size" in text(app)
        await pilot.press("up")
        await pilot.pause()
        assert "path MTU      1492 bytes, forwards packets of that size" in text(app)


async def test_no_check_runs_while_paused() -> None:
    """A check runs beside a running trace alone."""
    source = SilentTarget()
    source.state = "paused"
    async with screen(source) as (app, pilot):
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert "Checks need a running trace" in text(app)
        assert source.calls == []


async def test_the_verdict_names_the_key() -> None:
    """The Verdict tab says which key settles it, with the effort; another key where it was given one."""
    async with screen(SilentTarget(), (120, 40)) as (app, _):
        assert "To settle: press ! to try other protocols" in text(app)
    async with screen(SilentTarget(), (120, 40), keys=(("check", "F2"),)) as (app, _):
        assert "To settle: press F2 to try other protocols" in text(app)
    assert [action.keys for action in remapped({"check": "F2"}, ACTIONS) if action.name == "check"] == [("f2",)]


async def test_the_selected_hop_has_its_own_check() -> None:
    """Where several verdicts offer one, that of the selected hop is asked for."""
    source = SilentTarget()
    made = source.snapshots()[0]
    hop = made.hops[3]
    half = [value if at % 2 else -1 for at, value in enumerate(hop.rtts_us.tolist())]
    limited = replace(
        hop,
        received=sum(value >= 0 for value in half),
        rtts_us=memoryview(array("i", half)).toreadonly(),
    )
    source._made = (source._made[0], (replace(made, hops=(*made.hops[:3], limited, *made.hops[4:])),))
    async with screen(source) as (app, pilot):
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert "Try other protocols" in text(app)
        await pilot.press("n", "down", "down", "down", "down", "exclamation_mark")
        await pilot.pause()
        assert "Probe hop 4 at half the rate." in text(app)


@pytest.mark.tmux
def test_a_check_in_tmux() -> None:
    """The shipped program tries other protocols at a target that drops ICMP, and finds it up; the log has it."""
    with Terminal([HOPSCOPE, "--demo", "filtered-target", "-i", "0.1"], width=100, height=40) as terminal:
        terminal.wait_for("To settle: press !")
        terminal.keys("!")
        terminal.wait_for("Run it?", "15 probes, 4 s")
        terminal.keys("y")
        terminal.wait_for("The target is up: it answers TCP 443")
        terminal.keys("l")
        terminal.wait_for("TCP 443 1 of 1 answered")
        terminal.keys("q")
        assert terminal.wait_exit() == 0


@pytest.mark.tmux
def test_a_check_that_is_ended_in_tmux() -> None:
    """Escape ends the check of a rate-limited hop; the hop is probed again, and nothing is claimed."""
    with Terminal([HOPSCOPE, "--demo", "rate-limited", "-i", "0.2"], width=100, height=40) as terminal:
        terminal.wait_for("To settle: press ! to probe hop")
        terminal.keys("!")
        terminal.wait_for("Run it?")
        terminal.keys("y")
        terminal.wait_for("Check of hop", "Esc ends it")
        terminal.keys("Escape")
        terminal.wait_until(lambda shown: "Esc ends it" not in shown)
        terminal.keys("l")
        terminal.wait_for("check ended: by the user")
        terminal.keys("q")
        assert terminal.wait_exit() == 0


async def test_tab_shows_the_next_check() -> None:
    """Beside what a verdict offers stands the path MTU: Tab goes round, and y runs the check that is shown."""
    source = SilentTarget()
    async with screen(source, (60, 20)) as (app, pilot):
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert "Try other protocols at the target." in text(app)
        assert "Run it?   y yes   n, ↵ no   Tab next of 2" in text(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "Find the path MTU." in text(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "Try other protocols at the target." in text(app)
        await pilot.press("tab", "y")
        await pilot.pause()
        [(name, (_, plan))] = source.calls
        assert (name, plan.kind) == ("check", CheckKind.PATH_MTU)
