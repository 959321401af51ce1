"""Stock mtr on our probe process, over real kernel routers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.need import need_tool

if TYPE_CHECKING:
    from support.netns import Chain, User

pytestmark = pytest.mark.kernel

SCRIPT = Path(sys.executable).parent / "hopscope-packet"
PROTOCOLS = ("", "--udp", "--udp --port 53", "--udp --port 53 --localport {local_port}", "--tcp", "--tcp --port 8080")
# A flow belongs to one process: two cannot tell their answers apart.
USERS: dict[User, int] = {"root": 4000, "nobody": 4001}


def test_stock_mtr_sees_the_path(namespace_chain: Chain) -> None:
    """Mtr's own report, made with our probe process, shows every router and no loss, for many mtrs at once."""
    need_tool("mtr")
    targets = {version: namespace_chain.target(version) for version in (4, 6)}
    mtr = ("mtr", "-j", "-n", "-c1", "-G2")
    cases = [(user, protocol, version) for user in USERS for protocol in PROTOCOLS for version in (4, 6)]
    processes = [
        subprocess.Popen(
            namespace_chain.command(
                [*mtr, f"-{version}", *protocol.format(local_port=USERS[user]).split(), targets[version]], user
            ),
            env={**os.environ, "MTR_PACKET": str(SCRIPT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for user, protocol, version in cases
    ]  # fmt: skip
    for (user, protocol, version), process in zip(cases, processes, strict=True):
        out, err = process.communicate(timeout=60)
        case = f"{user} {protocol} {version}: {out} {err}"
        assert process.returncode == 0, case
        hubs = json.loads(out)["report"]["hubs"]
        assert tuple(hub["host"] for hub in hubs) == namespace_chain.hops[version], case
        assert {hub["Loss%"] for hub in hubs} == {0.0}, case
