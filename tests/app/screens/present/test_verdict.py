"""The answer line and what stands in an empty table, where there is nothing to judge."""

from __future__ import annotations

from hopscope.app.actions import remapped
from hopscope.app.insight.assessment import Assessment
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.judge import NOTHING
from hopscope.app.screens.present.verdict import answer, waiting
from hopscope.app.settings import TraceSettings
from support.engines import World, steady


def test_a_trace_that_is_reset_while_paused_says_that_it_is_paused() -> None:
    """Nothing comes any more, so nothing starts and nothing is waited for; the key that resumes is named as it is."""
    world = World(steady(6), TraceSettings(rounds=100))
    world.run(until_s=20)
    world.group.pause(world.now_us)
    world.group.reset(world.now_us)
    world.tell()
    snapshot = world.paths[0].snapshot()
    assert (snapshot.state, snapshot.hops) == ("paused", ())
    mine = remapped({"pause-or-resume": "F9"})
    said = answer(snapshot, NOTHING, mine)
    assert said.sentences == (
        ("Paused: nothing is measured yet.", "F9 resumes."),
        ("Paused: nothing is measured yet.", ""),
    )
    assert waiting(snapshot, world.now_us + 60_000_000, mine) == "Paused: nothing is measured yet."
    assert answer(snapshot, verdicts(snapshot), mine) == said


def test_what_was_measured_before_a_pause_is_told_in_it() -> None:
    """A pause alone takes nothing away from the answer."""
    world = World(steady(6), TraceSettings(rounds=100))
    world.run(until_s=20)
    world.group.pause(world.now_us)
    world.tell()
    snapshot = world.paths[0].snapshot()
    assert answer(snapshot, verdicts(snapshot)).sentences == verdicts(snapshot).sentences
    assert answer(snapshot, Assessment()).sentences == (("Starting.", ""),)
