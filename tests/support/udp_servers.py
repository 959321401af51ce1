"""Servers that answer UDP probes by what these carry: a name server, and a QUIC server that speaks version 1 alone."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

import dns.exception
import dns.flags
import dns.message
import dns.rcode
from support.netns import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DNS_PORT, QUIC_PORT = 53, 443


def name_server(data: bytes) -> bytes | None:
    """Refuses what it is asked, as a server does that knows nothing of the root; None: it is no query."""
    try:
        query = dns.message.from_wire(data)
    except dns.exception.DNSException:
        return None
    if query.flags & (dns.flags.QR | dns.flags.RD) or not query.question:
        return None
    answer = dns.message.make_response(query)
    answer.set_rcode(dns.rcode.REFUSED)
    return answer.to_wire()


def quic_server(data: bytes) -> bytes | None:
    """Version Negotiation (RFC 8999 section 6) where RFC 9000 section 6.1 asks for it; None: it stays silent."""
    if len(data) < 1200 or data[0] & 0x80 == 0:
        return None
    (version,) = struct.unpack_from(">I", data, 1)
    if version in {0, 1}:
        return None
    ends, at = [], 5
    for _ in range(2):
        ends.append(data[at : at + 1 + data[at]])
        at += 1 + data[at]
    destination, source = ends
    return b"\x80" + bytes(4) + source + destination + struct.pack(">I", 1)


@contextlib.contextmanager
def udp_server(
    namespace: str, port: int, serve: Callable[[bytes], bytes | None], *, from_port: int = 0
) -> Iterator[list[bytes]]:
    """Serve at a port of a namespace, both IP versions; what came is in the list. ``from_port``: answer from there."""

    def bound(at: int) -> socket.socket:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(("::", at))
        return sock

    def run() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                data, client = listener.recvfrom(4096)
                came.append(data)
                answer = serve(data)
                if answer is not None:
                    speaker.sendto(answer, client)

    came: list[bytes] = []
    over = threading.Event()
    listener = inside(namespace, lambda: bound(port))
    speaker = inside(namespace, lambda: bound(from_port)) if from_port else listener
    listener.settimeout(0.1)
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield came
    finally:
        over.set()
        thread.join()
        listener.close()
        speaker.close()
