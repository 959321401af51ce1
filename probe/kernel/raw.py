"""ICMP echo through raw sockets, where ping sockets are closed and the process may have raw ones (raw(7)).

A raw socket hears every ICMP message to this host. So everything is verified here: the checksum (the kernel passes
wrong ones on), the identifier, the sequence number, and the address that an error's quotation was sent to.
"""

from _socket import socket as Socket  # noqa: N812 - a class
from os import urandom

from .. import icmp_meaning
from ..icmp_meaning import ECHO_REPLY, ECHO_REQUEST
from ..wire import Answer, ProbeRequest
from . import ancillary, raw_sockets
from .echo import EchoChannel
from .in_flight import InFlight, Probe
from .rewrites import rewritten
from .sockets import DRAIN_MAX
from .source import packet_info
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .stamps import Clocks


class RawChannel(EchoChannel):
    """A raw ICMP socket."""

    def __init__(self, sock: Socket, version: int, clocks: "Clocks", in_flight: InFlight) -> None:
        raw_sockets.hear(sock, version, (ECHO_REPLY[version], *raw_sockets.ERRORS[version]))
        super().__init__(sock, version, clocks, in_flight, urandom(2))

    def fill(self, template: Template, request: ProbeRequest) -> None:
        super().fill(template, request)
        template.control = packet_info(template)

    def send(self, serial: int, template: Template) -> "Answer | None":
        """Send an echo request."""
        sequence = self.next_sequence()
        # In ICMPv6 the kernel writes the checksum, which covers the addresses.
        checksum = 0
        if self.version == 4:
            checksum = template.wanted_checksum or 65535 - (template.base_sum + sequence) % 65535
        head = bytes((ECHO_REQUEST[self.version], 0)) + checksum.to_bytes(2, "big") + self._identifier
        packet = head + sequence.to_bytes(2, "big") + self.payload(template, sequence)
        return self.transmit(Probe(serial, template, self, sequence), packet, template.sockaddr)

    def match_error(self, quoted: bytes, name: "tuple[str, int]", sender: str) -> "Probe | None":  # noqa: ARG002 - never asked for
        return None  # this socket has no errors on its error queue, only send stamps

    def drain_replies(self) -> None:
        recvmsg = self.sock.recvmsg
        for _ in range(DRAIN_MAX):
            try:
                data, messages, _, name = recvmsg(raw_sockets.MESSAGE_BYTES, ancillary.SPACE_BYTES)
            except BlockingIOError:
                return
            except OSError:  # nothing pends on such a socket for long
                continue
            message = icmp_meaning.icmp_message(self.version, data)
            if message:
                _, rx_ns, ttl = ancillary.read(messages)
                self._take(message, name[0], rx_ns, data[8] if self.version == 4 else ttl)

    def _take(self, message: bytes, sender: str, rx_ns: int, ttl: "int | None") -> None:
        heard = icmp_meaning.heard(self.version, message)
        if heard is None or heard.echo[4:6] != self._identifier:
            return
        if heard.destination:
            probe = self.numbered(heard.echo)
            if probe is None or heard.destination != probe.template.target:
                return
        else:
            probe = self.replied(heard.echo, sender)
            if probe is None:
                return
        heard.answer.address = sender
        if heard.source and probe.template.request.detail:
            heard.answer.rewritten = rewritten(self, probe, heard.source, heard.identification)
        self.finish(probe, heard.answer, rx_ns, ttl)
