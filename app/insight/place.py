"""Where on the path something is: a range of hops with two ends, and the one way to write it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A range of hops. The ends are never collapsed: what begins between two hops is said of both."""

    first_ttl: int  # the last hop before it, or the first hop of it; 0 is this host (the vantage point)
    last_ttl: int  # the last hop of it, 1 or more

    @property
    def words(self) -> str:
        """The place as text: see ``place``."""
        return place(self.first_ttl, self.last_ttl)

    @property
    def onset(self) -> str:
        """Of what begins at one of its hops, the first end being the last one before: as ``hop 3 or 4``."""
        first, last = self.first_ttl + 1, self.last_ttl
        if last - first > 1:
            return f"one of hops {first}-{last}"
        return f"hop {first} or {last}" if first < last else f"hop {last}"

    def holds(self, ttl: int) -> bool:
        """Whether a hop lies in it."""
        return self.first_ttl <= ttl <= self.last_ttl


def at_hop(ttl: int) -> Place:
    """One hop alone."""
    return Place(ttl, ttl)


def place(first_ttl: int, last_ttl: int) -> str:
    """``hop 4``, ``hops 4-6``, or ``up to hop 3`` where it begins at this host (a first TTL of 0)."""
    if not first_ttl:
        return f"up to hop {last_ttl}"
    return f"hop {first_ttl}" if first_ttl == last_ttl else f"hops {first_ttl}-{last_ttl}"


def hop_list(ttls: tuple[int, ...]) -> str:
    """Hops one by one: ``hop 4``, ``hops 4 and 6``, ``hops 4, 6 and 9``."""
    if len(ttls) == 1:
        return f"hop {ttls[0]}"
    return f"hops {', '.join(map(str, ttls[:-1]))} and {ttls[-1]}"


def link(after_ttl: int, ttl: int) -> str:
    """A link: ``between hops 3 and 4``; ``before hop 4`` or ``beyond hop 9`` where one end is not known (0)."""
    if not ttl:
        return f"beyond hop {after_ttl}"
    return f"between hops {after_ttl} and {ttl}" if after_ttl else f"before hop {ttl}"
