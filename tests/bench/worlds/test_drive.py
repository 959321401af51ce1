"""Tests that the rhythm by which hours are traced is that of the engine."""

from __future__ import annotations

from hopscope.app.settings import TraceSettings
from hopscope.app.trace.events import ProbeSent, RoundStarted

from bench.worlds.drive import TARGET, ByEngine, Rhythm, Trace
from bench.worlds.kinds import draw

SETTLED = 5  # rounds after which the engine knows the path


def rhythm_of(engine: ByEngine | Rhythm) -> list[tuple[str, int, int, int]]:
    """What is sent in ten rounds of a known path: what, when, which round, which hop."""
    engine.run(SETTLED + 10.0)
    return [
        (type(one).__name__, one.time_us, one.round, getattr(one, "ttl", 0))
        for one in engine.events
        if isinstance(one, RoundStarted | ProbeSent) and SETTLED <= one.round < SETTLED + 10
    ]


def test_probes_leave_as_the_engine_sends_them() -> None:
    """The same hops at the same times, for some lengths of path."""
    for seed in ("1", "2", "3", "4"):
        settings = TraceSettings(flows=1)
        by_engine = rhythm_of(ByEngine(draw("clean-hour", seed).network, settings, (TARGET,), detail=True))
        assert rhythm_of(Rhythm(draw("clean-hour", seed), settings)) == by_engine
        assert by_engine


def test_an_answer_is_read_from_either() -> None:
    """Loss that lasts is told, whichever of both traces it."""
    for plain in (False, True):
        read = Trace(draw("loss-steady", "7"), plain=plain).read(250)
        assert "loss" in read.kinds
        assert read.text
