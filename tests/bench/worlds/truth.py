"""What is true of a world: stated before the world is built, and never looked up in what the program says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "fine",  # nothing that traffic feels
    "early",  # the sentence says that it cannot tell yet
    "loss",
    "limiter",  # a router or the target answers only some probes
    "queue",
    "jitter",  # latency varies, no place said
    "slow-router",  # replies are slow, traffic is not
    "silent-target",
    "path-ends",  # nothing answers beyond a hop
    "outage",
    "change",
    "shift",  # latency stepped, no address changed
    "flap",
    "balance",
    "loop",  # packets circle among the same routers
    "unreachable",  # a router says that there is no way on
    "other",
]
Direction = Literal["forward", "return"]

FOREVER_S = float("inf")
# What a user may read where nothing is wrong for traffic.
HARMLESS: frozenset[Kind] = frozenset({"fine", "limiter", "slow-router", "balance"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, or that only looks wrong.

    Hops count from 1; "at hop 5" of loss or a queue means: on the link between hop 4 and hop 5, so that hop 5 is the
    first that shows it.
    """

    kind: Kind
    first_hop: int = 0  # the nearest hop that may be named as the place; 0: it has none
    last_hop: int = 0  # the farthest
    since_s: float = 0.0  # seconds from the start of the trace
    until_s: float = FOREVER_S  # exclusive; FOREVER_S: it lasts
    figure: float = 0.0  # share lost from 0 to 1, or milliseconds; 0 where the kind has no figure
    direction: Direction = "forward"
    also: frozenset[Kind] = frozenset()  # other names that are as right (a burst of loss is a short outage)
    twins: frozenset[Kind] = frozenset()  # kinds that may honestly be left open besides, never named alone
    milder: frozenset[Kind] = frozenset()  # names that are right until it can be told (a flap was a change first)
    event: bool = False  # it happens once and the state after it is fine (a change, a shift)

    @property
    def names(self) -> frozenset[Kind]:
        """The kinds that are right to name."""
        return self.also | {self.kind}

    def lasts(self, at_s: float) -> bool:
        """Whether it is there at a time."""
        return self.since_s <= at_s < self.until_s

    def has_ended(self, at_s: float) -> bool:
        """Whether it is gone by a time."""
        return self.until_s <= at_s


@dataclass(frozen=True, slots=True)
class Truth:
    """All that is wrong in a world in the order of weight; ``harmless`` may be named besides at any time."""

    troubles: tuple[Trouble, ...] = ()
    harmless: frozenset[Kind] = HARMLESS

    @property
    def constant(self) -> bool:
        """Whether the state of the world is the same from the first packet to the last."""
        return all(one.since_s <= 0 and one.until_s == FOREVER_S for one in self.troubles)
