"""The reasoning of the search for a path MTU: which size to try at which hop next, and what an outcome means. No I/O.

With the largest size that is possible it

1. tries the far end: what gets there has passed every hop;
2. where a router says that the size is too big, the hops up to that router have passed it, and the search goes on
   beyond it with the size that the router gives;
3. where the far end says nothing, each hop is tried in turn until one is not reached; there the size that passes is
   looked for: the one that is reported, if it proves true, else by halving;
4. and goes on beyond that hop, from 1.

So the path MTU never rises along the path, each hop with a number has answered a packet of that size or passed it on,
and a path without a narrow link costs one probe.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from .path_mtu import Cause, Fall, HopMtu, How, PathMtu
from .size_test import FAILED, LOST, PASSED, REFUSED, SMALL_BYTES, TOO_BIG, Outcome, SmallProbes
from .sizes import next_size, usable

CHANGED = "what the interface takes has changed meanwhile"

Question = tuple[int, int, bool]  # TTL, size in bytes, whether it is about a short cut only
Steps = Generator[Question, Outcome, None]


@dataclass(slots=True)
class Row:
    """A hop under search."""

    ttl: int  # 1 to 255
    address: str | None  # None: it never answered
    small: SmallProbes  # counts of the small probes to it, which its tests share
    result: HopMtu  # what is known so far


class MtuSteps:
    """What is found, and the generator ``search`` that finds it: it yields questions and is sent their outcomes.

    ``limit`` is the largest size to try, and becomes what the interface takes; ``max_ttl`` lies beyond all hops.
    """

    def __init__(self, rows: list[Row], *, version: int, limit: int, max_ttl: int, reached: bool) -> None:
        self.limit = limit
        self.interface_mtu: int | None = None
        self.falls: list[Fall] = []
        self.failure = ""
        self._rows = rows
        self._answering = [row for row in rows if row.address is not None]
        self._version = version
        self._max_ttl = max_ttl
        self._reached = reached

    def search(self, known: tuple[PathMtu, int] | None) -> Steps:
        """Find all; ``known`` is what was found for another target, and the last TTL of what the two paths share."""
        rows = self._answering
        if not rows:
            return
        if known is None:
            size, at = (yield from self._own_limit()), 0
        else:
            size, at = self._take(*known)
        while at < len(rows) and not self.failure:
            outcome = yield rows[-1].ttl, size, True
            if outcome.kind == PASSED:
                self._settle(at, len(rows) - 1, size, "implied")
                self._settle(len(rows) - 1, len(rows), size, "tested")
                break
            reporter = self._index_of(outcome.reporter, at)
            if outcome.kind == TOO_BIG and reporter >= 0:
                self._settle(at, reporter + 1, size, "implied")
                at = max(at, reporter + 1)
            else:
                at, outcome = yield from self._walk(at, size)
            if at < len(rows) and not self.failure:
                size = yield from self._narrow(at, size, outcome)
                at += 1
        if not self.failure:
            self._join_up()
            if not self._reached:
                yield from self._look_beyond(size)

    def _own_limit(self) -> Generator[Question, Outcome, int]:
        """What this host's interface takes: it refuses anything larger at once."""
        low, high = SMALL_BYTES, self.limit + 1
        trial = self.limit
        while True:
            outcome = yield self._answering[0].ttl, trial, True
            if self._has_failed(outcome):
                return low
            if outcome.kind != REFUSED:
                low = trial
                if high == trial + 1:
                    break
                trial = next_size(low, high)
                continue
            high = trial
            if outcome.mtu is not None and low <= outcome.mtu < high:
                low = outcome.mtu
                break
            if high - low <= 1:
                break
            trial = next_size(low, high)
        if low < self.limit:
            self.limit = self.interface_mtu = low
        return low

    def _walk(self, at: int, size: int) -> Generator[Question, Outcome, tuple[int, Outcome]]:
        """Try hop after hop, up to one that the size does not reach: its index, and what happened there."""
        outcome = Outcome(PASSED)
        for index in range(at, len(self._answering)):
            outcome = yield self._answering[index].ttl, size, False
            if self._has_failed(outcome) or outcome.kind in {TOO_BIG, LOST}:
                return index, outcome
            passed = outcome.kind == PASSED
            self._settle(index, index + 1, size if passed else None, "tested" if passed else "unclear")
        return len(self._answering), outcome

    def _narrow(self, at: int, size: int, outcome: Outcome) -> Generator[Question, Outcome, int]:
        """Find the largest size that reaches a hop, less than ``size``; what the search is to go on with is returned.

        What a router gives counts when a packet of that size passes. When it is refused by another router, or lost,
        both limits are there, one after the other.
        """
        ttl, version = self._answering[at].ttl, self._version
        low, high, larger = SMALL_BYTES, size, size
        cause = outcome
        said = usable(cause.mtu, version, low, high) if cause.kind == TOO_BIG else None
        while high - low > 1:
            trial = said or next_size(low, high)
            outcome = yield ttl, trial, False
            if outcome.kind == PASSED:
                low = trial
                if said:
                    break
                continue
            if self._has_failed(outcome) or outcome.kind not in {TOO_BIG, LOST}:
                self._settle(at, at + 1, None, "unclear")
                return size
            if said and outcome.reporter != cause.reporter:
                self._fall(at, larger, trial, cause)
                larger = trial
            high, cause = trial, outcome
            said = usable(cause.mtu, version, low, high) if cause.kind == TOO_BIG else None
        if cause.kind == LOST and high == size:
            # Every smaller size passed: what was lost, was it for its size? Ask once more.
            outcome = yield ttl, size, False
            if outcome.kind != LOST:
                passed = outcome.kind == PASSED
                self._settle(at, at + 1, size if passed else None, "tested" if passed else "unclear")
                return size
        self._fall(at, larger, low, cause)
        self._settle(at, at + 1, low, "tested")
        return low

    def _look_beyond(self, size: int) -> Steps:
        """The target does not answer; but a router on the path to it may still say that the size is too big."""
        last = self._answering[-1].ttl
        if self._max_ttl <= last:
            return
        outcome = yield self._max_ttl, size, True
        if outcome.kind == TOO_BIG:
            smaller = usable(outcome.mtu, self._version, SMALL_BYTES, size) or 0
            self.falls.append(self._made_fall(last, 0, size, smaller, outcome))

    # ---- taking note

    def _has_failed(self, outcome: Outcome) -> bool:
        if outcome.kind == FAILED:
            self.failure = outcome.reason
        elif outcome.kind == REFUSED and self.interface_mtu is not None:
            self.failure = CHANGED
        return bool(self.failure)

    def _index_of(self, reporter: str, at: int) -> int:
        """The hop that a reporter is: the one before ``at`` or a farther one; -1 where it is none of them."""
        for index in range(max(at - 1, 0), len(self._answering) - 1):
            if self._answering[index].address == reporter:
                return index
        return -1

    def _settle(self, first: int, end: int, mtu: int | None, how: How) -> None:
        for row in self._answering[first:end]:
            row.result = HopMtu(row.ttl, row.address, mtu, how)

    def _join_up(self) -> None:
        """A hop that stayed unclear has passed on what a farther hop got."""
        later: int | None = None
        for row in reversed(self._answering):
            if row.result.mtu is not None:
                later = row.result.mtu
            elif later is not None and self._before(row.ttl) == later:
                row.result = HopMtu(row.ttl, row.address, later, "implied")

    def _before(self, ttl: int) -> int:
        """The path MTU of the last hop before a TTL that has one."""
        known = [row.result.mtu for row in self._answering if row.ttl < ttl and row.result.mtu is not None]
        return known[-1] if known else self.limit

    def _fall(self, at: int, larger: int, smaller: int, cause: Outcome) -> None:
        reached = [row.ttl for row in self._answering[:at] if row.result.mtu is not None]
        self.falls.append(
            self._made_fall(reached[-1] if reached else 0, self._answering[at].ttl, larger, smaller, cause)
        )

    def _made_fall(self, after_ttl: int, ttl: int, larger: int, smaller: int, cause: Outcome) -> Fall:
        said = None if cause.kind == LOST else cause.mtu
        kind: Cause = "black-hole" if cause.kind == LOST else "reported" if said == smaller else "unsaid"
        answered, lost = cause.small
        return Fall(
            after_ttl,
            ttl,
            larger,
            smaller,
            kind,
            cause.reporter,
            said or None,
            *cause.icmp,
            large_sent=cause.lost,
            large_lost=cause.lost,
            small_sent=answered + lost,
            small_lost=lost,
            chance=cause.chance,
        )

    def _take(self, known: PathMtu, shared_ttl: int) -> tuple[int, int]:
        """Begin with what was found for another target: the size to go on with, and the first hop of its own."""
        self.limit, self.interface_mtu = known.limit, known.interface_mtu
        found = {hop.ttl: hop for hop in known.hops if hop.ttl <= shared_ttl}
        for row in self._rows:
            if row.ttl in found and found[row.ttl].mtu is not None:
                row.result = replace(found[row.ttl], how="shared")
        self.falls += [fall for fall in known.falls if 0 < fall.ttl <= shared_ttl]
        at = sum(row.ttl <= shared_ttl for row in self._answering)
        return self._before(shared_ttl + 1), at
