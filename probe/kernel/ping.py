"""ICMP echo through ping sockets, which need no privilege where ``net.ipv4.ping_group_range`` allows them (icmp(7)).

The kernel writes the ICMP identifier, the socket's own, and the checksum, and hands over what belongs to that
identifier only: the sequence number tells the probes of a socket apart.
"""

from _socket import IPPROTO_ICMP, IPPROTO_ICMPV6, SOCK_CLOEXEC, SOCK_DGRAM
from _socket import socket as Socket  # noqa: N812 - a class

from .. import wire
from ..icmp_meaning import ECHO_REPLY, ECHO_REQUEST
from ..wire import Answer
from . import ancillary
from .echo import REPLY_BYTES, EchoChannel
from .in_flight import InFlight, Probe
from .sockets import DRAIN_MAX, FAMILY, report_errors
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .stamps import Clocks

_HEADER_BYTES = 8


def open_socket(version: int) -> Socket:
    """A ping socket.

    Raises:
        OSError: the process may not have one (EACCES), or there is no such IP version.
    """
    return Socket(FAMILY[version], SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP if version == 4 else IPPROTO_ICMPV6)


class PingChannel(EchoChannel):
    """A bound ping socket."""

    def __init__(self, sock: Socket, version: int, clocks: "Clocks", in_flight: InFlight) -> None:
        report_errors(sock, version)
        # Two sockets may bind one identifier and only one of them then hears: the kernel's own choice is not taken.
        super().__init__(sock, version, clocks, in_flight, sock.getsockname()[1].to_bytes(2, "big"))
        self._head = bytes((ECHO_REQUEST[version], 0, 0, 0, 0, 0))

    def send(self, serial: int, template: Template) -> "Answer | None":
        """Send an echo request."""
        sequence = self.next_sequence()
        packet = self._head + sequence.to_bytes(2, "big") + self.payload(template, sequence)
        return self.transmit(Probe(serial, template, self, sequence), packet, template.sockaddr)

    def match_error(self, quoted: bytes, name: "tuple[str, int]", sender: str) -> "Probe | None":  # noqa: ARG002 - any router may be
        if len(quoted) < _HEADER_BYTES or quoted[0] != ECHO_REQUEST[self.version]:
            return None
        return self.probe_of(quoted, name[0])

    def identity(self, quoted: bytes, name: "tuple[str, int]") -> bytes:  # noqa: ARG002 - it is in the quotation
        return quoted[4:8]

    def drain_replies(self) -> None:
        recvmsg = self.sock.recvmsg
        for _ in range(DRAIN_MAX):
            try:
                data, messages, _, name = recvmsg(REPLY_BYTES, ancillary.SPACE_BYTES)
            except BlockingIOError:
                return
            except OSError:  # a pending error, which the error queue has in full
                self.drain_errors()
                continue
            if len(data) < _HEADER_BYTES or data[0] != ECHO_REPLY[self.version]:
                continue
            probe = self.replied(data, name[0])
            if probe is not None:
                answer = Answer(wire.REPLY, name[0], icmp_type=data[0], icmp_code=data[1])
                _, rx_ns, ttl = ancillary.read(messages)
                self.finish(probe, answer, rx_ns, ttl)
