"""Which targets share a hop, as far as is known: at each TTL they fall into classes, each with its router's errors."""

from __future__ import annotations

from dataclasses import dataclass, field

from .samples import Samples

# Errors that a router has at most, and how long it takes for one more (net.ipv4.icmp_ratelimit).
BURST = 6.0
REFILL_US = 1_000_000
REFILL_MIN_US = 1_000

# What stands at a hop, by the address and the word of its answers: routers that answer differently are told apart.
Router = tuple[str, str]


@dataclass(slots=True, eq=False)
class Bucket:
    """The errors that a router can still send."""

    tokens: float = BURST  # how many there were at ``at_us``, 0 to BURST
    at_us: int = 0  # when it last sent one (monotonic)
    refill_us: int = REFILL_US  # how long it takes for one more

    def level(self, now_us: int) -> float:
        """How many there are now."""
        return min(BURST, self.tokens + max(0, now_us - self.at_us) / self.refill_us)

    def take(self, now_us: int) -> None:
        """The router sends one."""
        self.tokens = max(0.0, self.level(now_us) - 1)
        self.at_us = now_us


@dataclass(slots=True, eq=False)
class HopClass:
    """Targets that share a hop.

    It is known what is there where one of ``router``, ``silent`` and ``end`` is set.
    """

    members: set[int]  # the targets, by number
    router: Router | None = None  # that answers there; None: not known, or none does
    silent: bool = False  # nobody answers there
    end: bool = False  # the one member is there itself
    looked: bool = False  # it was probed although routers may have been out of errors
    misses: int = 0  # probes in vain that could have been answered
    confirmed: set[int] = field(default_factory=set)  # members whose own probes the router answered
    errors: Bucket = field(default_factory=Bucket)  # what the router has left
    alone: Bucket = field(default_factory=Bucket)  # what it would have had left if a single trace asked it
    answers: int = 0  # of the router since ``since_us``
    since_us: int = 0  # since when ``answers`` counts (monotonic)
    samples: Samples = field(default_factory=Samples)  # the latest probes that were sent there

    def answer(self, now_us: int) -> None:
        """The router has answered; more often than it could by what is thought of its limit, and it is another one."""
        if not self.answers:
            self.since_us = now_us
        self.answers += 1
        if self.answers > BURST + (now_us - self.since_us) / self.errors.refill_us + 2:
            self.answers = 0
            self.errors.refill_us = self.alone.refill_us = max(REFILL_MIN_US, self.errors.refill_us // 4)

    def alone_level(self, now_us: int, interval_us: int) -> float:
        """How many errors its router would have left if a single trace had asked it, once in each interval."""
        alone = self.alone
        since_us = max(0, now_us - (alone.at_us or now_us))
        left = alone.tokens + since_us / alone.refill_us - since_us / max(interval_us, 1)
        alone.tokens, alone.at_us = min(BURST, max(0.0, left)), now_us
        return alone.tokens

    @property
    def known(self) -> bool:
        """Whether a probe of one of them has shown what is there."""
        return self.end or self.silent or self.router is not None


class HopClasses:
    """The classes of all targets at all TTLs."""

    def __init__(self) -> None:
        self._classes: dict[int, dict[int, HopClass]] = {}  # by TTL and target
        self._routers: dict[int, dict[Router, HopClass]] = {}
        self.nearest_ttl = 256

    def of(self, ttl: int, target: int) -> HopClass:
        """The class of a target at a TTL, at first its own."""
        here = self._classes.get(ttl)
        if here is None:
            self.nearest_ttl = min(self.nearest_ttl, ttl)
            here = self._classes[ttl] = {}
        hop_class = here.get(target)
        if hop_class is None:
            hop_class = here[target] = HopClass({target})
        return hop_class

    def is_silent_for_some(self, ttl: int) -> bool:
        """Whether a hop is known to be silent on some path."""
        return any(one.silent for one in self._classes.get(ttl, {}).values())

    def rivals(self, ttl: int, target: int) -> list[HopClass]:
        """The classes of the routers that a target may meet at a TTL: not those whose paths part from its before."""
        nearer, before = ttl - 1, None
        while nearer >= self.nearest_ttl and before is None:
            mine = self._classes.get(nearer, {}).get(target)
            if mine is not None and mine.router:
                before = mine
            else:
                nearer -= 1
        found = []
        for one in self._routers.get(ttl, {}).values():
            theirs = self._classes.get(nearer, {}).get(next(iter(one.members))) if before and one.members else None
            if theirs is None or theirs is before or not theirs.router:
                found.append(one)
        return found

    def settle(self, ttl: int, target: int, router: Router) -> bool:
        """A router has answered a target's probe; whether that is news."""
        mine = self.of(ttl, target)
        if mine.router == router:
            return False
        if mine.router or mine.end:
            mine = self._leave(ttl, target)
        home = self._routers.setdefault(ttl, {}).get(router)
        mine.silent = False
        mine.samples.drop_lost()  # of a hop that may be another one
        if home is None:
            mine.router = router
            self._routers[ttl][router] = mine
            return True
        other = next((one for one in home.members if one != target), target)
        self._join(ttl, mine, home)
        for nearer in range(self.nearest_ttl, ttl):
            self._meet(nearer, self.of(nearer, target), self.of(nearer, other))
        return True

    def finish(self, ttl: int, target: int) -> bool:
        """A target has answered; whether that is news."""
        mine = self.of(ttl, target)
        if mine.end:
            return False
        if len(mine.members) > 1 or mine.router:
            mine = self._leave(ttl, target)
        mine.end, mine.silent = True, False
        return True

    def _leave(self, ttl: int, target: int) -> HopClass:
        """A target is elsewhere now."""
        old = self._classes[ttl][target]
        old.members.discard(target)
        old.confirmed.discard(target)
        mine = self._classes[ttl][target] = HopClass({target})
        return mine

    def _meet(self, ttl: int, one: HopClass, other: HopClass) -> None:
        """Two paths that meet beyond this hop share this hop, if they are not known apart (by load balancing)."""
        if one is other or one.end or other.end or (one.router and other.router):
            return
        if one.router:
            self._join(ttl, other, one)
        else:
            self._join(ttl, one, other)

    def _join(self, ttl: int, gone: HopClass, kept: HopClass) -> None:
        if gone is kept:
            return
        for member in gone.members:
            self._classes[ttl][member] = kept
        kept.members |= gone.members
        kept.confirmed |= gone.confirmed
        kept.misses = max(kept.misses, gone.misses)
        kept.looked = kept.looked or gone.looked
        kept.silent = (kept.silent or gone.silent) and not kept.router
        kept.samples.take(gone.samples, gone.members if kept.router else set())
