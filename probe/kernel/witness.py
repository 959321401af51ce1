"""The quoted IP headers of ICMP errors, heard on a raw socket beside the error queues, which leave them out.

Only for processes that may have raw sockets, and only once details are asked for: the TTL and the type of service that
a probe had when a router gave it up.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_pton
from _socket import socket as Socket  # noqa: N812 - a class

from .. import verdict
from ..packet import icmp
from ..packet.cursor import PacketError
from . import constants as c
from . import raw
from .channel import BUFFER_BYTES, DRAIN_MAX

# Headers kept for answers that are still to be read.
HEADERS_MAX = 4096


class Witness:
    """Hears ICMP errors of one IP version. The kernel hands a message to raw sockets before any other one."""

    def __init__(self, sock: Socket, version: int) -> None:
        self.version = version
        self._sock = sock
        self._hears = False
        # Sender, protocol, destination and two identifying words of the quoted packet to its TTL and TOS.
        self._headers: dict[tuple[str, int, bytes, bytes], tuple[int, int]] = {}
        raw.hear(sock, version, ())
        sock.setblocking(False)  # noqa: FBT003 - the socket's own interface

    def listen(self) -> None:
        """Begin to hear, if it does not yet."""
        if not self._hears:
            self._hears = True
            self._sock.setsockopt(c.SOL_SOCKET, c.SO_RCVBUF, BUFFER_BYTES)
            raw.hear(self._sock, self.version, raw.ERRORS[self.version])

    def testify(self, sender: str, protocol: int, destination: str, key: bytes) -> tuple[int | None, int | None]:
        """TTL and TOS of the packet that ``sender`` quoted; None if it was not heard.

        ``key`` are the four bytes that identify it: its ports, or its ICMP identifier and sequence number.
        """
        if not self._hears:
            return None, None
        self._drain()
        address = inet_pton(AF_INET if self.version == 4 else AF_INET6, destination)
        return self._headers.pop((sender, protocol, address, key), (None, None))

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
        at = 4 if quoted.protocol in {1, 58} else 0
        key = quoted.payload[at : at + 4]
        if len(self._headers) >= HEADERS_MAX:
            self._headers.clear()
        self._headers[sender, quoted.protocol, quoted.destination, key] = (quoted.ttl, quoted.tos)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()
