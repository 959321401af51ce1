"""Loss in one direction, NAT and filters on a chain of kernel routers, and what ``--both`` says of them."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support import netns
from support.need import need_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import Chain
    from support.sshd import SshServer

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
# The interface that leads on in a direction: the namespaces of a chain call the next link's end ``near``.
TOWARDS = {"forward": "near", "return": "far"}
ROUTER = 2  # in the middle of a chain of five


def loss(direction: str, percent: int, protocols: str = "{ icmp, udp }") -> str:
    """A rule that loses packets of the probes and of the count in a direction; ssh loses none."""
    return f'oifname "{TOWARDS[direction]}" meta l4proto {protocols} numgen random mod 100 < {percent} counter drop'


@contextlib.contextmanager
def ruled(
    path: Chain, *rules: str, position: int = ROUTER, hook: str = "filter hook forward priority 0"
) -> Iterator[None]:
    """Have a router of the chain keep these rules of nftables."""
    need_tool("nft")
    text = "".join(f"  {rule}\n" for rule in rules)
    table = f"table ip both {{\n chain rules {{\n  type {hook};\n{text} }}\n}}\n"
    namespace = path.names[position]
    subprocess.run(netns.command(namespace, ["nft", "-f", "-"]), input=table, text=True, check=True)
    try:
        yield
    finally:
        subprocess.run(netns.command(namespace, ["nft", "delete", "table", "ip", "both"]), check=True)


def nat(path: Chain) -> contextlib.AbstractContextManager[None]:
    """The first router translates addresses and ports of what leaves, as at home."""
    return ruled(path, 'oifname "near" masquerade fully-random', position=1, hook="nat hook postrouting priority 100")


def both(
    path: Chain,
    *words: str,
    where: str = "",
    server: SshServer | None = None,
    rounds: int = 40,
    interval_s: float = 0.2,
    timeout_s: float = 240,
) -> subprocess.CompletedProcess[str]:
    """Run ``--both`` at the near end of the chain."""
    place = where or (f"ssh:{server.address}" if server is not None else f"netns:{path.names[-1]}")
    return path.run(
        [HOPSCOPE, "--both", place, "-n", "-c", str(rounds), "-i", str(interval_s), "-G", "1", *words],
        env={"PATH": server.path} if server is not None else None,
        timeout_s=timeout_s,
    )


def told(path: Chain, *words: str, **given: Any) -> dict[str, Any]:
    """The forward trace of ``--json-full``, with the count and what follows from it."""
    done = both(path, *words, "--json-full", **given)
    assert done.returncode == 0, done.stderr
    forward, back = json.loads(done.stdout)
    assert (forward["direction"], back["direction"]) == ("forward", "return")
    assert isinstance(forward, dict)
    return forward
