"""What the probe process puts on the wire, beside what stock mtr-packet puts there."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch
from hopscope.probe.packet import icmp, ip
from support.need import need_tool
from support.netns import Chain, User, chain
from support.packet import ask, converse
from support.sniff import sniffer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def pair() -> Iterator[Chain]:
    """Two namespaces side by side, ping sockets open."""
    with chain(2) as made:
        yield made


@pytest.fixture(scope="module")
def closed_pair() -> Iterator[Chain]:
    """Two namespaces side by side, ping sockets closed."""
    with chain(2, ping_open=False) as made:
        yield made


def sent(
    made: Chain, text: str, *, user: User = "root", argv: list[str] | None = None, count: int = 1
) -> list[ip.Packet]:
    """The packets that leave for the target when probes are asked for."""
    protocol = {"icmp": (1, 58), "udp": (17,), "tcp": (6,), "sctp": (132,)}[
        text.split("protocol ")[1].split(maxsplit=1)[0]
    ]
    target = text.split()[1]
    version = 4 if "." in target else 6
    with sniffer(made.names[0], "near") as sniffed:
        ask(made, [f"{text} timeout 1"] * count, user=user, argv=argv)

        def wanted(packet: ip.Packet) -> bool:
            if packet.protocol not in protocol or packet.source != ip_bytes(made.sources[version]):
                return False
            return packet.protocol != 58 or packet.payload[0] == icmp.V6_ECHO_REQUEST

        return sniffed.packets(wanted, count)


def ip_bytes(text: str) -> bytes:

    return ip_address(text).packed


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["icmp", "udp"])
@pytest.mark.parametrize("size", [0, 28, 51, 64, 1001])
def test_packets_are_stock_mtr_packets(pair: Chain, protocol: str, version: int, size: int) -> None:
    """Length, payload, TTL, type of service and the fragment bit are those of mtr-packet 0.95's probes."""
    need_tool("mtr-packet")
    text = f"ip-{version} {pair.target(version)} protocol {protocol} size {size} bit-pattern 170 tos 32 ttl 7"
    (ours,), (stock,) = sent(pair, text), sent(pair, text, argv=["mtr-packet"])
    for name in ("length", "ttl", "tos", "dont_fragment", "destination", "source", "protocol"):
        assert getattr(ours, name) == getattr(stock, name), name
    assert ours.payload[8:] == stock.payload[8:]
    assert (ours.ttl, ours.tos, ours.dont_fragment) == (7, 32, False)


@pytest.mark.parametrize("version", [4, 6])
def test_raw_packets_are_those_of_ping_sockets(pair: Chain, closed_pair: Chain, version: int) -> None:
    """Whichever socket sends it, an echo request is the same but for its identifiers, with a right checksum."""
    text = f"ip-{version} {pair.target(version)} protocol icmp size 77 bit-pattern 3 tos 16 ttl 9"
    (by_ping,), (by_raw,) = sent(pair, text), sent(closed_pair, text)
    for packet in (by_ping, by_raw):
        assert icmp.verify(packet.payload, packet.source if version == 6 else b"", packet.destination)
    assert by_ping.payload[8:] == by_raw.payload[8:] == b"\3" * (77 - (28 if version == 4 else 48))
    assert (by_ping.length, by_ping.ttl, by_ping.tos) == (by_raw.length, by_raw.ttl, by_raw.tos) == (77, 9, 16)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("size", [1, 64])
def test_constant_icmp_checksum(pair: Chain, closed_pair: Chain, version: int, size: int) -> None:
    """With ``icmp-checksum`` every probe of a target carries that checksum, and it is right."""
    text = f"ip-{version} {pair.target(version)} protocol icmp size {size} icmp-checksum 4660"
    for made in (pair, closed_pair):
        packets = sent(made, text, count=3)
        assert {packet.payload[2:4].hex() for packet in packets} == {"1234"}
        assert len({packet.payload[6:8] for packet in packets}) == 3
        for packet in packets:
            assert icmp.verify(packet.payload, packet.source if version == 6 else b"", packet.destination)


