"""A system that lacks something: an address family, open files, the loopback interface."""

from __future__ import annotations

import errno
import platform
import socket
import subprocess

import pytest
from hopscope.probe import launch, wire
from support import deny
from support.need import need, need_tool
from support.packet import answers, converse
from support.program import command

pytestmark = pytest.mark.kernel

IPV6_OFF = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.lo.disable_ipv6=1"


@pytest.mark.parametrize("error", [errno.EAFNOSUPPORT, errno.EPERM])
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_one_family_lives_without_the_other(family: socket.AddressFamily, error: int) -> None:
    """Where sockets of one family are denied, every protocol of the other is measured as ever."""
    need(platform.machine() == "x86_64", "the filter is for x86-64")
    version, target = (6, "::1") if family == socket.AF_INET else (4, "127.0.0.1")
    lines = [
        f"{at} send-probe ip-{version} {target} protocol {protocol} timeout 2"
        for at, protocol in enumerate(("icmp", "udp", "tcp port 9"), 1)
    ]
    lines.append(f"9 check-support feature ip-{10 - version}")
    found = answers(converse([*deny.command(family, error), *launch.command()], lines))
    assert [found[at].word for at in (1, 2, 3)] == [wire.REPLY] * 3
    assert found[9].reason == "no"


def test_the_program_says_which_family_is_lacking() -> None:
    """A trace of the denied family is one line on standard error; one of the other family runs."""
    need(platform.machine() == "x86_64", "the filter is for x86-64")
    denied = deny.command(socket.AF_INET, errno.EAFNOSUPPORT)
    for target, status, error in (("::1", 0, ""), ("127.0.0.1", 1, "hopscope: IPv4 probes cannot be sent on this")):
        done = _run([*denied, *command("-r", "-n", "-c1", target)])
        assert done.returncode == status
        assert done.stderr.startswith(error)
        assert bool(done.stderr) == bool(error)


@pytest.mark.parametrize("limit", range(8, 16))
def test_few_open_files(limit: int) -> None:
    """Whatever the limit of open files, the trace runs or one line names the limit; never an internal error."""
    done = _run(["sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh", *command("-r", "-n", "-c1", "127.0.0.1")])
    if done.returncode:
        assert done.stderr.count("\n") == 1
        assert "oo many open files" in done.stderr
    assert "internal" not in done.stderr


@pytest.mark.parametrize("option", ["--icmp", "-u", "-T"])
def test_without_ipv6_no_source_address_is_blamed(option: str) -> None:
    """Where IPv6 is disabled, this host has no address to send from: that is said, as no other was asked for."""
    need_tool("unshare", "ip", "sysctl")
    trace = command(option, "-r", "-n", "-c3", "-i", "0.1", "::1")
    done = _run(["unshare", "--net", "sh", "-c", f'ip link set lo up; {IPV6_OFF}; exec "$@"', "sh", *trace])
    assert done.returncode == 1
    assert done.stderr.endswith("hopscope: this host has no IPv6 address to send from\n")
    assert "source address" not in done.stderr


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
