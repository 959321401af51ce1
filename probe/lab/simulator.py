"""The simulated network: IP packets go in, IP packets with due times come out.

It has no clock and does no I/O, so one simulator serves in place of the sockets, beyond a TUN device, and in
virtual time.
"""

import random

from ..packet import extension, icmp, ip, sctp, tcp, udp
from ..packet.cursor import PacketError
from ..record import Record
from . import journey as fate
from .hop import Hop
from .journey import Journey, Traveller, World
from .schema import HOST_UNREACHABLE, NETWORK_UNREACHABLE, PROHIBITED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .scenario import Scenario

# The whole of an ICMP error at most: RFC 1812 section 4.3.2.3, RFC 4443 section 2.4 (c).
_ERROR_MAX_BYTES = {4: 576, 6: 1280}
_ICMP_HEADER_BYTES = 8
_DUPLICATE_LATER_US = 50

# Type and code of each kind of answer (RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3).
_ERRORS = {
    4: {
        fate.EXPIRED: (icmp.TIME_EXCEEDED, 0),
        fate.PACKET_TOO_BIG: (icmp.DESTINATION_UNREACHABLE, icmp.FRAGMENTATION_NEEDED_CODE),
        PROHIBITED: (icmp.DESTINATION_UNREACHABLE, icmp.PROHIBITED_CODE),
        HOST_UNREACHABLE: (icmp.DESTINATION_UNREACHABLE, icmp.HOST_UNREACHABLE_CODE),
        NETWORK_UNREACHABLE: (icmp.DESTINATION_UNREACHABLE, icmp.NETWORK_UNREACHABLE_CODE),
        "port": (icmp.DESTINATION_UNREACHABLE, icmp.PORT_UNREACHABLE_CODE),
    },
    6: {
        fate.EXPIRED: (icmp.V6_TIME_EXCEEDED, 0),
        fate.PACKET_TOO_BIG: (icmp.V6_PACKET_TOO_BIG, 0),
        PROHIBITED: (icmp.V6_DESTINATION_UNREACHABLE, icmp.V6_PROHIBITED_CODE),
        HOST_UNREACHABLE: (icmp.V6_DESTINATION_UNREACHABLE, icmp.V6_ADDRESS_UNREACHABLE_CODE),
        NETWORK_UNREACHABLE: (icmp.V6_DESTINATION_UNREACHABLE, icmp.V6_NO_ROUTE_CODE),
        "port": (icmp.V6_DESTINATION_UNREACHABLE, icmp.V6_PORT_UNREACHABLE_CODE),
    },
}


class Delivery(Record):
    """A packet that reaches the source at a time of the clock that ``send`` was given."""

    __slots__ = ("due_us", "packet")

    def __init__(self, due_us: int, packet: bytes) -> None:
        self.due_us = due_us
        self.packet = packet


