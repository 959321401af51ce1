"""What the probe process puts on the wire to hold probes in one flow, by every engine that can."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hopscope.probe import launch, wire
from support.packet import answers, converse
from support.sniff import sniffer
from support.tun import DEVICE, tun_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hopscope.probe.packet import ip
    from support.netns import User
    from support.tun import TunLab

pytestmark = pytest.mark.kernel

SCENARIO = """
title = "Three routers, one of which quotes eight bytes"
hop = [
    { address = "192.0.2.1", address6 = "2001:db8::1", rtt_ms = 1 },
    { address = "198.51.100.1", address6 = "2001:db8:1::1", rtt_ms = 200, quote_bytes = 8 },
    { address = "198.51.100.5", address6 = "2001:db8:1::5", rtt_ms = 220, quote_bytes = 8 },
    { address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = 230, open_ports = [443] },
]
"""
NUMBERS = {"icmp": {1, 58}, "udp": {17}, "tcp": {6}}
TTLS = (1, 2, 3, 4)


class Kind(NamedTuple):
    """An engine: how it is started, by whom, and whether ping sockets are open."""

    argv: tuple[str, ...]
    user: User
    ping_open: bool


KINDS = {
    "ping": Kind(tuple(launch.command()), "nobody", ping_open=True),
    "raw": Kind(tuple(launch.command()), "root", ping_open=False),
    "icmplib": Kind((*launch.command(site_packages=True), "--engine", "icmplib"), "root", ping_open=False),
}


@pytest.fixture(scope="module", params=[True, False], ids=["ping open", "ping closed"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TunLab, bool]]:
    """The scenario, with ping sockets for everybody or for nobody."""
    with tun_lab(SCENARIO, tmp_path_factory.mktemp("flows"), ping_open=request.param) as made:
        yield made, request.param


def is_probe(packet: ip.Packet) -> bool:
    """Whether it is one of ours, neither an answer nor the reset that ends an attempt."""
    if packet.protocol in NUMBERS["icmp"]:
        return packet.payload[0] in {8, 128}  # echo requests
    return packet.protocol in NUMBERS["udp"] or packet.payload[13] & 0x3F == 0x02  # SYN alone


def probe(made: TunLab, kind: Kind, version: int, protocol: str, *arguments: str) -> tuple[list[ip.Packet], list[str]]:
    """What leaves for a probe with each of several arguments, and the words of the answers in their order."""
    target = made.target(version)
    texts = [f"{at} send-probe ip-{version} {target} protocol {protocol} {text}" for at, text in enumerate(arguments)]
    with sniffer(made.namespace, DEVICE) as sniffed:
        found = answers(converse(made.command(list(kind.argv), kind.user), texts))
        packets = sniffed.packets(
            lambda one: one.protocol in NUMBERS[protocol] and one.ttl in TTLS and is_probe(one),
            len(arguments),
        )
    return packets, [found[at].word for at in range(len(arguments))]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("name", KINDS)
def test_a_held_icmp_checksum_is_that_on_the_wire(lab: tuple[TunLab, bool], name: str, version: int) -> None:
    """Whatever size and pattern: each engine sends the wanted checksum, and the same flow label."""
    made, is_open = lab
    if KINDS[name].ping_open != is_open:
        return
    sizes = (30, 31, 64, 65, 1400) if version == 4 else (50, 51, 64, 65, 1280)
    texts = [
        f"ttl {ttl} icmp-checksum 4660 flow-label 74565 size {size} bit-pattern {pattern}"
        for ttl, size, pattern in zip((1, 2, 3, 4, 4), sizes, (0, 255, 1, 170, 0), strict=True)
    ]
    packets, words = probe(made, KINDS[name], version, "icmp", *texts)
    assert {packet.payload[2:4] for packet in packets} == {(4660).to_bytes(2, "big")}
    assert words == [wire.TTL_EXPIRED] * 3 + [wire.REPLY] * 2
    header_bytes = 20 if version == 4 else 40
    assert [len(packet.payload) + header_bytes for packet in packets] == list(sizes)
    if version == 6 and name != "icmplib":
        assert {packet.flow_label for packet in packets} == {74565}


@pytest.mark.parametrize(("protocol", "port"), [("udp", 33434), ("tcp", 443)])
def test_an_ipv6_flow_label_goes_with_the_ports(lab: tuple[TunLab, bool], protocol: str, port: int) -> None:
    """UDP and TCP probes have the ports and the label that they are asked to have."""
    made, _ = lab
    texts = [f"ttl 4 port {port} local-port {21_000 + at} flow-label {at + 1} detail 1" for at in range(4)]
    packets, words = probe(made, KINDS["ping"], 6, protocol, *texts)
    ports = [(int.from_bytes(one.payload[:2], "big"), int.from_bytes(one.payload[2:4], "big")) for one in packets]
    assert ports == [(21_000 + at, port) for at in range(4)]
    assert [packet.flow_label for packet in packets] == [1, 2, 3, 4]
    assert set(words) == {wire.REPLY}


def test_tcp_has_a_source_port_for_our_own_client_alone(lab: tuple[TunLab, bool]) -> None:
    """Without ``detail`` the port is the kernel's choice, as with mtr-packet, so that many attempts go side by side."""
    made, _ = lab
    packets, words = probe(made, KINDS["ping"], 4, "tcp", *["ttl 4 port 443 local-port 21500"] * 3)
    assert len({packet.payload[:2] for packet in packets}) == 3
    assert set(words) == {wire.REPLY}


