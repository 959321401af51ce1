"""Who cut the target off, round by round: routers that report that they cannot reach it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unreachable:
    """What a router reported of the target, and how often."""

    address: str  # of the router
    word: str  # the probe process's: ``no-route``, ``network-down`` or ``host-down``
    icmp_type: int | None  # None: not known
    icmp_code: int | None  # likewise
    count: int  # probes that it reported this of
    first_us: int  # when it first did (monotonic)
    last_us: int  # when it last did (monotonic)


class LiveCuts:
    """A history like those of hops: of each round the TTL at which the router answers that cut the target off."""

    def __init__(self, rounds: int = 0) -> None:
        self._by = array("B", [0]) * rounds

    def extend(self) -> None:
        """A new round begins."""
        self._by.append(0)

    def trim(self, rounds: int) -> None:
        """Forget the oldest rounds."""
        del self._by[:rounds]

    def add(self, at: int, ttl: int) -> None:
        """A router that answers at a TTL reported an unreachable to a probe of a round; the nearest one is kept."""
        if 0 <= at < len(self._by) and not 0 < self._by[at] <= ttl:
            self._by[at] = ttl

    def at(self, at: int) -> int:
        """The TTL of the router that cut the target off in a round; 0: none did, or the round is not kept."""
        return self._by[at] if 0 <= at < len(self._by) else 0

    def latest(self, begin: int, end: int) -> int:
        """The same of the latest round of some in which one did."""
        return next((ttl for ttl in reversed(self._by[max(begin, 0) : end]) if ttl), 0)

    def freeze(self, rounds: int) -> memoryview:
        """The newest rounds."""
        return memoryview(self._by[-rounds:] if rounds else array("B")).toreadonly()
