"""Paths that are known, with what becomes of probes on them: the traces of several places or protocols side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from hopscope.app.insight.lanes.together import about_lanes
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LaneKind, Target, TraceSettings
from hopscope.probe import wire

from .engines import TARGET, World

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment
    from hopscope.app.insight.lanes.answer import LanesAnswer
    from hopscope.app.path.snapshot import Snapshot

    Trace = tuple[Snapshot, Assessment]

SHARED = ("198.51.100.1", "198.51.100.2", "198.51.100.3", TARGET.address)
ICMP, TCP, UDP = LaneKind("icmp"), LaneKind("tcp", 443), LaneKind("udp")


@dataclass
class Place:
    """A path, and what becomes of probes on it."""

    name: str = ""
    kind: LaneKind | None = None
    own: int = 3  # routers of its own; behind them come three that all share, and the target
    path: tuple[str, ...] = ()  # other than by that rule
    lossy: dict[str, float] = field(default_factory=dict)  # shares that are lost on the link before an address
    slow: dict[str, int] = field(default_factory=dict)  # microseconds more from an address on
    hidden: tuple[str, ...] = ()  # routers that forward and do not answer
    silent: bool = False  # nothing behind its own routers answers

    @property
    def routers(self) -> tuple[str, ...]:
        """The path, to the target."""
        if self.path:
            return self.path
        number = sum(map(ord, self.name)) % 200
        return (*(f"10.{number}.0.{ttl}" for ttl in range(1, self.own + 1)), *SHARED)

    def trace(self, rounds: int = 120, seed: int = 1) -> Trace:
        """A trace of so many rounds."""
        chance, path = Random(f"{seed}{self.name}{self.kind}"), self.routers

        def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
            at = min(request.ttl, len(path))
            if any(address in self.lossy and chance.random() < self.lossy[address] for address in path[:at]):
                return None
            if (self.silent and at > self.own) or path[at - 1] in self.hidden:
                return None
            rtt_us = 10_000 + chance.randrange(800) + sum(self.slow.get(address, 0) for address in path[:at])
            return rtt_us, wire.Answer("reply" if at == len(path) else "ttl-expired", path[at - 1], rtt_us)

        version = 6 if ":" in path[-1] else 4
        target = Target(TARGET.name, path[-1], version, vantage=sanitize(self.name), kind=self.kind)
        snapshot = World(network, TraceSettings(rounds=rounds, flows=1), (target,), seed=seed).run()
        return snapshot, verdicts(snapshot)


def told(*places: Place, rounds: int = 120, seed: int = 1) -> LanesAnswer | None:
    """What they say together."""
    return about_lanes([place.trace(rounds, seed) for place in places], owner)


def owner(address: str) -> str | None:
    """The network of the shared routers."""
    return "AS64501" if address.startswith("198.51.100.") else "AS64500" if address.startswith("10.") else None


def said(*places: Place, rounds: int = 120, seed: int = 1) -> str:
    """What they say together, in words; empty: nothing."""
    answer = told(*places, rounds=rounds, seed=seed)
    return "" if answer is None else answer.sentence
