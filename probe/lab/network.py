"""The probe process's network over the simulator: real probe packets go in, real answers are parsed.

Only the two ends that the kernel has are simulated here too: an answer belongs to the probe that caused it, and is
seen at the moment it is due, however late ``collect`` is called.
"""

import errno
import heapq
import socket

from .. import icmp_meaning, wire
from ..packet import extension, icmp, ip, sctp, tcp, udp
from ..packet.cursor import PacketError
from ..protocols import ICMP, PROTOCOLS, SCTP, TCP, UDP
from ..wire import Answer
from .log import LabLog
from .scenario import load
from .schema import ScenarioError
from .simulator import Simulator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..wire import ProbeRequest
    from .journey import Journey
    from .scenario import Scenario

_EPHEMERAL_PORT = 33000  # as mtr-packet counts its probes: a sequence number in a port, or after the ICMP identifier
_IDENTIFIER = 0x4853
_DEFAULT_TTL = 64
_NUMBERED_BYTES = 12  # of UDP, that quote the number in a payload
_FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}


def open_network(name_or_file: str, log_path: "str | None" = None) -> "LabNetwork":
    """The network of a scenario; what becomes of every probe is written to the log file, if one is named.

    Raises:
        ScenarioError: the scenario or the log file cannot be opened; the message is one line.
    """
    scenario = load(name_or_file)
    if log_path is None:
        return LabNetwork(scenario)
    try:
        return LabNetwork(scenario, log=LabLog(log_path))
    except OSError as error:
        raise ScenarioError(f"{log_path}: {error.strerror}") from None


class LabNetwork:
    """Implements ``hopscope.probe.network.Network``; ``log`` is the simulator's, and closed with the network."""

    stamps_arrivals = False

    def __init__(
        self,
        scenario: "Scenario",
        seed: "int | None" = None,
        log: "Callable[[ip.Packet, int, Journey], None] | None" = None,
    ) -> None:
        self.scenario = scenario
        self._log = log
        self._simulator = Simulator(scenario, seed, log)
        self._versions = {version for hop in scenario.hops() for version in hop.addresses}
        # Answers that are due later: time, serial, when the probe was sent, the IP packet, and the probe's source port.
        self._due: list[tuple[int, int, int, bytes, int]] = []
        self._in_flight: set[int] = set()
        # Those of the probes that have two answers due, or one after the first was told.
        self._twice: set[int] = set()
        self._sequence = 0

    def supports(self, feature: str) -> bool:
        """Every protocol; the IP versions that the scenario has; no mark."""
        if feature in {"ip-4", "ip-6"}:
            return int(feature[-1]) in self._versions
        return feature in PROTOCOLS

    def send(self, serial: int, request: "ProbeRequest", now_us: int) -> "Answer | None":
        """Send a probe; see ``Network.send``."""
        if request.version not in self._versions:
            return Answer(wire.NO_ROUTE)
        if request.dont_fragment and request.size > self.scenario.mtu:
            return Answer(wire.UNEXPECTED_ERROR, reason=str(errno.EMSGSIZE), mtu=self.scenario.mtu)
        source = self.scenario.sources[request.version]
        if request.local_address:
            try:
                local = socket.inet_pton(_FAMILY[request.version], request.local_address)
            except OSError:
                return Answer(wire.INVALID_ARGUMENT)
            if local != source:
                return Answer(wire.ADDRESS_NOT_AVAILABLE)
        self._sequence = (self._sequence + 1) % (65536 - _EPHEMERAL_PORT)
        packet = probe_packet(request, source, _EPHEMERAL_PORT + self._sequence)
        self._in_flight.add(serial)
        port = udp.parse(ip.parse(packet).payload).source_port if request.protocol == UDP.name else 0
        deliveries = [one for one in self._simulator.send(packet, now_us) if _is_heard(one.packet, port, request)]
        # As the kernel does: of a connection attempt it tells one answer.
        if len(deliveries) > 1 and request.detail and request.protocol != TCP.name:
            self._twice.add(serial)
        for delivery in deliveries:
            heapq.heappush(self._due, (delivery.due_us, serial, now_us, delivery.packet, port))
        return None

    def collect(self, ready: "Iterable[tuple[int, int]]", now_us: int) -> "list[tuple[int, Answer]]":  # noqa: ARG002
        """The answers that are due; see ``Network.collect``."""
        answers = []
        while self._due and self._due[0][0] <= now_us:
            due_us, serial, sent_us, packet, port = heapq.heappop(self._due)
            is_first = serial in self._in_flight
            answer = read_answer(packet, due_us - sent_us, port) if is_first or serial in self._twice else None
            if answer is None:
                continue
            if is_first:
                self._in_flight.discard(serial)
            else:
                self._twice.discard(serial)
                answer.word = wire.DUPLICATE
            answers.append((serial, answer))
        return answers

    def discard(self, serial: int) -> None:
        """Forget a probe in flight."""
        self._in_flight.discard(serial)
        self._twice.discard(serial)

    def next_due_us(self) -> "int | None":
        """When the next answer is due."""
        return self._due[0][0] if self._due else None

    def settle(self) -> None:
        """Nothing is left for later."""

    def close(self) -> None:
        """Close the log."""
        if isinstance(self._log, LabLog):
            self._log.close()


