"""The committed ranges from which worlds are drawn, and the parts that worlds are put together from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.worlds.limits import Busy, Gate, Others, TokenBucket, Window
from bench.worlds.loss import GilbertElliott, Steady
from bench.worlds.network import Link, PacketNetwork, Route, Router, Way
from bench.worlds.queues import Queue, Sawtooth, heavy_tail, on_off, poisson

if TYPE_CHECKING:
    from random import Random

    from bench.worlds.limits import Limit
    from bench.worlds.loss import LossProcess
    from bench.worlds.network import Routing
    from bench.worlds.queues import Delay
    from bench.worlds.truth import Truth

TARGET_ADDRESS = "192.0.2.99"
HOPS = (5, 16)
LOSS = (0.02, 0.30)
BURST_S = (0.3, 20.0)
QUEUE_MS = (15.0, 300.0)
FLAP_PERIOD_S = (2.0, 300.0)
# Propagation of one link, microseconds: most are metres to some hundred kilometres long, few cross an ocean.
LINK_US = (20.0, 8_000.0)
OCEAN_US = (25_000.0, 45_000.0)


def log_uniform(chance: Random, low: float, high: float) -> float:
    """A number of which the logarithm is uniform."""
    return math.exp(chance.uniform(math.log(low), math.log(high)))


@dataclass
class Terrain:
    """A path under construction: links and routers, and what is to be true of it."""

    chance: Random
    links: list[Link]
    routers: list[Router]
    drawn: dict[str, float] = field(default_factory=dict)  # the parameters, to be shown
    losses: list[tuple[int, LossProcess]] = field(default_factory=list)  # what loses, and before which hop
    delays: list[tuple[int, Delay]] = field(default_factory=list)

    @property
    def hops(self) -> int:
        """How many there are, the target included."""
        return len(self.links)

    def route(self) -> Route:
        """The path as it stands."""
        return Route(self.links, self.routers)

    def middle(self, chance: Random) -> int:
        """A hop that has two before it and three after it, where the path is long enough."""
        return chance.randint(min(3, self.hops - 2), max(3, self.hops - 3))

    def lose(self, hop: int, loss: LossProcess, *, back: bool = False) -> None:
        """Lose packets on the link before a hop."""
        link = self.links[hop - 1]
        (link.back if back else link.forward).losses.append(loss)
        self.losses.append((hop, loss))

    def delay(self, hop: int, delay: Delay, *, back: bool = False) -> None:
        """Make packets wait on the link before a hop."""
        link = self.links[hop - 1]
        (link.back if back else link.forward).delays.append(delay)
        self.delays.append((hop, delay))


@dataclass(frozen=True)
class World:
    """A network, and what is true of it.

    ``quiet`` are the hops whose silence or slowness says nothing of the path: silent, limited or slow routers.
    ``turns_us`` are the times at which the route changed.
    """

    truth: Truth
    network: PacketNetwork
    hops: int
    drawn: dict[str, float]
    losses: tuple[tuple[int, LossProcess], ...]
    delays: tuple[tuple[int, Delay], ...]
    quiet: frozenset[int]
    turns_us: tuple[float, ...] = ()
    rounds: int = 300
    flows: int = 1  # as in the program; 0: each probe is a flow of its own, as mtr's are


def terrain(chance: Random, least_hops: int = HOPS[0], most_hops: int = HOPS[1]) -> Terrain:
    """A quiet path: links of drawn length with light cross traffic on each, routers that answer soon."""
    hops = chance.randint(least_hops, most_hops)
    ocean = chance.randint(2, hops) if chance.random() < 0.3 else 0
    links, routers = [], []
    for hop in range(1, hops + 1):
        one_way_us = log_uniform(chance, *(OCEAN_US if hop == ocean else LINK_US))
        link = Link(Way(one_way_us), Way(one_way_us))
        for way in (link.forward, link.back):
            lumps = poisson(chance, load=chance.uniform(0.05, 0.4), work_us=log_uniform(chance, 20, 200))
            way.delays.append(Light(Queue(lumps), chance))
        links.append(link)
        address = TARGET_ADDRESS if hop == hops else f"198.51.{hop}.{chance.randint(1, 254)}"
        router = Router(address, control_us=log_uniform(chance, 20, 400))
        if chance.random() < 0.3:
            router.slow_share, router.slow_us = chance.uniform(0.001, 0.02), log_uniform(chance, 2_000, 30_000)
        routers.append(router)
    routers[-1].slow_share = 0.0
    return Terrain(chance, links, routers, {"hops": hops})


class Light:
    """The wait behind light cross traffic of a fast link, drawn from a sample of its queue.

    Packet by packet such a link carries a million lumps a minute and forgets within a millisecond, so each probe meets
    the queue at a moment that has nothing to do with the last one's: a moment drawn at random from a minute's run.
    """

    SAMPLES = 64

    def __init__(self, queue: Queue, chance: Random) -> None:
        at_us = 0.0
        self._waits_us = []
        for _ in range(self.SAMPLES):
            at_us += chance.uniform(500, 2_000)
            self._waits_us.append(queue.wait_us(at_us))
        self._chance = chance

    def wait_us(self, now_us: float) -> float:
        """One of the sampled waits."""
        return self._waits_us[int(self._chance.random() * self.SAMPLES)]


def a_loss(chance: Random, share: float, *, bursts: bool) -> tuple[LossProcess, float]:
    """Loss of a mean share, steady or in bursts of which the mean length is drawn; the length in s (0: steady)."""
    if not bursts:
        return Steady(share), 0.0
    burst_s = log_uniform(chance, *BURST_S)
    bad_share = chance.uniform(max(0.4, share), 1.0)
    weight = share / bad_share
    return GilbertElliott(chance, good_s=burst_s * (1 - weight) / weight, bad_s=burst_s, bad_share=bad_share), burst_s


def a_limit(chance: Random, *, others: bool) -> Limit:
    """A limit that leaves 5 to 80 % of one probe a second unanswered.

    With others a bucket is drawn on all the time: what is left over is what we see.
    """
    share = chance.uniform(0.05, 0.8)
    per_s = log_uniform(chance, 1, 10) if others else 0.0
    crowd = Others(chance, per_s) if others else None
    what = chance.choice(["bucket", "gate", "window", "busy"])
    if what == "bucket":
        return TokenBucket((1 + per_s) * (1 - share), chance.choice([1, 3, 6, 10]), crowd)
    if what == "gate":
        return Gate(chance.uniform(0.3, 1.0) if others else chance.uniform(1.05, 4.0), crowd)
    if what == "window" and others:
        return Window(max(1, round((1 + per_s) * (1 - share))), 1.0, crowd)
    if what == "window":
        return Window(chance.randint(1, 6), chance.uniform(5, 10))
    return Busy(chance, share)


def a_queue(chance: Random, height_ms: float) -> tuple[Delay, str]:
    """A queue that rises to about a height, and which of the kinds it is."""
    top_us = height_ms * 1_000
    what = chance.choice(["sawtooth", "on-off", "sustained", "packets", "heavy-tail"])
    if what == "heavy-tail":
        return a_wifi(chance, height_ms), what
    if what == "sawtooth":
        floor_us = top_us * chance.uniform(0.0, 0.5)
        return Sawtooth(chance, top_us=top_us, floor_us=floor_us, tooth_s=log_uniform(chance, 0.5, 20)), what
    if what == "on-off":
        on_s = log_uniform(chance, 2, 30)
        off_s = on_s * chance.uniform(0.5, 3)
        lumps = on_off(chance, on_s=on_s, off_s=off_s, load=chance.uniform(1.1, 2), lump_us=top_us / 20)
        return Queue(lumps, top_us), what
    if what == "sustained":
        return Sawtooth(chance, top_us=top_us, floor_us=top_us * 0.8, tooth_s=log_uniform(chance, 0.2, 3)), what
    # Bursts of packets (an application's frames, a busy cell): fills and drains within a second.
    return Queue(poisson(chance, load=chance.uniform(0.6, 0.85), work_us=top_us / 4), top_us), what


def a_wifi(chance: Random, height_ms: float) -> Delay:
    """Busy air: few percent to a fifth of the packets wait some tens of milliseconds."""
    apart_s = chance.uniform(0.2, 0.6)
    lumps = heavy_tail(chance, apart_s=apart_s, least_us=height_ms * 250, shape=1.5, most_us=height_ms * 2_000)
    return Queue(lumps)


def build(
    ground: Terrain,
    truth: Truth,
    routing: Routing | None = None,
    *,
    rounds: int = 300,
    flows: int = 1,
    turns_us: tuple[float, ...] = (),
) -> World:
    """The world that stands on a terrain."""
    route = ground.route()
    network = PacketNetwork(routing or (lambda _now_us, _flow: route), ground.chance)
    quiet = {
        hop
        for hop, router in enumerate(ground.routers, 1)
        if router.silent or router.limits or router.slow is not None or router.slow_share > 0.05
    }
    return World(
        truth,
        network,
        ground.hops,
        ground.drawn,
        tuple(ground.losses),
        tuple(ground.delays),
        frozenset(quiet),
        turns_us,
        rounds,
        flows,
    )
