"""The answer line and what stands in an empty table, where there is nothing to judge."""

from __future__ import annotations

from hopscope.app.actions import ACTIONS, remapped
from hopscope.app.insight import rules
from hopscope.app.insight.assessment import Assessment
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.judge import NOTHING
from hopscope.app.screens.present.verdict import answer, findings, waiting
from hopscope.app.settings import TraceSettings
from support.engines import World, steady
from support.virtual import Lab, lab_world


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
    told = (("Measuring:", "20 of 20 answered at the target, 10.0 ms."),)
    assert answer(snapshot, Assessment()).sentences == told


def test_before_the_rules_are_there_the_answer_says_what_the_table_shows() -> None:
    """Above figures it does not say that the trace starts."""
    world = World(steady(6), TraceSettings())
    assert answer(world.run(until_s=0), Assessment()).sentences == (("Starting.", ""),)
    assert answer(world.run(until_s=1.5), Assessment()).sentences[0][0] == "Measuring:"
    silent = World(steady(6, silent=(6,)), TraceSettings()).run(until_s=3)
    assert answer(silent, Assessment()).sentences == (("Measuring.", "The target has not answered yet."),)


def test_what_made_the_answer_leads_the_tab() -> None:
    """A step that is no fault has a higher rank, and stands below it."""
    snapshot = lab_world(Lab("steady"), TraceSettings()).run(until_s=40)
    found = verdicts(snapshot)
    assert [one.rule for one in found.verdicts[:2]] == [rules.LATENCY_STEP, rules.LOSS_NOT_EXCLUDED]
    told = findings(snapshot, found, ACTIONS)
    assert [one.title for one in told[:2]] == ["Fine so far", found.verdicts[0].title]
    assert len(told) == len(found.verdicts)


def test_the_tab_names_the_key_that_tests_large_packets() -> None:
    """A path that is fine for small packets may not be for large ones; without a key nothing is pressed."""
    snapshot = World(steady(6), TraceSettings()).run(until_s=70)
    small = "Small packets only (64 B): the check of the path MTU tests larger ones."
    [fine] = [one for one in findings(snapshot, verdicts(snapshot), ACTIONS) if one.title == "No loss"]
    assert fine.reasons[:2] == (small, "Press ! to test them.")
    [fine] = [one for one in findings(snapshot, verdicts(snapshot), ()) if one.title == "No loss"]
    assert not any("Press" in reason for reason in fine.reasons)
