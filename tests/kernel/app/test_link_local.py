"""Link-local targets, whose addresses mean something together with an interface alone (RFC 4007)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import netns

if TYPE_CHECKING:
    from support.netns import Chain, User

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
NEIGHBOUR = "fe80::2"


@pytest.fixture(scope="module")
def interface(namespace_chain: Chain) -> str:
    """The first link of the chain, with link-local addresses at both ends; the name of our end."""
    links = []
    for position in (0, 1):
        command = namespace_chain.command(["ip", "-j", "-4", "addr", "show"], position=position)
        shown = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        links.append({one["ifname"]: one["addr_info"][0]["local"] for one in shown if one["ifname"] != "lo"})
    ours = str(next(iter(links[0])))
    theirs = next(name for name, address in links[1].items() if address == namespace_chain.hops[4][0])
    netns.ip_batch([f"addr add fe80::1/64 dev {ours} nodad"], namespace_chain.names[0])
    netns.ip_batch([f"addr add {NEIGHBOUR}/64 dev {theirs} nodad"], namespace_chain.names[1])
    return ours


@pytest.mark.parametrize("user", ["root", "bare"])
@pytest.mark.parametrize("protocol", [(), ("-u",), ("-u", "-P", "53"), ("-u", "-L", "4000"), ("-T", "-P", "9")])
def test_link_local_target(namespace_chain: Chain, interface: str, protocol: tuple[str, ...], user: User) -> None:
    """Every protocol reaches the neighbour by its link-local address and our interface."""
    words = ["-j", "-n", "-c", "1", *protocol, f"{NEIGHBOUR}%{interface}"]
    done = namespace_chain.run([HOPSCOPE, *words], user)
    assert (done.returncode, done.stderr) == (0, "")
    hubs = json.loads(done.stdout)["report"]["hubs"]
    assert [(hub["host"], hub["Loss%"]) for hub in hubs] == [(NEIGHBOUR, 0)]
