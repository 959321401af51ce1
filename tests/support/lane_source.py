"""Lanes to one target, measured in virtual time: a ``Source`` for screens, with names and networks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from hopscope.app.additions import Addition
from hopscope.app.path.one_way import OneWay
from hopscope.app.path.privacy import Privacy
from hopscope.app.resolve.origin import Origin
from hopscope.app.sanitize import Text, sanitize
from hopscope.app.settings import LaneKind, Target, TraceSettings
from hopscope.app.trace.events import LinkLost, WayCount
from hopscope.probe import wire
from support.engines import World

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.trace.checks import CheckPlan

MIDNIGHT_US = 1_795_305_600_000_000  # 2026-11-22 00:00 UTC
TARGET_ADDRESS = "203.0.113.80"


@dataclass(frozen=True)
class Way:
    """A lane: where from, by what, and over which routers."""

    vantage: str  # empty: this host, and nothing else is traced from elsewhere
    routers: tuple[
        str, ...
    ]  # addresses, several of one hop joined by commas; ``*``: it is silent; the last: the target
    rtts_ms: tuple[float, ...]  # of each hop
    lossy: int = 0  # the hop from which on probes are lost, 0: none are
    share: float = 0.12  # of them that are lost
    kind: LaneKind | None = None  # protocol, or family
    target: str = "api.example.org"  # by name


@cache  # nothing changes a snapshot, and a file of tests asks for the same ones again and again
def traced(way: Way, rounds: int = 330, seed: int = 1) -> Snapshot:
    """A lane after so many rounds."""
    chance = Random(f"{seed} {way.vantage} {way.target}")
    last = len(way.routers)

    def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        at = min(request.ttl, last)
        routers = way.routers[at - 1].split(",")
        if routers == ["*"] or (way.lossy and at >= way.lossy and chance.random() < way.share):
            return None
        rtt_us = int(way.rtts_ms[at - 1] * 1000 + chance.expovariate(1 / 300))
        word = "reply" if at == last else "ttl-expired"
        return rtt_us, wire.Answer(word, routers[chance.randrange(len(routers))], rtt_us)

    version = 6 if ":" in way.routers[-1] else 4
    target = Target(sanitize(way.target), way.routers[-1], version, vantage=sanitize(way.vantage), kind=way.kind)
    world = World(network, TraceSettings(), (target,), seed=seed)
    made = world.run(rounds)
    return replace(made, time_us=world.now_us, clock_offset_us=MIDNIGHT_US)


class LaneSource:
    """A ``Source`` that stands still, over lanes that were traced before."""

    def __init__(
        self, snapshots: Sequence[Snapshot], names: Mapping[str, str], networks: Mapping[str, tuple[str, str]]
    ) -> None:
        self.shown = tuple(snapshots)
        self._names = names
        self._networks = networks
        self.names_on = True
        self.origins_on = False
        self.known_version = 0
        self.privacy = Privacy()

    time = None

    def now_us(self) -> int:
        """The time of the snapshots."""
        return self.shown[0].time_us

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The lanes."""
        return self.shown

    def pause(self) -> None:
        """Nothing moves anyhow."""

    resume = reset = end_check = pause

    def change(self, **changes: object) -> None:
        """Nothing moves."""

    additions: tuple[Addition, ...] = ()

    def add(self, target: str = "", where: str = "", lane: str = "") -> Addition:
        """Nothing moves: it is never over."""
        return Addition(target, where, lane)

    def remove(self, index: int) -> None:
        """Nothing moves."""

    def check(self, index: int, plan: CheckPlan) -> None:
        """Nothing moves."""

    def name(self, address: str) -> Text | None:
        """The name of an address."""
        return sanitize(self._names[address]) if self.names_on and address in self._names else None

    def set_names(self, *, on: bool) -> None:
        """Names on or off."""
        self.names_on = on

    def origin(self, address: str) -> Origin | None:
        """The network of an address, by the longest prefix of its text."""
        if not self.origins_on:
            return None
        fitting = [prefix for prefix in self._networks if address.startswith(prefix)]
        if not fitting:
            return None
        number, as_name = self._networks[max(fitting, key=len)]
        return Origin((int(number),), as_name=sanitize(as_name))

    def set_origins(self, *, on: bool) -> None:
        """Networks on or off."""
        self.origins_on = on


NAMES = {
    "10.1.0.1": "gw.home",
    "192.0.2.1": "bras3.isp.example",
    "192.0.2.5": "core2.isp.example",
    "10.2.0.1": "gw.fra.example",
    "10.3.0.1": "10-3-0-1.cluster.local",
    "198.18.1.1": "core.dc.example",
    "198.18.1.5": "edge.dc.example",
    "198.51.100.1": "ae1.fra.transit.example",
    "198.51.100.5": "ae7.ams.transit.example",
    "203.0.113.1": "border.hosting.example",
    TARGET_ADDRESS: "api.example.org",
}
NETWORKS = {
    "192.0.2.": ("64496", "ISP-EXAMPLE"),
    "198.18.": ("64499", "DC-EXAMPLE"),
    "198.51.100.": ("64501", "TRANSIT-EXAMPLE"),
    "203.0.113.": ("64502", "HOSTING-EXAMPLE"),
}
HOME = ("10.1.0.1", "192.0.2.1", "192.0.2.5", "203.0.113.1", TARGET_ADDRESS)
CENTRE = ("198.18.1.1", "198.18.1.5", "198.51.100.1", "198.51.100.5", "203.0.113.1", TARGET_ADDRESS)