@pytest.mark.parametrize(
    ("ports", "sources", "destinations"),
    [
        ("", 1, 3),  # one socket, and the destination port tells the probes apart
        ("port 53", 3, {53}),
        ("local-port 4000", {4000}, 3),
        ("port 53 local-port 4000", {4000}, {53}),
    ],
)
def test_udp_ports(pair: Chain, ports: str, sources: int | set[int], destinations: int | set[int]) -> None:
    """A given port is used; the other one differs from probe to probe, unless both are given: then it is one flow."""
    packets = sent(pair, f"ip-4 {pair.target()} protocol udp {ports}", user="nobody", count=3)
    for at, wanted in ((0, sources), (2, destinations)):
        seen = {int.from_bytes(packet.payload[at : at + 2], "big") for packet in packets}
        assert seen == wanted if isinstance(wanted, set) else len(seen) == wanted


@pytest.mark.parametrize("protocol", ["tcp", "sctp"])
def test_connection_probes_go_to_port_80(pair: Chain, protocol: str) -> None:
    """Without a port TCP and SCTP probes go to port 80, each from a port of its own."""
    packets = sent(pair, f"ip-4 {pair.target()} protocol {protocol}", count=3)
    assert {int.from_bytes(packet.payload[2:4], "big") for packet in packets} == {80}
    assert len({packet.payload[:2] for packet in packets}) == 3


@pytest.mark.parametrize("protocol", ["icmp", "udp", "udp port 9 local-port 4001", "tcp port 9", "sctp"])
@pytest.mark.parametrize("version", [4, 6])
def test_local_address(pair: Chain, closed_pair: Chain, protocol: str, version: int) -> None:
    """Probes leave from the address that is asked for, if it is ours."""
    other = {4: "192.0.2.99", 6: "2001:db8:99::1"}[version]
    foreign = {4: "192.0.2.98", 6: "2001:db8:98::1"}[version]
    for made in (pair, closed_pair):
        length = 32 if version == 4 else 128
        made.run(["ip", "addr", "replace", f"{other}/{length}", "dev", "lo", *(["nodad"] if version == 6 else [])])
        text = f"ip-{version} {made.target(version)} protocol {protocol} timeout 0"
        with sniffer(made.names[0], "near") as sniffed:
            refused, _ = ask(made, [f"{text} local-ip-{version} {foreign}", f"{text} local-ip-{version} {other}"])
            assert refused.word == "address-not-available"
            sniffed.packets(lambda packet: packet.source == ip_bytes(other), 1)


def test_support_of_marks(pair: Chain) -> None:
    """Marks can be used by those who keep the right to, and by nobody else."""
    argv = [*launch.command(), "--allow-mark"]
    cases: tuple[tuple[list[str], User, str], ...] = (
        (argv, "root", "ok"),
        (argv, "nobody", "no"),
        (launch.command(), "root", "no"),
    )
    for command, user, value in cases:
        lines = converse(pair.command(command, user), ["1 check-support feature mark"])
        assert lines == [f"1 feature-support support {value}"]


def test_mark(pair: Chain) -> None:
    """With ``--allow-mark`` root's probes carry their mark, here into a routing rule; without it they are refused."""
    pair.run(["ip", "rule", "add", "fwmark", "77", "unreachable"])
    argv = [*launch.command(), "--allow-mark"]
    for protocol in ("icmp", "udp", "tcp port 9", "sctp"):
        text = f"ip-4 {pair.target()} protocol {protocol} timeout 1"
        words = [answer.word for answer in ask(pair, [text, f"{text} mark 77", f"{text} mark 78"], argv=argv)]
        assert words[1] == "no-route", protocol
        assert words[0] == words[2] != words[1] or protocol == "sctp"
        assert [answer.word for answer in ask(pair, [f"{text} mark 78"])] == ["permission-denied"]
    assert (
        ask(pair, [f"ip-4 {pair.target()} protocol udp mark 1"], user="nobody", argv=argv)[0].word
        == "permission-denied"
    )
