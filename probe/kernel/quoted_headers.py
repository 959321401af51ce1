"""The quoted IP headers of ICMP errors, heard on a raw socket beside the error queues, which leave them out.

Only for processes that may have raw sockets, and only once details are asked for: what TTL, type of service, source
and UDP checksum a probe had when a router gave it up. And the errors about UDP that no error queue is given are heard
here (see ``unclaimed_errors``).
"""

from _socket import inet_pton
from _socket import socket as Socket  # noqa: N812 - a class

from .. import icmp_meaning
from ..packet import icmp, ip
from ..packet.cursor import PacketError
from . import ancillary, raw_sockets
from . import constants as c
from .sockets import BUFFER_BYTES, DRAIN_MAX, FAMILY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    # Keeps an error that no error queue is given, if it is about a probe of ours; whether it does.
    Claim = Callable[[str, icmp.Message, ip.Packet, int, int | None], bool]

# Headers kept for answers that are still to be read.
HEADERS_MAX = 4096
CHECKSUMS_MAX = 64


class QuotedHeader:
    """What is of interest in the headers of a quoted packet.

    ``checksum`` is that of UDP, empty for the rest; ``identification`` that of IPv4.
    """

    __slots__ = ("checksum", "identification", "source", "tos", "ttl")

    def __init__(self, quoted: ip.Packet) -> None:
        self.ttl = quoted.ttl
        self.tos = quoted.tos
        self.source = quoted.source
        self.checksum = quoted.payload[6:8] if quoted.protocol == ip.UDP else b""
        self.identification = quoted.identification


class QuotedHeaders:
    """Hears ICMP errors of one IP version. The kernel hands a message to raw sockets before any other one."""

    def __init__(self, sock: Socket, version: int, claim: "Claim") -> None:
        self.version = version
        self.fd = sock.fileno()
        self._sock = sock
        self._claim = claim
        self._hears = False
        # Sender, protocol, destination and two identifying words of the quoted packet to its header.
        self._headers: dict[tuple[str, int, bytes, bytes], QuotedHeader] = {}
        # Sender, destination and ports of quoted UDP packets to their checksums, the oldest first.
        self._checksums: dict[tuple[str, bytes, bytes], list[bytes]] = {}
        raw_sockets.hear(sock, version, ())
        sock.setblocking(False)  # noqa: FBT003 - the socket's own interface

    def listen(self) -> None:
        """Begin to hear, if it does not yet."""
        if not self._hears:
            self._hears = True
            self._sock.setsockopt(c.SOL_SOCKET, c.SO_RCVBUF, BUFFER_BYTES)
            self._sock.setsockopt(c.SOL_SOCKET, c.SO_TIMESTAMPING, c.RX_SOFTWARE | c.SOFTWARE)
            if self.version == 6:
                self._sock.setsockopt(c.SOL_IPV6, c.IPV6_RECVHOPLIMIT, 1)
            raw_sockets.hear(self._sock, self.version, raw_sockets.ERRORS[self.version])

    def header_of(self, sender: str, protocol: int, destination: str, key: bytes) -> "QuotedHeader | None":
        """The header of the packet that ``sender`` quoted; None if it was not heard.

        ``key`` are the four bytes that identify it: its ports, or its ICMP identifier and sequence number.
        """
        if not self._hears:
            return None
        self.drain()
        address = inet_pton(FAMILY[self.version], destination)
        return self._headers.pop((sender, protocol, address, key), None)

    def udp_checksum(self, sender: str, destination: str, ports: bytes) -> bytes:
        """The checksum of the UDP packet of this flow that ``sender`` quoted first since the last call; empty: none."""
        if not self._hears:
            return b""
        self.drain()
        waiting = self._checksums.get((sender, inet_pton(FAMILY[self.version], destination), ports))
        return waiting.pop(0) if waiting else b""

    def drain(self) -> None:
        """Read what has come."""
        recvmsg = self._sock.recvmsg
        try:
            for _ in range(DRAIN_MAX):
                data, messages, _, name = recvmsg(raw_sockets.MESSAGE_BYTES, ancillary.SPACE_BYTES)
                self._keep(data, messages, name[0].partition("%")[0])
        except OSError:  # nothing more is there
            return

    def _keep(self, data: bytes, messages: "list[tuple[int, int, bytes]]", sender: str) -> None:
        whole = icmp_meaning.icmp_message(self.version, data)
        if not whole:
            return
        message = icmp.parse(whole)
        try:
            quoted = icmp.quoted_packet(self.version, message)
        except PacketError:
            return
        if quoted.protocol == ip.UDP:
            _, rx_ns, ttl = ancillary.read(messages)
            if self._claim(sender, message, quoted, rx_ns, data[8] if self.version == 4 else ttl):
                return  # nobody will ask for its header
        at = 4 if quoted.protocol in {ip.ICMP, ip.ICMPV6} else 0
        key = quoted.payload[at : at + 4]
        if len(self._headers) >= HEADERS_MAX:
            self._headers.clear()
            self._checksums.clear()
        self._headers[sender, quoted.protocol, quoted.destination, key] = QuotedHeader(quoted)
        if quoted.protocol == ip.UDP:
            waiting = self._checksums.setdefault((sender, quoted.destination, key), [])
            if len(waiting) < CHECKSUMS_MAX:
                waiting.append(quoted.payload[6:8])

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()
