"""The resolver's configuration file (resolv.conf(5)): what matters to queries of full names.

dnspython reads the file too, but knows no "attempts", has other defaults, and lets one bad line spoil the whole file.
"""

from __future__ import annotations

from dataclasses import dataclass

SERVERS_MAX = 3  # MAXNS


@dataclass(frozen=True, slots=True)
class ResolvConf:
    """Which servers are asked, and how; the defaults are the manual page's. ``search`` and ``ndots`` play no part."""

    servers: tuple[str, ...] = ("127.0.0.1",)
    """Addresses, asked in this order."""
    timeout_s: int = 5
    """How long one server is waited for."""
    attempts: int = 2
    """How often all servers are asked."""
    rotate: bool = False
    """Each query begins with another server."""
    tcp: bool = False
    """Queries go over TCP."""


DEFAULTS = ResolvConf()


def parse_resolv_conf(text: str) -> ResolvConf:
    """What the file says; lines that make no sense are passed over."""
    servers: list[str] = []
    options: dict[str, str] = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) < 2 or line.startswith(("#", ";")):
            continue
        if fields[0] == "nameserver":
            servers.append(fields[1])
        elif fields[0] == "options":
            options.update((key, value) for key, _, value in (field.partition(":") for field in fields[1:]))
    return ResolvConf(
        servers=tuple(servers[:SERVERS_MAX]) or DEFAULTS.servers,
        timeout_s=_number(options.get("timeout"), DEFAULTS.timeout_s, 30),
        attempts=_number(options.get("attempts"), DEFAULTS.attempts, 5),
        rotate="rotate" in options,
        tcp="use-vc" in options,
    )


def _number(text: str | None, default: int, limit: int) -> int:
    if text is None or not (text.isascii() and text.isdigit()):
        return default
    return min(max(int(text[:6]), 1), limit)
