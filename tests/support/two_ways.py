"""A host with two interfaces, a router behind each; its routes lead by the first."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from hopscope.probe import launch, wire
from support import netns
from support.packet import answers, converse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support.netns import User

# The routers' near sides, by the name of our interface to them. The routes lead by "first".
ROUTERS = {
    "first": {4: "192.0.2.2", 6: "2001:db8:1::2"},
    "second": {4: "198.51.100.2", 6: "2001:db8:2::2"},
}
OURS = {"first": {4: "192.0.2.1", 6: "2001:db8:1::1"}, "second": {4: "198.51.100.1", 6: "2001:db8:2::1"}}
# An address behind either router, and one that the second router has.
BEYOND = {4: "203.0.113.99", 6: "2001:db8:3::99"}
TARGET = {4: "203.0.113.80", 6: "2001:db8:3::80"}
# Both routers have it, each on its link.
NEIGHBOUR = "fe80::2"
PREFIX = {4: 24, 6: 64}
ANYWHERE = {4: "default", 6: "::/0"}


def connect(ours: str, router: str, name: str) -> None:
    """Lay the link to a router."""
    netns.ip_batch([f"link add {name} netns {ours} type veth peer name near netns {router}"])
    here, there = [], []
    for version in (4, 6):
        nodad = " nodad" if version == 6 else ""
        here.append(f"addr add {OURS[name][version]}/{PREFIX[version]} dev {name}{nodad}")
        there.append(f"addr add {ROUTERS[name][version]}/{PREFIX[version]} dev near{nodad}")
    routes = [
        f"route add {ANYWHERE[version]} via {ROUTERS[name][version]} dev {name} metric {10 + (name == 'second')}"
        for version in (4, 6)
    ]
    there.append(f"addr add {NEIGHBOUR}/64 dev near nodad")
    netns.ip_batch([*there, "link set near up"], router)
    netns.ip_batch([*here, f"link set {name} up", *routes], ours)
    netns.ip_batch([f"route add {ANYWHERE[version]} via {OURS[name][version]}" for version in (4, 6)], router)


class Host:
    """A host with two ways out, and the routers there."""

    def __init__(self, ours: str, routers: Sequence[str]) -> None:
        self.ours = ours
        self.routers = routers

    def open_ping_sockets(self, *, is_open: bool) -> None:
        """Open them to every group, or to none."""
        netns.set_sysctls(self.ours, netns.PING_OPEN if is_open else netns.PING_CLOSED)

    def ask(self, texts: Sequence[str], user: User = "root", argv: Sequence[str] | None = None) -> list[wire.Answer]:
        """One probe for each of the texts; their answers in the same order."""
        commands = [f"{token} send-probe {text}" for token, text in enumerate(texts)]
        found = answers(converse(netns.command(self.ours, argv or launch.command(), user), commands))
        return [found[token] for token in range(len(texts))]


@contextlib.contextmanager
def two_ways() -> Iterator[Host]:
    """A host with two ways out; its routers answer without limit."""
    settings: dict[str, str | int] = {
        "net.ipv6.conf.default.accept_dad": 0,
        "net.ipv4.icmp_ratelimit": 0,
        "net.ipv6.icmp.ratelimit": 0,
    }
    with netns.namespaces(3, settings) as (ours, *routers):
        for router, name in zip(routers, ROUTERS, strict=True):
            netns.set_sysctls(router, {"net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1})
            connect(ours, router, name)
        netns.ip_batch([f"addr add {address} dev lo" for address in TARGET.values()], routers[1])
        made = Host(ours, routers)
        # IPv6 uses a new link only after the kernel's link watch.
        for name in ROUTERS:
            probe = f"ip-6 {BEYOND[6]} protocol udp ttl 1 timeout 1 local-device {name}"
            assert any(made.ask([probe])[0].address for _ in range(30)), f"no way to the router behind {name}"
        yield made
