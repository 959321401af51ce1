"""Slow routers and steps of latency: at which hops they are not claimed; and shifts, in words."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hopscope.app.insight import rules
from hopscope.app.insight.answer import Status
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady
from support.snapshots import hop, snapshot

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment, Verdict
    from hopscope.app.path.snapshot import Hop

TARGET = World(steady(2), TraceSettings(rounds=1)).run().target
ROUNDS = 170
LABEL = (wire.Label(24_001, 0, 1, 1),)


def times(base_us: int, *, late: float = 0.0, late_us: int = 30_000, seed: int = 1) -> list[int]:
    """A history around a base; a share of the answers is late."""
    chance = Random(base_us + seed)
    return [
        base_us + int(chance.expovariate(1 / 200)) + (int(chance.uniform(0.8, 1) * late_us) * (chance.random() < late))
        for _ in range(ROUNDS)
    ]


def found(rule: rules.Rule, *hops: Hop) -> list[Verdict]:
    """The verdicts of a rule on a path made of hops."""
    return [one for one in verdicts(snapshot(TARGET, list(hops))).verdicts if one.rule is rule]


def hops(slow: Hop) -> list[Hop]:
    """Five hops, the third as given."""
    return [
        hop(1, times(1_000), "10.0.0.1"),
        hop(2, times(3_000), "10.0.0.2"),
        slow,
        hop(4, times(6_000), "10.0.0.4"),
        hop(5, times(8_000), TARGET.address),
    ]


def test_a_router_that_only_answers_slowly_is_named() -> None:
    """Later hops are quick, so traffic through it is not slowed."""
    [verdict] = found(rules.SLOW_REPLIES, *hops(hop(3, times(5_000, late=0.4), "10.0.0.3")))
    assert verdict.last_ttl == 3


def test_a_hop_of_a_near_and_a_far_router_is_not_slow() -> None:
    """Its times are those of two paths."""
    by = [int(number % 2) for number in range(ROUNDS)]
    mixed = [a if one == 0 else b for one, a, b in zip(by, times(5_000), times(45_000), strict=True)]
    assert found(rules.SLOW_REPLIES, *hops(hop(3, mixed, "10.0.0.3", "10.0.1.3", by=by))) == []


def test_a_hop_in_a_tunnel_is_not_slow() -> None:
    """Its replies may travel to the tunnel's end first."""
    labelled = hop(3, times(45_000), "10.0.0.3", labels={"10.0.0.3": LABEL})
    assert found(rules.SLOW_REPLIES, *hops(labelled)) == []
    assert len(found(rules.SLOW_REPLIES, *hops(hop(3, times(45_000), "10.0.0.3")))) == 1


def test_a_router_is_not_slow_against_one_that_is_as_slow() -> None:
    """A later hop that has the same late answers, only fewer, shows nothing."""
    five = hops(hop(3, times(5_000, late=0.15), "10.0.0.3"))
    five[3] = hop(4, times(6_000, late=0.04, late_us=40_000), "10.0.0.4")
    five[4] = hop(5, times(8_000, late=0.04, late_us=40_000), TARGET.address)
    assert found(rules.SLOW_REPLIES, *five) == []


def test_a_step_into_a_tunnel_may_be_anywhere_in_it() -> None:
    """All its hops answer by way of its end: the place is the whole tunnel."""
    six = [
        hop(1, times(1_000), "10.0.0.1"),
        hop(2, times(3_000), "10.0.0.2"),
        *(hop(ttl, times(60_000), f"10.0.0.{ttl}", labels={f"10.0.0.{ttl}": LABEL}) for ttl in (3, 4, 5)),
        hop(6, times(61_000), TARGET.address),
    ]
    [verdict] = found(rules.LATENCY_STEP, *six)
    assert (verdict.first_ttl, verdict.last_ttl) == (2, 5)
    assert any("MPLS tunnel" in reason for reason in verdict.reasons)


def shifting(step_us: int, at_s: float, until_s: float = 1e9, base_us: int = 40_000) -> World:
    """Six hops; from the fourth on RTT is another one for a while."""
    chance = Random(6)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        made = steady(6, base_us)(now_us, request)
        assert made is not None
        moved = at_s <= now_us / 1e6 < until_s and request.ttl >= 4
        rtt_us = made[0] + int(chance.expovariate(1 / 150)) + moved * step_us
        return rtt_us, wire.Answer(made[1].word, made[1].address, rtt_us)

    return World(network, TraceSettings())


def judged(world: World, at_s: float) -> Assessment:
    """The judgement at a time."""
    return verdicts(world.run(until_s=at_s))


def test_a_shift_is_told_provisionally_then_for_good() -> None:
    """First both causes are left open; both times with when it began and from which hop on."""
    world = shifting(20_000, 100)
    assert judged(world, 99).answer.rules[0] is not rules.LATENCY_SHIFT
    early = judged(world, 110)
    assert early.answer.status is Status.PROVISIONAL
    assert early.severity == "note"
    assert early.sentence == "RTT seems to have risen by 20.0 ms 10 s ago, from hop 4 on: a longer path, or a queue."
    late = judged(world, 130)
    assert late.answer.status is Status.CONFIRMED
    assert late.severity == "warning"
    assert late.sentence.startswith("RTT rose by 20.")
    assert " 30 s ago, from hop 4 on: a longer path, or a queue (40.1 to 60." in late.sentence
    assert late.answer.place is not None
    assert (late.answer.place.first_ttl, late.answer.place.last_ttl) == (3, 4)
    assert judged(world, 300).answer.rules[0] is not rules.LATENCY_SHIFT
    assert not [one for one in judged(world, 400).verdicts if one.rule is rules.QUEUEING]


def test_a_fall_is_news_and_no_trouble() -> None:
    """It is told as a note."""
    assessment = judged(shifting(-15_000, 100), 130)
    assert assessment.severity == "note"
    assert assessment.sentence.startswith("RTT fell by ")


def test_a_shift_that_went_back_is_told_as_ended() -> None:
    """With how long it lasted, and both causes."""
    assessment = judged(shifting(20_000, 100, 150), 180)
    [verdict] = [one for one in assessment.verdicts if one.rule is rules.LATENCY_SHIFT]
    assert verdict.status is Status.ENDED
    assert "ms higher for 50 s" in assessment.sentence or assessment.answer.rules[0] is rules.QUEUEING


def test_how_long_a_router_looks_for_the_target_is_no_delay_of_the_path() -> None:
    """Probes that wait for a neighbour that is not there are reported after up to three seconds: no queue, no step."""
    routers = steady(3)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl < 3:
            return routers(now_us, request)
        waits_us = 3_000_000 - now_us // 300_000 % 10 * 290_000
        return waits_us, wire.Answer("no-route", "10.0.0.2", waits_us, icmp_type=3, icmp_code=1)

    assessment = verdicts(World(network, TraceSettings(rounds=60, interval_us=300_000)).run())
    assert assessment.answer.rules[0] is rules.UNREACHABLE
    assert not [one for one in assessment.verdicts if one.rule.group == "Delay"]
