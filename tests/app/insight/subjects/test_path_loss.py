"""Loss on the path, and limits on errors that look like it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment
    from hopscope.app.protocols import ProtocolName
    from hopscope.probe import wire
    from support.engines import Network

SECOND_US = 1_000_000


def limited(hops: int) -> Network:
    """Each hop answers as Linux sends errors: six at once, and one a second."""
    tokens: dict[int, tuple[float, int]] = {}
    below = steady(hops)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        left, then_us = tokens.get(request.ttl, (6.0, 0))
        left = min(6.0, left + (now_us - then_us) / SECOND_US)
        tokens[request.ttl] = (left - (left >= 1), now_us)
        return below(now_us, request) if left >= 1 else None

    return network


def starved(hops: int) -> Network:
    """Each hop answers twice; another trace of this host has all the errors that it sends later."""
    asked: dict[int, int] = {}

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        asked[request.ttl] = asked.get(request.ttl, 0) + 1
        return steady(hops)(now_us, request) if asked[request.ttl] <= 2 else None

    return network


def random_loss(share_in_256: int) -> Network:
    """Every hop loses as many probes, each by a number made of its time."""
    below = steady(4)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lost = (now_us * 2_654_435_761 >> 13) % 256 < share_in_256
        return None if lost else below(now_us, request)

    return network


def judged(network: Network, protocol: ProtocolName, interval_us: int, rounds: int) -> Assessment:
    """A trace that is over, judged."""
    settings = TraceSettings(rounds=rounds, interval_us=interval_us, protocol=protocol)
    return verdicts(World(network, settings).run())


@pytest.mark.parametrize(("interval_us", "rounds"), [(200_000, 20), (200_000, 120), (500_000, 40)])
def test_errors_that_all_hops_limit_are_no_local_loss(interval_us: int, rounds: int) -> None:
    """Fast UDP against Linux hops: nothing is lost, so it is at most loss or limits, and no fault."""
    assessment = judged(limited(3), "udp", interval_us, rounds)
    assert assessment.severity == "warning"
    assert assessment.answer.rules[0] is rules.PATH_LOSS
    assert "from hop 1 on, or rate-limited replies" in assessment.sentence
    assert "local network" not in assessment.sentence


def test_hops_that_another_trace_leaves_no_errors_are_no_outage() -> None:
    """Two traces at once: fast UDP of which all hops answer only what they send at once."""
    assessment = judged(starved(3), "udp", 500_000, 60)
    assert assessment.severity == "warning"
    assert assessment.sentence.startswith("Loss on the path: 96.7 % from hop 1 on, or rate-limited replies")


@pytest.mark.parametrize(("protocol", "share_in_256"), [("udp", 26), ("icmp", 128)])
def test_loss_that_leaves_more_answers_than_limits_would_is_local(protocol: ProtocolName, share_in_256: int) -> None:
    """A tenth lost of fast UDP at every hop leaves nine answers in two seconds; echo replies are no errors."""
    assessment = judged(random_loss(share_in_256), protocol, 200_000, 300)
    assert assessment.answer.rules[0] is rules.LOCAL_LOSS
    assert assessment.severity == "fault"


def full_queue(hop: int) -> Network:
    """From a hop on three packets in four wait up to 60 ms, and a tenth is lost."""
    chance = random.Random(7)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl < hop:
            return steady(8)(now_us, request)
        rtt_us = 10_000 + chance.choice([0, 20_000, 40_000, 60_000])
        return None if chance.random() < 0.1 else steady(8, rtt_us)(now_us, request)

    return network


def test_a_queue_where_loss_begins_is_told_with_it() -> None:
    """Loss and waiting from hop 4 on: the answer names both."""
    assessment = judged(full_queue(4), "icmp", SECOND_US, 200)
    assert assessment.answer.rules[0] is rules.PATH_LOSS
    assert "from hop 4 on, with queueing there (mostly up to +" in assessment.sentence


def test_loss_without_a_queue_names_none() -> None:
    """Loss alone: nothing is said of queueing."""
    assert "queueing" not in judged(random_loss(26), "icmp", SECOND_US, 200).sentence
