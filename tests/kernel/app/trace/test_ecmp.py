"""Flows through a router of the kernel that shares the load: what hopscope shows is what the kernel picks."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hopscope.probe.packet import ip
from support import netns
from support.sniff import sniffer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
TARGET = {4: "203.0.113.80", 6: "2001:db8:5::80"}
WAYS = {4: ("198.51.100.2", "198.51.100.6"), 6: ("2001:db8:2::2", "2001:db8:3::2")}
BACK = {4: ("198.51.100.1", "198.51.100.5"), 6: ("2001:db8:2::1", "2001:db8:3::1")}
FAR = {4: ("203.0.113.2", "203.0.113.6"), 6: ("2001:db8:4::2", "2001:db8:6::2")}
# Addresses, protocol and ports (fib_multipath_hash_fields in the kernel's ip-sysctl.rst).
FIVE_TUPLE = 0x37
NUMBERS = {"udp": ip.UDP, "tcp": ip.TCP}
SYSCTLS: dict[str, str | int] = {
    "net.ipv4.ip_forward": 1,
    "net.ipv6.conf.all.forwarding": 1,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv6.icmp.ratelimit": 0,
    "net.ipv4.icmp_msgs_per_sec?": 1_000_000,
    "net.ipv4.icmp_msgs_burst?": 1_000_000,
}
# Names of the namespaces: s(ource), f(ork), l(eft), r(ight), t(arget). Each link: its ends and their addresses.
LINKS = (
    ("s", "f", ("192.0.2.1/30", "2001:db8:1::1/64"), ("192.0.2.2/30", "2001:db8:1::2/64")),
    ("f", "l", ("198.51.100.1/30", "2001:db8:2::1/64"), ("198.51.100.2/30", "2001:db8:2::2/64")),
    ("f", "r", ("198.51.100.5/30", "2001:db8:3::1/64"), ("198.51.100.6/30", "2001:db8:3::2/64")),
    ("l", "t", ("203.0.113.1/30", "2001:db8:4::1/64"), ("203.0.113.2/30", "2001:db8:4::2/64")),
    ("r", "t", ("203.0.113.5/30", "2001:db8:6::1/64"), ("203.0.113.6/30", "2001:db8:6::2/64")),
)
ROUTES = {
    "s": ("default via 192.0.2.2", "::/0 via 2001:db8:1::2"),
    "f": (
        f"{TARGET[4]} nexthop via {WAYS[4][0]} nexthop via {WAYS[4][1]}",
        f"{TARGET[6]} nexthop via {WAYS[6][0]} nexthop via {WAYS[6][1]}",
    ),
    "l": (
        f"default via {BACK[4][0]}",
        f"::/0 via {BACK[6][0]}",
        f"{TARGET[4]} via {FAR[4][0]}",
        f"{TARGET[6]} via {FAR[6][0]}",
    ),
    "r": (
        f"default via {BACK[4][1]}",
        f"::/0 via {BACK[6][1]}",
        f"{TARGET[4]} via {FAR[4][1]}",
        f"{TARGET[6]} via {FAR[6][1]}",
    ),
    "t": ("default via 203.0.113.1", "::/0 via 2001:db8:4::1"),
}


class Diamond(NamedTuple):
    """The namespaces by their letters."""

    names: dict[str, str]

    def hash_by(self, policy: int) -> None:
        """Have the fork choose by addresses and flow label (0), by ports too (1), or by the five-tuple (3).

        With 1 it takes the hash that the sending socket left in a packet, if that never left this host, and TCP draws
        one for each attempt: as 3 it looks at the packet.
        """
        for version in (4, 6):
            netns.set_sysctls(
                self.names["f"],
                {
                    f"net.ipv{version}.fib_multipath_hash_policy": policy,
                    f"net.ipv{version}.fib_multipath_hash_fields": FIVE_TUPLE,
                },
            )

    def trace(self, version: int, *arguments: str) -> list[dict[str, Any]]:
        """The event lines of a trace without privilege."""
        command = [HOPSCOPE, "--jsonl", "-n", f"-{version}", "-i", "0.1", "-G", "1", *arguments, TARGET[version]]
        argv = netns.command(self.names["s"], command, "nobody")
        run = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
        return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.fixture(scope="module")
def diamond() -> Iterator[Diamond]:
    """Five namespaces: source, fork, two ways, target."""
    with netns.namespaces(5, SYSCTLS) as made:
        names = dict(zip("sflrt", made, strict=True))
        for one, other, _, _ in LINKS:
            netns.ip_batch(
                [f"link add to-{other} netns {names[one]} type veth peer name to-{one} netns {names[other]}"]
            )
        for one, other, near, far in LINKS:
            for here, there, addresses in ((one, other, near), (other, one, far)):
                netns.ip_batch(
                    [
                        f"addr add {addresses[0]} dev to-{there}",
                        f"addr add {addresses[1]} dev to-{there} nodad",
                        f"link set to-{there} up",
                    ],
                    names[here],
                )
        netns.ip_batch([f"addr add {address} dev lo" for address in TARGET.values()], names["t"])
        for letter, routes in ROUTES.items():
            netns.ip_batch([f"route add {route}" for route in routes], names[letter])
        opened = Diamond(names)
        while not _reached(opened.trace(6, "-c", "1", "-u")):  # IPv6 uses a new link only after the kernel's link watch
            pass
        yield opened


def _reached(events: Sequence[dict[str, Any]]) -> bool:
    return any(event["event"] == "answer" and event["address"] == TARGET[6] for event in events)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_each_flow_is_met_where_the_kernel_sends_it(diamond: Diamond, protocol: str, version: int) -> None:
    """For each flow the router that is shown is the one that the fork sent its packets to, seen on the way there."""
    diamond.hash_by(3)
    arguments = ["-u"] if protocol == "udp" else ["-T", "-P", "9"]
    target = ip_address(TARGET[version]).packed

    def wanted(packet: ip.Packet, ttl: int) -> bool:
        return packet.destination == target and packet.protocol == NUMBERS[protocol] and packet.ttl == ttl

    with ExitStack() as stack:
        near = stack.enter_context(sniffer(diamond.names["s"], "to-f"))
        ways = [stack.enter_context(sniffer(diamond.names[letter], "to-f")) for letter in "lr"]
        events = diamond.trace(version, *arguments, "--flows", "12", "-c", "14")
        sent = [event for event in events if event["event"] == "sent" and event["ttl"] == 2]
        packets = near.packets(lambda packet: wanted(packet, 2), len(sent))
        taken = {
            packet.payload[:4]: router
            for way, router in zip(ways, WAYS[version], strict=True)
            for packet in way.seen()
            if wanted(packet, 1)
        }
    addresses = {event["seq"]: event["address"] for event in events if event["event"] == "answer"}
    assert len(sent) == 14
    ports_of: dict[int, bytes] = {}
    for event, packet in zip(sent, packets, strict=True):
        assert addresses[event["seq"]] == taken[packet.payload[:4]]
        if event["flow"] is not None:
            assert ports_of.setdefault(event["flow"], packet.payload[:4]) == packet.payload[:4]
    (paths,) = [event for event in events if event["event"] == "paths"]
    hop = next(one for one in paths["hops"] if one["ttl"] == 2)
    assert hop["found"] == len({addresses[event["seq"]] for event in sent})
    assert all(len(one["addresses"]) == 1 for one in hop["flows"])


@pytest.mark.parametrize("policy", [0, 3])
@pytest.mark.parametrize("arguments", [("-u",), ("--icmp",), ("-u", "-s", "-200", "-B", "-1")])
@pytest.mark.parametrize("version", [4, 6])
def test_by_default_no_hop_jumps(diamond: Diamond, version: int, arguments: tuple[str, ...], policy: int) -> None:
    """However the fork hashes, a trace meets one router there, over UDP and ICMP, with random packets too."""
    diamond.hash_by(policy)
    events = diamond.trace(version, *arguments, "-c", "10")
    met = [event["address"] for event in events if event["event"] == "answer" and event["ttl"] == 2]
    assert len(met) == 10
    assert len(set(met)) == 1
    assert set(met) <= set(WAYS[version])


def test_flow_labels_alone_find_both_ways(diamond: Diamond) -> None:
    """Where a router hashes IPv6 addresses and flow labels, flows differ by these."""
    diamond.hash_by(0)
    met: set[str] = set()
    for _ in range(8):  # one trace in thirty is content with one way: six flows may well take the same
        events = diamond.trace(6, "--icmp", "--flows", "24", "-c", "24")
        met |= {event["address"] for event in events if event["event"] == "answer" and event["ttl"] == 2}
        if len(met) > 1:
            break
    assert met == set(WAYS[6])
