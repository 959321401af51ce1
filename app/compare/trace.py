"""What is compared: a trace that is over, or runs, as its hops with counts, RTTs where they are known, and networks."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text


@dataclass(frozen=True, slots=True)
class ComparedHop:
    """A hop of one of both traces."""

    ttl: int  # 1 to 255
    host: Text  # the name, or the address, of who answered most; empty: nobody answered
    addresses: tuple[tuple[str, int], ...]  # those that answered, each with how often; 0: that is not told
    network: str  # of ``host``, as ``AS64501``; empty: not known
    completed: int  # probes that were answered or lost
    received: int  # of them answered
    # RTTs of single answers in microseconds, in their order; empty: there are totals alone.
    rtts_us: tuple[int, ...] = ()
    lost: tuple[bool, ...] = ()  # of single probes in their order; empty: there are totals alone
    average_us: int | None = None  # None: nobody answered, or it is not told
    stdev_us: int | None = None  # None: as above, or of a single answer

    @property
    def lost_count(self) -> int:
        """How many probes were lost."""
        return self.completed - self.received

    @property
    def loss_share(self) -> float:
        """Which share of the probes was lost; 0 where there were none."""
        return self.lost_count / self.completed if self.completed else 0.0


@dataclass(frozen=True, slots=True)
class ComparedTrace:
    """One of both traces."""

    label: Text  # what it is called beside the other one
    target: Text  # as it was named
    address: str  # of the target; empty: not told
    source: Text  # the host that it was measured from; empty: not told
    protocol: Text  # by which it was measured, as ``TCP 443``; empty: not told
    hops: tuple[ComparedHop, ...]  # by rising TTL
    reached: bool  # whether the last hop is the target
    rounds: int  # the most probes that a hop had
    started_us: int | None = None  # when it began, microseconds since 1970; None: not told
    ended_us: int | None = None  # when it ended, likewise
    changes: int = 0  # how often the path changed while it was measured

    @property
    def last(self) -> ComparedHop | None:
        """The target where it answers, else the last hop that did; None: none did."""
        return next((hop for hop in reversed(self.hops) if hop.received), None)