def test_a_second_attempt_from_a_port_is_refused(lab: tuple[TunLab, bool]) -> None:
    """While an attempt is under way, the kernel has no other one from its port: the probe is told so, none is lost."""
    made, _ = lab
    text = "ttl 4 port 443 local-port 21600 detail 1"
    target = made.target(4)
    commands = [f"{at} send-probe ip-4 {target} protocol tcp {text}" for at in range(2)]
    found = answers(converse(made.command(list(KINDS["ping"].argv), "nobody"), commands))
    assert [found[at].word for at in range(2)] == [wire.REPLY, wire.ADDRESS_IN_USE]


@pytest.mark.parametrize("version", [4, 6])
def test_what_cannot_be_told_apart_is_called_ambiguous(lab: tuple[TunLab, bool], version: int) -> None:
    """An error that quotes eight bytes is no answer where it may be of several probes: the client is told of each."""
    made, _ = lab
    target = made.target(version)
    flow = f"send-probe ip-{version} {target} protocol udp port 33434 local-port 21700 timeout 1"
    commands = [f"{ttl} {flow} ttl {ttl} detail 1" for ttl in TTLS]
    lines = converse(made.command(list(KINDS["ping"].argv), "nobody"), commands)
    parsed = [one for line in lines if (one := wire.parse_answer(line.encode())) is not None]
    told = [(ttl, answer.address) for ttl, answer in parsed if answer.word == wire.AMBIGUOUS]
    second, third = ("198.51.100.1", "198.51.100.5") if version == 4 else ("2001:db8:1::1", "2001:db8:1::5")
    assert told == [(2, second), (3, second), (4, second), (2, third), (3, third), (4, third)]
    last = {ttl: answer.word for ttl, answer in parsed}
    assert last == {1: wire.TTL_EXPIRED, 2: wire.NO_REPLY, 3: wire.NO_REPLY, 4: wire.REPLY}
    plain = converse(made.command(list(KINDS["ping"].argv), "nobody"), [f"{ttl} {flow} ttl {ttl}" for ttl in TTLS])
    assert wire.AMBIGUOUS not in "".join(plain)


def test_a_lone_short_answer_says_that_it_is_one(lab: tuple[TunLab, bool]) -> None:
    """Where one probe alone is in flight the answer is its, with a word on how little it quotes."""
    made, _ = lab
    target = made.target(4)
    for ttl, unnumbered in ((1, None), (2, 1)):
        text = f"1 send-probe ip-4 {target} protocol udp port 33434 local-port 21800 ttl {ttl} detail 1"
        found = answers(converse(made.command(list(KINDS["ping"].argv), "nobody"), [text]))[1]
        assert (found.word, found.unnumbered) == (wire.TTL_EXPIRED, unnumbered)
