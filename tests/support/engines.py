"""Runs engines in virtual time against answers that a function makes up."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from hopscope.app.path.path import Path
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.events import RoundStarted, TrafficRead
from hopscope.app.trace.group import Group
from hopscope.probe import wire

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.trace.events import Event

TARGET = Target(sanitize("target.example"), "192.0.2.99", 4)

# Takes the time and the request; gives the answer and after how many microseconds it comes; None: never.
Network = Callable[[int, wire.ProbeRequest], tuple[int, wire.Answer] | None]


def steady(hops: int, rtt_us: int = 10_000, silent: tuple[int, ...] = ()) -> Network:
    """Routers 10.0.0.TTL with one round-trip time and the target behind them; ``silent`` TTLs never answer."""

    def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl in silent and request.ttl < hops:
            return None
        if request.ttl >= hops:
            return None if hops in silent else (rtt_us, wire.Answer("reply", request.address, rtt_us))
        return rtt_us, wire.Answer("ttl-expired", f"10.0.0.{request.ttl}", rtt_us)

    return network


class World:
    """A group of engines, a clock, and a network; ``log`` holds what was sent: time, target address, TTL.

    ``seed`` is that of every choice the engines make, such as ports. ``second`` gives the second answer, if there is
    one, to the probe that the network was given last, and after how many microseconds it comes. ``carried`` tells how
    many bytes this host's interface has carried by a time since the start.
    """

    def __init__(
        self,
        network: Network,
        settings: TraceSettings | None = None,
        targets: tuple[Target, ...] = (TARGET,),
        *,
        detail: bool = False,
        seed: int = 1,
        group: Group | None = None,
        carried: Callable[[int], int] | None = None,
        second: Callable[[], tuple[int, wire.Answer] | None] | None = None,
    ) -> None:
        self.second = second
        self.carried = carried
        self.network = network
        self.now_us = 1_000_000
        settings = settings or TraceSettings(rounds=10)
        self.group = group or Group(targets, settings, detail=detail, randomness=Random(seed))
        self.paths = [Path(target, settings) for target in targets]
        self.log: list[tuple[int, str, int]] = []
        self.events: list[Event] = []
        self.requests: list[wire.ProbeRequest] = []
        self._due: list[tuple[int, int, int, wire.Answer]] = []
        self._order = count()
        self.start_us = self.now_us
        self.group.start(self.now_us)
        self._turn()

    def run(self, until_s: float = 10_000.0) -> Snapshot:
        """Go on until the trace ends or so many seconds after the start; the first target's snapshot is returned."""
        until_us = self.start_us + int(until_s * 1e6)
        while not self.group.finished:
            due_us = self.group.next_due_us(self.now_us)
            times = [at for at in (due_us, self._due[0][0] if self._due else None) if at is not None]
            if not times or min(times) > until_us:
                break
            self.now_us = max(self.now_us, min(times))
            self._turn()
        if not self.group.finished:
            self.now_us = until_us
        return self.paths[0].snapshot()

    @property
    def elapsed_s(self) -> float:
        """Virtual time since the start."""
        return (self.now_us - self.start_us) / 1e6

    def add(self, target: Target) -> None:
        """Trace one more target from now on."""
        self.paths.append(Path(target, self.group.settings, started_us=self.now_us))
        index = self.group.add(self.now_us, target)
        assert index == len(self.paths) - 1
        self._turn()

    def _turn(self) -> None:
        while self._due and self._due[0][0] <= self.now_us:
            _, _, token, answer = heapq.heappop(self._due)
            self.group.answer(token, answer, self.now_us)
        for token, request in self.group.step(self.now_us):
            self.log.append((self.now_us - self.start_us, request.address, request.ttl))
            self.requests.append(request)
            made = self.network(self.now_us - self.start_us, request)
            again = self.second() if self.second is not None else None
            for one in (made or (request.timeout_s * 1_000_000, wire.Answer("no-reply")), again):
                if one is not None:
                    heapq.heappush(self._due, (self.now_us + one[0], next(self._order), token, one[1]))
        self.tell()

    def tell(self) -> None:
        """Hand what happened to the paths."""
        for index, event in self.group.take_events():
            self.events.append(event)
            self.paths[index].record(event)
            if self.carried is not None and isinstance(event, RoundStarted):
                total = self.carried(event.time_us - self.start_us)
                self.paths[index].record(TrafficRead(event.time_us, event.round, "eth0", total))