def three_places(rounds: int = 330) -> LaneSource:
    """From home, a server and a pod: the last two come by a transit network that loses 12 %."""
    ways = (
        Way("local", HOME, (0.9, 7.1, 8.4, 18.0, 18.1)),
        Way("ssh:fra", ("10.2.0.1", *CENTRE), (0.3, 0.7, 1.5, 9.5, 22.1, 30.1, 30.3), lossy=4),
        Way("kubectl:prod/web-7f9", ("10.3.0.1", *CENTRE), (0.1, 0.6, 1.8, 10.2, 24.0, 32.0, 32.2), lossy=4),
    )
    return LaneSource([traced(way, rounds, seed) for seed, way in enumerate(ways, 1)], NAMES, NETWORKS)


def two_places(rounds: int = 330) -> LaneSource:
    """Two targets from home and from a server, which reaches one of them by a transit network that loses 12 %."""
    rtts_ms = (0.3, 0.7, 1.5, 9.5, 22.1, 30.1, 30.3)
    database = ("198.18.1.1", "198.18.1.5", "203.0.113.1", "203.0.113.90")
    ways = (
        Way("local", HOME, (0.9, 7.1, 8.4, 18.0, 18.1)),
        Way("ssh:fra", ("10.2.0.1", *CENTRE), rtts_ms, lossy=4),
        Way("local", (*HOME[:4], "203.0.113.90"), (0.9, 7.1, 8.4, 18.0, 18.4), target="db.example.org"),
        Way("ssh:fra", ("10.2.0.1", *database), (0.3, 0.7, 1.5, 14.1, 14.5), target="db.example.org"),
    )
    return LaneSource([traced(way, rounds, seed) for seed, way in enumerate(ways, 1)], NAMES, NETWORKS)


def ten_places(rounds: int = 60) -> LaneSource:
    """Ten places, two in each network; every second network has a silent hop, and two of them share no router."""
    ways = []
    for place in range(10):
        network = place // 2
        own = [f"10.{place}.0.{ttl}" for ttl in range(1, 2 + place % 3)]
        shared = [f"198.18.{network}.{ttl}" for ttl in range(1, 4)]
        middle = ["*"] if network % 2 else [f"198.51.{network}.1,198.51.{network}.2"]
        routers = (*own, *shared, *middle, "203.0.113.1", TARGET_ADDRESS)
        rtts_ms = tuple(1.0 + 2.5 * ttl + network for ttl in range(len(routers)))
        ways.append(Way(f"ssh:site{place}", routers, rtts_ms, lossy=len(own) + 2 if network == 1 else 0))
    return LaneSource([traced(way, rounds, seed) for seed, way in enumerate(ways, 1)], NAMES, NETWORKS)


def two_kinds(rounds: int = 120) -> LaneSource:
    """One target by two protocols from this host; ICMP is limited at the target."""
    icmp, tcp = LaneKind("icmp"), LaneKind("tcp", 443)
    ways = (
        Way("", HOME, (0.9, 7.1, 8.4, 18.0, 18.1), lossy=5, share=0.2, kind=icmp),
        Way("", HOME, (0.9, 7.1, 8.4, 18.0, 18.1), kind=tcp),
    )
    return LaneSource([traced(way, rounds, seed) for seed, way in enumerate(ways, 1)], NAMES, NETWORKS)


def both_directions(rounds: int = 310) -> LaneSource:
    """Home and a server in Frankfurt traced from each other: the path back comes by another network, and loses 4 %."""
    forth = (*HOME[:3], "198.51.100.1", "198.51.100.5", "198.18.9.80")
    back = ("198.18.9.1", "198.51.200.9", "198.51.200.5", "192.0.2.5", "192.0.2.2", "10.1.0.7", "192.0.2.77")
    names = {
        **NAMES,
        "198.18.9.80": "fra.example",
        "198.18.9.1": "gw.fra.example",
        "198.51.200.9": "lon4.carrier.example",
        "198.51.200.5": "par1.carrier.example",
        "192.0.2.2": "bras3.isp.example",
        "10.1.0.7": "gw.home",
    }
    networks = {**NETWORKS, "198.18.9.": ("64502", "HOSTING-EXAMPLE"), "198.51.200.": ("64510", "CARRIER-EXAMPLE")}
    ways = (
        Way("local", forth, (0.9, 7.1, 8.4, 15.6, 21.2, 22.0), lossy=6, share=0.04, target="fra.example"),
        Way("ssh:fra", back, (0.8, 9.2, 22.3, 24.0, 27.1, 30.6, 31.0), lossy=3, share=0.04, target="192.0.2.77"),
    )
    forward, back_trace = (traced(way, rounds, seed) for seed, way in enumerate(ways, 1))
    lost = WayCount(rounds, rounds - 13, 0)
    count = OneWay("counting", forward=WayCount(rounds, rounds, 0), back=lost)
    forward = replace(forward, target=replace(forward.target, direction="forward"), one_way=count)
    back_trace = replace(back_trace, target=replace(back_trace.target, direction="return"))
    return LaneSource([forward, back_trace], names, networks)


def with_lost_link(source: LaneSource) -> LaneSource:
    """A further lane, whose link was lost 12 s ago and is tried again in 8 s."""
    way = Way("ssh:old-box", HOME, (0.9, 7.1, 8.4, 18.0, 18.1))
    made = traced(way, source.shown[0].rounds)
    now_us = made.time_us
    lost = LinkLost(now_us, now_us - 12_000_000, now_us + 8_000_000)
    source.shown = (*source.shown, replace(made, link_lost=lost))
    return source


def repeated(source: LaneSource, times: int) -> LaneSource:
    """The same lanes to so many targets."""
    source.shown = tuple(
        replace(one, target=replace(one.target, name=sanitize(f"host{number}.example.org")))
        for number in range(times)
        for one in source.shown
    )
    return source
