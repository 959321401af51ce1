"""Checks that verdicts offer, and what their outcomes mean, in the lab's scenarios."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.checks import CheckKind
from hopscope.probe import wire
from support.engines import World, steady
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment, Verdict
    from hopscope.app.insight.rules import Rule


LIMITS = rules.REPLY_LIMIT, rules.REPLY_LIMIT_CONFIRMED


def find(assessment: Assessment, *expected: Rule) -> Verdict:
    [verdict] = [verdict for verdict in assessment.verdicts if verdict.rule in expected]
    return verdict


def run_offered(world: World, rounds: int, *expected: Rule) -> tuple[Verdict, Assessment]:
    """Trace, run the check that the verdict of a rule offers, and judge again."""
    offered = find(verdicts(world.run(until_s=rounds + 0.3)), *expected)
    assert offered.check is not None
    world.group.check(world.now_us, 0, offered.check)
    return offered, verdicts(world.run(until_s=rounds + offered.check.duration_us / 1e6 + 5))


def test_half_the_rate_confirms_a_rate_limit() -> None:
    """L5: a router that limits its rate answers all at half of it; the chance that this is none is named."""
    offered, judged = run_offered(lab_world(Lab("rate-limited"), TraceSettings()), 60, *LIMITS)
    assert offered.check is not None
    assert (offered.check.kind, offered.check.ttl, offered.check.exclusive) == (CheckKind.HALF_RATE, 3, True)
    assert offered.settle.startswith("To settle: probe hop 3 at half the rate. A rate limit")
    settled = find(judged, *LIMITS)
    numbers = dict(settled.numbers)
    assert settled.rule is rules.REPLY_LIMIT_CONFIRMED
    assert numbers["half_rate_lost"] == 0
    assert numbers["half_rate_completed"] == offered.check.probes
    assert float(numbers["half_rate_p_value"]) < 0.01
    assert settled.check is None
    assert judged.sentence == "No fault found. Hop 3 rate-limits its replies; nothing is lost beyond it."


def test_half_the_rate_does_not_confirm_what_is_no_limit() -> None:
    """A router that leaves a random part of the probes unanswered does so at half the rate too."""
    world = lab_world(Lab("lossy"), TraceSettings())
    offered, judged = run_offered(world, 150, rules.REPLY_LIMIT)
    settled = find(judged, rules.REPLY_LIMIT)
    assert offered.check is not None
    assert any("no clear difference" in reason for reason in settled.reasons)


def test_other_protocols_find_a_host_that_is_up() -> None:
    """L8: one answer by another protocol means that only these probes are filtered; that is no fault."""
    offered, judged = run_offered(lab_world(Lab("filtered-target"), TraceSettings()), 20, rules.TARGET_SILENT)
    assert offered.check is not None
    assert [arm.name for arm in offered.check.arms] == ["TCP 443", "TCP 80", "UDP 33434", "UDP 53", "UDP 443"]
    assert [arm.payload for arm in offered.check.arms] == ["", "", "", "dns-query", "quic-initial"]
    settled = find(judged, rules.PROTOCOL_FILTERED)
    assert (settled.severity, settled.check) == ("note", None)
    assert judged.sentence == "The target is up: it answers TCP 443; ICMP is filtered."
    assert judged.hop(6).loss == "harmless"


def test_what_else_is_unanswered_is_not_said_to_be_let_through() -> None:
    """L8: only the trace's own protocol is called filtered; of the others, those that the target answers are named."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.protocol == "icmp":
            return steady(8, silent=(8,))(now_us, request)
        return (9_000, wire.Answer("reply", request.address, 9_000)) if request.port == 53 else None

    _, judged = run_offered(World(network, TraceSettings()), 20, rules.TARGET_SILENT)
    assert judged.sentence == "The target is up: it answers UDP 53; ICMP is filtered."


def test_no_protocol_gets_through() -> None:
    """L9: where nothing answers any protocol, the path ends after the last hop that answers."""
    _, judged = run_offered(lab_world(Lab("silent-target"), TraceSettings()), 20, rules.TARGET_SILENT)
    settled = find(judged, rules.PATH_ENDS)
    assert (settled.severity, settled.first_ttl) == ("fault", 5)
    assert judged.sentence == "The path ends after hop 5: no protocol gets an answer (15 probes)."
    assert judged.hop(6).severity == "fault"


