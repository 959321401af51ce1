"""Random trees of routers that limit their errors as Linux does, and what a trace of each target is to show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target
from hopscope.probe import wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hopscope.app.path.path import Path
    from hopscope.app.path.snapshot import Hop

# net.ipv4.icmp_ratelimit: to one peer so many errors at once, then one a second.
BURST = 6.0
PER_S = 1.0
# So deep a tree forks no more.
DEPTH_MAX = 16


@dataclass(slots=True, eq=False)
class Node:
    """A router, or with ``target`` a host that answers each probe; ``rtt_us`` from the source."""

    address: str
    rtt_us: int
    silent: bool = False
    tokens: float = BURST
    at_us: int = 0

    def spend(self, now_us: int) -> bool:
        """Whether an error may be sent now."""
        self.tokens = min(BURST, self.tokens + (now_us - self.at_us) * PER_S / 1e6)
        self.at_us = now_us
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class Trees:
    """The network of ``support.engines.World``: for each target address the routers on the way, nearest first.

    Targets in ``dead`` never answer. ``refused`` counts, by router, the probes that met no error to spare.
    """

    routes: dict[str, list[Node]]
    hosts: dict[str, Node]
    dead: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    def targets(self) -> tuple[Target, ...]:
        """All targets, in order."""
        return tuple(Target(sanitize(address), address, 4) for address in self.routes)

    def __call__(self, now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        """What a probe is answered, and when."""
        self.sent += 1
        route = self.routes[request.address]
        if request.ttl > len(route):
            if request.address in self.dead:
                return None
            rtt_us = self.hosts[request.address].rtt_us
            return rtt_us, wire.Answer("reply", request.address, rtt_us)
        router = route[request.ttl - 1]
        if router.silent:
            return None
        if not router.spend(now_us + router.rtt_us // 2):
            self.refused[router.address] += 1
            return None
        return router.rtt_us, wire.Answer("ttl-expired", router.address, router.rtt_us)

    def truth(self, address: str) -> list[str | None]:
        """Who is to stand in each row of a target's report; None: a row without an answer."""
        rows = [None if router.silent else router.address for router in self.routes[address]]
        if address not in self.dead:
            return [*rows, address]
        while rows and rows[-1] is None:
            rows.pop()
        return [*rows, None]

    def judge(self, paths: Iterable[Path]) -> Counter[str]:
        """Count the rows of reports by what is wrong with them.

        ``right``; ``loss``: a loss that is none; ``other``: an address of another path; ``blank``: nothing counted;
        ``missing``; ``extra``: a row behind the end. ``probes`` counts the probes in the right rows.
        """
        count: Counter[str] = Counter()
        for path in paths:
            hops = path.snapshot().hops
            truth = self.truth(path.target.address)
            count["missing"] += max(0, len(truth) - len(hops))
            count["extra"] += max(0, len(hops) - len(truth))
            for hop, address in zip(hops, truth, strict=False):
                fault = _fault(hop, address)
                count[fault] += 1
                if fault == "right":
                    count["probes"] += hop.completed
        return count


def _fault(hop: Hop, address: str | None) -> str:
    if any(responder.address != address for responder in hop.responders):
        return "other"
    if hop.completed == 0:
        return "blank"
    return "loss" if address is not None and hop.dropped else "right"


class _Planter:
    """Makes one tree; each fork divides the targets behind it at random."""

    def __init__(self, count: int, rng: Random) -> None:
        self.rng = rng
        self.routes: dict[str, list[Node]] = {}
        self.hosts: dict[str, Node] = {}
        self.numbers = list(range(1, count + 1))
        rng.shuffle(self.numbers)
        self._routers = 0
        self.silent = 0.0

    def router(self, above: list[Node]) -> Node:
        """Another router below those."""
        self._routers += 1
        address = f"10.{self._routers // 65536}.{self._routers // 256 % 256}.{self._routers % 256}"
        rtt_us = (above[-1].rtt_us if above else 0) + self.rng.randrange(200, 6000)
        return Node(address, rtt_us, silent=self.rng.random() < self.silent)

    def end(self, number: int, route: list[Node]) -> None:
        """Put a target behind these routers."""
        address = f"192.0.2.{number}"
        self.routes[address] = route
        self.hosts[address] = Node(address, (route[-1].rtt_us if route else 0) + self.rng.randrange(200, 6000))

    def trunk(self, length: int, route: list[Node]) -> list[Node]:
        """So many routers in a row."""
        for _ in range(length):
            route = [*route, self.router(route)]
        return route

    def fork(self, numbers: list[int], route: list[Node], *, among: float = 0.0, runs: int = 0) -> None:
        """Divide targets over two to four ways, up to ``runs`` routers in a row after each; ``among`` end before."""
        here = [number for number in numbers if self.rng.random() < among]
        for number in here:
            self.end(number, route)
        numbers = [number for number in numbers if number not in here]
        if len(numbers) <= 1 or len(route) > DEPTH_MAX:
            for number in numbers:
                self.end(number, self.trunk(self.rng.randint(0, 3), route))
            return
        ways: list[list[int]] = [[] for _ in range(self.rng.randint(2, 4))]
        for number in numbers:
            self.rng.choice(ways).append(number)
        for way in ways:
            if way:
                self.fork(way, self.trunk(1 + self.rng.randint(0, runs), route), among=among, runs=runs)

    def done(self, dead: float = 0.0) -> Trees:
        """The network."""
        routes = dict(sorted(self.routes.items(), key=lambda item: int(item[0].rpartition(".")[2])))
        return Trees(routes, self.hosts, {address for address in routes if self.rng.random() < dead})


def plant(shape: str, count: int, seed: int) -> Trees:
    """A network of a shape with so many targets.

    Raises:
        KeyError: there is no such shape.
    """
    rng = Random(f"{shape} {count} {seed}")
    planter = _Planter(count, rng)
    numbers = planter.numbers
    dead = 0.0
    if shape == "trunk":  # a long way for all, then forks
        planter.fork(numbers, planter.trunk(6, []))
    elif shape == "lan":  # all targets behind one router
        route = planter.trunk(3, [])
        for number in numbers:
            planter.end(number, route)
    elif shape == "hub":  # each target behind a router of its own, all of these behind one
        route = planter.trunk(2, [])
        for number in numbers:
            planter.end(number, planter.trunk(1, route))
    elif shape == "hubs":  # the same behind three such routers
        root = planter.trunk(2, [])
        for start in range(3):
            route = planter.trunk(1, root)
            for number in numbers[start::3]:
                planter.end(number, planter.trunk(1, route))
    elif shape == "forks":  # from the first hop on
        planter.fork(numbers, [])
    elif shape == "deep":  # with some routers in a row between the forks
        planter.fork(numbers, planter.trunk(1, []), runs=3)
    elif shape == "among":  # targets between the routers of others
        planter.fork(numbers, planter.trunk(2, []), among=0.2)
    elif shape == "silent":  # one router in five never answers
        planter.silent = 0.2
        planter.fork(numbers, planter.trunk(3, []), runs=1)
    elif shape == "dead":  # one target in four never answers
        planter.fork(numbers, planter.trunk(2, []), runs=1)
        dead = 0.25
    elif shape == "mixed":  # all of that
        planter.silent = 0.15
        planter.fork(numbers, planter.trunk(2, []), among=0.1, runs=2)
        dead = 0.1
    else:
        raise KeyError(shape)
    return planter.done(dead)


SHAPES = ("trunk", "lan", "hub", "hubs", "forks", "deep", "among", "silent", "dead", "mixed")
