"""What routers say of their interfaces, through real sockets into a report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.tun import tun_lab

if TYPE_CHECKING:
    from support.netns import User

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))


@pytest.mark.parametrize("user", ["root", "bare"])
@pytest.mark.parametrize("protocol", [(), ("-u",), ("-T", "-P", "80")], ids=["icmp", "udp", "tcp"])
def test_interfaces_reach_the_report(user: User, protocol: tuple[str, ...], tmp_path: Path) -> None:
    """Each protocol hears of a router's interfaces, with and without any capability."""
    with tun_lab("datacentre", tmp_path) as lab:
        done = lab.run([HOPSCOPE, "--json-full", "-n", "-c", "1", *protocol, lab.target(4)], user)
    [report] = json.loads(done.stdout)
    told = {hop["ttl"]: [one["interfaces"] for one in hop["addresses"]] for hop in report["hops"]}
    assert [(one["role"], one["name"], one["index"], one["mtu"]) for one in told[3][0]] == [
        ("incoming", "ae3.100", 526, 9100),
        ("sub-ip", "et-0/0/7", 518, None),
    ]
    assert told[2] == told[4] == [[]]
