"""Which hops answer less than they forward, and where loss may as well be a limit on replies.

A hop's unanswered probes are loss on the path to it plus the replies that its router does not send. Only loss on the
path is shared by all later hops, so the hops are sorted from the far end back: a hop that loses significantly more than
the sound hops beyond it has that excess for itself. Of the last hops nothing beyond shows whether packets get through.
"""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING

from ...statistics.exact_tests import fisher_greater, wilson_high
from .findings import ReplySide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .counts import Row

FIRST_ALPHA = 0.01
# Looks every round, not only where the probes have doubled, find by chance so many times as much.
EVERY_ROUND = 12
# What was found at the last looks is kept until its p-value exceeds so many times the level.
KEEP_TIMES = 5
# Loss is on the path where so many hops lose alike; where more hops than the second show it, that is not asked.
ALIKE_MIN, FEW = 3, 5
# Hops lose alike where a difference has at least this chance: to be told, and so as long as it was told.
ALIKE_P, STILL_ALIKE_P = 0.05, 0.01
# Below so many standard deviations (one-sided p about 0.07) the exact test cannot come below FIRST_ALPHA.
WORTH_TESTING = 1.5


def alpha(completed: int) -> float:
    """The level of a test that is looked at again and again: halved each time that the probes double."""
    return FIRST_ALPHA * 2.0 ** -max(0, int(log2(max(completed, 10) / 10)))


def sound_hops(rows: Sequence[Row], end: Row, limited: frozenset[int], kept: frozenset[int] = frozenset()) -> list[Row]:
    """The hops that a loss is placed by: one that may be a limiter is better left out than trusted.

    Hops that are ``kept`` are left out up to a higher level: they were at the look before.
    """
    return _sort_at([row for row in _judged(rows, end) if row.ttl not in limited], end, kept, 1)[0]


def sort_hops(
    rows: Sequence[Row], end: Row, kept: frozenset[int], looks: int = EVERY_ROUND
) -> tuple[list[Row], list[ReplySide]]:
    """Sound hops, and those that answer less than what lies beyond them.

    The level of the tests is for as many of them as are open yet (Holm), and higher for hops that are ``kept``;
    ``looks``: how many times as much is found by chance, since one looks more than once.
    """
    judged = _judged(rows, end)
    found = 0
    while True:
        sound, reply_side = _sort_at(judged, end, kept, looks * (len(judged) - found))
        if len(reply_side) <= found or len(reply_side) == len(judged):
            return sound, reply_side
        found = len(reply_side)


def _judged(rows: Sequence[Row], end: Row) -> list[Row]:
    """The hops before the end that can be judged, from the far end on."""
    return [row for row in reversed(rows) if row.ttl < end.ttl and row.judged]


def _sort_at(judged: Sequence[Row], end: Row, kept: frozenset[int], tests: int) -> tuple[list[Row], list[ReplySide]]:
    sound, reply_side = [end], []
    lost, completed = end.lost, end.completed
    later_hop, seen = end, 1
    for row in judged:
        if _clearly_above(row, lost, completed):
            level = alpha(row.completed) / tests
            p_value = fisher_greater(row.lost, row.completed, lost, completed, KEEP_TIMES * level)
            if p_value < (KEEP_TIMES * level if row.ttl in kept else level):
                later_hop = min((later_hop, *sound[seen:]), key=lambda later: wilson_high(later.lost, later.completed))
                seen = len(sound)
                reply_side.append(ReplySide(row, later_hop, p_value))
                continue
        sound.append(row)
        lost, completed = lost + row.lost, completed + row.completed
    sound.reverse()
    reply_side.reverse()
    return sound, reply_side


def _clearly_above(row: Row, lost: int, completed: int) -> bool:
    """Whether a hop's loss exceeds the others' by so much that the exact test, which takes longer, may find it."""
    above = row.share - lost / completed
    pooled = (row.lost + lost) / (row.completed + completed)
    variance = pooled * (1 - pooled) * (1 / row.completed + 1 / completed)
    return above > 0 and above * above > WORTH_TESTING**2 * variance


def open_from(answering: Sequence[int], sound: Sequence[Row], after_ttl: int, *, told: bool = False) -> int:
    """From which hop on loss may as well be limits on replies: nothing beyond shows whether packets get through.

    That is so of the last two hops that answer, and of more where few hops show the loss, and too few of them lose
    alike: three, and one more for each that seems to rate-limit its replies, since others may then, too. 0: none
    answers. ``after_ttl`` is the last hop surely before the loss; ``told``: that it is no such limits was told.
    """
    last_two = min(answering[-2:], default=0)
    first = next((row.ttl for row in sound if row.ttl > after_ttl and row.lost), 0)
    felt = [row for row in sound if row.ttl >= first > 0]
    needed = ALIKE_MIN + sum(ttl >= first for ttl in answering) - len(felt)
    level = STILL_ALIKE_P if told else ALIKE_P
    if not felt or len(felt) > FEW or max(_alike(row, felt, level) for row in felt) >= needed:
        return last_two
    return min(first, last_two)


def _alike(one: Row, rows: Sequence[Row], level: float) -> int:
    """How many hops, itself among them, lose as much as one, as far as can be told."""
    return sum(not _differ(one, row, level) for row in rows)


def _differ(one: Row, other: Row, level: float) -> bool:
    less, more = sorted((one, other), key=lambda row: row.share)
    return less is not more and fisher_greater(more.lost, more.completed, less.lost, less.completed, level) < level
