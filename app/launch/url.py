"""A URL (RFC 3986 section 3) where a host is expected: its host, and the TCP port that it stands for."""

from __future__ import annotations

from ..errors import UsageError
from ..ranges import PORT

MARK = "://"
ZONE = "%25"  # before the zone of an IPv6 address (RFC 6874)
PASTED = " \t<>()\"',;"  # that may stand around a target in the text that it was taken from
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
        host = host.replace(ZONE, "%", 1)
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


def bare(text: str) -> str:
    """Host and port of what is pasted like a URL without its scheme: user, path and query are left out.

    What stands before an ``@`` is neither used nor shown nor asked for: it may be a password.

    Raises:
        UsageError: it is a network, or a URL that is misspelled.
    """
    text = text.removeprefix("//")
    _, at, rest = text.rpartition("@")
    _check_scheme(rest)
    if at:
        host, colon, path = rest.partition(":")
        is_copy = colon and not host.startswith("[") and not path.partition("/")[0].isdecimal()
        rest = host if is_copy else rest  # ``user@host:path``, as scp(1) has it
    end = min((at for at in map(rest.find, "/?#\\") if at >= 0), default=len(rest))
    host, path = rest[:end], rest[end + 1 :]
    if path.isdecimal() and _is_address(host):
        raise UsageError(f"target {rest}: a network, not a host", remedy="name one address of it")
    return host


def _check_scheme(text: str) -> None:
    """Raise where a scheme that is known is not followed as it should be."""
    end = min((at for at in map(text.find, ":/") if at >= 0), default=len(text))
    scheme, rest = text[:end], text[end:].lstrip(":/")
    if scheme.lower() in PORTS and rest and not rest.isdecimal():
        raise UsageError(f"target {text}: this is no URL", remedy=f"did you mean {scheme}{MARK}{rest}?")


def _is_address(host: str) -> bool:
    import socket

    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except (OSError, ValueError):
            continue
        return True
    return False
