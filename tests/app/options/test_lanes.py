"""The lanes of ``--lanes``: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.options.model import read_options
from hopscope.app.settings import LaneKind

WORDS = "icmp, udp[:PORT], tcp[:PORT], sctp[:PORT], ipv4 or ipv6"


def lanes(text: str, *more: str) -> tuple[LaneKind, ...]:
    """The lanes that a text names."""
    return read_options([*more, "--lanes", text, "host"], {}).lanes


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("icmp,tcp:443", (LaneKind("icmp"), LaneKind("tcp", 443))),
        ("ipv4,ipv6", (LaneKind(version=4), LaneKind(version=6))),
        ("tcp:443/ipv6,udp/ipv4,sctp:9", (LaneKind("tcp", 443, 6), LaneKind("udp", 0, 4), LaneKind("sctp", 9))),
        ("icmp,tcp,icmp", (LaneKind("icmp"), LaneKind("tcp"))),
    ],
)
def test_lanes_are_protocols_and_families(text: str, meant: tuple[LaneKind, ...]) -> None:
    """Each with a port where it has ports, in the order given, each once."""
    assert lanes(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("icpm,tcp:443", f"expected {WORDS}, joined by commas, not 'icpm'; did you mean icmp,tcp:443?"),
        ("icmp:5", "expected icmp without a port, not '5' in 'icmp:5'; did you mean icmp?"),
        ("tcp:0", "expected a port from 1 to 65535 after tcp:, not '0' in 'tcp:0'"),
        ("tcp:https", "expected a port from 1 to 65535 after tcp:, not 'https' in 'tcp:https'; did you mean tcp:443?"),
        ("tcp/6", "expected ipv4 or ipv6 after the /, not '6' in 'tcp/6'; did you mean tcp/ipv6?"),
        ("4,6", "joined by commas, not '4'; did you mean ipv4,ipv6?"),
        ("ipv6/tcp", "joined by commas, not 'ipv6' in 'ipv6/tcp'; did you mean tcp/ipv6?"),
        ("icmp, tcp", "joined by commas, not ' tcp'; did you mean icmp,tcp?"),
        ("", "joined by commas, not ''"),
        (",".join(f"tcp:{port}" for port in range(1, 18)), "expected up to 16 lanes"),
    ],
)  # fmt: skip
def test_what_names_no_lane_is_told_of(text: str, said: str) -> None:
    """The part that is wrong, what is expected in its place, and what was probably meant."""
    with pytest.raises(UsageError) as caught:
        lanes(text)
    assert str(caught.value).startswith(f"option --lanes: invalid value {text!r}, ")
    assert str(caught.value).endswith(said)


def test_families_of_lanes_leave_the_last_of_the_two_options_its_meaning() -> None:
    """``-4 -6`` is IPv6, as with mtr, for the lanes that name no family."""
    options = read_options(["-4", "-6", "--lanes", "icmp,tcp", "host"], {})
    assert options.family == 6


def test_a_port_of_all_is_that_of_lanes_that_name_none() -> None:
    """Without one each protocol has its own."""
    assert read_options(["--lanes", "icmp,tcp", "host"], {}).settings.port == 0
    assert read_options(["-P", "8080", "--lanes", "icmp,tcp", "host"], {}).settings.port == 8080


def test_lanes_do_not_go_with_a_search_for_the_path_mtu() -> None:
    """It shares what it finds among all of its targets."""
    with pytest.raises(UsageError, match="options --lanes and --mtu exclude each other"):
        lanes("ipv4,ipv6", "--mtu")
