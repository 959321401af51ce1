"""Links, routers and routes that probes cross one by one, in continuous time; callable as ``support.engines.Network``.

A packet crosses each link of its route in turn: it may be lost, waits in the queue, and travels; where its TTL ends the
router answers, if it does, after the time its control plane takes, and the answer crosses the links of the way back
the same way. All that happens is decided by when the packet is where.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hopscope.probe.wire import Answer

if TYPE_CHECKING:
    from random import Random

    from hopscope.probe.wire import ProbeRequest

    from bench.worlds.limits import Limit
    from bench.worlds.loss import LossProcess
    from bench.worlds.queues import Delay

LOST = -1


@dataclass(slots=True)
class Way:
    """One direction of a link: what travels, waits and is lost on it."""

    delay_us: float  # propagation and serialisation of a probe
    losses: list[LossProcess] = field(default_factory=list)
    delays: list[Delay] = field(default_factory=list)

    def cross(self, now_us: float, chance: Random) -> float:
        """When a packet that enters now comes out, or LOST."""
        for loss in self.losses:
            share = loss.chance(now_us)
            if share and chance.random() < share:
                return LOST
        for delay in self.delays:
            now_us += delay.wait_us(now_us)
        return now_us + self.delay_us


@dataclass(slots=True)
class Link:
    """The link before a hop, in both directions."""

    forward: Way
    back: Way


@dataclass(slots=True)
class Router:
    """What answers at a hop."""

    address: str
    silent: bool = False
    limits: list[Limit] = field(default_factory=list)
    control_us: float = 80.0  # the mean time to make a reply, exponentially distributed
    slow: Delay | None = None  # what a busy control plane adds, replies alone
    slow_share: float = 0.0  # the chance that a reply waits for something else first ...
    slow_us: float = 0.0  # ... for so long on the average
    away: LossProcess | None = None  # replies that are not made for other reasons
    back_more: int = 0  # routers on the way back that are not on the way there

    def reply_at(self, now_us: float, chance: Random) -> float:
        """When a reply leaves to a packet that arrives now, or LOST."""
        if self.silent:
            return LOST
        if self.away is not None and chance.random() < self.away.chance(now_us):
            return LOST
        for limit in self.limits:
            if not limit.allows(now_us):
                return LOST
        now_us += chance.expovariate(1 / self.control_us)
        if self.slow is not None:
            now_us += self.slow.wait_us(now_us)
        if self.slow_share and chance.random() < self.slow_share:
            now_us += chance.expovariate(1 / self.slow_us)
        return now_us


@dataclass(slots=True)
class Route:
    """Links and the routers at their ends; the last is the target. ``cut`` is the hop whose router knows no way on."""

    links: Sequence[Link]
    routers: Sequence[Router]
    cut: int = 0


# Which route a packet takes that is sent at a time (microseconds), and its flow (0: each packet is one of its own).
Routing = Callable[[float, int], Route]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a probe; ``rtt_us`` is LOST where no answer ever comes."""

    sent_us: int
    ttl: int
    rtt_us: int
    address: str


class PacketNetwork:
    """The network of one world. ``fates`` is what a watcher beside the program has seen of each probe."""

    def __init__(self, routing: Routing, chance: Random) -> None:
        self.routing = routing
        self.fates: list[Fate] = []
        self._chance = chance

    def __call__(self, now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
        """Send a probe; its answer and after how many microseconds it comes, or None."""
        route = self.routing(now_us, request.icmp_checksum)
        end = len(route.links)
        hop = min(request.ttl, end)
        cut = 0 < route.cut <= hop
        at = route.cut if cut else hop
        arrived = self._travel(float(now_us), route, at)
        left = route.routers[at - 1].reply_at(arrived, self._chance) if arrived != LOST else LOST
        back = self._return(left, route, at) if left != LOST else LOST
        rtt_us = LOST if back == LOST else max(1, int(back - now_us))
        address = route.routers[at - 1].address
        self.fates.append(Fate(now_us, request.ttl, rtt_us, address))
        if rtt_us == LOST or rtt_us > request.timeout_s * 1_000_000:
            return None
        reached = at == end and not cut
        passed = at - 1 + route.routers[at - 1].back_more
        if reached:
            return rtt_us, Answer("reply", address, rtt_us, icmp_type=0, icmp_code=0, reply_ttl=64 - passed)
        if cut and request.ttl > route.cut:
            return rtt_us, Answer("no-route", address, rtt_us, icmp_type=3, icmp_code=1, reply_ttl=255 - passed)
        return rtt_us, Answer("ttl-expired", address, rtt_us, icmp_type=11, icmp_code=0, reply_ttl=255 - passed)

    def _travel(self, now_us: float, route: Route, hop: int) -> float:
        for index in range(hop):
            now_us = route.links[index].forward.cross(now_us, self._chance)
            if now_us == LOST:
                break
        return now_us

    def _return(self, now_us: float, route: Route, hop: int) -> float:
        for index in range(hop - 1, -1, -1):
            now_us = route.links[index].back.cross(now_us, self._chance)
            if now_us == LOST:
                break
        return now_us
