"""Which errors that no error queue is given are taken for answers of our UDP probes; messages made by hand."""

from __future__ import annotations

import dataclasses
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast

import pytest
from hopscope.probe import wire
from hopscope.probe.kernel import flow as flow_module
from hopscope.probe.kernel import udp as udp_module
from hopscope.probe.kernel.in_flight import InFlight, Probe
from hopscope.probe.kernel.stamps import Clocks
from hopscope.probe.kernel.template import Template
from hopscope.probe.kernel.unclaimed_errors import UnclaimedErrors
from hopscope.probe.packet import extension, icmp, ip, udp
from hopscope.probe.wire import Answer, Label, ProbeRequest

if TYPE_CHECKING:
    from _socket import socket as Socket  # noqa: N812 - a class
    from collections.abc import Iterator

HOST = {4: "127.0.0.1", 6: "::1"}
TRANSLATED = {4: ip_address("192.0.2.77").packed, 6: ip_address("2001:db8::77").packed}
ROUTER = {4: "198.51.100.1", 6: "2001:db8:51::1"}
PORT = 61000
LABELS = (Label(24015, 5, 1, 1),)


class Mute:
    """A socket that sends nothing, so that nobody answers."""

    def __init__(self, sock: Socket) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> object:
        return getattr(self._sock, name)

    def sendto(self, *_: object) -> None:
        """Send nothing."""


@dataclasses.dataclass
class Bench:
    """A channel with a probe in flight that is still to be answered."""

    version: int
    channel: udp_module.UdpChannel
    template: Template
    in_flight: InFlight
    unclaimed: UnclaimedErrors

    def send(self, serial: int = 1) -> Probe:
        """One more probe."""
        assert self.channel.send(serial, self.template) is None
        return self.in_flight.probes[serial]

    def packet(self, probe: Probe, source: bytes = b"", port: int = PORT, **fields: int | bytes) -> ip.Packet:
        """The probe as a router behind a translator may have it; ``fields`` are of the datagram.

        The checksum fits, unless it is one of them.
        """
        here = ip_address(HOST[self.version]).packed
        source = source or here
        at = self.channel.port_of(probe)
        datagram = udp.Datagram(port, at, self.channel.body(probe), 0, 0)
        for name, value in fields.items():
            setattr(datagram, name, value)
        data = bytearray(udp.build(datagram, source, here))
        if "length" in fields:
            data[4:6] = datagram.length.to_bytes(2, "big")
        if "checksum" in fields:
            data[6:8] = datagram.checksum.to_bytes(2, "big")
        return ip.Packet(source, here, ip.UDP, bytes(data), ttl=1, tos=32)

    def hear(self, quote: bytes, structure: bytes = b"", kind: int = 0) -> list[tuple[int, Answer]]:
        """What an error with this quote answers, by serial."""
        kind = kind or (icmp.TIME_EXCEEDED if self.version == 4 else icmp.V6_TIME_EXCEEDED)
        message = icmp.error(self.version, kind, 0, quote, extension=structure)
        self.unclaimed.take(ROUTER[self.version], message, icmp.quoted_packet(self.version, message), 0, 61)
        return self.fetch()

    def fetch(self) -> list[tuple[int, Answer]]:
        """The answers to what has been heard, as the network fetches them."""
        for probe, answer, quotation in self.unclaimed.answers():
            probe.channel.finish(probe, answer, quotation.rx_ns, quotation.ttl)
        done, self.in_flight.done = self.in_flight.done, []
        return done

    def local_checksum(self, probe: Probe) -> int:
        """What the kernel gave to the datagram."""
        here = ip_address(HOST[self.version]).packed
        sent = udp.Datagram(self.channel.local_port, self.channel.port_of(probe), self.channel.body(probe))
        return int.from_bytes(udp.build(sent, here, here)[6:8], "big")


