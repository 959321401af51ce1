"""What this host's ssh says of the way to another: the name or address that it connects to, and whether by a third."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .where import Where

ASK_S = 10.0
ANSWER_MAX_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class SshRoute:
    """How ssh reaches a host, as ``ssh -G`` tells."""

    host: str
    """The name or address that it connects to; empty: not known."""
    through: bool
    """Whether it goes by way of another host, or of a program (ProxyJump, ProxyCommand)."""


def ssh_route(where: Where) -> SshRoute:
    """Ask ssh itself, whose configuration has many ways to say it; it connects nowhere for this."""
    *options, end, host = where.prefix
    try:
        done = subprocess.run(
            [*options, "-G", end, host], stdin=subprocess.DEVNULL, capture_output=True, timeout=ASK_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return SshRoute("", through=False)
    lines = done.stdout[:ANSWER_MAX_BYTES].decode("utf-8", "replace").splitlines()
    said = {name: value.strip() for name, _, value in (line.partition(" ") for line in lines)}
    through = any(said.get(name, "none").lower() != "none" for name in ("proxyjump", "proxycommand"))
    return SshRoute(said.get("hostname", ""), through=through)
