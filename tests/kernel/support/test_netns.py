"""The chain of namespaces is a path of real routers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import netns
from support.need import need_tool
from support.netns import Chain, chain, need_namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module", autouse=True)
def _namespaces() -> Iterator[None]:
    need_namespaces()
    yield
    assert not list(netns.RUN_NETNS.glob(f"{netns.new_names(1)[0].rsplit('-', 2)[0]}-*"))


@pytest.mark.parametrize("version", [4, 6])
def test_traceroute_sees_every_router_in_order(namespace_chain: Chain, version: int) -> None:
    """A program that we did not write finds the hops that the chain says it has."""
    need_tool("traceroute")
    done = namespace_chain.run(["traceroute", f"-{version}", "-n", "-q1", namespace_chain.target(version)])
    assert tuple(re.findall(r"^ *\d+  (\S+)", done.stdout, re.MULTILINE)) == namespace_chain.hops[version]


def test_target_listens_on_the_open_port_alone(namespace_chain: Chain) -> None:
    """The far end accepts on one port and refuses another, in both families."""
    code = "import socket, sys\nsocket.create_connection((sys.argv[1], int(sys.argv[2])), 5)"
    for version in (4, 6):
        for port, status in ((namespace_chain.open_port, 0), (namespace_chain.closed_port, 1)):
            done = namespace_chain.run([sys.executable, "-c", code, namespace_chain.target(version), str(port)])
            assert done.returncode == status, done.stderr


@pytest.mark.parametrize(
    ("user", "uid", "capabilities"), [("nobody", "65534", False), ("bare", "0", False), ("root", "0", True)]
)
def test_users_have_the_rights_they_are_named_for(
    namespace_chain: Chain, user: netns.User, uid: str, capabilities: bool
) -> None:
    """A command runs as root, as an ordinary user, or as root with no capability left."""
    status = namespace_chain.run(["cat", "/proc/self/status"], user).stdout
    assert re.search(rf"^Uid:\t{uid}\t", status, re.MULTILINE)
    effective = re.search(r"^CapEff:\t(\w+)$", status, re.MULTILINE)
    assert effective is not None
    assert bool(int(effective[1], 16)) == capabilities


def test_rate_limit_and_ping_range_are_as_asked() -> None:
    """The limits of the kernel can be kept, and ping sockets closed."""
    with chain(3, rate_limited=True, ping_open=False) as made:
        done = made.run(["sysctl", "-n", "net.ipv4.icmp_ratelimit", "net.ipv4.ping_group_range"])
    assert done.stdout.split() == ["1000", "1", "0"]


def test_leftovers_of_a_killed_run_are_removed() -> None:
    """Namespaces of a maker that is gone do not stay for ever."""
    code = (
        "import os, signal\nfrom support.netns import chain\n"
        "with chain(2) as made:\n    print(*made.names, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    tests = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tests, env={**os.environ, "PYTHONPATH": str(tests)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = done.stdout.split()
    assert len(names) == 2, done.stderr
    netns.remove_leftovers()
    assert not [name for name in names if (netns.RUN_NETNS / name).exists()]
