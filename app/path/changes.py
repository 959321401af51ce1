"""When a hop's routers have changed: told from load balancing by the order in which the addresses came.

At one hop, addresses that are new since some answer stand against addresses that never came again since then. Under
load balancing the answers are drawn in any order, so that n answers of some addresses among ``total`` all fall within
``part`` of them with chance C(part, n) / C(total, n). Two kinds of change are looked for:

1. All addresses are either gone or new; with allowance for all divisions of so many addresses. Where many came only
   once, more are to be expected, so the chance of new ones only (Good and Turing's estimate) must be as small.
2. Some addresses go on. Then an address that is gone and one that is new must each be that unlikely, with allowance
   for all the pairs of addresses and all the moments at which one could have looked.

How small the chance must be, and what several hops say together, is ``change_watch``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, exp, lgamma

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWERS_MIN = 5
# So many addresses of a hop are watched; of more, those that came last. Judging takes their number squared.
WATCHED_MAX = 32


@dataclass(frozen=True, slots=True)
class Change:
    """A hop answers from other addresses. These are indices of responders, in order of their first answer."""

    ttl: int  # of the hop, 1 to 255
    round: int  # the first one with a new address
    old: tuple[int, ...]  # addresses that are gone
    new: tuple[int, ...]  # addresses that came
    time_us: int  # when the first of the new ones answered, monotonic
    start: int  # the first answer of the new ones, counted from the hop's beginning
    answers: int  # since then, of any address
    chance: float  # of such an order under load balancing
    whole: bool  # whether no address goes on


@dataclass(slots=True)
class Seen:
    """How an address came, among the answers of its hop since the latest change, counted from 0."""

    count: int  # answers of it
    first: int  # its first one
    last: int  # its latest one
    first_round: int  # the round of its first one
    first_us: int  # when that came, monotonic


class HopChanges:
    """Watches the answers of one hop, in the order of their coming, for a change of addresses."""

    def __init__(self, ttl: int) -> None:
        self.ttl = ttl
        self._total = 0
        self._forgotten = False  # then "all are gone or new" cannot be said any more
        self._seen: dict[int, Seen] = {}
        self._likeliest: Change | None = None

    @property
    def responders(self) -> frozenset[int]:
        """The addresses since the hop's latest change."""
        return frozenset(self._seen)

    @property
    def likeliest(self) -> Change | None:
        """The change that the order of the answers speaks for most; None: it speaks for none."""
        return self._likeliest

    def answered(self, responder: int, round_number: int, time_us: int) -> None:
        """Take an answer."""
        at = self._total
        self._total += 1
        seen = self._seen.get(responder)
        if seen is None:
            self._seen[responder] = Seen(1, at, at, round_number, time_us)
            if len(self._seen) > WATCHED_MAX:
                del self._seen[min(self._seen, key=lambda key: self._seen[key].last)]
                self._forgotten = True
        else:
            seen.count += 1
            seen.last = at
        self._likeliest = self._judge() if len(self._seen) > 1 else None

    def restart(self) -> None:
        """Another path is in use: what was seen says nothing of it."""
        self._total, self._forgotten, self._likeliest = 0, False, None
        self._seen.clear()

    def take(self, change: Change) -> None:
        """The likeliest change is one: only what came since then counts."""
        start = change.start
        self._seen = {key: seen for key, seen in self._seen.items() if seen.last >= start}
        self._total -= start
        self._forgotten = False
        self._likeliest = None
        for seen in self._seen.values():
            if seen.first < start:  # went on across the change; how often since then is not kept
                seen.count = 1
            seen.first = max(seen.first - start, 0)
            seen.last -= start

    def _judge(self) -> Change | None:
        found: Change | None = None
        for start, old, new in self._splits():
            came = max(seen.count for seen in new.values())
            since = self._total - start
            whole = len(old) + len(new) == len(self._seen) and not self._forgotten
            if whole:
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
            if found is None or chance < found.chance:
                first = min(new.values(), key=lambda seen: seen.first)
                found = Change(
                    self.ttl,
                    first.first_round,
                    tuple(old),
                    tuple(new),
                    first.first_us,
                    start,
                    since,
                    min(1.0, chance),
                    whole,
                )
        return found

    def _splits(self) -> Iterator[tuple[int, dict[int, Seen], dict[int, Seen]]]:
        """Each answer at which an address came first: with the addresses that are gone, and new, since then."""
        for start in sorted({seen.first for seen in self._seen.values() if seen.first}):
            old = {key: seen for key, seen in self._seen.items() if seen.last < start}
            if old:
                yield start, old, {key: seen for key, seen in self._seen.items() if seen.first >= start}


def _chance(total: int, part: int, count: int) -> float:
    """C(part, count) / C(total, count): that ``count`` answers, in any order, all fall within ``part`` of ``total``."""
    if count > part:
        return 1.0
    return exp(lgamma(part + 1) + lgamma(total - count + 1) - lgamma(part - count + 1) - lgamma(total + 1))
