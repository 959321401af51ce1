"""The deferred probes of several targets, and how they are settled by what others' probes got at their hop."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ....probe import wire
from ..deferral import Again

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .hop_classes import HopClass
    from .samples import Sample

# A probe can stand for those that are less than an interval older or younger, or less than this; on a machine so busy
# that nothing is sent for longer, than twice that time.
NEAR_US = 500_000
GAPS = 8
# So long a report waits for deferred probes, and a deferred probe for one of its time, if not for an interval.
EXTRA_US = 2_500_000
DEFERRED_MAX_US = 60_000_000
# So many turns over all that is deferred are taken before one is given up, however long they take on a busy machine.
TURNS_MIN = 15
# So many probes of a hop in the time in which each can stand for others are enough, so that those of long are kept.
APART = 16
POLLED_MAX = 50


@dataclass(slots=True)
class DeferredProbe:
    """A probe of which it is not known yet what is to become of it."""

    seq: int  # names it, unique among the probes of all targets
    time_us: int  # when it was sent, or was to be sent (monotonic)
    missed: bool = False  # it was sent, and lost without excuse
    turn: int = 0  # how many turns over all that is deferred had been taken when it was deferred


class DeferredProbes:
    """Those of all targets, by TTL. Times are monotonic microseconds."""

    def __init__(self, interval_us: int) -> None:
        self.interval_us = interval_us
        # What targets have to be told of deferred probes: target, seq, and the answer; None: the probe counts nowhere,
        # and whether another one is sent in its place.
        self.ready: list[tuple[int, int, wire.Answer | None, Again]] = []
        self.turns = 0  # that the owner has taken over all that is deferred
        self._step_us = 0  # when the owner's latest step was
        self._gaps_us: deque[int] = deque((0,), maxlen=GAPS)  # that lay between the latest ones
        self._deferred: dict[int, dict[int, list[DeferredProbe]]] = {}  # by TTL and target
        # The TTLs of those of each target, for many targets have none.
        self._ttls: dict[int, set[int]] = {}

    def __bool__(self) -> bool:
        """Whether any is."""
        return bool(self._ttls)

    def step(self, now_us: int) -> None:
        """The owner takes a step, in which probes may be sent."""
        if self._step_us:
            self._gaps_us.append(now_us - self._step_us)
        self._step_us = now_us

    def ttls(self) -> list[int]:
        """Where probes are deferred or were, in the order in which the first one came."""
        return list(self._deferred)

    def targets(self, ttl: int) -> list[int]:
        """Those that have deferred probes at a TTL."""
        return list(self._deferred.get(ttl, ()))

    def ttls_of(self, target: int) -> list[int]:
        """Where probes of a target are deferred, the nearest first."""
        return sorted(self._ttls.get(target, ()))

    @property
    def share(self) -> int:
        """How many times as many targets have deferred probes as the owner can look at in each turn of its."""
        return max(1, len(self._ttls) // POLLED_MAX)

    def unsent(self, ttl: int) -> Iterator[tuple[int, DeferredProbe]]:
        """The first probe of each target that is deferred at a TTL and was not sent."""
        for target, probes in self._deferred.get(ttl, {}).items():
            first = next((probe for probe in probes if not probe.missed), None)
            if first is not None:
                yield target, first

    def is_open(self, ttl: int, target: int) -> bool:
        """Whether more can become known of them."""
        return any(not probe.missed for probe in self._deferred.get(ttl, {}).get(target, ()))

    def holds(self, ttl: int, target: int, probe: DeferredProbe) -> bool:
        """Whether a probe is deferred."""
        return probe in self._deferred.get(ttl, {}).get(target, ())

    def waits(self, target: int) -> bool:
        """Whether a target has deferred probes, or is to be told of one."""
        return target in self._ttls or any(told == target for told, *_ in self.ready)

    def defer(self, ttl: int, target: int, probe: DeferredProbe) -> None:
        """Defer a probe."""
        probe.turn = self.turns
        self._deferred.setdefault(ttl, {}).setdefault(target, []).append(probe)
        self._ttls.setdefault(target, set()).add(ttl)

    def send(self, ttl: int, target: int, probe: DeferredProbe) -> None:
        """A probe is to be sent after all."""
        self._deferred[ttl][target].remove(probe)
        if not self._deferred[ttl][target]:
            self._take(ttl, target)
        self.ready.append((target, probe.seq, None, Again.NOW))

    def serve(self, ttl: int, target: int, mine: HopClass, now_us: int) -> None:
        """Give a target's deferred probes what others' probes of their time got at its hop, which is ``mine``."""
        probes = self._deferred.get(ttl, {}).get(target)
        if not probes or self._is_early(mine, probes, now_us):
            return
        self._take(ttl, target)
        unused = self._unused(mine, target, probes)
        kept = []
        if mine.router and not unused and not mine.end:  # the usual case: a probe of the router is to come
            for probe in probes:
                if self._is_waited_for(probe, now_us):
                    kept.append(probe)
                else:
                    self.ready.append((target, probe.seq, None, Again.OWED))
            probes = []
        for probe in probes:
            if self._is_early(mine, [probe], now_us):
                kept.append(probe)
            elif not mine.known or (mine.silent and probe.missed):
                self._settle(target, probe, Again.OWED)
            elif not self._give(mine, target, probe, unused, now_us):
                kept.append(probe)
        if kept:
            self._deferred.setdefault(ttl, {})[target] = kept
            self._ttls.setdefault(target, set()).add(ttl)

    def has_enough(self, mine: HopClass, sample: Sample) -> bool:
        """Whether probes of a class of about this one's time can stand for all that are deferred, without this one."""
        apart_us = self._near_us // APART
        return bool(mine.samples.between(sample.sent_us - apart_us, sample.sent_us + apart_us))

    def waits_for(self, mine: HopClass, target: int, probe: DeferredProbe) -> bool:
        """Whether one that is in flight may stand for a deferred one."""
        return any(not one.decided for one in self._near(self._unused(mine, target, [probe]), probe))

    def are_young(self, ttl: int, target: int, now_us: int) -> bool:
        """Whether a report still waits for one of a target at a TTL."""
        return any(
            not probe.missed and (now_us - probe.time_us < EXTRA_US or self.turns - probe.turn < TURNS_MIN)
            for probe in self._deferred.get(ttl, {}).get(target, ())
        )

    def end(self, target: int, ttl: int) -> None:
        """A target's path ends: what is deferred beyond it counts nowhere."""
        for farther in self.ttls_of(target):
            if farther > ttl:
                self.ready += ((target, probe.seq, None, Again.NO) for probe in self._take(farther, target))

    def close(self, ttl: int, target: int) -> None:
        """Nothing is waited for any more."""
        for probe in self._take(ttl, target):
            self._settle(target, probe, Again.NO)

    # ---- inside -----------------------------------------------------------------------------------------------

    def _take(self, ttl: int, target: int) -> list[DeferredProbe]:
        """Remove and return those of a target at a TTL."""
        probes = self._deferred.get(ttl, {}).pop(target, None)
        if probes is None:
            return []
        ttls = self._ttls[target]
        ttls.discard(ttl)
        if not ttls:
            del self._ttls[target]
        return probes

    @property
    def _near_us(self) -> int:
        """A probe can stand for those that are less than this older or younger."""
        return max(self.interval_us, NEAR_US, 2 * max(self._gaps_us))

    @property
    def _wait_us(self) -> int:
        """For how long a deferred probe waits for one that can stand for it."""
        return max(self.interval_us, EXTRA_US)

    def _is_early(self, mine: HopClass, probes: list[DeferredProbe], now_us: int) -> bool:
        """Whether nothing can be said yet of deferred probes of a class, since it is not known what is there."""
        if mine.known:
            return False
        return not mine.looked or all(now_us - probe.time_us < DEFERRED_MAX_US for probe in probes)

    def _is_waited_for(self, probe: DeferredProbe, now_us: int) -> bool:
        return now_us - probe.time_us < self._wait_us or self.turns - probe.turn < TURNS_MIN

    def _give(self, mine: HopClass, target: int, probe: DeferredProbe, unused: list[Sample], now_us: int) -> bool:
        """Settle one deferred probe of a class of which it is known what is there; whether that was possible."""
        near = self._near(unused, probe)
        decided = [one for one in near if one.decided]
        if decided:
            best = min(decided, key=lambda one: abs(one.sent_us - probe.time_us))
            best.served.add(target)
            unused.remove(best)
            self.ready.append((target, probe.seq, best.answer or wire.Answer(wire.NO_REPLY), Again.NO))
            return True
        if near or (not mine.end and self._is_waited_for(probe, now_us)):
            return False
        self.ready.append((target, probe.seq, None, Again.OWED))
        return True

    def _unused(self, mine: HopClass, target: int, probes: list[DeferredProbe]) -> list[Sample]:
        """The probes of a class that may stand for one of these, and have not for any of the target."""
        if mine.end or not probes:
            return []
        first_us = min(probe.time_us for probe in probes) - self._near_us
        last_us = max(probe.time_us for probe in probes) + self._near_us
        return [one for one in mine.samples.between(first_us, last_us) if target not in one.served]

    def _near(self, unused: list[Sample], probe: DeferredProbe) -> list[Sample]:
        """Those of a deferred one's time."""
        near_us = self._near_us
        return [one for one in unused if abs(one.sent_us - probe.time_us) < near_us]

    def _settle(self, target: int, probe: DeferredProbe, again: Again) -> None:
        """Settle a deferred probe without any other's: what was lost without excuse is lost."""
        self.ready.append((target, probe.seq, wire.Answer(wire.NO_REPLY) if probe.missed else None, again))
