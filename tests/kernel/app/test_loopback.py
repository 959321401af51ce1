"""Traces to this host itself while its loopback interface is down, which the kernel takes for sent and drops."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.netns import Source, ip_batch, namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
OWN = {4: "192.0.2.1", 6: "2001:db8::1"}
TARGETS = ("127.0.0.1", "::1", *OWN.values())
QUICK = ("-n", "-c", "1", "-i", "0.1")


@pytest.fixture(scope="module")
def host() -> Iterator[Source]:
    """A host with an address of its own, and with routes out that nobody is behind."""
    with namespaces(1, {"net.ipv6.conf.all.accept_dad": 0, "net.ipv6.conf.default.accept_dad": 0}) as [name]:
        ip_batch(
            [
                "link add out type veth peer name far",
                "link set far up",
                f"addr add {OWN[4]}/24 dev out",
                f"addr add {OWN[6]}/64 dev out nodad",
                "link set out up",
                "route add 0.0.0.0/0 dev out",
                "route add ::/0 dev out",
                "link set lo down",
            ],
            name,
        )
        yield Source(name)


@pytest.mark.parametrize("protocol", ["--icmp", "-u", "-T"])
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_was_sent(host: Source, protocol: str, target: str) -> None:
    """The report is empty, one line says why, and the status is 1."""
    done = host.run([HOPSCOPE, "-r", protocol, *QUICK, target])
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert f" probes to {target} were not sent by this host: " in line


@pytest.mark.parametrize("output", ["-j", "-x", "--raw", "--jsonl", "--mtu"])
def test_every_format_says_so(host: Source, output: str) -> None:
    """As with the report as text."""
    done = host.run([HOPSCOPE, output, *QUICK, "127.0.0.1"])
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert " probes to 127.0.0.1 were not sent by this host: network down" in line


def test_an_interface_that_comes_up_carries_probes_again(host: Source) -> None:
    """It is asked for with each probe."""
    ip_batch(["link set lo up"], host.namespace)
    try:
        done = host.run([HOPSCOPE, "-r", *QUICK, "127.0.0.1", OWN[4]])
        assert (done.returncode, done.stderr) == (0, "")
    finally:
        ip_batch(["link set lo down"], host.namespace)
