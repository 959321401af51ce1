"""Which targets share a hop, as far as is known: at each TTL they fall into classes, each with its router's errors."""

from __future__ import annotations

from dataclasses import dataclass

# Errors that a router has at most, and how long it takes for one more (net.ipv4.icmp_ratelimit).
BURST = 6.0
REFILL_US = 1_000_000
# So many targets show that a hop is shared by all.
CONVINCING = 4


@dataclass(slots=True, eq=False)
class HopClass:
    """Targets that share a hop.

    ``known``: a probe of one of them has shown what is there. ``router`` is false where it is a target, or silent.
    """

    members: set[int]
    known: bool = False
    router: bool = False
    silent: bool = False
    tokens: float = BURST
    refilled_us: int = 0

    def refill(self, now_us: int) -> None:
        """Let the router's errors grow again."""
        self.tokens = min(BURST, self.tokens + (now_us - self.refilled_us) / REFILL_US)
        self.refilled_us = now_us

    def charge(self, now_us: int) -> None:
        """The router has spent an error."""
        self.refill(now_us)
        self.tokens -= 1


class HopClasses:
    """The classes of all targets at all TTLs."""

    def __init__(self) -> None:
        self._classes: dict[tuple[int, int], HopClass] = {}
        self._by_ttl: dict[int, list[HopClass]] = {}

    def routers(self, ttl: int) -> list[HopClass]:
        """The classes at a TTL that are known to have a router there."""
        return [hop_class for hop_class in self._by_ttl.get(ttl, ()) if hop_class.known and hop_class.router]

    def parts(self, ttl: int) -> bool:
        """Whether paths are known to lead over different routers at a TTL."""
        known = [one for one in self._by_ttl.get(ttl, ()) if one.known and (one.router or one.silent)]
        return len(known) > 1

    def crowded(self, ttl: int) -> bool:
        """Whether a router at a TTL is known to be shared by many."""
        return any(len(one.members) >= CONVINCING for one in self.routers(ttl))

    def known_of(self, ttl: int, members: set[int]) -> set[int]:
        """The classes, by identity, in which these targets are known to be at a TTL."""
        return {id(known) for member in members if (known := self.known(ttl, member)) is not None}

    def known(self, ttl: int, target: int) -> HopClass | None:
        """The class of a target at a TTL, if it is known what is there."""
        hop_class = self._classes.get((ttl, target))
        return hop_class if hop_class is not None and hop_class.known else None

    def of(self, ttl: int, target: int) -> HopClass:
        """The class of a target at a TTL, at first its own."""
        hop_class = self._classes.get((ttl, target))
        if hop_class is None:
            hop_class = self._classes[ttl, target] = HopClass({target})
            self._by_ttl.setdefault(ttl, []).append(hop_class)
        return hop_class

    def merge(self, ttl: int, one: int, other: int) -> None:
        """Two targets have turned out to share a hop."""
        kept, gone = self.of(ttl, one), self.of(ttl, other)
        if kept is gone:
            return
        for member in gone.members:
            self._classes[ttl, member] = kept
        kept.members |= gone.members
        kept.known = kept.known or gone.known
        kept.router = kept.router or gone.router
        kept.silent = (kept.silent or gone.silent) and not kept.router
        now_us = max(kept.refilled_us, gone.refilled_us)
        kept.refill(now_us)
        gone.refill(now_us)
        kept.tokens = max(0.0, kept.tokens + gone.tokens - BURST)  # both have spent from one bucket
        self._by_ttl[ttl].remove(gone)
