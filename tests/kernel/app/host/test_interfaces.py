"""``-I`` on a host with two ways out: probes leave by the interface that is named, with its address."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import netns
from support.need import need_tool
from support.two_ways import BEYOND, OURS, ROUTERS, TARGET, Host, two_ways

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import User

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
ONCE = ("-n", "-c", "1", "-i", "0.1")
PROTOCOLS = [(), ("-u",), ("-u", "-P", "53"), ("-u", "-L", "4000"), ("-T", "-P", "9")]


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """The host, with an interface that has no address, and one with more than it needs."""
    with two_ways() as made:
        made.open_ping_sockets(is_open=True)
        netns.ip_batch(["link add empty type veth peer name unused", "link set empty addrgenmode none up"], made.ours)
        yield made


def run(host: Host, *arguments: str, user: User = "nobody") -> subprocess.CompletedProcess[str]:
    argv = netns.command(host.ours, [HOPSCOPE, *ONCE, *arguments], user)
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)


def full(host: Host, *arguments: str, user: User = "nobody") -> list[Any]:
    """The traces, as the full JSON has them."""
    done = run(host, "--json-full", *arguments, user=user)
    assert (done.returncode, done.stderr) == (0, "")
    traces = json.loads(done.stdout)
    assert isinstance(traces, list)
    return traces


def first_router(trace: Any) -> str:
    """The address of the first hop."""
    [address] = trace["hops"][0]["addresses"]
    return str(address["address"])


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(("ping_open", "user"), [(True, "nobody"), (True, "root"), (False, "root")])
def test_probes_leave_by_the_interface(
    host: Host, ping_open: bool, user: User, protocol: tuple[str, ...], version: int
) -> None:
    """The path is the one behind the interface, not the one of the routes, and it has the interface's address."""
    host.open_ping_sockets(is_open=ping_open)
    [trace] = full(host, *protocol, "-m", "1", "-I", "second", BEYOND[version], user=user)
    assert first_router(trace) == ROUTERS["second"][version]
    assert trace["source"]["address"] == OURS["second"][version]
    assert trace["settings"]["interface"] == "second"
    [trace] = full(host, *protocol, "-I", "second", TARGET[version], user=user)
    assert trace["reached"]
    host.open_ping_sockets(is_open=True)


def test_the_source_address_is_seen_on_the_wire(host: Host) -> None:
    """The router behind the interface gets packets from the interface's address alone."""
    need_tool("tcpdump")
    argv = ["tcpdump", "-i", "near", "-n", "-l", "-c", "2", "--immediate-mode", "-Q", "in", "udp"]
    with subprocess.Popen(
        netns.command(host.routers[1], argv), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as capture:
        assert capture.stdout is not None
        assert capture.stderr is not None
        while "listening on" not in capture.stderr.readline():
            pass
        for version in (4, 6):
            full(host, "-u", "-m", "1", "-I", "second", BEYOND[version])
        seen = capture.communicate(timeout=20)[0].splitlines()
    assert [line.split()[2].rpartition(".")[0] for line in seen] == [OURS["second"][4], OURS["second"][6]]


def test_targets_of_both_families(host: Host) -> None:
    """Each target gets the address of its own family."""
    traces = full(host, "-I", "second", "-m", "1", BEYOND[4], BEYOND[6])
    assert [first_router(trace) for trace in traces] == [ROUTERS["second"][4], ROUTERS["second"][6]]


def test_an_interface_with_several_addresses(host: Host) -> None:
    """Of IPv4 the first one is taken, of IPv6 the one that the kernel would take, raw sockets or not."""
    netns.ip_batch(
        ["addr add 198.51.100.7/24 dev second", "addr add 2001:db8:3::7/128 dev second nodad preferred_lft 0"],
        host.ours,
    )
    for is_open in (True, False):
        host.open_ping_sockets(is_open=is_open)
        for version in (4, 6):
            [trace] = full(host, "-I", "second", "-m", "1", BEYOND[version], user="root")
            assert trace["source"]["address"] == OURS["second"][version]
            assert first_router(trace) == ROUTERS["second"][version]
    host.open_ping_sockets(is_open=True)


def test_another_source_address(host: Host) -> None:
    """-a counts for the address, -I for the way, in either order."""
    for arguments in (("-a", OURS["first"][4], "-I", "second"), ("-I", "second", "-a", OURS["first"][4])):
        [trace] = full(host, *arguments, "-m", "1", BEYOND[4])
        assert trace["source"]["address"] == OURS["first"][4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-I", "none0", BEYOND[4]), "no such interface: 'none0'"),
        (
            ("-I", "second-and-a-name-that-is-too-long", BEYOND[4]),
            "no such interface: 'second-and-a-name-that-is-too-long'",
        ),
        (("-I", "empty", BEYOND[4]), "empty has no IPv4 address"),
        (("-I", "empty", BEYOND[6]), "empty has no IPv6 address"),
    ],
)
def test_interfaces_that_will_not_do(host: Host, arguments: tuple[str, ...], message: str) -> None:
    """An interface that does not exist, or has no address of the family, is one line."""
    done = run(host, "-r", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"hopscope: option -I/--interface: {message}\n"


def test_a_stock_probe_process_takes_the_source_address_alone(host: Host) -> None:
    """mtr-packet 0.95 knows no interfaces: probes go as the routes say, from the interface's address."""
    need_tool("mtr-packet")
    [trace] = full(host, "--packet", "mtr-packet", "-I", "second", "-m", "1", BEYOND[4], user="root")
    assert trace["source"]["address"] == OURS["second"][4]
    assert first_router(trace) == ROUTERS["first"][4]
