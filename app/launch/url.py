"""A URL (RFC 3986 section 3) where a host is expected: its host, and the TCP port that it stands for."""

from __future__ import annotations

from ..errors import UsageError
from ..ranges import PORT

MARK = "://"
# Ports of schemes whose servers are reached over TCP (IANA's registry of services).
PORTS = {
    "http": 80,
    "https": 443,
    "ws": 80,
    "wss": 443,
    "ssh": 22,
    "sftp": 22,
    "ftp": 21,
    "ftps": 990,
    "git": 9418,
    "ldap": 389,
    "ldaps": 636,
    "imap": 143,
    "imaps": 993,
    "smtp": 25,
    "rtsp": 554,
    "rdp": 3389,
    "vnc": 5900,
    "mysql": 3306,
    "postgres": 5432,
    "postgresql": 5432,
    "redis": 6379,
    "mongodb": 27017,
    "amqp": 5672,
    "amqps": 5671,
    "mqtt": 1883,
    "mqtts": 8883,
}


def is_url(text: str) -> bool:
    """Whether a text has a scheme, as no name of a host does."""
    scheme, mark, _ = text.partition(MARK)
    return bool(mark) and scheme[:1].isalpha() and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum()


def host_and_port(text: str) -> tuple[str, int | None, bool]:
    """Host and TCP port of a URL, and whether it says the port itself; None: its scheme is not known to have one.

    What stands before an ``@`` is neither used nor shown: it may be a password.

    Raises:
        UsageError: it names no host, or a port that is none.
    """
    scheme, _, rest = text.partition(MARK)
    end = min((at for at in map(rest.find, "/?#\\") if at >= 0), default=len(rest))
    authority = rest[:end].rpartition("@")[2]
    shown = f"target {scheme}{MARK}{authority}"
    host, port = authority, ""
    if authority.startswith("["):
        host, _, after = authority[1:].partition("]")
        port = after.removeprefix(":")
    elif ":" in authority:
        host, _, port = authority.partition(":")
    if not host:
        raise UsageError(f"{shown}: this URL names no host")
    if not port:
        return host, PORTS.get(scheme.lower()), False
    if not (port.isascii() and port.isdecimal() and int(port) in PORT):
        raise UsageError(f"{shown}: invalid port {port!r}, expected {PORT.expected}")
    return host, int(port), True
