"""The fuzzer against the real network: sockets refuse what a simulated network takes."""

from __future__ import annotations

import pytest
from hopscope.probe import launch
from support import fuzz
from support.need import need_tool
from support.packet import converse

pytestmark = pytest.mark.kernel

# A network of its own that has nothing but the loopback interface: no probe leaves this host.
ALONE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


@pytest.mark.parametrize("seed", [1, 2])
def test_fuzzed_lines_are_answered_in_form(seed: int) -> None:
    """Every combination of arguments is answered, and the process lives on."""
    need_tool("unshare")
    need_tool("ip")
    fuzz.run(3000, seed, (*ALONE, *launch.command()))


@pytest.mark.parametrize("protocol", ["icmp", "udp", "tcp", "sctp"])
def test_an_address_of_ipv4_has_no_zone(protocol: str) -> None:
    """A zone with IPv4 is an invalid argument, whatever the protocol."""
    command = f"1 send-probe ip-4 127.0.0.1 protocol {protocol} zone lo"
    assert converse([*ALONE, *launch.command()], [command]) == ["1 invalid-argument"]
