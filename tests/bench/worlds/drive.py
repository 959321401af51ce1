"""A world traced by the real engine in virtual time, and read as often as one likes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hopscope.app.insight.verdicts import verdicts
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from support.engines import World as EngineWorld

from bench.worlds.draw import TARGET_ADDRESS
from bench.worlds.observed import Observed, observed

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot

    from bench.worlds.draw import World

TARGET = Target(sanitize("target.example"), TARGET_ADDRESS, 4)
# The answers to a round's last probes are mostly in by then.
AFTER_ROUND_S = 0.3
# A hop that has lost this share of its probes is what anyone sees in the table.
SHOWN = 0.3


class Trace:
    """The trace of one world; rounds are read in order."""

    snapshot: Snapshot  # the one that was read last

    def __init__(self, world: World) -> None:
        self._engine = EngineWorld(world.network, TraceSettings(flows=world.flows), (TARGET,), detail=True)

    @property
    def at_s(self) -> float:
        """Seconds since the start."""
        return self._engine.elapsed_s

    def read(self, rounds: int) -> Observed:
        """What the answer says after so many rounds."""
        snapshot = self.snapshot = self._engine.run(rounds + AFTER_ROUND_S)
        self._engine.events.clear()
        self._engine.log.clear()
        self._engine.requests.clear()
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
