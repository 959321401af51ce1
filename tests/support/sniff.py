"""Sees the packets that leave or reach a namespace."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING

from hopscope.probe.packet import ip
from hopscope.probe.packet.cursor import PacketError
from support.netns import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33


class Sniffer:
    """Packets of a device in the order in which they passed."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._seen: list[ip.Packet] = []

    def packets(self, wanted: Callable[[ip.Packet], bool], count: int, *, timeout_s: float = 10) -> list[ip.Packet]:
        """The first ``count`` packets that are wanted, waited for."""
        give_up_s = time.monotonic() + timeout_s
        while True:
            found = [packet for packet in self._seen if wanted(packet)]
            if len(found) >= count:
                return found[:count]
            assert time.monotonic() < give_up_s, f"{len(found)} packets of {count} after {timeout_s} s"
            with contextlib.suppress(TimeoutError, PacketError):
                self._seen.append(ip.parse(self._sock.recv(65536)))

    def seen(self) -> list[ip.Packet]:
        """All packets that have passed so far."""
        with contextlib.suppress(TimeoutError):
            while True:
                with contextlib.suppress(PacketError):
                    self._seen.append(ip.parse(self._sock.recv(65536)))
        return list(self._seen)

    def take(self, wanted: Callable[[ip.Packet], bool], count: int) -> list[ip.Packet]:
        """The same; what has passed until then is forgotten."""
        found = self.packets(wanted, count)
        self._seen.clear()
        return found


@contextlib.contextmanager
def sniffer(namespace: str, device: str) -> Iterator[Sniffer]:
    """Sniff on a device of a namespace until the block ends."""

    def open_socket() -> socket.socket:
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)  # hears nothing until it is bound to the device
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
        sock.bind((device, ETH_P_ALL))
        sock.settimeout(0.2)
        return sock

    sock = inside(namespace, open_socket)
    try:
        yield Sniffer(sock)
    finally:
        sock.close()