@pytest.fixture(params=[(4, "shared"), (4, "flow"), (6, "shared"), (6, "flow")], ids=lambda one: f"{one[1]} v{one[0]}")
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Both kinds of channel that serve many probes."""
    version, kind = request.param
    in_flight = InFlight()
    in_flight._number = 0x12345677
    sock = udp_module.open_socket(version)
    udp_module.bind(sock, HOST[version], 0)
    made = flow_module.FlowChannel if kind == "flow" else udp_module.UdpChannel
    channel = made(sock, version, Clocks(), in_flight)
    channel.sock = cast("Socket", Mute(channel.sock))
    port = 33500 if kind == "flow" else 0
    template = Template(ProbeRequest(version, HOST[version], "udp", port=port, detail=True, tos=32))
    template.numbered = True
    channel.fill(template, template.request)
    yield Bench(version, channel, template, in_flight, UnclaimedErrors({channel.fd: channel}, in_flight))
    channel.close()


def test_a_port_that_was_rewritten(bench: Bench) -> None:
    """The answer has the words, the address and all the details that one from an error queue has."""
    bench.send(1)
    probe = bench.send(2)
    bench.send(3)
    [(serial, answer)] = bench.hear(ip.build(bench.packet(probe)), extension.build(LABELS))
    assert (serial, answer.word, answer.address) == (2, wire.TTL_EXPIRED, ROUTER[bench.version])
    assert (answer.reply_ttl, answer.quoted_ttl, answer.quoted_tos, answer.labels) == (61, 1, 32, LABELS)
    assert answer.rewritten == "port,checksum"
    assert set(bench.in_flight.probes) == {1, 3}


@pytest.mark.parametrize("what", ["sent", "fitting"])
@pytest.mark.parametrize("address", ["own", "translated"])
def test_checksums_that_are_explained(bench: Bench, address: str, what: str) -> None:
    """The checksum that was sent and the one that fits the quoted source are both a translator's work."""
    probe = bench.send()
    source = TRANSLATED[bench.version] if address == "translated" else b""
    fields = {"checksum": bench.local_checksum(probe)} if what == "sent" else {}
    [(_, answer)] = bench.hear(ip.build(bench.packet(probe, source, **fields)))
    words = ["source"] * (address == "translated") + ["port"] + ["checksum"] * (what == "fitting")
    assert answer.rewritten == ",".join(words)


def test_a_checksum_that_nothing_explains(bench: Bench) -> None:
    """It speaks against another address that is quoted; where ours is put back, it may be that of one not told."""
    probe = bench.send()
    spoilt = bench.local_checksum(probe) ^ 0x0101
    assert not bench.hear(ip.build(bench.packet(probe, TRANSLATED[bench.version], checksum=spoilt)))
    [(_, answer)] = bench.hear(ip.build(bench.packet(probe, checksum=spoilt)))
    assert answer.rewritten == "port,checksum"


def test_a_source_address_alone(bench: Bench) -> None:
    """A socket that is bound to an address is not found by another one."""
    probe = bench.send()
    [(_, answer)] = bench.hear(ip.build(bench.packet(probe, TRANSLATED[bench.version], bench.channel.local_port)))
    assert answer.rewritten == "source,checksum"


def test_what_has_a_socket_is_left_to_it(bench: Bench) -> None:
    """Errors that the kernel gives to an error queue of ours are not taken here too."""
    probe = bench.send()
    assert not bench.hear(ip.build(bench.packet(probe, port=bench.channel.local_port)))
    assert set(bench.in_flight.probes) == {1}


def test_another_process_is_not_answered(bench: Bench) -> None:
    """Its packets to the same port, as long as ours and with checksums that are right, have not our number."""
    probe = bench.send()
    rest = bench.channel.body(probe)[4:]
    # The last one has the same sum, and so the same checksum, as ours.
    for number in (0, 0x5A5A5A5A, probe.number + 1, probe.number - 1, 0x56781234):
        packet = bench.packet(probe, data=number.to_bytes(4, "big") + rest)
        assert not bench.hear(ip.build(packet))
    assert udp.parse(packet.payload).checksum == udp.parse(bench.packet(probe).payload).checksum
    assert set(bench.in_flight.probes) == {1}


