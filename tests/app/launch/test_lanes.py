"""Targets as lanes: what is traced for each protocol and family, in which order, and what is said of what cannot be."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.errors import ConfigurationError, ResolveError
from hopscope.app.launch.prepare import prepare
from hopscope.app.options.model import read_options

if TYPE_CHECKING:
    from hopscope.app.launch.plan import Plan

CHILD: Any = type("Child", (), {"command": ["probe"], "end": lambda _: None})()


def plan(*arguments: str) -> Plan:
    """What is planned for these arguments."""
    return prepare("hopscope", read_options(arguments, {}), {}, CHILD)


def planned(*arguments: str) -> list[tuple[str, str, str]]:
    """What each lane is called, its address, and its protocol with the port that is probed."""
    made = plan(*arguments)
    lanes = [(target, target.own(made.settings)) for target in made.targets]
    return [(one.lane, one.address, f"{own.protocol} {one.port_by(own)}") for one, own in lanes]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """A resolver that knows host names of both families and of one; what it was asked."""
    asked: list[tuple[str, int]] = []
    known = {
        "both": {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"},
        "old": {socket.AF_INET: "127.0.0.2"},
    }

    def resolve(name: str, _port: object, family: int, *_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append((name, int(family)))
        mine = known[name]
        found = [address for one, address in mine.items() if family in {0, one}]
        if not found:
            raise socket.gaierror(socket.EAI_NODATA, "none")
        return [(0, 0, 0, "", (address, 0)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_each_target_is_traced_by_each_lane() -> None:
    """Lanes of one target stand beside each other."""
    assert planned("-r", "--lanes", "icmp,tcp:443", "127.0.0.1", "127.0.0.2") == [
        ("127.0.0.1 by ICMP", "127.0.0.1", "icmp 0"),
        ("127.0.0.1 by TCP 443", "127.0.0.1", "tcp 443"),
        ("127.0.0.2 by ICMP", "127.0.0.2", "icmp 0"),
        ("127.0.0.2 by TCP 443", "127.0.0.2", "tcp 443"),
    ]


def test_lanes_go_with_vantage_points() -> None:
    """Each place has each lane; this host is called as it was named."""
    assert [name for name, *_ in planned("-r", "--from", "local", "--lanes", "udp,tcp", "127.0.0.1")] == [
        "local to 127.0.0.1 by UDP",
        "local to 127.0.0.1 by TCP",
    ]


def test_a_name_is_resolved_once_for_each_family(names: list[tuple[str, int]]) -> None:
    """Lanes of one family get the same address."""
    assert planned("-r", "--lanes", "ipv4,ipv6,tcp/ipv6,icmp/ipv4", "both") == [
        ("both by IPv4", "127.0.0.1", "icmp 0"),
        ("both by IPv6", "::1", "icmp 0"),
        ("both by TCP over IPv6", "::1", "tcp 80"),
        ("both by ICMP over IPv4", "127.0.0.1", "icmp 0"),
    ]
    assert names == [("both", socket.AF_INET), ("both", socket.AF_INET6)]


@pytest.mark.usefixtures("names")
def test_a_family_that_a_target_has_not_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line; its other lanes are traced, and so are other targets. Where none is left, that is an error."""
    made = plan("-r", "--lanes", "ipv4,ipv6", "old", "both")
    assert [one.lane for one in made.targets] == ["old by IPv4", "both by IPv4", "both by IPv6"]
    assert made.untraced == (("old", "cannot resolve old: it has no IPv6 address"),)
    assert capsys.readouterr().err == "hopscope: cannot resolve old: it has no IPv6 address\n"
    with pytest.raises(ResolveError, match="it has no IPv6 address"):
        plan("-r", "--lanes", "ipv6", "old")


def test_an_address_has_one_family(capsys: pytest.CaptureFixture[str]) -> None:
    """The lane is named that does not go with it."""
    assert [one.lane for one in plan("-r", "--lanes", "ipv6,ipv4", "127.0.0.1").targets] == ["127.0.0.1 by IPv4"]
    said = "hopscope: cannot resolve 127.0.0.1: it is an IPv4 address, and the lane is IPv6\n"
    assert capsys.readouterr().err == said


def test_ports_go_to_the_lanes_that_have_ports() -> None:
    """That of a lane is stronger than that of a target, which is stronger than that of all."""
    assert [how for *_, how in planned("-r", "-P", "53", "--lanes", "icmp,udp,tcp:443", "127.0.0.1:80", "::1")] == [
        *("icmp 0", "udp 80", "tcp 443"),
        *("icmp 0", "udp 53", "tcp 443"),
    ]


def test_the_port_of_a_url_is_that_of_tcp(capsys: pytest.CaptureFixture[str]) -> None:
    """It is used, so nothing is said of it."""
    assert [how for *_, how in planned("-r", "--lanes", "icmp,tcp", "https://127.0.0.1/")] == ["icmp 0", "tcp 443"]
    assert capsys.readouterr().err == ""


def test_a_simulated_network_has_lanes() -> None:
    """The target of its own, by each; a family that it has not is an error where no lane is left."""
    assert [(name, how) for name, _, how in planned("-r", "--demo", "steady", "--lanes", "icmp,tcp:443")] == [
        ("www.example.org by ICMP", "icmp 0"),
        ("www.example.org by TCP 443", "tcp 443"),
    ]
    with pytest.raises(ConfigurationError):
        plan("-r", "--demo", "lossy", "--lanes", "ipv6")
