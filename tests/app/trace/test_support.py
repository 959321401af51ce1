"""What the probe process can do, and what stands in for what it cannot."""

from __future__ import annotations

import pytest
from hopscope.app.errors import UnsupportedError
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.support import NO_FLOWS, check_support, stand_ins

ALL = dict.fromkeys(("send-probe", "ip-4", "ip-6", "icmp", "udp", "tcp", "mark", "hopscope"), True)


def changes(
    supports: dict[str, bool], settings: TraceSettings, *, explicit: bool = False, flows_explicit: bool = False
) -> list[tuple[dict[str, object], str]]:
    """Which settings change, and as which kind."""
    found = stand_ins(supports, settings, explicit=explicit, flows_explicit=flows_explicit)
    return [(fields, kind) for fields, kind, _ in found]


@pytest.mark.parametrize(
    ("lacking", "settings", "words"),
    [
        ("send-probe", TraceSettings(), "prober cannot send probes"),
        ("ip-6", TraceSettings(), "IPv6 probes"),
        ("mark", TraceSettings(mark=5), "cannot be marked"),
    ],
)
def test_what_is_needed_is_checked(lacking: str, settings: TraceSettings, words: str) -> None:
    """What the settings need and the probe process lacks is an error that names it."""
    check_support(ALL, settings, [4, 6], "prober")
    with pytest.raises(UnsupportedError, match=words):
        check_support({**ALL, lacking: False}, settings, [4, 6], "prober")


def test_only_versions_that_are_traced_are_needed() -> None:
    """A host without IPv6 traces IPv4 targets."""
    check_support({**ALL, "ip-6": False}, TraceSettings(), [4, 4], "prober")


def test_udp_stands_in_for_icmp() -> None:
    """ICMP that is not allowed gives way to UDP, unless it was asked for or UDP is not allowed either."""
    settings, denied = TraceSettings(flows=0), {**ALL, "icmp": False}
    assert changes(ALL, settings) == []
    assert changes(denied, settings) == [({"protocol": "udp"}, "fallback")]
    with pytest.raises(UnsupportedError, match="-u"):
        changes(denied, settings, explicit=True)
    with pytest.raises(UnsupportedError, match="-u"):
        changes({**denied, "udp": False}, settings)


def test_nothing_stands_in_for_other_protocols() -> None:
    """TCP that is not allowed is an error; so is SCTP, with what would allow it."""
    with pytest.raises(UnsupportedError, match="TCP probes cannot be sent"):
        changes({**ALL, "tcp": False}, TraceSettings(protocol="tcp"))
    with pytest.raises(UnsupportedError, match=r"SCTP probes cannot be sent .*; root, or CAP_NET_RAW, can send them"):
        changes(ALL, TraceSettings(protocol="sctp"))


def test_flows_are_given_up_where_they_cannot_be_kept() -> None:
    """It is said to those who asked for flows alone; our own probe process keeps them."""
    settings, foreign = TraceSettings(protocol="icmp", flows=1), {**ALL, "hopscope": False}
    assert changes(ALL, settings) == []
    assert changes(foreign, settings) == [({"flows": 0}, "")]
    [(fields, kind, reason)] = stand_ins(foreign, settings, explicit=False, flows_explicit=True)
    assert (fields, kind, reason) == ({"flows": 0}, "fallback", NO_FLOWS)
    assert changes(foreign, TraceSettings(flows=0)) == []


def test_flows_are_those_of_the_protocol_that_stands_in() -> None:
    """After ICMP has given way to UDP, flows are judged by what UDP can do."""
    denied = {**ALL, "icmp": False}
    assert changes(denied, TraceSettings(flows=1)) == [({"protocol": "udp"}, "fallback")]
    foreign = {**denied, "hopscope": False}
    assert changes(foreign, TraceSettings(flows=1)) == [({"protocol": "udp"}, "fallback"), ({"flows": 0}, "")]
