"""Where a target lies on its path, as far as the trace has shown: beyond the hidden hops, or perhaps among them.

An answer of the target's to a TTL says only that it lies no farther than that, and answers come in any order. So a
target counts as lying beyond hop N only where

1. it has not answered at hop N or nearer, and
2. a router has said at hop N or farther that a probe's TTL had expired there; or, where no router says so, the target
   has answered, and LOST_MIN probes at some hop from N on, nearer than that answer, were lost without one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...probe import wire
from ..trace.events import ProbeAnswered, ProbeLost

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..trace.events import Event
    from .snapshot import Snapshot

LOST_MIN = 5  # by chance, with every third probe lost: once in 243 traces
NOWHERE = 256


@dataclass(slots=True)
class Placement:
    """What is known of where a target lies."""

    target: str  # its address
    answered_ttl: int = NOWHERE  # the nearest TTL at which it answered; NOWHERE: none yet
    router_ttl: int = 0  # the farthest TTL at which a router said that a probe's had expired; 0: none yet
    lost: dict[int, int] = field(default_factory=dict)  # lost probes by TTL; absent: none

    @classmethod
    def of(cls, snapshot: Snapshot) -> Placement:
        """What a trace shows."""
        made = cls(snapshot.target.address)
        for hop in snapshot.hops:
            made.lost[hop.ttl] = hop.dropped
            for responder in hop.responders:
                made.answered(hop.ttl, responder.address, *(kind[0] for kind in responder.kinds))
        return made

    def event(self, event: Event) -> None:
        """Learn from an event."""
        if isinstance(event, ProbeAnswered):
            self.answered(event.ttl, event.address, event.word)
        elif isinstance(event, ProbeLost):
            self.lost[event.ttl] = self.lost.get(event.ttl, 0) + 1

    def answered(self, ttl: int, address: str, *words: str) -> None:
        """Learn from an address's answers at a TTL."""
        if address == self.target:
            self.answered_ttl = min(self.answered_ttl, ttl)
        elif wire.TTL_EXPIRED in words:
            self.router_ttl = max(self.router_ttl, ttl)

    def is_beyond(self, hops: int) -> bool:
        """Whether the target is known to lie farther than this hop."""
        if self.answered_ttl <= hops:
            return False
        if self.router_ttl >= hops:
            return True
        return self.answered_ttl != NOWHERE and any(
            count >= LOST_MIN for ttl, count in self.lost.items() if hops <= ttl < self.answered_ttl
        )
