"""Routes of the kernel that are replaced while a trace runs, once and to and fro."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import netns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
TARGET = "203.0.113.80"
SYSCTLS: dict[str, str | int] = {
    "net.ipv4.ip_forward": 1,
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv4.icmp_msgs_per_sec?": 1_000_000,
    "net.ipv4.icmp_msgs_burst?": 1_000_000,
}
# The source, a fork, one router on the short route, two on the long one, a router where they meet, the target.
LINKS = (("s", "f"), ("f", "a"), ("f", "b"), ("b", "c"), ("a", "m"), ("c", "m"), ("m", "t"))
SHORT, LONG = f"{TARGET} via 198.18.2.2", f"{TARGET} via 198.18.3.2"
ROUTES = {
    "s": ("default via 198.18.1.2",),
    "f": (SHORT,),
    "a": (f"{TARGET} via 198.18.5.2", "198.18.1.0/24 via 198.18.2.1"),
    "b": (f"{TARGET} via 198.18.4.2", "198.18.1.0/24 via 198.18.3.1"),
    "c": (f"{TARGET} via 198.18.6.2", "198.18.1.0/24 via 198.18.4.1"),
    "m": (f"{TARGET} via 198.18.7.2", "198.18.1.0/24 via 198.18.5.1"),
    "t": ("default via 198.18.7.1",),
}
OLD, NEW = ["198.18.2.2"], ["198.18.3.2", "198.18.4.2"]


@pytest.fixture(scope="module")
def routers() -> Iterator[dict[str, str]]:
    """The namespaces by their letters."""
    with netns.namespaces(len(ROUTES), SYSCTLS) as made:
        names = dict(zip(ROUTES, made, strict=True))
        for number, (one, other) in enumerate(LINKS, 1):
            link = f"link add to-{other} netns {names[one]} type veth peer name to-{one} netns {names[other]}"
            netns.ip_batch([link])
            for here, there, end in ((one, other, 1), (other, one, 2)):
                up = [f"addr add 198.18.{number}.{end}/24 dev to-{there}", f"link set to-{there} up"]
                netns.ip_batch(up, names[here])
        netns.ip_batch([f"addr add {TARGET} dev lo"], names["t"])
        for letter, routes in ROUTES.items():
            netns.ip_batch([f"route add {route}" for route in routes], names[letter])
        # The router where both meet answers from one address, whichever way a probe came.
        netns.ip_batch(["addr add 198.18.8.1/32 dev lo"], names["m"])
        netns.ip_batch(["route replace 198.18.1.0/24 via 198.18.5.1 src 198.18.8.1"], names["m"])
        netns.set_sysctls(names["m"], {"net.ipv4.icmp_errors_use_inbound_ifaddr": 0})
        yield names


def traced(names: dict[str, str], rounds: int, route_of: Callable[[int], str]) -> list[dict[str, Any]]:
    """The event lines of a trace; before each round the fork's route becomes what is asked for."""
    netns.ip_batch([f"route replace {SHORT}"], names["f"])
    words = [HOPSCOPE, "--jsonl", "-n", "-c", str(rounds), "-i", "0.1", "-G", "1", TARGET]
    found, route = [], SHORT
    with subprocess.Popen(netns.command(names["s"], words), stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        for line in program.stdout:
            found.append(json.loads(line))
            if found[-1]["event"] == "round" and route_of(found[-1]["round"]) != route:
                route = route_of(found[-1]["round"])
                netns.ip_batch([f"route replace {route}"], names["f"])
    assert program.returncode == 0
    return found


def test_a_route_that_is_replaced(routers: dict[str, str]) -> None:
    """The change is told once, by the detour alone, with the time of its first answer."""
    events = traced(routers, 60, lambda number: SHORT if number < 25 else LONG)
    [change] = [one for one in events if one["event"] == "path-changed"]
    assert (change["old"], change["new"], change["returned"]) == (OLD, NEW, False)
    assert (change["first_ttl"], change["last_ttl"]) == (2, 3)
    answers = [one for one in events if one["event"] == "answer"]
    before = {(one["ttl"], one["address"]) for one in answers if one["round"] < 25}
    # Where the route is replaced amid a round, a hop beyond the detour may be the first to answer elsewhere.
    first = min((one for one in answers if (one["ttl"], one["address"]) not in before), key=lambda one: one["time"])
    assert change["time"] == first["time"]
    assert change["round"] == first["round"]
    last = [one for one in events if one["event"] == "assessment"][-1]
    assert last["rules"] == ["path-change"]
    assert last["status"] == "confirmed"
    assert "one hop longer" in last["answer"]
    assert last["since"] == first["time"]


@pytest.mark.parametrize("half_rounds", [3, 10])
def test_a_route_that_flaps(routers: dict[str, str], half_rounds: int) -> None:
    """A route that is replaced to and fro flaps, which is told once."""
    events = traced(routers, 90, lambda number: (SHORT, LONG)[number // half_rounds % 2])
    [flap] = [one for one in events if one["event"] == "path-flap"]
    assert flap["first_ttl"] == 2
    assert sum(one["event"] == "path-changed" for one in events) <= 2
    last = [one for one in events if one["event"] == "assessment"][-1]
    assert last["rules"] == ["path-flap"]
    assert last["answer"].startswith("The path flaps at hop")
    assert not any(one["rule"] == "load-balancing" for one in last["verdicts"])
