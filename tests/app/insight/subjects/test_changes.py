"""What is said of paths that change, return and flap."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Status
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.insight.assessment import Assessment

SECONDS = (10, 20, 22, 40, 62, 70)
BALANCE = {rules.LOAD_BALANCING, rules.UNEQUAL_COST_PATHS}


def network_of(address: str) -> str | None:
    """Whose a router of the scenarios is."""
    return {"198.51": "AS64503 EXAMPLE-WEST", "203.0": "AS64501 EXAMPLE-EAST"}.get(address[: address.index(".", 4)])


@cache
def told(name: str) -> dict[int, Assessment]:
    """A demo as it is judged by second."""
    world = lab_world(Lab(name), TraceSettings())
    return {second: verdicts(world.run(until_s=second + 0.95), network_of) for second in SECONDS}


def by_order(addresses: str) -> Assessment:
    """The judgement of a trace whose hop 3 has answered in this order."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 3:
            letter = addresses[min(now_us // 1_000_000, len(addresses) - 1)]
            return 5_000, wire.Answer("ttl-expired", f"10.7.0.{ord(letter)}", 5_000)
        return steady(6)(now_us, request)

    return verdicts(World(network, TraceSettings(rounds=len(addresses))).run())


def test_the_demo_of_a_change() -> None:
    """It seems to have changed within the round, then it has, over another network; so it goes back."""
    seen = told("path-change")
    assert seen[10].answer.rules[0] is not rules.PATH_CHANGE
    assert seen[20].sentence == "Path seems to have changed at hops 4-7 (confirming)."
    assert (seen[20].answer.status, seen[20].severity) == (Status.PROVISIONAL, "changed")
    assert seen[22].answer.status is Status.CONFIRMED
    assert seen[40].sentence == (
        "Path changed 20 s ago at hops 4-6: detour via AS64503 EXAMPLE-WEST, one hop longer, +14.3 ms."
    )
    assert seen[62].sentence.startswith("Path changed 2 s ago at hops 4-5: back on an earlier path, one hop shorter")
    since = seen[40].answer.since_us
    assert since is not None
    assert since == seen[20].answer.since_us


def test_a_change_that_seems_to_be_at_the_end_awaits_no_more_rounds() -> None:
    """A finished report does not say that it is confirming, nor that more rounds will tell."""
    shot = replace(lab_world(Lab("path-change"), TraceSettings()).run(until_s=20.95), state="finished")
    assessment = verdicts(shot, network_of)
    assert assessment.sentence == "Path seems to have changed at hops 4-7 just before the trace ended."
    [seems] = [one for one in assessment.verdicts if one.rule is rules.PATH_CHANGE]
    assert seems.settle == "The trace ended too soon after it: a longer one tells."


def test_a_rise_of_a_longer_path_is_said_of_the_target() -> None:
    """Hop by hop the routers are others, so that no hop is where it rose."""
    [changed] = [one for one in told("path-change")[40].verdicts if one.rule is rules.PATH_CHANGE]
    assert any(reason.endswith("+14.3 ms to the target.") for reason in changed.reasons), changed.reasons


def test_the_demo_of_a_flap() -> None:
    """With its third change, within 20 s, it flaps; from then on this is the answer, and nothing balances load."""
    seen = told("flap")
    assert seen[10].answer.rules[0] is rules.PATH_CHANGE
    for second in (20, 22, 40, 62, 70):
        assert seen[second].sentence.startswith("The path flaps at hops 3-4: "), second
        assert (seen[second].severity, seen[second].answer.status) == ("warning", Status.CONFIRMED)
        assert not BALANCE & {one.rule for one in seen[second].verdicts}


@pytest.mark.parametrize(
    "order", ["AAAABBBBBB", "AAAAABBB", "AAAAAAAB", "AABBBBBBBBBBB", "AAAABBAAAAAA", "AABBAAABBBB"]
)
def test_neither_change_nor_balance_is_claimed_while_both_are_possible(order: str) -> None:
    """Addresses in few stretches may be changes: nothing is said to balance load, and no change is confirmed."""
    assessment = by_order(order)
    assert rules.LOAD_BALANCING not in {one.rule for one in assessment.verdicts}
    assert all(one.status is Status.PROVISIONAL for one in assessment.verdicts if one.rule is rules.PATH_CHANGE)


def test_balance_is_said_once_the_order_shows_it() -> None:
    """Addresses that come and go are load balancing."""
    assessment = by_order("ABAABBABAABABBABBABAABBA")
    assert rules.LOAD_BALANCING in {one.rule for one in assessment.verdicts}


def detour(begin_s: float, end_s: float) -> Callable[[int, wire.ProbeRequest], tuple[int, wire.Answer] | None]:
    """Six hops; between two times two routers take the place of the third, and the path is a hop longer."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl < 3 or not begin_s <= now_us / 1e6 < end_s:
            return steady(6)(now_us, request)
        if request.ttl < 5:
            return 10_000, wire.Answer("ttl-expired", f"10.9.0.{request.ttl}", 10_000)
        return steady(6)(now_us, wire.ProbeRequest(4, request.address, ttl=request.ttl - 1))

    return network


@pytest.mark.parametrize("part", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
def test_a_return_names_the_whole_detour_wherever_in_a_round_it_began(part: float) -> None:
    """In the round of a change some hops are probed before it: what they answered then is no part of the detour."""
    found = World(detour(20 + part, 40 + part), TraceSettings()).run(until_s=50)
    back = [one for one in found.log_entries if one.kind == "path-changed"][-1]
    assert back.returned
    assert back.old == ("10.9.0.3", "10.9.0.4")
    assert len(back.new) == 1
    assert back.first_ttl == 3


def test_a_return_that_is_being_confirmed_says_so() -> None:
    """It is to an earlier path: nothing is said to have been nowhere."""
    world = World(detour(20, 40), TraceSettings())
    seen = [verdicts(world.run(until_s=40 + tenths / 10)) for tenths in range(1, 20)]
    seems = [
        one
        for said in seen
        for one in said.verdicts
        if one.status is Status.PROVISIONAL and one.rule is rules.PATH_CHANGE
    ]
    assert seems
    assert not any("nothing there" in reason for one in seems for reason in one.reasons)
    assert any("Routers of an earlier path answer again." in one.reasons for one in seems)


def flapping_delay(half_s: float) -> Callable[[int, wire.ProbeRequest], tuple[int, wire.Answer] | None]:
    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        away = int(now_us / (half_s * 1e6)) % 2
        if not away or request.ttl < 3:
            return steady(6)(now_us, request)
        if request.ttl < 5:
            return 60_000, wire.Answer("ttl-expired", f"10.9.0.{request.ttl}", 60_000)
        made = steady(6, rtt_us=60_000)(now_us, request)
        assert made is not None
        return made

    return network


@pytest.mark.parametrize("half_s", [1, 4, 15])
def test_what_a_flap_explains_is_not_told_as_queueing(half_s: float) -> None:
    """A path that is now and then 50 ms longer flaps; its delay is no queue, no jitter and no shift."""
    world = World(flapping_delay(half_s), TraceSettings())
    assessment = verdicts(world.run(until_s=120))
    assert assessment.answer.rules[0] is rules.PATH_FLAP
    assert not {one.rule for one in assessment.verdicts} & {rules.QUEUEING, rules.JITTER, rules.LATENCY_SHIFT}


def test_a_flap_that_has_ended_is_told_as_ended() -> None:
    """After a minute of rest the flap is over, with its duration."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return flapping_delay(5)(now_us if now_us < 60_000_000 else 0, request)

    world = World(network, TraceSettings())
    assessment = verdicts(world.run(until_s=125))
    assert assessment.sentence == "Path flaps ended 65 s ago: 12 changes at hops 3-4 in 55 s."
    assert (assessment.severity, assessment.answer.status) == ("note", Status.ENDED)
