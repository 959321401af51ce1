"""Where an outage is said to be, by the hops that were asked meanwhile."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.snapshot import NOT_SENT, Hop, Snapshot
from hopscope.app.settings import TraceSettings
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.probe import wire

HOPS = 8


def broken(beyond_ttl: int, first_s: int, last_s: int, rounds: int = 100) -> Snapshot:
    """A trace in which nothing beyond a hop is answered from a second to another."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lost = first_s * 1_000_000 < now_us < last_s * 1_000_000 and request.ttl > beyond_ttl
        return None if lost else steady(HOPS)(now_us, request)

    return World(network, TraceSettings(rounds=rounds)).run()


def seldom(snapshot: Snapshot, every: int) -> Snapshot:
    """The same where the hops before the target were asked in some rounds only, as where several targets share them."""

    def thin(hop: Hop) -> Hop:
        if hop.ttl == HOPS:
            return hop
        values = [value if at % every == 0 else NOT_SENT for at, value in enumerate(hop.rtts_us)]
        return replace(hop, rtts_us=memoryview(array("i", values)))

    return replace(snapshot, hops=tuple(map(thin, snapshot.hops)))


def outage_of(snapshot: Snapshot) -> tuple[str, int, int, str]:
    """The sentence, the last hop before, the first hop of it, and the figures."""
    assessment = verdicts(snapshot)
    [verdict] = [one for one in assessment.verdicts if one.rule is rules.OUTAGE]
    numbers = dict(verdict.numbers)
    return assessment.sentence, int(numbers["after_ttl"]), int(numbers["from_ttl"]), verdict.figures


@pytest.mark.parametrize("every", [1, 6])
def test_hops_that_answered_when_they_were_asked_are_before_an_outage(every: int) -> None:
    """However seldom that was: nothing is said of the rounds in which nobody asked."""
    sentence, after_ttl, from_ttl, _ = outage_of(seldom(broken(5, 40, 70), every))
    assert sentence.startswith("Outage: nothing beyond hop 5 answered for ")
    assert (after_ttl, from_ttl) == (5, 6)


@pytest.mark.parametrize("every", [1, 6])
def test_no_hop_answered_is_said_where_each_was_asked(every: int) -> None:
    """Four probes of each hop are lost, or all."""
    sentence, after_ttl, from_ttl, figures = outage_of(seldom(broken(0, 40, 70), every))
    assert sentence.startswith("Outage: no hop answered for ")
    assert (after_ttl, from_ttl) == (0, 1)
    assert figures.endswith("; no hop answered meanwhile")


@pytest.mark.parametrize("beyond_ttl", [0, 7])
def test_an_outage_in_which_nobody_asked_the_other_hops_is_the_targets(beyond_ttl: int) -> None:
    """Where it was is not known: no hop is said to have been silent, and none to be before it."""
    sentence, after_ttl, from_ttl, figures = outage_of(seldom(broken(beyond_ttl, 40, 46), 20))
    assert sentence.startswith("Outage: the target did not answer for 6 s")
    assert (after_ttl, from_ttl) == (0, HOPS)
    assert "no hop answered" not in figures


def test_a_target_that_stopped_says_nothing_of_hops_that_nobody_asked() -> None:
    """No hop answers is told of hops that were asked."""
    snapshot = broken(0, 82, 1000, rounds=94)
    assert verdicts(snapshot).sentence.endswith("; no hop answers now.")
    assert verdicts(seldom(snapshot, 20)).sentence == "The target stopped answering 12 s ago."


def test_the_latest_outage_is_told_first() -> None:
    """Of several that are over the answer names the one that ended last."""
    begun_s = (20, 60, 110)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lost = request.ttl > 4 and any(first_s * 1_000_000 < now_us < (first_s + 12) * 1_000_000 for first_s in begun_s)
        return None if lost else steady(HOPS)(now_us, request)

    assessment = verdicts(World(network, TraceSettings(rounds=140)).run())
    ago_us = [dict(one.numbers)["ago_us"] for one in assessment.verdicts if one.rule is rules.OUTAGE]
    assert len(ago_us) == len(begun_s)
    assert ago_us == sorted(ago_us)
    assert assessment.answer.number("ago_us") == ago_us[0]


def test_an_outage_that_is_over_for_longer_than_it_lasted_is_no_fault_any_more() -> None:
    """For a while it is told in red; then the path is well, and it is history."""
    severities = []
    for rounds in (80, 130):
        [found] = [one for one in verdicts(broken(5, 40, 60, rounds)).verdicts if one.rule is rules.OUTAGE]
        severities.append(found.severity)
    assert severities == ["fault", "note"]
