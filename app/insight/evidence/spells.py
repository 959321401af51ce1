"""When packets waited: the spells of a queue that comes and goes, since when it is there, and whether it has gone.

Rounds in which an answer waited add to a sum, rounds in which none did take from it, as a test of one rate of waits
against a fifth of it does (Page, Biometrika 41, 1954). A spell lasts from where the sum has left zero to its highest
point, once it has fallen far below that. So single waits long after a spell belong to none, and a heavy tail of which
one round in ten shows something is one spell.
"""

from __future__ import annotations

from array import array
from itertools import compress, count, pairwise
from math import log, log1p
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RARER = 5  # the rate between spells is so many times smaller
DENSE_MAX = 0.5  # a rate above this is taken for this, or a single round without a wait would end a spell
SUM_MIN = 4.0  # a spell is worth so much
FALLEN = 6.0  # and ends where so much of its sum is gone
# A queue has gone when nothing has waited for so many rounds, and for longer than chance explains within a spell, and
# as far as is known between spells; but never later than after LONG rounds.
QUIET, LONG = 30, 120
QUIET_CHANCE, BETWEEN_CHANCE = 1e-4, 0.05
REMEMBERED = 32  # spells
# Of a spell, the first waits belong to none where chance explains the space after them with less; so many stay.
BEFORE_CHANCE, WAITS_MIN = 0.01, 3
BEFORE = 30  # rounds without, before what is said to have begun


class Spell(NamedTuple):
    """Rounds of the trace in which packets waited again and again."""

    first: int  # the first of these rounds
    last: int  # the last of them
    rounds: int  # in which one waited, at least 1

    @property
    def quiet_max(self) -> float:
        """How many rounds without a wait are chance within such a spell, hardly ever more."""
        share = min(self.rounds / (self.last - self.first + 1), 0.99)
        return log(QUIET_CHANCE) / log1p(-share)


def spells(histories: Iterable[tuple[bytes, int]], first_round: int) -> tuple[Spell, ...]:
    """The spells in the histories of some hops that begin with a round, the oldest first.

    Each history is of 32-bit integers, with the RTT (in microseconds, above 0) from which on an answer has waited.
    """
    waited: set[int] = set()
    length = 0
    for data, least_us in histories:
        values = array("i", data)
        length = max(length, len(values))
        waited.update(compress(count(first_round), map(least_us.__le__, values)))
    if not waited:
        return ()
    rounds = sorted(waited)
    rate = min(DENSE_MAX, len(rounds) / length)
    gain, cost = log(RARER), log((1 - rate / RARER) / (1 - rate))
    found: list[Spell] = []
    total = best = 0.0
    begin = peak = 0
    before = rounds[0]

    def ends() -> None:
        if best >= SUM_MIN:
            found.append(_dense([one for one in rounds if begin <= one <= peak]))

    for at in rounds:
        total -= cost * (at - before - 1) if total else 0.0
        if total <= max(0.0, best - FALLEN):
            ends()
            total = best = 0.0
            begin = at
        total += gain
        if total > best:
            best, peak = total, at
        before = at
    ends()
    return tuple(found)


def _dense(rounds: list[int]) -> Spell:
    """A spell of these rounds, without single waits before it: the spaces after them are too long for chance in it."""
    while len(rounds) > WAITS_MIN:
        rest = rounds[1:]
        share = min(len(rest) / (rest[-1] - rest[0] + 1), 0.99)
        if (rest[0] - rounds[0] - 1) * -log1p(-share) <= -log(BEFORE_CHANCE):
            break
        rounds = rest
    return Spell(rounds[0], rounds[-1], len(rounds))


def together(earlier: Sequence[Spell], later: Sequence[Spell], first_round: int) -> tuple[Spell, ...]:
    """Spells that were known, and those in rounds from ``first_round`` on."""
    kept = [one for one in earlier if one.last < first_round]
    across = next((one for one in earlier if one.first < first_round <= one.last), None)
    if across is not None:
        goes_on = bool(later) and later[0].first <= across.last
        begun = later[0] if goes_on else across
        kept.append(Spell(across.first, begun.last, max(across.rounds, begun.rounds)))
        later = later[goes_on:]
    return (*kept, *later)[-REMEMBERED:]


def has_gone(known: Sequence[Spell], quiet: int) -> bool:
    """Whether after these spells so many rounds without a wait mean that the queue has gone."""
    if not known or quiet < QUIET:
        return False
    if quiet >= LONG:
        return True
    if quiet < known[-1].quiet_max:
        return False
    between = sum(later.first - one.last for one, later in pairwise(known))
    return len(known) == 1 or (between / (between + quiet)) ** (len(known) - 1) < BETWEEN_CHANCE


def begun_with(known: Sequence[Spell]) -> int:
    """Which of these spells the present queue began with: the first after which it had not gone until the next."""
    begun = 0
    for at, (one, later) in enumerate(pairwise(known), 1):
        if has_gone(known[:at], later.first - one.last):
            begun = at
    return begun
