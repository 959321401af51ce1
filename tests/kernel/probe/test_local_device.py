"""Probes that leave by an interface of the client's choice, from a host with two ways out."""

from __future__ import annotations

import errno
import subprocess
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from support import netns
from support.two_ways import BEYOND, NEIGHBOUR, OURS, ROUTERS, TARGET, Host, connect, two_ways

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import User

pytestmark = pytest.mark.kernel

PROBES = [
    "protocol icmp", "protocol icmp icmp-checksum 77", "protocol icmp dont-fragment 1", "protocol udp",
    "protocol udp port 9", "protocol udp local-port 4000", "protocol udp port 9 local-port 4000",
    "protocol tcp port 9", "protocol sctp",
]  # fmt: skip
# Ping sockets open and the user; closed, root uses raw sockets.
USERS: list[tuple[bool, User]] = [(True, "nobody"), (True, "root"), (False, "root")]


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """The host; its routers answer without limit."""
    with two_ways() as made:
        yield made


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize(("ping_open", "user"), USERS)
def test_probes_leave_by_the_interface(host: Host, ping_open: bool, user: User, probe: str, version: int) -> None:
    """Every kind of probe meets the router behind the interface that is named, whatever the routes say."""
    if probe == "protocol sctp":
        user = "root"  # nobody else may
    host.open_ping_sockets(is_open=ping_open)
    head = f"ip-{version} {BEYOND[version]} {probe} ttl 1 timeout 5"
    bound = f"{head} local-device second"
    texts = [head, bound, f"{bound} local-ip-{version} {OURS['second'][version]}", head]
    found = host.ask(texts, user)
    assert {answer.word for answer in found} == {wire.TTL_EXPIRED}
    first, second = ROUTERS["first"][version], ROUTERS["second"][version]
    assert [answer.address for answer in found] == [first, second, second, first]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("probe", PROBES[:-1])
@pytest.mark.parametrize(("ping_open", "user"), USERS)
def test_replies_come_by_it(host: Host, ping_open: bool, user: User, probe: str, version: int) -> None:
    """The target's own answer comes to a probe that left by the interface."""
    host.open_ping_sockets(is_open=ping_open)
    [answer] = host.ask([f"ip-{version} {TARGET[version]} {probe} local-device second timeout 5"], user)
    assert (answer.word, answer.address) == (wire.REPLY, TARGET[version])


@pytest.mark.parametrize("probe", PROBES[:-1])
@pytest.mark.parametrize(("ping_open", "user"), USERS)
def test_link_local_by_the_interface(host: Host, ping_open: bool, user: User, probe: str) -> None:
    """A link-local target is understood with the interface; without one it is nowhere."""
    host.open_ping_sockets(is_open=ping_open)
    head = f"ip-6 {NEIGHBOUR} {probe} timeout 5"
    found = host.ask([f"{head} local-device first", f"{head} local-device second", head], user)
    assert [answer.word for answer in found] == [wire.REPLY, wire.REPLY, wire.INVALID_ARGUMENT]


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("name", ["third", "second-and-a-long-one", "sec\x00ond", "\u00e9"])
def test_no_such_interface(host: Host, name: str, probe: str) -> None:
    """A name that no interface has is answered in mtr-packet 0.96's words, also one that begins like one that is."""
    host.open_ping_sockets(is_open=True)
    [answer, after] = host.ask(
        [f"ip-4 {BEYOND[4]} {probe} ttl 1 local-device {name}", f"ip-4 {BEYOND[4]} {probe} ttl 1"]
    )
    assert (answer.word, answer.reason) == (wire.UNEXPECTED_ERROR, str(errno.ENODEV))
    assert after.address == ROUTERS["first"][4]


def test_icmplib_refuses(host: Host) -> None:
    """The icmplib engine says that it cannot."""
    argv = [*launch.command(site_packages=True), "--engine", "icmplib"]
    [answer] = host.ask([f"ip-4 {BEYOND[4]} local-device second"], argv=argv)
    assert (answer.word, answer.reason) == (wire.INVALID_ARGUMENT, "local-device-not-supported")


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("probe", ["protocol icmp", "protocol udp", "protocol udp port 9", "protocol tcp port 9"])
@pytest.mark.parametrize("ping_open", [True, False])
def test_an_interface_comes_back(host: Host, ping_open: bool, probe: str, version: int) -> None:
    """A tunnel that is taken down and set up again is another interface to the kernel; probes go on by its name."""
    host.open_ping_sockets(is_open=ping_open)
    argv = netns.command(host.ours, launch.command(), "root")
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def ask() -> wire.Answer:
            stdin.write(f"1 send-probe ip-{version} {BEYOND[version]} {probe} ttl 1 timeout 1 local-device second\n")
            parsed = wire.parse_answer(stdout.readline().encode())
            assert parsed is not None
            return parsed[1]

        assert ask().address == ROUTERS["second"][version]
        netns.ip_batch(["link delete second"], host.ours)
        assert ask().address is None
        connect(host.ours, host.routers[1], "second")
        # A probe may still meet the socket of the interface that went; IPv6 waits for the kernel's link watch.
        for _ in range(20):
            address = ask().address
            if address is not None:
                break
        assert address == ROUTERS["second"][version]
        stdin.close()
