"""What is said while a router reports that it cannot reach the target, and afterwards."""

from __future__ import annotations

import random

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Status
from hopscope.app.insight.place import Place
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import Network, World, steady

SECOND_US = 1_000_000
HOPS, CUT = 7, 4
ADDRESS = f"10.0.0.{CUT}"


def cut(begin_s: float, end_s: float, code: int = 1, *, own: bool = False, limit_us: int = 0) -> Network:
    """Router 4 reports for a while that it cannot reach the target, once in ``limit_us`` at most if that is given."""
    sound = steady(HOPS)
    allowed_us = 0

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        nonlocal allowed_us
        if not begin_s * 1e6 <= now_us < end_s * 1e6 or request.ttl <= CUT - own:
            return sound(now_us, request)
        if now_us < allowed_us:
            return None
        allowed_us = now_us + limit_us
        return 10_000, wire.Answer("no-route", ADDRESS, 10_000, icmp_type=3, icmp_code=code)

    return network


def world(network: Network) -> World:
    """A trace that goes on for as long as one likes."""
    return World(network, TraceSettings())


@pytest.mark.parametrize(
    ("code", "rule", "said"),
    [
        (0, rules.UNREACHABLE, "no route to it"),
        (1, rules.UNREACHABLE, "it unreachable"),
        (13, rules.PROHIBITED, "it prohibited"),
    ],
)
def test_the_router_is_quoted_with_how_long(code: int, rule: rules.Rule, said: str) -> None:
    """Forty rounds: at its own hop, dated at the first lost round, and nothing else is found."""
    judged = verdicts(world(cut(60, 999, code)).run(100.5))
    assert judged.sentence == f"The target is cut off: hop {CUT} ({ADDRESS}) has reported {said} for 40 s."
    assert (judged.answer.rules[0], judged.answer.place, judged.severity) == (rule, Place(CUT, CUT), "fault")
    assert judged.answer.since_us is not None
    told = {verdict.rule for verdict in judged.verdicts}
    assert not told & {rules.PATH_CHANGE, rules.LOAD_BALANCING, rules.PATH_LOSS, rules.REPLY_LIMIT, rules.OUTAGE}


def test_it_is_told_in_the_second_round() -> None:
    """What a router says need not be proven by waiting."""
    judged = verdicts(world(cut(60, 999)).run(62.3))
    assert judged.sentence == f"The target is cut off: hop {CUT} ({ADDRESS}) has reported it unreachable for 2 s."


def test_when_it_is_over_it_is_told_as_ended() -> None:
    """With who said what, for how long, and how long ago."""
    judged = verdicts(world(cut(60, 100)).run(119.5))
    assert judged.sentence == f"Outage: hop {CUT} ({ADDRESS}) reported the target unreachable for 40 s; ended 20 s ago."
    assert (judged.answer.status, judged.answer.place) == (Status.ENDED, Place(CUT, CUT + 1))
    assert rules.PATH_CHANGE not in {verdict.rule for verdict in judged.verdicts}


@pytest.mark.parametrize("until_s", [100.5, 130.5])
def test_a_limit_on_its_reports_is_no_loss_at_that_router(until_s: float) -> None:
    """A router that refuses its own probes too, once in three seconds: no loss, nor a limit, is found at its hop."""
    judged = verdicts(world(cut(60, 110, 0, own=True, limit_us=3 * SECOND_US)).run(until_s))
    assert f"hop {CUT} ({ADDRESS})" in judged.sentence
    assert judged.hop(CUT).loss == "harmless"
    about = {verdict.rule for verdict in judged.verdicts if verdict.place and verdict.place.last_ttl <= CUT}
    assert about <= {rules.UNREACHABLE, rules.OUTAGE, rules.DOUBLE_NAT, rules.NAT, rules.SLOW_REPLIES}


def test_one_of_two_ways_that_is_cut_off_is_loss_from_there_on() -> None:
    """Every other probe is refused: no outage, but half of all is lost beyond that router."""
    sound, broken = steady(HOPS), cut(0, 9_999)
    chance = iter(range(10**9))

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        odd = now_us > 10 * SECOND_US and (next(chance) * 7 // 4) % 2
        return broken(now_us, request) if odd else sound(now_us, request)

    judged = verdicts(world(network).run(120.5))
    assert judged.answer.rules[0] is rules.PATH_LOSS
    assert judged.answer.place is not None
    assert judged.answer.place.first_ttl <= CUT + 1 <= judged.answer.place.last_ttl + 1


@pytest.mark.parametrize("word", [True, False])
def test_loss_that_a_router_reports_is_on_the_forward_path(word: bool) -> None:
    """Where it reports each lost probe, nothing is said of the return path; where it drops some in silence, it is."""
    chance = random.Random(3)
    sound = steady(HOPS)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl <= CUT or chance.random() > 0.15:
            return sound(now_us, request)
        if not word and chance.random() < 0.3:
            return None
        return 10_000, wire.Answer("no-route", ADDRESS, 10_000, icmp_type=3, icmp_code=1)

    judged = verdicts(World(network, TraceSettings(rounds=150)).run())
    [loss] = [one for one in judged.verdicts if one.rule is rules.PATH_LOSS]
    reported = f"Hop {CUT} reports the target unreachable for these probes: it drops them on the forward path."
    assert (reported in loss.reasons) is word
    assert any("return path" in reason for reason in loss.reasons) is not word
