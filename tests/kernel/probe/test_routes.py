"""Probes of one flow from a host whose route changes, or depends on the mark: the address that they leave from follows.

Each router drops what comes from another network than its own, as many uplinks do.
"""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from hopscope.probe.kernel.channels import ROUTED_US
from support import netns
from support.two_ways import BEYOND, OURS, PREFIX, ROUTERS, two_ways

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.two_ways import Host

pytestmark = pytest.mark.kernel

FLOW = "protocol udp port 33500 local-port 23456"
PROBES = [FLOW, "protocol udp", "protocol udp local-port 4000", "protocol icmp", "protocol tcp port 9"]
MARK = 7
# A route is looked at again after so long at the earliest: nothing tells that it has been.
LOOKED_AT_S = 4 * ROUTED_US / 1e6


@pytest.fixture
def host() -> Iterator[Host]:
    """A host with two ways out; its routes lead by the first one."""
    with two_ways() as made:
        for router, foreign in zip(made.routers, ("second", "first"), strict=True):
            networks = [f"{OURS[foreign][version]}/{PREFIX[version]}" for version in (4, 6)]
            netns.ip_batch([f"rule add from {network} blackhole" for network in networks[:1]], router)
            subprocess.run(
                ["ip", "-n", router, "-6", "rule", "add", "from", networks[1], "blackhole"],
                check=True,
            )
        yield made


def _request(probe: str, version: int, token: int) -> str:
    return f"{token} send-probe ip-{version} {BEYOND[version]} {probe} ttl 1 timeout 2\n"


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("probe", PROBES)
def test_probes_follow_the_route(host: Host, probe: str, version: int) -> None:
    """Once the route has changed, the next probe leaves by the new one and from the address that belongs to it."""
    argv = netns.command(host.ours, launch.command(), "nobody")
    host.open_ping_sockets(is_open=True)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None
        met = []
        for token, name in enumerate(ROUTERS):
            stdin.write(_request(probe, version, token))
            parsed = wire.parse_answer(stdout.readline().encode())
            assert parsed is not None
            met.append(parsed[1].address)
            gone = f"route del {'default' if version == 4 else '::/0'} via {ROUTERS[name][version]} dev {name}"
            netns.ip_batch([gone], host.ours)
            time.sleep(LOOKED_AT_S)
        stdin.close()
    assert met == [ROUTERS[name][version] for name in ROUTERS]


def test_each_of_several_flows_follows_the_route(host: Host) -> None:
    """Also where one flow after the other is sent again: none leaves by the old route once more."""
    flows = [f"protocol udp port 33500 local-port {port}" for port in (23456, 23457, 23458)]
    argv = netns.command(host.ours, launch.command(), "nobody")
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None
        met = {}
        for name in ROUTERS:
            for token, flow in enumerate(flows):
                stdin.write(_request(flow, 4, token))
                parsed = wire.parse_answer(stdout.readline().encode())
                assert parsed is not None
                met[name, flow] = parsed[1].address
            netns.ip_batch([f"route del default via {ROUTERS[name][4]} dev {name}"], host.ours)
            time.sleep(LOOKED_AT_S)
        stdin.close()
    assert met == {(name, flow): ROUTERS[name][4] for name in ROUTERS for flow in flows}


@pytest.mark.parametrize("probe", PROBES)
def test_marked_probes_leave_from_the_address_of_their_route(host: Host, probe: str) -> None:
    """Where a rule sends marked packets by the second way, they have its address."""
    host.open_ping_sockets(is_open=True)
    by_mark = [f"route add default via {ROUTERS['second'][4]} table 70", f"rule add fwmark {MARK} table 70"]
    netns.ip_batch(by_mark, host.ours)
    head = f"ip-4 {BEYOND[4]} {probe} ttl 1 timeout 2"
    argv = [*launch.command(), "--allow-mark"]
    found = host.ask([f"{head} mark {MARK}", head], "root", argv)
    assert [answer.address for answer in found] == [ROUTERS["second"][4], ROUTERS["first"][4]]
