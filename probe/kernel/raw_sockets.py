"""Raw ICMP sockets: opening them, and choosing what they hear (raw(7))."""

from _socket import IPPROTO_ICMP, IPPROTO_ICMPV6, SOCK_CLOEXEC, SOCK_RAW
from _socket import socket as Socket  # noqa: N812 - a class
from sys import byteorder

from ..limits import SIZE_MAX_BYTES
from ..packet import icmp
from . import constants as c
from .sockets import FAMILY

# Whole messages, since their checksum is verified.
MESSAGE_BYTES = SIZE_MAX_BYTES + 60
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
