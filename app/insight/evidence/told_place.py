"""The place of a loss that is told: it changes as seldom as what is known allows.

What is found at a look is the range of places that are possible then. The place that was told stays as long as one of
the likeliest of them lies in it. It is narrowed where one place alone is left, or from PRECISE_ROUNDS on, or where it
has become known whether loss begins among the last hops, where it may be limits on replies; all of that when there are
twice as many rounds as when it was told, so that a reader sees one better place and not each step on the way to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# The last hop before a loss, and the last one at which it may begin.
Ends = tuple[int, int]
# From so many rounds on the place is made as narrow as it can be.
PRECISE_ROUNDS = 150
# Up to so many rounds a place of no more hops than this is not narrowed where a second one is told beside it.
SETTLED_ROUNDS, NARROW = 300, 3
# Of so few rounds nothing that is possible is left out: chance often makes one hop look well, or bad.
YOUNG_ROUNDS = 16
# What a loss may be whose place reaches the hops at the end, but begins before them.
PERHAPS_LIMITS = 1


@dataclass(frozen=True, slots=True)
class Range:
    """Where loss may begin, as a look finds it."""

    ends: Ends  # the last sound hop before it as is likely (0: this host), and the first that feels it
    sure: Ends  # the same of all places that are possible
    close: Ends  # the same of those that are nearly as likely as the best
    alone: bool  # one place is possible alone, whatever silent hops lie in it


@dataclass(frozen=True, slots=True)
class Told:
    """A place as it is told."""

    ends: Ends = (0, 0)  # zeros: none is
    open_ttl: int = 0  # from this hop on loss may as well be limits on replies; 0: nothing is known of that
    rounds: int = 0  # after so many of the stretch it was told; 0: before it was looked at

    def __bool__(self) -> bool:
        """Whether any place is told."""
        return self.ends[1] > 0


NOWHERE = Told()


def told(found: Range, then: Told, open_ttl: int, end_ttl: int, rounds: int, *, several: bool = False) -> Told:
    """The place that is told after so many rounds, where ``then`` was told before; ``several``: it is one of two."""
    if not then or not _meet(found.close, then.ends):
        return Told(first_ends(found, rounds), open_ttl, rounds)
    if rounds < 2 * then.rounds or (several and _width(then.ends) <= NARROW and rounds < SETTLED_ROUNDS):
        return Told(then.ends, open_ttl, then.rounds)
    resolved = kind(found.ends, open_ttl, end_ttl) != kind(then.ends, then.open_ttl, end_ttl)
    precise = found.alone or rounds >= PRECISE_ROUNDS
    # A change of the sentence has to be worth it.
    worth = found.alone or 2 * _width(found.sure) <= _width(then.ends)
    if precise and worth and _width(found.sure) < _width(then.ends):
        return Told(found.sure, open_ttl, rounds)
    if resolved and _width(found.ends) < _width(then.ends):
        return Told(found.ends, open_ttl, rounds)
    return Told(then.ends, open_ttl, then.rounds)


def first_ends(found: Range, rounds: int) -> Ends:
    """The place that is told first, after so many rounds."""
    return found.sure if rounds < YOUNG_ROUNDS else found.ends


def narrowest(found: Range, then: Told) -> Told:
    """The place of a trace that is over: nothing changes any more, so it is as narrow as is likely."""
    if _meet(found.ends, then.ends) and _width(found.ends) < _width(then.ends):
        return replace(then, ends=found.ends)
    return then


def kind(place: Ends, open_ttl: int, end_ttl: int) -> int:
    """0: before the hops at the end where loss may be limits on replies; 1: perhaps there; 2: there; 3: at the last."""
    if place[1] < open_ttl:
        return 0
    return PERHAPS_LIMITS if place[0] < open_ttl - 1 else 2 if place[0] < end_ttl - 1 else 3


def _meet(one: Ends, other: Ends) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _width(place: Ends) -> int:
    return place[1] - place[0]