def probe_packet(request: "ProbeRequest", source: bytes, sequence: int) -> bytes:
    """The packet that a request asks for; the sequence number stands where mtr-packet puts it."""
    version = request.version
    destination = socket.inet_pton(_FAMILY[version], request.address)
    header_bytes = (20 if version == 4 else 40) + 8
    fill_bytes = max(request.size - header_bytes, PROTOCOLS[request.protocol].payload_min_bytes)
    fill = bytes((request.bit_pattern & 255,)) * fill_bytes
    if request.protocol == ICMP.name:
        protocol = ip.ICMP if version == 4 else ip.ICMPV6
        payload = icmp.build(icmp.echo_request(version, _IDENTIFIER, sequence, fill), source, destination)
        if request.icmp_checksum:
            payload = _hold_checksum(payload, source, destination, request.icmp_checksum)
    elif request.protocol == UDP.name:
        protocol = ip.UDP
        source_port = request.local_port or (sequence if request.port else _IDENTIFIER)
        payload = udp.build(udp.Datagram(source_port, request.port or sequence, fill), source, destination)
    elif request.protocol == TCP.name:
        protocol = ip.TCP
        payload = tcp.build(
            tcp.Segment(request.local_port or sequence, request.port or TCP.default_port), source, destination
        )
    else:
        protocol = ip.SCTP
        payload = sctp.build(sctp.init(request.local_port or sequence, request.port or SCTP.default_port, sequence))
    ttl = request.ttl if request.ttl > 0 else _DEFAULT_TTL
    return ip.build(
        ip.Packet(
            source,
            destination,
            protocol,
            payload,
            ttl=ttl,
            tos=request.tos,
            dont_fragment=request.dont_fragment and version == 4,
            flow_label=request.flow_label if version == 6 else 0,
        )
    )


def _hold_checksum(message: bytes, source: bytes, destination: bytes, wanted: int) -> bytes:
    """The echo request with its first payload word chosen so that its checksum is the wanted one."""
    from ..packet.checksum import compensation, pseudo_header

    body = message[10:] if len(message) >= 10 else b""
    zeroed = message[:2] + bytes(2) + message[4:8] + bytes(2) + body
    covered = pseudo_header(source, destination, ip.ICMPV6, len(zeroed)) + zeroed if len(source) == 16 else zeroed
    word = compensation(covered, wanted)
    return message[:2] + wanted.to_bytes(2, "big") + message[4:8] + word.to_bytes(2, "big") + body


def _is_heard(data: bytes, sent_port: int, request: "ProbeRequest") -> bool:
    """Whether the kernel's network would hear an answer to a UDP probe (see ``kernel.unclaimed_errors``)."""
    packet = ip.parse(data)
    if packet.protocol not in {ip.ICMP, ip.ICMPV6} or not sent_port:
        return True
    quoted = icmp.quoted_packet(packet.version, icmp.parse(packet.payload)).payload
    moved = len(quoted) >= 8 and udp.parse(quoted).source_port != sent_port
    return not moved or (request.detail and not request.payload and len(quoted) >= _NUMBERED_BYTES)


def read_answer(data: bytes, rtt_us: int, sent_port: int = 0) -> "Answer | None":
    """What an answering packet says; None where it says nothing. ``sent_port`` is the source port of a UDP probe."""
    try:
        packet = ip.parse(data)
        address = socket.inet_ntop(_FAMILY[packet.version], packet.source)
        if packet.protocol in {ip.TCP, ip.SCTP}:
            return Answer(wire.REPLY, address, rtt_us, reply_ttl=packet.ttl)
        if packet.protocol not in {ip.ICMP, ip.ICMPV6}:
            return None
        message = icmp.parse(packet.payload)
        version = packet.version
        is_reply = message.type == icmp_meaning.ECHO_REPLY[version]
        word = wire.REPLY if is_reply else icmp_meaning.word_of(version, message.type, message.code)
        if word is None:
            return None
        answer = Answer(word, address, rtt_us, icmp_type=message.type, icmp_code=message.code, reply_ttl=packet.ttl)
        if not is_reply:
            quoted = icmp.quoted_packet(version, message)
            answer.rewritten = _rewritten(packet, quoted, sent_port)
            answer.quoted_ttl, answer.quoted_tos = quoted.ttl, quoted.tos
            answer.mtu = icmp_meaning.next_hop_mtu(
                version, message.type, message.code, int.from_bytes(message.rest, "big")
            )
            extension.tell(answer, extension.structure_of(version, message))
    except PacketError:
        return None
    return answer


def _rewritten(answering: ip.Packet, quoted: ip.Packet, sent_port: int) -> "str | None":
    """What an error quotes otherwise than it was sent; see ``wire.REWRITTEN_NOTHING``. None of other protocols."""
    if quoted.protocol not in {ip.ICMP, ip.ICMPV6, ip.UDP}:
        return None
    words = [] if quoted.source == answering.destination else [wire.REWRITTEN_SOURCE]
    if quoted.protocol == ip.UDP:
        datagram = udp.parse(quoted.payload)
        if datagram.source_port != sent_port:
            words.append(wire.REWRITTEN_PORT)
        sent = udp.build(
            udp.Datagram(sent_port, datagram.destination_port, datagram.data),
            answering.destination,
            quoted.destination,
        )
        whole = len(datagram.data) + 8 == datagram.length
        if whole and datagram.checksum and datagram.checksum != int.from_bytes(sent[6:8], "big"):
            words.append(wire.REWRITTEN_CHECKSUM)
    if quoted.identification:  # packets are made without one
        words.append(wire.REWRITTEN_ID)
    return ",".join(words) or wire.REWRITTEN_NOTHING
