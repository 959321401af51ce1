"""ICMP echo through raw sockets, where ping sockets are closed and the process may have raw ones (raw(7)).

A raw socket hears every ICMP message to this host. So everything is verified here: the checksum (the kernel passes
wrong ones on), the identifier, the sequence number, and the address that an error's quotation was sent to.
"""

import errno
from _socket import IPPROTO_ICMP, IPPROTO_ICMPV6, SOCK_CLOEXEC, SOCK_RAW, inet_pton
from _socket import socket as Socket  # noqa: N812 - a class
from os import urandom
from sys import byteorder

from .. import icmp_meaning, wire
from ..icmp_meaning import ECHO_REPLY, ECHO_REQUEST
from ..packet import icmp
from ..wire import Answer, ProbeRequest
from . import ancillary
from . import constants as c
from .channel import DRAIN_MAX
from .echo import EchoChannel
from .flight import Outstanding, Plan, Probe
from .rewrites import rewritten
from .sockets import FAMILY
from .source import route_source, source_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .stamps import Clocks

# Whole messages, since their checksum is verified.
MESSAGE_BYTES = wire.SIZE_MAX_BYTES + 60
# What may end a probe, besides the reply.
ERRORS = {4: (icmp.DESTINATION_UNREACHABLE, icmp.TIME_EXCEEDED, icmp.PARAMETER_PROBLEM), 6: (1, 2, 3, 4)}


def open_socket(version: int) -> Socket:
    """A raw ICMP socket; what it hears is up to ``hear``.

    Raises:
        OSError: the process may not have one (EPERM), or there is no such IP version.
    """
    return Socket(FAMILY[version], SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP if version == 4 else IPPROTO_ICMPV6)


def hear(sock: Socket, version: int, types: "tuple[int, ...]") -> None:
    """Have a raw ICMP socket hear messages of these types alone."""
    words = [0xFFFFFFFF] * (1 if version == 4 else 8)
    for kind in types:
        words[kind >> 5] &= ~(1 << (kind & 31))
    level, option = (c.SOL_RAW, c.ICMP_FILTER) if version == 4 else (c.SOL_ICMPV6, c.ICMP6_FILTER)
    sock.setsockopt(level, option, b"".join(word.to_bytes(4, byteorder) for word in words))


def packet_info(plan: Plan) -> "list[tuple[int, int, bytes]]":
    """The control message that gives packets the source address and the interface that a request asks for, if any.

    Sources: IP_PKTINFO in ip(7), RFC 3542 section 6.2.

    Raises:
        OSError: the address is not one of this host's (EADDRNOTAVAIL); or of IPv6, not the one that the kernel would
            choose for the interface: where both are given, it takes the interface as a mere wish.
    """
    request = plan.request
    version, source = request.version, request.local_address
    if not source and not plan.device:
        return []
    if source:
        source = source_address(plan)
        if version == 6 and plan.device:
            if source != route_source(plan):
                raise OSError(errno.EADDRNOTAVAIL, "not the source of this interface")
            source = ""
    packed = inet_pton(FAMILY[version], source or ("0.0.0.0" if version == 4 else "::"))
    index = plan.device.to_bytes(4, byteorder)
    if version == 4:
        return [(c.SOL_IP, c.IP_PKTINFO, index + packed + bytes(4))]
    return [(c.SOL_IPV6, c.IPV6_PKTINFO, packed + index)]


class RawChannel(EchoChannel):
    """A raw ICMP socket."""

    def __init__(self, sock: Socket, version: int, clocks: "Clocks", outstanding: Outstanding) -> None:
        hear(sock, version, (ECHO_REPLY[version], *ERRORS[version]))
        super().__init__(sock, version, clocks, outstanding, urandom(2))

    def fill(self, plan: Plan, request: ProbeRequest) -> None:
        super().fill(plan, request)
        plan.control = packet_info(plan)

    def send(self, serial: int, plan: Plan) -> "Answer | None":
        """Send an echo request."""
        sequence = self.next_sequence()
        # In ICMPv6 the kernel writes the checksum, which covers the addresses.
        checksum = (plan.wanted_checksum or 65535 - (plan.base_sum + sequence) % 65535) if self.version == 4 else 0
        head = bytes((ECHO_REQUEST[self.version], 0)) + checksum.to_bytes(2, "big") + self._identifier
        packet = head + sequence.to_bytes(2, "big") + self.payload(plan, sequence)
        return self.transmit(Probe(serial, plan, self, sequence), packet, plan.sockaddr)

    def match_error(self, quoted: bytes, name: "tuple[str, int]", sender: str) -> "Probe | None":  # noqa: ARG002 - never asked for
        return None  # this socket has no errors on its error queue, only send stamps

    def drain_replies(self) -> None:
        recvmsg = self.sock.recvmsg
        for _ in range(DRAIN_MAX):
            try:
                data, messages, _, name = recvmsg(MESSAGE_BYTES, ancillary.SPACE_BYTES)
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
            if probe is None or heard.destination != probe.plan.target:
                return
        else:
            probe = self.probe_of(heard.echo, sender)
            if probe is None:
                return
        heard.answer.address = sender
        if heard.source and probe.plan.request.detail:
            heard.answer.rewritten = rewritten(self, probe, heard.source, heard.identification)
        self.finish(probe, heard.answer, rx_ns, ttl)
