"""A world traced in virtual time, and read as often as one likes: by the real engine, or, for hours, by its rhythm."""

from __future__ import annotations

import heapq
import re
from itertools import count
from typing import TYPE_CHECKING

from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.path import Path
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.events import ProbeAnswered, ProbeLost, ProbeSent, RoundStarted, StateChanged
from hopscope.probe.wire import ProbeRequest
from support.engines import World as EngineWorld

from bench.worlds.draw import TARGET_ADDRESS
from bench.worlds.observed import Observed, observed

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.trace.events import Event

    from bench.worlds.draw import World

TARGET = Target(sanitize("target.example"), TARGET_ADDRESS, 4)
# The answers to a round's last probes are mostly in by then.
AFTER_ROUND_S = 0.3
# A hop that has lost this share of its probes is what anyone sees in the table.
SHOWN = 0.3
START_US = 1_000_000
# The probes of a round leave over this part of it, as the engine's scheduler spaces them.
SPREAD = 0.8


class Rhythm:
    """Probes to each hop of a path of known length, once a round, without the engine that would find it out.

    It sends what the engine sends once it knows the path, and when (tests/bench/worlds/test_drive.py), for a third of
    the processor time: hours in which little happens are traced by it.
    """

    def __init__(self, world: World, settings: TraceSettings) -> None:
        self._world = world
        self._path = Path(TARGET, settings)
        self._settings = settings
        self._due: list[tuple[int, int, Event]] = []
        self._order, self._seq = count(), count()
        self._round = 0
        self.now_us = START_US
        self.events: list[Event] = []  # what was recorded, until it is cleared
        self._at(START_US, StateChanged(START_US, "running"))

    def run(self, until_s: float) -> Snapshot:
        """Go on until so many seconds after the start."""
        until_us = START_US + int(until_s * 1e6)
        interval_us = self._settings.interval_us
        while START_US + self._round * interval_us <= until_us:
            self._begin(START_US + self._round * interval_us)
            self._round += 1
        while self._due and self._due[0][0] <= until_us:
            event = heapq.heappop(self._due)[2]
            self.events.append(event)
            self._path.record(event)
        self.now_us = until_us
        return self._path.snapshot()

    @property
    def elapsed_s(self) -> float:
        """Virtual time since the start."""
        return (self.now_us - START_US) / 1e6

    def clear(self) -> None:
        """Forget the events."""
        self.events.clear()

    def _at(self, time_us: int, event: Event) -> None:
        heapq.heappush(self._due, (time_us, next(self._order), event))

    def _begin(self, begin_us: int) -> None:
        """All that a round comes to, at its times."""
        world, number = self._world, self._round
        timeout_s = ProbeRequest(4, TARGET.address, ttl=1).timeout_s
        apart_us = int(SPREAD * self._settings.interval_us / world.hops)
        self._at(begin_us, RoundStarted(begin_us, number))
        for hop in range(1, world.hops + 1):
            sent_us, seq = begin_us + (hop - 1) * apart_us, next(self._seq)
            self._at(sent_us, ProbeSent(sent_us, number, hop, seq, 0))
            made = world.network(sent_us - START_US, ProbeRequest(4, TARGET.address, ttl=hop))
            if made is None:
                lost_us = sent_us + timeout_s * 1_000_000
                self._at(lost_us, ProbeLost(lost_us, number, hop, seq))
                continue
            rtt_us, answer = made
            at_us = sent_us + rtt_us
            self._at(
                at_us,
                ProbeAnswered(
                    at_us,
                    number,
                    hop,
                    seq,
                    answer.word,
                    answer.address or "",
                    rtt_us,
                    icmp_type=answer.icmp_type,
                    icmp_code=answer.icmp_code,
                    reply_ttl=answer.reply_ttl,
                ),
            )


class ByEngine(EngineWorld):
    """The real engine."""

    def clear(self) -> None:
        """Forget what happened and what was sent."""
        self.events.clear()
        self.log.clear()
        self.requests.clear()


class Trace:
    """The trace of one world; rounds are read in order."""

    snapshot: Snapshot  # the one that was read last

    def __init__(self, world: World, *, plain: bool = False) -> None:
        settings = TraceSettings(flows=world.flows)
        self._engine: ByEngine | Rhythm = (
            Rhythm(world, settings) if plain else ByEngine(world.network, settings, (TARGET,), detail=True)
        )

    @property
    def at_s(self) -> float:
        """Seconds since the start."""
        return self._engine.elapsed_s

    def read(self, rounds: int) -> Observed:
        """What the answer says after so many rounds."""
        snapshot = self.snapshot = self._engine.run(rounds + AFTER_ROUND_S)
        self._engine.clear()
        return observed(verdicts(snapshot), snapshot)

    def addressed(self, read: Observed) -> bool | None:
        """Whether the answer speaks of what the table shows; None: it shows no hop that answers and loses much.

        It does if it names a cause, or one of these hops.
        """
        shown = [
            hop.ttl
            for hop in self.snapshot.hops
            if hop.received and hop.completed and hop.dropped / hop.completed >= SHOWN
        ]
        if not shown:
            return None
        clauses = " ".join(re.findall(r"hops? [\d ,and-]+", read.text, re.IGNORECASE))
        named = {int(one) for one in re.findall(r"\d+", clauses)}
        if "lost at the target" in read.text:
            named |= {self.snapshot.hops[-1].ttl}
        return bool(read.kinds - {"fine", "early", "other"} or named & set(shown))
