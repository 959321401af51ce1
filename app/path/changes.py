"""When a path has changed: told from load balancing by the order in which the addresses came.

At one hop, addresses that are new since some answer stand against addresses that never came again since then. Under
load balancing the answers are drawn in any order, so that n answers of some addresses among ``total`` all fall within
``part`` of them with chance C(part, n) / C(total, n). A change is what would be rarer than CHANCE_MAX:

1. All addresses are either gone or new; with allowance for all divisions of so many addresses. Where many came only
   once, more are to be expected, so the chance of new ones only (Good and Turing's estimate) must be as small.
2. Some addresses go on. Then an address that is gone and one that is new must each be that unlikely, with allowance
   for all the pairs of addresses and all the moments at which one could have looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, exp, lgamma

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWERS_MIN = 5
CHANCE_MAX = 1e-4
# So many addresses of a hop are watched; of more, those that came last. Judging takes their number squared.
WATCHED_MAX = 32
# So many rounds apart, changes at several hops are one event.
ROUNDS_APART_MAX = 2


@dataclass(frozen=True, slots=True)
class Change:
    """A hop answers from other addresses. These are indices of responders, in order of their first answer."""

    ttl: int  # of the hop, 1 to 255
    round: int  # the first one with a new address
    old: tuple[int, ...]  # addresses that are gone
    new: tuple[int, ...]  # addresses that came


@dataclass(slots=True)
class _Seen:
    count: int
    first: int
    last: int
    first_round: int


class HopChanges:
    """Watches the answers of one hop, in the order of their coming, for a change of addresses."""

    def __init__(self, ttl: int) -> None:
        self.ttl = ttl
        self._total = 0
        self._forgotten = False  # then "all are gone or new" cannot be said any more
        self._seen: dict[int, _Seen] = {}

    def answered(self, responder: int, round_number: int) -> Change | None:
        """Take an answer; the change that it confirms is returned once, and a new epoch begins with it."""
        at = self._total
        self._total += 1
        seen = self._seen.get(responder)
        if seen is None:
            self._seen[responder] = _Seen(1, at, at, round_number)
            if len(self._seen) > WATCHED_MAX:
                del self._seen[min(self._seen, key=lambda key: self._seen[key].last)]
                self._forgotten = True
            return None
        seen.count += 1
        seen.last = at
        if len(self._seen) == 1:
            return None
        return self._judge()

    def candidate(self, near_round: int) -> Change | None:
        """A change not yet confirmed that began about a round: for a hop beside one where it is confirmed."""
        for start, old, new in self._splits():
            near = abs(min(seen.first_round for seen in new.values()) - near_round) <= ROUNDS_APART_MAX
            if near and len(old) + len(new) == len(self._seen) and not self._forgotten:
                return self._change(start, old, new)
        return None

    def _judge(self) -> Change | None:
        for start, old, new in self._splits():
            came = max(seen.count for seen in new.values())
            since = self._total - start
            if since < ANSWERS_MIN:
                continue
            if len(old) + len(new) == len(self._seen) and not self._forgotten:
                once = sum(seen.count == 1 for seen in old.values())
                unseen = ((once + 1) / (start + 1)) ** since
                looks = comb(len(self._seen), len(old))
                chance = max(looks * _chance(self._total, start, start), unseen)
            elif came >= ANSWERS_MIN:
                gone = max(seen.count for seen in old.values())
                looks = len(self._seen) ** 2 * self._total
                chance = looks * max(_chance(self._total, start, gone), _chance(self._total, since, came))
            else:
                continue
            if chance < CHANCE_MAX:
                return self._change(start, old, new)
        return None

    def _splits(self) -> Iterator[tuple[int, dict[int, _Seen], dict[int, _Seen]]]:
        """Each answer at which an address came first: with the addresses that are gone, and new, since then."""
        for start in sorted({seen.first for seen in self._seen.values() if seen.first}):
            old = {key: seen for key, seen in self._seen.items() if seen.last < start}
            if old:
                yield start, old, {key: seen for key, seen in self._seen.items() if seen.first >= start}

    def _change(self, start: int, old: dict[int, _Seen], new: dict[int, _Seen]) -> Change:
        """Begin a new epoch at an answer."""
        change = Change(self.ttl, min(seen.first_round for seen in new.values()), tuple(old), tuple(new))
        self._seen = {key: seen for key, seen in self._seen.items() if seen.last >= start}
        self._total -= start
        self._forgotten = False
        for seen in self._seen.values():
            if seen.first < start:  # went on across the change; how often since then is not kept
                seen.count = 1
            seen.first = max(seen.first - start, 0)
            seen.last -= start
        return change


def _chance(total: int, part: int, count: int) -> float:
    """C(part, count) / C(total, count): that ``count`` answers, in any order, all fall within ``part`` of ``total``."""
    if count > part:
        return 1.0
    return exp(lgamma(part + 1) + lgamma(total - count + 1) - lgamma(part - count + 1) - lgamma(total + 1))
