"""SCTP probes: INIT chunks (RFC 9260 section 3.3.2) through a raw socket, whether or not the kernel has SCTP.

The source port and the initiate tag are random and tell the probes apart; both come back in whatever answers.
"""

from _socket import SOCK_CLOEXEC, SOCK_RAW, inet_pton
from _socket import socket as Socket  # noqa: N812 - a class
from os import urandom

from .. import wire
from ..packet import ip, sctp
from ..packet.cursor import PacketError
from ..protocols import SCTP
from ..wire import Answer, ProbeRequest
from . import ancillary
from .channel import Channel
from .identifiers import next_free
from .in_flight import InFlight, Probe
from .sockets import DRAIN_MAX, FAMILY, report_errors, socket_address
from .source import packet_info
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .stamps import Clocks

SOURCE_PORT_FIRST, SOURCE_PORT_LAST = 33000, 65535
_ANSWER_BYTES = 2048


def open_socket(version: int) -> Socket:
    """A raw socket for SCTP.

    Raises:
        OSError: the process may not have one (EPERM), or there is no such IP version.
    """
    return Socket(FAMILY[version], SOCK_RAW | SOCK_CLOEXEC, ip.SCTP)


class SctpChannel(Channel):
    """A raw SCTP socket and the probes in flight on it, by source port."""

    protocol = ip.SCTP

    def __init__(self, sock: Socket, version: int, clocks: "Clocks", in_flight: InFlight) -> None:
        report_errors(sock, version)
        super().__init__(sock, version, clocks, in_flight)
        self._port = SOURCE_PORT_FIRST + int.from_bytes(urandom(2), "big") % (SOURCE_PORT_LAST - SOURCE_PORT_FIRST)
        self._tags: dict[int, int] = {}

    def fill(self, template: Template, request: ProbeRequest) -> None:
        """Work out the packets of a request; raises OSError for a local address that is not ours."""
        template.sockaddr = socket_address(request.host, 0)
        template.target = inet_pton(FAMILY[self.version], request.address)
        template.control = packet_info(template)

    def send(self, serial: int, template: Template) -> "Answer | None":
        """Send an INIT."""
        port = self._port = next_free(self._port, self.flights, SOURCE_PORT_FIRST, SOURCE_PORT_LAST)
        tag = int.from_bytes(urandom(4), "big") or 1
        self._tags[port] = tag
        packet = sctp.build(sctp.init(port, template.request.port or SCTP.default_port, tag))
        return self.transmit(Probe(serial, template, self, port), packet, template.sockaddr)

    def match_error(self, quoted: bytes, name: "tuple[str, int]", sender: str) -> "Probe | None":  # noqa: ARG002 - any router may be
        try:
            source_port, port, _ = sctp.parse_quoted(quoted)
        except PacketError:
            return None
        return self._match(source_port, port, name[0])

    def identity(self, quoted: bytes, name: "tuple[str, int]") -> bytes:  # noqa: ARG002 - it is in the quotation
        return quoted[:4]

    def _match(self, source_port: int, port: int, address: str) -> "Probe | None":
        probe = self.flights.get(source_port) or self.answered.get(source_port)
        if probe is None or port != (probe.template.request.port or SCTP.default_port):
            return None
        return probe if address == probe.template.address else None

    def drain_replies(self) -> None:
        recvmsg = self.sock.recvmsg
        for _ in range(DRAIN_MAX):
            try:
                data, messages, _, name = recvmsg(_ANSWER_BYTES, ancillary.SPACE_BYTES)
            except BlockingIOError:
                return
            except OSError:  # a pending error, which the error queue has in full
                self.drain_errors()
                continue
            _, rx_ns, ttl = ancillary.read(messages)
            if self.version == 4 and len(data) >= 20:
                ttl = data[8]
                data = data[(data[0] & 15) * 4 :]
            self._take(data, name[0], rx_ns, ttl)

    def _take(self, data: bytes, sender: str, rx_ns: int, ttl: "int | None") -> None:
        try:
            packet = sctp.parse(data)
        except PacketError:
            return
        if packet.chunk not in {sctp.INIT_ACK, sctp.ABORT} or not sctp.verify(data):
            return
        probe = self._match(packet.destination_port, packet.source_port, sender)
        if probe is not None and packet.tag == self._tags.get(packet.destination_port):
            self.finish(probe, Answer(wire.REPLY, sender), rx_ns, ttl)
