"""What could be told at all: an oracle that knows both worlds, the true one and another, and saw the same answers.

It decides for the true one where that makes what was seen a hundred times as likely. Of loss this is computed exactly:
steady loss packet by packet, bursts by the forward recursion over the chain of good and bad times. Of the rest the
packets are counted that the other world would not have, which is less than an oracle could do: where this one decides,
a real one does.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from bench.worlds.loss import GilbertElliott, LossProcess
from bench.worlds.network import LOST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.worlds.draw import World
    from bench.worlds.network import Fate
    from bench.worlds.truth import Kind, Trouble

DECIDED = math.log(100)
STRAY = 0.003  # a path on which nothing is wrong may lose as much
LOST_LEAST = 3  # fewer losses are never loss
KNOWN_AFTER_US = 3_000_000  # a probe that had no answer for so long is lost
ANSWERS_LEAST = 7  # of a new router before it can be no balancing (0.5 ** 7 < 1 %)
WAITS_LEAST, WAIT_US = 10, 5_000.0
FELT_US, FELT_SHARE = 10_000.0, 0.05  # a queue that one packet in twenty waits in for so long is felt ...
TAIL_US, TAIL_SHARE = 20_000.0, 0.02  # ... and so is the tail of busy air
TURNS_LEAST = 4
QUIET_ROUNDS = 30  # a queue may be empty for a while
EPS = 1e-12


class Oracle:
    """Judges what could be known of a world by a time."""

    def __init__(self, world: World) -> None:
        self.world = world

    def seen(self, since_s: float, at_s: float) -> list[Fate]:
        """The probes sent from one time on whose fate was known by another."""
        fates = self.world.network.fates
        at_us = at_s * 1e6
        low = bisect_left(fates, since_s * 1e6, key=lambda one: one.sent_us)
        high = bisect_right(fates, at_us, key=lambda one: one.sent_us)
        return [
            one
            for one in fates[low:high]
            if (one.sent_us + one.rtt_us <= at_us if one.rtt_us != LOST else one.sent_us + KNOWN_AFTER_US <= at_us)
        ]

    def detects(self, trouble: Trouble, at_s: float) -> bool:
        """Whether it could be told from a path on which nothing is wrong."""
        if at_s <= trouble.since_s:
            return False
        seen = self.seen(trouble.since_s, at_s)
        tests: dict[Kind, Callable[[Trouble, Sequence[Fate], float], bool]] = {
            "loss": self._detects_loss,
            "limiter": self._detects_limiter,
            "queue": self._detects_queue,
            "shift": self._detects_shift,
            "change": self._detects_change,
            "flap": self._detects_flap,
            "outage": self._detects_outage,
            "silent-target": self._detects_silence,
            "path-ends": self._detects_silence,
        }
        return trouble.kind not in tests or tests[trouble.kind](trouble, seen, at_s)

    def open_places(self, trouble: Trouble, at_s: float) -> set[int]:
        """The hops that could not be told from the place where it truly begins."""
        seen = self.seen(trouble.since_s, min(at_s, trouble.until_s))
        places = range(1, self.world.hops + 1)
        truly = trouble.first_hop
        match trouble.kind:
            case "loss":
                process = next(process for hop, process in self.world.losses if hop == truly)
                best = self._likelihood(seen, truly, process)
                return {one for one in places if best - self._likelihood(seen, one, process) < DECIDED}
            case "queue" | "shift":
                waited = self._waited(trouble, seen)
                return {one for one in places if self._parted(waited, truly, one) < 3}
            case "outage":
                plain = [one for one in seen if one.ttl not in self.world.quiet]
                return {one for one in places if self._parted(plain, truly, one) < 3}
            case _:
                return set(places)

    def silent_since(self, trouble: Trouble, at_s: float) -> bool:
        """Whether the former rate would have shown itself again by now (chance below 1 %)."""
        seen = self.seen(trouble.until_s, at_s)
        beyond = [one for one in seen if one.ttl >= trouble.last_hop and one.ttl not in self.world.quiet]
        if trouble.kind != "loss":
            needed = QUIET_ROUNDS if trouble.kind == "queue" else 3
            return sum(one.ttl >= self.world.hops for one in beyond) >= needed
        return len(beyond) * -math.log(1 - min(trouble.figure, 0.99)) > DECIDED

    def quiet_s(self, trouble: Trouble, at_s: float) -> float:
        """For how long no probe has felt a queue that empties by itself; 0 where it is no queue."""
        if trouble.kind != "queue":
            return 0.0
        beyond = [one for one in self.seen(trouble.since_s, at_s) if one.ttl >= trouble.first_hop]
        felt = self._waited(trouble, beyond, FELT_US)
        return at_s - (felt[-1].sent_us / 1e6 if felt else trouble.since_s)

    def apart_s(self, trouble: Trouble) -> float:
        """How long three losses of a trouble take on the average, at a probe a second to each hop; else 0."""
        if trouble.kind != "loss" or not trouble.figure:
            return 0.0
        beyond = sum(hop not in self.world.quiet for hop in range(trouble.first_hop, self.world.hops + 1))
        return 3 / (trouble.figure * max(beyond, 1))

    def shares(self, trouble: Trouble, at_s: float) -> tuple[float, float]:
        """The least and the largest share lost so far at the hops that feel a loss, its true figure among them."""
        found = [trouble.figure]
        seen = self.seen(trouble.since_s, min(at_s, trouble.until_s))
        for hop in range(trouble.first_hop, self.world.hops + 1):
            lost = [one.rtt_us == LOST for one in seen if min(one.ttl, self.world.hops) == hop]
            if hop not in self.world.quiet and lost:
                found.append(sum(lost) / len(lost))
        return min(found), max(found)

    def share(self, trouble: Trouble, at_s: float) -> float:
        """What was lost so far of all probes that feel a loss, counted by who knows where and when it began."""
        felt = [one for one in self.seen(trouble.since_s, at_s) if self._tells(one, trouble.first_hop)]
        return sum(one.rtt_us == LOST for one in felt) / len(felt) if felt else 0.0

    # ---- route and target -------------------------------------------------------------------------------------

    def _detects_limiter(self, trouble: Trouble, seen: Sequence[Fate], _at_s: float) -> bool:
        asked = [one for one in seen if one.ttl >= trouble.first_hop]
        lost = sum(one.rtt_us == LOST for one in asked)
        return lost >= LOST_LEAST and lost > 3 * STRAY * len(asked)

    def _detects_shift(self, _trouble: Trouble, seen: Sequence[Fate], _at_s: float) -> bool:
        return sum(one.ttl >= self.world.hops for one in seen) >= 4

    def _detects_change(self, trouble: Trouble, seen: Sequence[Fate], _at_s: float) -> bool:
        old = {one.address for one in self.world.network.fates if one.sent_us < trouble.since_s * 1e6}
        return sum(one.address not in old and one.rtt_us != LOST for one in seen) >= ANSWERS_LEAST

    def _detects_flap(self, _trouble: Trouble, _seen: Sequence[Fate], at_s: float) -> bool:
        return sum(max(0.0, at_s - 600) <= turn / 1e6 <= at_s - 2 for turn in self.world.turns_us) >= TURNS_LEAST

    def _detects_outage(self, trouble: Trouble, seen: Sequence[Fate], _at_s: float) -> bool:
        told_off = trouble.first_hop < trouble.last_hop  # a router said so, and its answers are no silence
        gone = [
            one
            for one in seen
            if one.sent_us < trouble.until_s * 1e6 and one.ttl >= trouble.last_hop and (one.rtt_us == LOST or told_off)
        ]
        return len(gone) >= 5 and sum(one.ttl >= self.world.hops for one in gone) >= 3

    def _detects_silence(self, _trouble: Trouble, seen: Sequence[Fate], _at_s: float) -> bool:
        return sum(one.ttl == self.world.hops for one in seen) >= 5

    # ---- loss -------------------------------------------------------------------------------------------------

    def _detects_loss(self, trouble: Trouble, seen: Sequence[Fate], _at_s: float) -> bool:
        process = next(process for hop, process in self.world.losses if hop == trouble.first_hop)
        lost = sum(one.rtt_us == LOST and self._tells(one, trouble.first_hop) for one in seen)
        if lost < LOST_LEAST:
            return False
        true, none = (self._likelihood(seen, hop, process) for hop in (trouble.first_hop, self.world.hops + 99))
        return true - none > DECIDED

    def _tells(self, fate: Fate, hop: int) -> bool:
        return fate.ttl >= hop and min(fate.ttl, self.world.hops) not in self.world.quiet

    def _others(self, ttl: int, process: LossProcess) -> float:
        """The mean share that a probe to a hop loses to what is not this process."""
        kept = 1 - STRAY
        for hop, other in self.world.losses:
            if other is not process and ttl >= hop:
                kept *= 1 - (other.mean if isinstance(other, GilbertElliott) else other.chance(0.0))
        return 1 - kept

    def _likelihood(self, seen: Sequence[Fate], hop: int, process: LossProcess) -> float:
        """The logarithm of how likely what was seen is, if the process were on the link before this hop."""
        quiet, last = self.world.quiet, self.world.hops
        others = [self._others(ttl, process) for ttl in range(last + 1)]
        told = [one for one in seen if min(one.ttl, last) not in quiet]
        if not isinstance(process, GilbertElliott):
            total = 0.0
            for one in told:
                at = min(one.ttl, last)
                share = process.chance(one.sent_us + max(one.rtt_us, 0) / 2) if at >= hop else 0.0
                chance = 1 - (1 - others[at]) * (1 - share)
                total += math.log(max(chance if one.rtt_us == LOST else 1 - chance, EPS))
            return total
        return _forward(told, hop, last, process, others)

    # ---- delay ------------------------------------------------------------------------------------------------

    def _waited(self, trouble: Trouble, seen: Sequence[Fate], least_us: float = WAIT_US) -> list[Fate]:
        """The probes that were on their way while the queue was clearly not empty."""
        delay = next(delay for hop, delay in self.world.delays if hop == trouble.first_hop)
        return [
            one
            for one in seen
            if one.rtt_us != LOST
            and min(one.ttl, self.world.hops) not in self.world.quiet
            and delay.wait_us(one.sent_us + one.rtt_us / 2) >= least_us
        ]

    def _detects_queue(self, trouble: Trouble, seen: Sequence[Fate], _at_s: float) -> bool:
        delay = next(delay for hop, delay in self.world.delays if hop == trouble.first_hop)
        waits = [
            delay.wait_us(one.sent_us + one.rtt_us / 2)
            for one in seen
            if one.ttl >= trouble.first_hop and one.rtt_us != LOST
        ]
        # What never goes away is length to whoever looks, unless it was shorter before.
        least = min(waits, default=0.0) if trouble.since_s <= 0 else 0.0
        felt = sum(one - least >= FELT_US for one in waits)
        tail = sum(one - least >= TAIL_US for one in waits)
        enough = felt >= FELT_SHARE * len(waits) or tail >= TAIL_SHARE * len(waits)
        return enough and felt >= WAITS_LEAST

    def _parted(self, told: Sequence[Fate], truly: int, other: int) -> int:
        """How many probes went to hops that tell one place from the other."""
        low, high = min(truly, other), max(truly, other)
        return sum(low <= min(one.ttl, self.world.hops) < high for one in told)


def _forward(told: Sequence[Fate], hop: int, last: int, process: GilbertElliott, others: Sequence[float]) -> float:
    """The logarithm of the likelihood under a chain of good and bad times, by the forward recursion."""
    bad = process.bad_s / (process.good_s + process.bad_s)
    rate = 1 / process.good_s + 1 / process.bad_s
    weight, total, then_us = bad, 0.0, 0  # the chance of bad, given all before
    good_share, bad_share = process.shares
    for one in told:
        at = min(one.ttl, last)
        if at < hop:
            chance = others[at]
            total += math.log(max(chance if one.rtt_us == LOST else 1 - chance, EPS))
            continue
        weight = bad + (weight - bad) * math.exp(-rate * (one.sent_us - then_us) / 1e6)
        then_us = one.sent_us
        kept = 1 - others[at]
        in_bad, in_good = kept * (1 - bad_share), kept * (1 - good_share)
        if one.rtt_us == LOST:
            in_bad, in_good = 1 - in_bad, 1 - in_good
        both = weight * in_bad + (1 - weight) * in_good
        total += math.log(max(both, EPS))
        weight = weight * in_bad / max(both, EPS)
    return total
