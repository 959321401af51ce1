"""This host's end: the address of an interface (netdevice(7), /proc/net/if_inet6), and what it hears of sizes."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

from ..errors import UsageError
from .source import source_address

SIOCGIFADDR = 0x8915
NAME_MAX_BYTES = 15
INET6_TABLE = Path("/proc/net/if_inet6")
LINK_LOCAL_SCOPE = "20"
PMTU_SETTING = Path("/proc/sys/net/ipv4/ip_no_pmtu_disc")


def interface_address(name: str, version: int, target: str = "") -> str:
    """The address of an interface to send from.

    Of IPv4 it is the first one, as in mtr. Of IPv6, which has several on most interfaces, it is what the kernel
    chooses for a target (RFC 6724); else the first one, a link-local one only where there is no other.

    Raises:
        UsageError: there is no such interface, or it has no address of the family.
    """
    try:
        socket.if_nametoindex(name)
    except (OSError, ValueError):
        raise UsageError(f"option -I/--interface: no such interface: {name!r}") from None
    address = _ipv4(name) if version == 4 else _ipv6(name, target)
    if address is None:
        raise UsageError(f"option -I/--interface: {name} has no IPv{version} address")
    return address


def discards_sizes() -> int:
    """Whether this host hears what routers say of sizes: Linux's net.ipv4.ip_no_pmtu_disc, 0 where it does."""
    try:
        return int(PMTU_SETTING.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _ipv4(name: str) -> str | None:
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        request = struct.pack("16s16x8x", name.encode()[:NAME_MAX_BYTES])
        try:
            answer = fcntl.ioctl(asker.fileno(), SIOCGIFADDR, request)
        except OSError:
            return None
    return socket.inet_ntop(socket.AF_INET, answer[20:24])


def _ipv6(name: str, target: str) -> str | None:
    try:
        lines = INET6_TABLE.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    rows = [row for row in map(str.split, lines) if row[5] == name]
    rows.sort(key=lambda row: row[3] == LINK_LOCAL_SCOPE)
    addresses = [socket.inet_ntop(socket.AF_INET6, bytes.fromhex(row[0])) for row in rows]
    if target and addresses:
        chosen = source_address(target, name)
        if chosen in addresses:
            return chosen
    return addresses[0] if addresses else None
