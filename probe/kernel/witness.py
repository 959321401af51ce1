"""The quoted IP headers of ICMP errors, heard on a raw socket beside the error queues, which leave them out.

Only for processes that may have raw sockets, and only once details are asked for: what TTL, type of service, source
and UDP checksum a probe had when a router gave it up.
"""

from __future__ import annotations

from _socket import inet_pton
from _socket import socket as Socket  # noqa: N812 - a class

from .. import verdict
from ..packet import icmp, ip
from ..packet.cursor import PacketError
from . import constants as c
from . import raw
from .channel import DRAIN_MAX
from .echo import FAMILY
from .sockets import BUFFER_BYTES

# Headers kept for answers that are still to be read.
HEADERS_MAX = 4096
CHECKSUMS_MAX = 64


class Header:
    """What is of interest in the header of a quoted packet; ``checksum`` is that of UDP, empty for the rest."""

    __slots__ = ("checksum", "source", "tos", "ttl")

    def __init__(self, ttl: int, tos: int, source: bytes, checksum: bytes) -> None:
        self.ttl = ttl
        self.tos = tos
        self.source = source
        self.checksum = checksum


class Witness:
    """Hears ICMP errors of one IP version. The kernel hands a message to raw sockets before any other one."""

    def __init__(self, sock: Socket, version: int) -> None:
        self.version = version
        self._sock = sock
        self._hears = False
        # Sender, protocol, destination and two identifying words of the quoted packet to its header.
        self._headers: dict[tuple[str, int, bytes, bytes], Header] = {}
        # Sender, destination and ports of quoted UDP packets to their checksums, the oldest first.
        self._checksums: dict[tuple[str, bytes, bytes], list[bytes]] = {}
        raw.hear(sock, version, ())
        sock.setblocking(False)  # noqa: FBT003 - the socket's own interface

    def listen(self) -> None:
        """Begin to hear, if it does not yet."""
        if not self._hears:
            self._hears = True
            self._sock.setsockopt(c.SOL_SOCKET, c.SO_RCVBUF, BUFFER_BYTES)
            raw.hear(self._sock, self.version, raw.ERRORS[self.version])

    def testify(self, sender: str, protocol: int, destination: str, key: bytes) -> Header | None:
        """The header of the packet that ``sender`` quoted; None if it was not heard.

        ``key`` are the four bytes that identify it: its ports, or its ICMP identifier and sequence number.
        """
        if not self._hears:
            return None
        self._drain()
        address = inet_pton(FAMILY[self.version], destination)
        return self._headers.pop((sender, protocol, address, key), None)

    def udp_checksum(self, sender: str, destination: str, ports: bytes) -> bytes:
        """The checksum of the UDP packet of this flow that ``sender`` quoted first since the last call; empty: none."""
        if not self._hears:
            return b""
        self._drain()
        waiting = self._checksums.get((sender, inet_pton(FAMILY[self.version], destination), ports))
        return waiting.pop(0) if waiting else b""

    def _drain(self) -> None:
        recvfrom = self._sock.recvfrom
        try:
            for _ in range(DRAIN_MAX):
                data, name = recvfrom(raw.MESSAGE_BYTES)
                self._keep(data, name[0])
        except OSError:  # nothing more is there
            return

    def _keep(self, data: bytes, sender: str) -> None:
        message = verdict.icmp_message(self.version, data)
        if not message:
            return
        try:
            quoted = icmp.quoted_packet(self.version, icmp.parse(message))
        except PacketError:
            return
        at = 4 if quoted.protocol in {ip.ICMP, ip.ICMPV6} else 0
        key = quoted.payload[at : at + 4]
        if len(self._headers) >= HEADERS_MAX:
            self._headers.clear()
            self._checksums.clear()
        checksum = quoted.payload[6:8] if quoted.protocol == ip.UDP else b""
        header = Header(quoted.ttl, quoted.tos, quoted.source, checksum)
        self._headers[sender, quoted.protocol, quoted.destination, key] = header
        if quoted.protocol == ip.UDP:
            waiting = self._checksums.setdefault((sender, quoted.destination, key), [])
            if len(waiting) < CHECKSUMS_MAX:
                waiting.append(quoted.payload[6:8])

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()