@pytest.mark.parametrize(
    "fault",
    ["port", "length", "payload", "too long", "eight bytes", "number cut", "address", "fragment", "version", "kind"],
)
def test_quotations_that_contradict(bench: Bench, fault: str) -> None:
    """Another target, port, length or payload, a quote without the number, and what ends no probe are dropped."""
    probe = bench.send()
    body = bench.channel.body(probe)
    packet = bench.packet(probe)
    header_bytes = len(ip.build(packet)) - len(packet.payload)
    kind = 0
    if fault == "port":
        packet = bench.packet(probe, destination_port=bench.channel.port_of(probe) ^ 1)
    elif fault == "length":
        packet = bench.packet(probe, length=8 + len(body) + 1)
    elif fault == "payload":
        packet = bench.packet(probe, data=body[:-1] + b"\1")
    elif fault == "too long":
        packet = bench.packet(probe, data=body + b"\0", length=8 + len(body))
    elif fault == "address":
        packet.destination = packet.destination[:-1] + b"\2"
    elif fault == "fragment" and bench.version == 4:
        packet.fragment_offset = 64
    elif fault == "fragment":
        packet.extension_headers = ((44, b"\0\0\0\x40\0\0\0\0"),)
    elif fault == "version":
        source, destination = (TRANSLATED[10 - bench.version], ip_address(HOST[10 - bench.version]).packed)
        packet = ip.Packet(source, destination, ip.UDP, packet.payload)
        message = icmp.error(10 - bench.version, 11 if bench.version == 6 else 3, 0, ip.build(packet))
        bench.unclaimed.take(
            ROUTER[10 - bench.version], message, icmp.quoted_packet(10 - bench.version, message), 0, 61
        )
        assert not bench.fetch()
        return
    elif fault == "kind":
        kind = 4 if bench.version == 4 else 100  # source quench, and one for private use
    quote = ip.build(packet)
    if fault in {"eight bytes", "number cut"}:
        quote = quote[: header_bytes + (8 if fault == "eight bytes" else 11)]
    assert not bench.hear(quote, kind=kind)
    assert set(bench.in_flight.probes) == {1}


def test_what_is_quoted_in_part(bench: Bench) -> None:
    """The number is enough of the payload; an old router's label stack behind a cut quote is none of it."""
    probe = bench.send(1)
    packet = bench.packet(probe)
    header_bytes = len(ip.build(packet)) - len(packet.payload)
    [(serial, _)] = bench.hear(ip.build(packet)[: header_bytes + 12])
    assert serial == 1
    large = ProbeRequest(
        bench.version, HOST[bench.version], "udp", port=bench.template.request.port, detail=True, size=600
    )
    bench.template.request = large
    bench.channel.fill(bench.template, large)
    probe = bench.send(2)
    [(serial, answer)] = bench.hear(ip.build(bench.packet(probe))[:128] + extension.build(LABELS))
    assert (serial, answer.labels) == (2, LABELS)


def test_second_answers(bench: Bench) -> None:
    """A second one is a duplicate, and a third one nothing; nor is one to a probe whose time was up."""
    probe = bench.send(1)
    quote = ip.build(bench.packet(probe))
    heard = [answer.word for _ in range(3) for _, answer in bench.hear(quote)]
    assert heard == [wire.TTL_EXPIRED, wire.DUPLICATE]
    probe = bench.send(2)
    quote = ip.build(bench.packet(probe))
    bench.channel.forget(bench.in_flight.probes.pop(2))
    assert not bench.hear(quote)
    assert not bench.in_flight.numbered


def test_several_errors_at_once(bench: Bench) -> None:
    """What is heard before it is fetched is answered once each, and what ended meanwhile not at all."""
    probe = bench.send(1)
    message = icmp.error(bench.version, 11 if bench.version == 4 else 3, 0, ip.build(bench.packet(probe)))
    quoted = icmp.quoted_packet(bench.version, message)
    for _ in range(4):
        bench.unclaimed.take(ROUTER[bench.version], message, quoted, 0, 61)
    assert [answer.word for _, answer in bench.fetch()] == [wire.TTL_EXPIRED, wire.DUPLICATE]
    assert not bench.unclaimed.heard


def test_payloads_without_a_number(bench: Bench) -> None:
    """A probe that carries what a server is to understand is nobody's, whatever is quoted of it."""
    bench.template.numbered = False
    probe = bench.send()
    assert not bench.in_flight.numbered
    assert not bench.hear(ip.build(bench.packet(probe)))


def test_numbers_do_not_pile_up(bench: Bench) -> None:
    """Of probes long answered no number is kept."""
    for serial in range(1, 1500):
        probe = bench.send(serial)
        bench.channel.finish(probe, Answer(wire.REPLY, HOST[bench.version]), 0, None)
    assert 0 < len(bench.in_flight.numbered) <= 512
