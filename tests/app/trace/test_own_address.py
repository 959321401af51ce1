"""Errors that this host reports of its own probes."""

from __future__ import annotations

import errno

import pytest
from hopscope.app.path.snapshot import FAILED
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.events import ProbeAnswered, ProbeFailed, StateChanged
from hopscope.app.trace.own_address import as_refusal, is_own
from hopscope.probe import wire
from support.engines import World, steady

SECOND_US = 1_000_000
OWN, TARGET = "10.9.9.9", Target(sanitize("target.example"), "192.0.2.99", 4, source="10.9.9.9")
ARP_TIMEOUT_US = 3_000_000


def error(icmp_type: int, code: int, address: str = OWN, mtu: int | None = None) -> wire.Answer:
    """An unreachable, three seconds after the probe."""
    return wire.Answer("no-route", address, ARP_TIMEOUT_US, icmp_type=icmp_type, icmp_code=code, mtu=mtu)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error(3, 1), wire.Answer("host-down")),
        (error(1, 3), wire.Answer("host-down")),
        (error(3, 0), wire.Answer("no-route")),
        (error(3, 13), wire.Answer("permission-denied")),
        (error(3, 4, mtu=1400), wire.Answer("unexpected-error", reason=str(errno.EMSGSIZE))),
        (wire.Answer("reply", OWN, 30, icmp_type=3, icmp_code=3), wire.Answer("permission-denied")),
        (wire.Answer("no-route", OWN, 30), wire.Answer("host-down")),
    ],
    ids=["no-arp", "no-neighbour", "no-route", "filter", "too-big", "firewall", "no-detail"],
)
def test_an_error_of_an_own_address_is_a_refusal(answer: wire.Answer, expected: wire.Answer) -> None:
    """It has neither address nor RTT, and says why nothing was sent."""
    assert as_refusal(answer, TARGET.address, OWN.__eq__) == expected


@pytest.mark.parametrize(
    "answer",
    [
        error(3, 1, "10.0.0.1"),
        wire.Answer("ttl-expired", OWN, 30, icmp_type=11, icmp_code=0),
        wire.Answer("no-reply"),
        wire.Answer("reply", TARGET.address, 30, icmp_type=0, icmp_code=0),
    ],
    ids=["router", "ttl-expired", "timeout", "target"],
)
def test_any_other_answer_stays_as_it_is(answer: wire.Answer) -> None:
    """What a router or the target says is no matter of this host."""
    assert as_refusal(answer, TARGET.address, OWN.__eq__) is answer


def test_the_target_may_be_this_host() -> None:
    """A trace to an own address is answered by that address."""
    answer = wire.Answer("reply", OWN, 30, icmp_type=3, icmp_code=3)
    assert as_refusal(answer, OWN, OWN.__eq__) is answer


def test_own_addresses_are_known_without_sending() -> None:
    """Loopback is; documentation addresses, which no host has, and what is no address are not."""
    assert is_own("127.0.0.1")
    assert not is_own("192.0.2.77")
    assert not is_own("2001:db8::77")
    assert not is_own("fe80::1")


def test_a_gateway_that_is_gone_is_neither_loss_nor_a_hop() -> None:
    """Six seconds without a gateway: not sent, no RTT, no address, no loss, no balancing; and the network was down."""
    sound = steady(3)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if 5 * SECOND_US <= now_us < 11 * SECOND_US:
            return ARP_TIMEOUT_US, error(3, 1)
        return sound(now_us, request)

    world = World(network, TraceSettings(rounds=20), (TARGET,))
    snapshot = world.run()
    for hop in snapshot.hops:
        assert hop.address is not None
        assert [one.address for one in hop.responders] == [hop.address] != [OWN]
        assert (hop.sent, hop.dropped, hop.statistics.worst) == (14, 0, 10_000)
        assert hop.rtts_us.tolist().count(FAILED) == 6
        assert sum(hop.minute_lost) == 0
    failed = [event.word for event in world.events if isinstance(event, ProbeFailed)]
    assert failed == ["host-down"] * 18
    assert not any(isinstance(event, ProbeAnswered) and event.address == OWN for event in world.events)
    down = [event for event in world.events if isinstance(event, StateChanged) and event.state == "network-down"]
    assert [event.reason for event in down] == ["the gateway, or the target on this link, does not answer"]
    assert {entry.kind for entry in snapshot.log_entries} <= {"start", "network-down", "resumed", "finished"}
