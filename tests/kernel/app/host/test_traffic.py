"""This host's own traffic, read from the kernel, beside the queue that it fills."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.host.traffic import OwnTraffic
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from support import netns
from support.need import need_tool
from support.netns import Chain, chain, inside
from support.two_ways import BEYOND, NEIGHBOUR, ROUTERS, Host, two_ways

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
LINE_BITS = 4_000_000
# Sends datagrams to an address for as long as it lives: for two seconds a tenth more than the line takes, then for two
# seconds nothing.
SENDER = f"""
import socket, sys, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
began = time.monotonic()
sent = 0.0
while True:
    now = time.monotonic() - began
    busy = now // 4 * 2 + min(now % 4, 2)
    while sent < busy * {LINE_BITS} * 1.1 / 8:
        sock.sendto(bytes(1000), (sys.argv[1], 9))
        sent += 1042
    time.sleep(0.005)
"""


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """A host with two ways out."""
    with two_ways() as made:
        yield made


def counted(namespace: str, interface: str) -> int:
    """Bytes in and out, as /proc/net/dev has them."""
    table = subprocess.run(
        ["nsenter", f"--net=/run/netns/{namespace}", "cat", "/proc/thread-self/net/dev"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    [line] = [line for line in table.splitlines() if line.strip().startswith(f"{interface}:")]
    words = line.split(":")[1].split()
    return int(words[0]) + int(words[8])


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(
    ("settings", "interface"),
    [
        (TraceSettings(), "first"),
        (TraceSettings(local_device="second"), "second"),
        (TraceSettings(tos=0xFF), "first"),
        (TraceSettings(mark=77), "second"),
    ],
)
def test_the_interface_is_that_of_the_route(host: Host, settings: TraceSettings, interface: str, version: int) -> None:
    """By the routes, the interface that is named, or the rule for a mark; and its counters are the kernel's."""
    rule = "rule {} fwmark 77 lookup 77"
    route = f"route {{}} {BEYOND[version]} via {ROUTERS['second'][version]} dev second table 77"
    family = "-6" if version == 6 else "-4"
    for line in (rule, route):
        subprocess.run(netns.command(host.ours, ["ip", family, *line.format("add").split()]), check=True)
    try:
        traffic = inside(host.ours, lambda: OwnTraffic([Target(sanitize("t"), BEYOND[version], version)], settings))
        try:
            before = counted(host.ours, interface)
            # The number of an interface is looked up in the caller's namespace.
            reading = inside(host.ours, lambda: traffic.read(0))
            assert reading is not None
            name, carried = reading
            assert name == interface
            # IPv6 itself sends a packet now and then.
            assert before <= carried <= counted(host.ours, interface)
        finally:
            traffic.close()
        assert traffic.read(0) is None
    finally:
        for line in (rule, route):
            subprocess.run(netns.command(host.ours, ["ip", family, *line.format("del").split()]), check=True)


def test_zone_source_and_no_route(host: Host) -> None:
    """A zone names the interface; a source address may decide; where there is no route nothing is claimed."""
    targets = [
        Target(sanitize("t"), NEIGHBOUR, 6, zone="second"),
        Target(sanitize("t"), ROUTERS["second"][4], 4),
        Target(sanitize("t"), "0.0.0.0", 4),
    ]
    settings = TraceSettings(local_address="192.0.2.77")  # not ours: the kernel has no route from there
    traffic = inside(host.ours, lambda: OwnTraffic(targets, TraceSettings()))
    found = inside(host.ours, lambda: [traffic.read(at) for at in range(2)])
    traffic.close()
    assert [one and one[0] for one in found] == ["second", "second"]
    traffic = inside(host.ours, lambda: OwnTraffic(targets, settings))
    found = [inside(host.ours, lambda: traffic.read(1))]
    traffic.close()
    assert found == [None]


def trace(made: Chain, *arguments: str) -> str:
    argv = made.command([HOPSCOPE, "-n", "-c", "100", "-i", "0.2", *arguments, made.target()], "nobody")
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("sender", ["this host", "another one"])
def test_who_fills_a_slow_line_is_found(sender: str) -> None:
    """Behind a line of 4 Mbit/s with a long queue: this host's traffic is named where it is that, and only there."""
    need_tool("tc")
    with chain(4) as made:
        position = 0 if sender == "this host" else 1
        subprocess.run(
            made.command(f"tc qdisc add dev near root tbf rate {LINE_BITS} burst 4kb limit 1mb".split(), position=1),
            check=True,
        )
        argv = made.command([sys.executable, "-c", SENDER, made.target()], position=position)
        with subprocess.Popen(argv) as process:
            try:
                verdicts: list[Any] = json.loads(trace(made, "--json-full"))[0]["assessment"]["verdicts"]
            finally:
                process.kill()
    [bloat] = [one for one in verdicts if one["rule"] == "bufferbloat"]
    numbers = bloat["numbers"]
    assert (bloat["last_ttl"], numbers["interface"]) == (2, "near")
    if sender == "this host":
        assert numbers["loaded"] == "yes"
        assert numbers["traffic_busy_bytes_per_s"] > LINE_BITS / 8 / 2
        assert "it rises with this host's own traffic (correlation 0." in bloat["sentence"]
    else:
        assert numbers["loaded"] == "no"
        assert "own traffic" not in bloat["sentence"]