class Simulator:
    """Carries packets through a scenario.

    ``log`` is called with every packet that went in, when, and its journey. The scenario's time 0 is the first
    packet's.
    """

    def __init__(
        self,
        scenario: "Scenario",
        seed: "int | None" = None,
        log: "Callable[[ip.Packet, int, Journey], None] | None" = None,
    ) -> None:
        self._world = World(scenario, seed)
        self._random = random.Random(scenario.seed if seed is None else seed)
        self._log = log
        self._start_us: int | None = None

    def send(self, data: bytes, now_us: int) -> "list[Delivery]":
        """What comes back for a packet sent now; nothing for one that is lost, or that nobody answers.

        Raises:
            PacketError: it is no IP packet.
        """
        packet = ip.parse(data)
        if self._start_us is None:
            self._start_us = now_us
        if not _asks(packet):
            return []
        traveller = Traveller(
            packet.destination,
            packet.protocol,
            packet.ttl,
            packet.source + packet.payload[:4] + packet.flow_label.to_bytes(3, "big"),
            size=len(data),
            dont_fragment=packet.dont_fragment,
        )
        journey = self._world.travel(traveller, now_us - self._start_us)
        answer = self._answer(packet, journey) if journey.fate == fate.ANSWERED and journey.hop else None
        if answer is None and journey.fate == fate.ANSWERED:
            journey.fate = fate.SILENT  # an open UDP port
        if self._log is not None:
            self._log(packet, now_us, journey)
        if answer is None:
            return []
        due_us = now_us + round(journey.rtt_us)
        deliveries = [Delivery(due_us, answer)]
        if journey.duplicate:
            deliveries.append(Delivery(due_us + _DUPLICATE_LATER_US, answer))
        return deliveries

    def _answer(self, packet: ip.Packet, journey: Journey) -> "bytes | None":
        hop = journey.hop
        assert hop is not None
        if journey.answer == fate.ARRIVED:
            reply = self._reply(packet, hop)
            if reply is not None:
                return self._packet(packet, journey, *reply)
            if packet.protocol != ip.UDP or udp.parse(packet.payload).destination_port in hop.open_ports:
                return None
            return self._error(packet, journey, "port")
        return self._error(packet, journey, journey.answer)

    def _reply(self, packet: ip.Packet, hop: Hop) -> "tuple[int, bytes] | None":
        """What the target itself says, where that is no ICMP error: protocol and payload."""
        source, destination = packet.destination, packet.source
        if packet.protocol in {ip.ICMP, ip.ICMPV6}:
            reply = icmp.echo_reply(packet.version, icmp.parse(packet.payload))
            return packet.protocol, icmp.build(reply, source, destination)
        if packet.protocol == ip.TCP:
            syn = tcp.parse(packet.payload)
            segment = tcp.answer(
                syn, accept=syn.destination_port in hop.open_ports, sequence=self._random.getrandbits(32)
            )
            return ip.TCP, tcp.build(segment, source, destination)
        if packet.protocol == ip.SCTP:
            init = sctp.parse(packet.payload)
            chunk = sctp.answer(
                init, accept=init.destination_port in hop.open_ports, tag=self._random.getrandbits(32) | 1
            )
            return ip.SCTP, sctp.build(chunk)
        return None

    def _error(self, packet: ip.Packet, journey: Journey, kind: str) -> bytes:
        hop = journey.hop
        assert hop is not None
        version = packet.version
        type_, code = _ERRORS[version][kind]
        extended = bool(hop.labels or hop.interfaces) and type_ in icmp.EXTENSIBLE[version]
        structure = extension.build(hop.labels, hop.interfaces) if extended else b""
        quote = _quote(packet, journey)
        room = _ERROR_MAX_BYTES[version] - (20 if version == 4 else 40) - _ICMP_HEADER_BYTES
        if hop.quote_bytes is not None:
            header_bytes = len(quote) - len(packet.payload)
            room = min(room, header_bytes + hop.quote_bytes)
        if structure:
            room = min(room, icmp.QUOTE_MIN_BYTES)
        message = icmp.error(version, type_, code, quote[:room], info=journey.mtu, extension=structure)
        if hop.old_labels:
            message.rest = bytes(4)
        protocol = ip.ICMP if version == 4 else ip.ICMPV6
        return self._packet(packet, journey, protocol, icmp.build(message, journey.address, packet.source))

    def _packet(self, packet: ip.Packet, journey: Journey, protocol: int, payload: bytes) -> bytes:
        """The answer's IP packet; its TTL has been lowered on the return path."""
        hop = journey.hop
        assert hop is not None
        initial_ttl = hop.initial_ttl or (64 if journey.answer == fate.ARRIVED else 255)
        return_hops = journey.ttl - 1 if hop.return_hops is None else hop.return_hops
        return ip.build(
            ip.Packet(
                journey.address,
                packet.source,
                protocol,
                payload,
                ttl=max(initial_ttl - return_hops, 1),
                identification=self._random.getrandbits(16) if packet.version == 4 else 0,
            )
        )


def _asks(packet: ip.Packet) -> bool:
    """Whether hosts and routers may answer the packet at all: an echo, a datagram, a SYN, an INIT, unfragmented.

    No ICMP error is sent about a later fragment or another ICMP error (RFC 1122 section 3.2.2).
    """
    if packet.fragment_offset:
        return False
    try:
        if packet.protocol == (ip.ICMP if packet.version == 4 else ip.ICMPV6):
            return icmp.parse(packet.payload).type in {icmp.ECHO_REQUEST, icmp.V6_ECHO_REQUEST}
        if packet.protocol == ip.UDP:
            udp.parse(packet.payload)
            return True
        if packet.protocol == ip.TCP:
            return tcp.parse(packet.payload).flags & (tcp.SYN | tcp.ACK | tcp.RST) == tcp.SYN
        if packet.protocol == ip.SCTP:
            return sctp.parse(packet.payload).chunk == sctp.INIT
    except PacketError:
        pass
    return False


def _quote(packet: ip.Packet, journey: Journey) -> bytes:
    """The packet as it came to the router that quotes it.

    A NAT on the return path restores addresses and ports in the quote, if it is one that does, but
    transport checksums stay those of the others.
    """
    payload = packet.payload
    if packet.protocol == ip.UDP and (journey.nat is not None or journey.nat_port_shift):
        datagram = udp.parse(payload)
        datagram.source_port = (datagram.source_port + journey.nat_port_shift) & 0xFFFF
        translated = udp.build(datagram, journey.nat or packet.source, packet.destination)
        payload = translated if journey.nat_unrestored else payload[:2] + translated[2:]
    elif journey.nat is not None and packet.protocol == ip.TCP:
        payload = tcp.build(tcp.parse(payload), journey.nat, packet.destination)
    return ip.build(
        ip.Packet(
            journey.nat if journey.nat and journey.nat_unrestored else packet.source,
            packet.destination,
            packet.protocol,
            payload,
            ttl=journey.quoted_ttl,
            tos=packet.tos if journey.tos is None else journey.tos,
            identification=(packet.identification + journey.identification_shift) & 0xFFFF,
            dont_fragment=packet.dont_fragment,
            more_fragments=packet.more_fragments,
            flow_label=packet.flow_label,
            options=packet.options,
            extension_headers=packet.extension_headers,
        )
    )
