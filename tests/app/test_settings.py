"""A target as a lane: what it is called, and the settings and the port that are its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LaneKind, Target, TraceSettings

PLAIN = Target(sanitize("example.org"), "192.0.2.1", 4)
FROM_FRA = replace(PLAIN, vantage=sanitize("fra"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (LaneKind("tcp", 443), "TCP 443"),
        (LaneKind("icmp"), "ICMP"),
        (LaneKind(version=6), "IPv6"),
        (LaneKind("udp", version=4), "UDP over IPv4"),
        (LaneKind("tcp", 22, 6), "TCP 22 over IPv6"),
    ],
)
def test_a_kind_is_named_by_what_sets_it_apart(kind: LaneKind, words: str) -> None:
    """Protocol and port, or the family, or both."""
    assert kind.words == words
    assert replace(PLAIN, kind=kind).called == f"example.org by {words}"
    assert replace(FROM_FRA, kind=kind).lane == f"fra to example.org by {words}"


def test_a_lane_is_called_by_what_was_named_alone() -> None:
    """Without a vantage point and a kind it is the target's name."""
    assert PLAIN.lane == PLAIN.called == "example.org"
    assert FROM_FRA.lane == "fra to example.org"
    assert FROM_FRA.called == "example.org"


@pytest.mark.parametrize(
    ("kind", "given", "protocol", "port"),
    [
        (None, TraceSettings(protocol="tcp", port=8080), "tcp", 8080),
        (LaneKind("tcp", 443), TraceSettings(), "tcp", 443),
        (LaneKind("tcp"), TraceSettings(port=8080), "tcp", 8080),
        (LaneKind("tcp"), TraceSettings(), "tcp", 80),
        (LaneKind("icmp"), TraceSettings(protocol="tcp", port=8080), "icmp", 0),
        (LaneKind(version=6), TraceSettings(protocol="udp", port=53), "udp", 53),
    ],
)
def test_a_lane_has_its_own_settings(kind: LaneKind | None, given: TraceSettings, protocol: str, port: int) -> None:
    """Its protocol and its port; where it names none, those of all, or as the protocol has it."""
    own = replace(PLAIN, kind=kind).own(given)
    assert (own.protocol, own.port) == (protocol, port)
    assert replace(own, protocol=given.protocol, port=given.port) == given


def test_the_port_of_a_lane_is_stronger_than_that_of_the_target() -> None:
    """``example.org:8443`` by TCP 443 goes to 443, by TCP to 8443, and by ICMP to no port."""
    target = replace(PLAIN, port=8443, tcp_port=444)
    for kind, port in ((LaneKind("tcp", 443), 443), (LaneKind("tcp"), 8443), (LaneKind("icmp"), 0)):
        lane = replace(target, kind=kind)
        assert lane.port_by(lane.own(TraceSettings())) == port
    by_url = replace(target, port=None, kind=LaneKind("tcp"))
    assert by_url.port_by(by_url.own(TraceSettings())) == 444