def test_a_router_that_prohibits_the_other_protocols_is_named() -> None:
    """L8: a refusal says who refuses."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.protocol != "icmp":
            return 9_000, wire.Answer("no-route", "10.0.0.5", 9_000, icmp_type=3, icmp_code=13)
        return steady(8, silent=(8,))(now_us, request)

    _, judged = run_offered(World(network, TraceSettings()), 20, rules.TARGET_SILENT)
    assert judged.sentence == "The target is not reached: 10.0.0.5 prohibits these packets."


def test_a_target_that_limits_its_replies_is_not_path_loss() -> None:
    """L10: ICMP loses at the target, TCP in the same time does not: a limit of the target's, and no fault."""
    world = lab_world(Lab("limited-target"), TraceSettings())
    offered, judged = run_offered(world, 60, rules.TARGET_REPLY_LIMIT)
    assert offered.check is not None
    assert offered.check.kind is CheckKind.TARGET_ALONE
    assert offered.title == "The target probably rate-limits its replies"
    settled = find(judged, rules.TARGET_REPLY_LIMIT_CONFIRMED)
    numbers = dict(settled.numbers)
    assert settled.severity == "note"
    assert (numbers["other"], numbers["other_lost"]) == ("TCP 443", 0)
    assert float(numbers["p_value"]) < 0.01
    assert rules.PATH_LOSS not in [verdict.rule for verdict in judged.verdicts]
    assert (find(judged, rules.NO_LOSS).title, find(judged, rules.NO_LOSS).settle) == ("No loss by TCP 443", "")
    assert judged.sentence == "No fault found. The target rate-limits its replies."
    assert (judged.hop(7).loss, judged.hop(7).severity) == ("harmless", "note")


def test_loss_of_all_protocols_stays_path_loss() -> None:
    """L10 is not claimed where the others lose as much."""
    lab = Lab(
        """
title = "a lossy link before the target"
hop = [
    { address = "192.0.2.1", rtt_ms = 1 },
    { address = "198.51.100.1", rtt_ms = 5 },
    { address = "203.0.113.80", rtt_ms = 9, loss_percent = 20, open_ports = [80, 443] },
]
"""
    )
    offered, judged = run_offered(lab_world(lab, TraceSettings()), 100, rules.TARGET_LOSS_OR_LIMIT)
    assert offered.check is not None
    settled = find(judged, rules.LAST_LINK_LOSS)
    assert settled.check is None
    assert (settled.title, settled.severity, judged.hop(3).loss) == ("Loss on the last link", "fault", "path")
    assert "on the last link, by other protocols too" in judged.sentence
    assert any(reason.startswith("Other protocols were tried beside it: TCP 443") for reason in settled.reasons)


@pytest.mark.parametrize("by_rate", [True, False])
def test_the_last_router_before_a_silent_target_is_probed_at_half_the_rate(by_rate: bool) -> None:
    """L2 or L5: of a router behind which nothing answers, half the rate tells a limit from loss on the path."""
    chance, then_us = Random(7), 0

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        nonlocal then_us
        if request.ttl == 7:
            quick, then_us = now_us - then_us < 1_500_000, now_us
            if (quick or not by_rate) and chance.random() < 0.4:
                return None
        return steady(8, silent=(8,))(now_us, request)

    offered, judged = run_offered(World(network, TraceSettings()), 100, rules.LAST_HOP_LOSS_OR_LIMIT)
    assert (offered.where, offered.severity, offered.title) == (
        "hops 6-7", "warning", "Loss on the last link, or rate-limited replies"
    )  # fmt: skip
    assert offered.check is not None
    assert (offered.check.kind, offered.check.ttl, offered.check.exclusive) == (CheckKind.HALF_RATE, 7, True)
    settled = find(judged, rules.LAST_HOP_LOSS_OR_LIMIT, rules.LAST_HOP_REPLY_LIMIT_CONFIRMED)
    assert settled.check is None
    if by_rate:
        assert (settled.rule, settled.severity, settled.title) == (
            rules.LAST_HOP_REPLY_LIMIT_CONFIRMED,
            "note",
            "Rate-limits its replies",
        )
        assert dict(settled.numbers)["half_rate_lost"] == 0
        assert (judged.hop(7).loss, judged.hop(7).severity) == ("harmless", "note")
    else:
        assert settled.rule is rules.LAST_HOP_LOSS_OR_LIMIT
        assert any("no clear difference" in reason for reason in settled.reasons)
        assert judged.hop(7).loss == "unjudged"


@pytest.mark.parametrize("name", ["steady", "prohibited", "loop", "silent-hop", "slow-router", "balanced"])
def test_nothing_is_offered_where_nothing_is_to_be_settled(name: str) -> None:
    """Most traces need no check."""
    judged = verdicts(lab_world(Lab(name), TraceSettings(rounds=60)).run())
    assert [verdict.rule for verdict in judged.verdicts if verdict.check] == []
