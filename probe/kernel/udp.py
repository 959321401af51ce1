"""UDP probes (RFC 768) through ordinary sockets; ICMP errors come by the error queue (ip(7), IP_RECVERR).

The error queue always says where the failed packet was sent, even where a router quotes too little of it for anything
else: so the destination port tells the probes of a socket apart, or, where that is given, the socket.
"""

import errno
from _socket import SOCK_CLOEXEC, SOCK_DGRAM, inet_pton
from _socket import socket as Socket  # noqa: N812 - a class
from os import urandom

from .. import wire
from ..limits import HEADER_BYTES
from ..packet import ip
from ..packet import udp as packet
from ..packet.checksum import ones_complement_sum, pseudo_header
from ..wire import Answer, ProbeRequest
from . import ancillary
from . import constants as c
from .channel import Channel
from .identifiers import next_free
from .in_flight import InFlight, Probe
from .sockets import DRAIN_MAX, FAMILY, report_errors
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .sockets import SocketAddress
    from .stamps import Clocks

PAYLOAD_MIN_BYTES = 4
# What begins the payload of a probe whose ports do not tell it from others of its flow.
NUMBER_BYTES = 4
# Where traceroute has always sent its probes, and up.
PORT_FIRST, PORT_LAST = 33434, 65535
# Our own ports lie below them and below the kernel's own choice, so that a probe to this very host does not hit a
# socket of a probe process.
OWN_PORT_FIRST, OWN_PORTS = 20000, 12000
BIND_TRIES = 64


def open_socket(version: int) -> Socket:
    """An unbound UDP socket.

    Raises:
        OSError: there is no such IP version.
    """
    return Socket(FAMILY[version], SOCK_DGRAM | SOCK_CLOEXEC)


def bind(sock: Socket, local_address: str, local_port: int) -> None:
    """Bind to a port, or to one of our own choice.

    Raises:
        OSError: the port or the address cannot be had.
    """
    if local_port:
        sock.setsockopt(c.SOL_SOCKET, c.SO_REUSEADDR, 1)
        sock.bind((local_address, local_port))
        return
    for _ in range(BIND_TRIES):
        try:
            sock.bind((local_address, OWN_PORT_FIRST + int.from_bytes(urandom(4), "big") % OWN_PORTS))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return
    sock.bind((local_address, 0))


def random_port_offset() -> int:
    """Where in the range of probed ports to begin."""
    return int.from_bytes(urandom(4), "big") % (PORT_LAST - PORT_FIRST)


class UdpChannel(Channel):
    """A bound UDP socket and the probes in flight on it, by destination port."""

    transport_bytes = 8
    protocol = ip.UDP

    def __init__(self, sock: Socket, version: int, clocks: "Clocks", in_flight: InFlight) -> None:
        report_errors(sock, version)
        super().__init__(sock, version, clocks, in_flight)
        address, port, *_ = sock.getsockname()
        self.local_port: int = port
        # Packed; zeros where the kernel chooses.
        self.local_address = inet_pton(FAMILY[version], address.partition("%")[0])
        self._port = PORT_FIRST + random_port_offset()
        # When the route to its target was last looked at, if it is connected.
        self.routed_us = 0

    def fill(self, template: Template, request: ProbeRequest) -> None:
        """Work out the packets of a request."""
        if request.payload:
            from ..payloads import payload

            template.body = payload(request.payload)
            return
        payload_bytes = max(request.size - HEADER_BYTES[self.version], PAYLOAD_MIN_BYTES)
        template.body = bytes((request.bit_pattern,)) * payload_bytes

    def send(self, serial: int, template: Template) -> "Answer | None":
        """Send a probe to the next port."""
        port = self._port + 1
        if port > PORT_LAST or port in self.flights:
            port = next_free(port, self.flights, PORT_FIRST, PORT_LAST)
        self._port = port
        if template.numbered:
            return self.send_to(port, serial, template)
        return self.transmit(Probe(serial, template, self, port), template.body, (template.address, port))

    def send_to(self, port: int, serial: int, template: Template) -> "Answer | None":
        """Send a probe to a port; no other probe may be in flight to it."""
        probe = Probe(serial, template, self, port)
        if template.numbered:
            return self.transmit_numbered(probe, self._in_flight.next_number(), (template.address, port))
        return self.transmit(probe, template.body, (template.address, port))

    def transmit_numbered(self, probe: Probe, number: int, sockaddr: "SocketAddress") -> "Answer | None":
        """Send a probe that is known by its number, too; see ``transmit``."""
        probe.number = number
        answer = self.transmit(probe, self.body(probe), sockaddr)
        if answer is None:
            self._in_flight.numbered[number] = probe
        return answer

    def match_error(self, quoted: bytes, name: "tuple[str, int]", sender: str) -> "Probe | None":  # noqa: ARG002 - may be empty
        return self.match_reply(name) or self._answered_at(name)

    def is_unnumbered(self, quoted: bytes) -> bool:
        return len(quoted) < NUMBER_BYTES

    def identity(self, quoted: bytes, name: "tuple[str, int]") -> bytes:  # noqa: ARG002 - the header is gone
        return self.local_port.to_bytes(2, "big") + name[1].to_bytes(2, "big")

    def checksums(self, probe: Probe, source: bytes = b"", source_port: int = 0) -> "tuple[bytes, ...]":
        """The datagram's; or the sum of the pseudo-header alone, where no device on the path had to complete it.

        ``source`` and ``source_port`` are those that a translator gave it, if one did.
        """
        template = probe.template
        source = source or template.source
        target = inet_pton(FAMILY[self.version], template.address)
        body = self.body(probe)
        datagram = packet.Datagram(source_port or self.local_port, self.port_of(probe), body)
        whole = packet.build(datagram, source, target)
        covered = pseudo_header(source, target, ip.UDP, 8 + len(body))
        return whole[6:8], ones_complement_sum(covered).to_bytes(2, "big")

    def body(self, probe: Probe) -> bytes:
        """What a probe's datagram carries."""
        if probe.number:
            return probe.number.to_bytes(NUMBER_BYTES, "big") + probe.template.body[NUMBER_BYTES:]
        return probe.template.body

    @staticmethod
    def port_of(probe: Probe) -> int:
        """Where a probe was sent."""
        return probe.template.request.port or probe.key

    def match_reply(self, name: "tuple[str, int]", data: bytes = b"") -> "Probe | None":  # noqa: ARG002 - ports suffice here
        """The probe in flight that went to this address and port, given how what came from there begins."""
        probe = self.flights.get(name[1])
        return probe if probe is not None and name[0] == probe.template.address else None

    def _answered_at(self, name: "tuple[str, int]") -> "Probe | None":
        """The answered probe that went there. Only errors ask: a service may well answer by several datagrams."""
        probe = self.answered.get(name[1])
        return probe if probe is not None and name[0] == probe.template.address else None

    def drain_replies(self) -> None:
        recvmsg = self.sock.recvmsg
        for _ in range(DRAIN_MAX):
            try:
                data, messages, _, name = recvmsg(NUMBER_BYTES, ancillary.SPACE_BYTES)
            except BlockingIOError:
                return
            except OSError:  # a pending error, which the error queue has in full
                self.drain_errors()
                continue
            probe = self.match_reply(name, data)
            if probe is not None:
                _, rx_ns, ttl = ancillary.read(messages)
                self.finish(probe, Answer(wire.REPLY, name[0]), rx_ns, ttl)
