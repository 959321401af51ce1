"""Verdicts on packets that circle."""

from __future__ import annotations

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Status
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady
from support.virtual import Lab, lab_world

# What says that the target answers.
REACHED = {rules.NO_LOSS, rules.LOSS_NOT_EXCLUDED, rules.LOSS_UNDECIDED, rules.TARGET_TOO_NEAR}
SEEMS = (
    ("A routing loop seems to have formed at hop 4", "(confirming)."),
    ("A routing loop seems to be at hop 4", "(confirming)."),
)


def test_a_loop_that_forms_is_told_from_its_first_round_on() -> None:
    """As one that seems to be there, then as one that is; old answers of the target make nothing fine meanwhile."""
    world = lab_world(Lab("loop"), TraceSettings())
    seen = []
    for half in range(33, 60):
        assessment = verdicts(world.run(until_s=half / 2))
        assert assessment.answer.rules[0] is rules.ROUTING_LOOP, half
        assert not REACHED & {one.rule for one in assessment.verdicts}, half
        assert (assessment.answer.severity == "fault") is (assessment.answer.status is Status.CONFIRMED)
        if assessment.answer.status is Status.PROVISIONAL:
            assert assessment.sentences == SEEMS
        seen.append(assessment.answer.status)
    assert Status.PROVISIONAL in seen
    assert seen == sorted(seen, key=[Status.PROVISIONAL, Status.CONFIRMED].index)


@pytest.mark.parametrize("rounds", [16, 17, 18, 19, 20, 21])
def test_a_trace_that_ends_while_a_loop_forms(rounds: int) -> None:
    """A report has no later round to wait for."""
    assessment = verdicts(lab_world(Lab("loop"), TraceSettings(rounds=rounds)).run())
    assert assessment.sentences == SEEMS
    assert not REACHED & {one.rule for one in assessment.verdicts}


def circling(members: int, target_ttl: int, begins_us: int, ends_us: int) -> set[rules.Rule]:
    """What is said of a path that circles behind hop 3 between two times."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if begins_us <= now_us < ends_us and request.ttl > 3:
            return 10_000, wire.Answer("ttl-expired", f"10.9.0.{request.ttl % members}", 10_000)
        return steady(target_ttl)(now_us, request)

    return {one.rule for one in verdicts(World(network, TraceSettings(rounds=30)).run()).verdicts}


@pytest.mark.parametrize("members", [2, 3, 4])
def test_a_loop_before_a_target_that_is_farther(members: int) -> None:
    """All hops up to where the target was answer anew within two rounds."""
    assert rules.ROUTING_LOOP in circling(members, 12, 28_500_000, 60_000_000)


def test_a_loop_that_is_gone_is_not_told() -> None:
    """The target answers again."""
    assert rules.ROUTING_LOOP not in circling(2, 12, 20_000_000, 24_000_000)


@pytest.mark.parametrize("lost", [0, 3, 9])
def test_routers_that_stand_twice_before_a_target_are_no_loop(lost: int) -> None:
    """However few probes the target answers, it never answered where they do."""
    sent = iter(range(1000))

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if 3 < request.ttl < 8:
            return 10_000, wire.Answer("ttl-expired", f"10.9.0.{request.ttl % 2}", 10_000)
        answer = steady(8)(now_us, request)
        return None if request.ttl == 8 and next(sent) % 10 >= 10 - lost else answer

    for rounds in range(10, 31):
        sent = iter(range(1000))
        found = verdicts(World(network, TraceSettings(rounds=rounds)).run()).verdicts
        assert rules.ROUTING_LOOP not in {one.rule for one in found}


def test_the_log_says_that_a_loop_began() -> None:
    """Dated to its first round; how many hops it fills is no length of a path, and its routers are named once each."""
    snapshot = lab_world(Lab("loop"), TraceSettings()).run(until_s=60)
    [change] = [one for one in snapshot.log_entries if one.kind == "path-changed"]
    assert (change.text, change.round, change.circles) == ("a routing loop began", 15, True)
    told = {one.rule: one for one in verdicts(snapshot).verdicts}
    assert told[rules.ROUTING_LOOP].since_us == told[rules.PATH_CHANGE].since_us == change.time_us
    assert told[rules.ROUTING_LOOP].brief == "for 44 s"
    assert told[rules.PATH_CHANGE].sentence == "Hops 6-11: a routing loop began."
    assert told[rules.PATH_CHANGE].reasons[0] == "Was 203.0.113.180; now 203.0.113.1, 203.0.113.9 in turn."


def test_a_change_to_another_path_begins_no_loop() -> None:
    """Nor does the end of a loop."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if 20_500_000 <= now_us < 40_500_000 and request.ttl > 3:
            return 10_000, wire.Answer("ttl-expired", f"10.9.0.{request.ttl % 2}", 10_000)
        return steady(8)(now_us, request)

    log = World(network, TraceSettings(rounds=80)).run().log_entries
    assert [one.circles for one in log if one.kind == "path-changed"] == [True, False]
    moved = lab_world(Lab("path-change"), TraceSettings()).run(until_s=60).log_entries
    assert [one.circles for one in moved if one.kind == "path-changed"] == [False]
