"""The name servers of ``--dns-server``: ADDRESS or ADDRESS:PORT, an IPv6 address with a port in brackets.

A link-local address needs its interface (RFC 4007), as in ``fe80::53%eth0``.
"""

from __future__ import annotations

import socket

PORT = 53


def parse_server(text: str) -> tuple[str, int]:
    """Address and port.

    Raises:
        ValueError: the text is not a numeric address with or without a port; the message is what was expected.
    """
    address, port = text, str(PORT)
    if text.startswith("["):
        address, bracket, rest = text[1:].partition("]")
        port = rest[1:] if rest.startswith(":") else port if bracket and not rest else ""
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    bare, percent, zone = address.partition("%")
    try:
        socket.inet_pton(family, bare)
        if percent:
            socket.if_nametoindex(zone)
        valid = port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) <= 65_535
    except (OSError, ValueError):
        valid = False
    if not valid:
        raise ValueError("the address of a name server, followed by :PORT where that is not 53")
    return address, int(port)
