"""Where probes are lost on the path, and which losses are only routers that do not answer.

A hop's unanswered probes are loss on the way there plus the router's own reticence. Only loss on the way is shared by
all hops behind it, so the hops are sorted from the far end back: a hop that loses significantly more than the sound
hops behind it keeps that excess to itself. Among the sound ones, the loss begins where the likelihood of two rates,
one before and one behind, is highest; all places whose likelihood comes near it make the stated range.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING

from ...statistics.exact_tests import CONFIDENCE, fisher_greater, log_likelihood, proportion_interval, wilson_high
from ..checks.results import others_lose_alike
from .gather import earlier
from .patterns import beat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...statistics.regularity import Evenness
    from .gather import Evidence, Row

# A loss is real from this lower bound of its 95 % interval on, with so many lost.
REAL_SHARE = 0.005
REAL_COUNT = 3
# Loss found at one of the last looks is held down to this confidence. Looks are so many rounds apart.
HELD_CONFIDENCE = 0.75
LOOK_ROUNDS, LOOKS = 20, 3
# Twice the difference of log likelihoods within which a place of onset stays possible (about 98 %).
NEAR = 6.0
# What comes before an onset loses at most this part of what comes behind it.
BEFORE_MAX = 0.25
FIRST_ALPHA = 0.01
# Looks every round, not only where the probes have doubled, find by chance so many times as much.
EVERY_ROUND = 12
# What was found at the last looks is held until its p-value exceeds so many times the level.
HOLD = 5
# Below so many standard deviations (one-sided p about 0.07) the exact test cannot come below FIRST_ALPHA.
WORTH_TESTING = 1.5


@dataclass(frozen=True, slots=True)
class ReplySide:
    """A hop that answers less than later hops get answers through it."""

    row: Row  # its counts
    witness: Row  # of the sound later hops, the one that is surest to lose little
    p_value: float  # chance of such counts if it lost as much as they: Fisher's exact test, one-sided, 0 to 1


@dataclass(frozen=True, slots=True)
class PathLoss:
    """Loss on the path, felt by all hops from one on."""

    after_ttl: int  # the last sound hop that is surely before it; 0: this host
    from_ttl: int  # the first hop that surely feels it
    lost: int  # of ``completed``: the far end's, or, with ``pooled_from``, that of several hops together
    completed: int  # probes that were answered or lost, 1 or more
    # The likeliest first hop, where the sound ones from it on are counted together; 0: the far end alone.
    pooled_from: int
    low: float  # lower bound of the loss with 95 % confidence, 0 to 1
    high: float  # upper bound of the loss with 95 % confidence, 0 to 1
    before: Row  # counts of the sound hops before it together, its TTL 0
    end_ttl: int  # the far end that it was seen from

    @property
    def share(self) -> float:
        """The loss."""
        return self.lost / self.completed


@dataclass(frozen=True, slots=True)
class Limited:
    """A far end that loses more than the hops before it, and too evenly for chance: a rate limit, probably."""

    row: Row  # its counts
    before: Row  # the nearest sound hop before it
    even: Evenness  # how even its losses are


@dataclass(frozen=True, slots=True)
class LossFindings:
    """The hops, sorted by what their missing answers mean."""

    reply_side: tuple[ReplySide, ...]  # hops that answer less than they forward, in order
    # Loss on the path, seen from the hop before the far end where ``last_link`` or ``limited`` is set; None: none.
    path: PathLoss | None
    # Hops that answer all that they forward, with the far end as the last; empty: too little is known.
    sound: tuple[Row, ...]
    # What the far end alone loses beside path loss that begins before it; None: nothing.
    last_link: PathLoss | None = None
    # The far end, where it rate-limits its replies; None: it does not, as far as is known.
    limited: Limited | None = None
    doubtful: frozenset[int] = frozenset()  # TTLs of sound hops that almost answer less than they forward


def alpha(completed: int) -> float:
    """The level of a test that is looked at again and again: halved each time that the probes double."""
    return FIRST_ALPHA * 2.0 ** -max(0, int(log2(max(completed, 10) / 10)))


def find_loss(evidence: Evidence) -> LossFindings:
    """Sort the hops and find path loss.

    Loss that the far end alone shows may be its own limit: it is one where its losses are too even for chance. The hops
    before it are then judged without it, and also where they may lose less than it.
    """
    found = _held(evidence)
    end = evidence.end_row
    if found.path is None or end is None or len(found.sound) < 2:
        return found
    before = found.sound[-2]
    alone = found.path.after_ttl == before.ttl
    more = alone or fisher_greater(end.lost, end.completed, before.lost, before.completed) < FIRST_ALPHA
    even = _own_limit(evidence, end) if more else None
    if even is None and not alone:
        return found
    hop = next(hop for hop in evidence.snapshot.hops if hop.ttl == before.ttl)
    path = _held(replace(evidence, end=hop, end_row=before)).path
    if even is not None:
        return replace(found, path=path, limited=Limited(end, before, even))
    return found if path is None else replace(found, path=path, last_link=found.path)


def _own_limit(evidence: Evidence, end: Row) -> Evenness | None:
    """How even the far end's losses are, where they are too even for chance.

    With flows by turns, a beat may also be one of them that does not get through.
    """
    if evidence.snapshot.settings.flows > 1:
        return None
    if others_lose_alike(evidence, end.ttl):
        return None
    return beat(evidence, end.ttl)


def _held(evidence: Evidence) -> LossFindings:
    """Sort the hops and find path loss.

    What was found lately is held until it has clearly become less likely, so that no verdict comes and goes with each
    round.
    """
    end = evidence.end_row
    if end is None or not end.judged:
        return LossFindings((), None, ())
    found = _find(evidence.rows, end, CONFIDENCE)
    if not found.doubtful and (found.path is not None or end.lost < 1):
        return found
    then = earlier(evidence, _looks(evidence))
    lately = [
        _find(one.rows, one.end_row, CONFIDENCE) for one in then if one.end_row is not None and one.end_row.judged
    ]
    held = found.doubtful & {entry.row.ttl for one in lately for entry in one.reply_side}
    lossy = found.path is None and any(one.path is not None for one in lately)
    return _find(evidence.rows, end, HELD_CONFIDENCE if lossy else CONFIDENCE, held) if lossy or held else found


def _looks(evidence: Evidence) -> list[int]:
    """The last rounds at which one looks back, as indices of the histories."""
    rounds = len(evidence.snapshot.hops[0].rtts_us)
    latest = rounds - (evidence.snapshot.last_round + 1) % LOOK_ROUNDS
    return [at for at in (latest - LOOK_ROUNDS * back for back in range(LOOKS)) if at > evidence.since]


@lru_cache(maxsize=64)  # what the last looks found is asked for in every round until the next
def _find(rows: tuple[Row, ...], end: Row, confidence: float, held: frozenset[int] = frozenset()) -> LossFindings:
    _, reply_side, doubtful = sort_hops(rows, end, held)
    # To find the place of a loss, a hop that may be a limiter is better left out than trusted.
    sound, _, _ = _sort_at(_judged(rows, end), end, frozenset(), 1)
    path = _path_loss(sound, end, confidence)
    return LossFindings(tuple(reply_side), path, tuple(sound), doubtful=frozenset(doubtful))


def sort_hops(rows: Sequence[Row], end: Row, held: frozenset[int]) -> tuple[list[Row], list[ReplySide], set[int]]:
    """Sound hops, those that answer less than what lies behind them, and the TTLs of sound ones that nearly do.

    The level of the tests is for as many of them as are open yet (Holm), and higher for hops that are ``held``.
    """
    judged = _judged(rows, end)
    found = 0
    while True:
        sorted_ones = _sort_at(judged, end, held, EVERY_ROUND * (len(judged) - found))
        reply_side = sorted_ones[1]
        if len(reply_side) <= found or len(reply_side) == len(judged):
            return sorted_ones
        found = len(reply_side)


def _judged(rows: Sequence[Row], end: Row) -> list[Row]:
    """The hops before the end that can be judged, from the far end on."""
    return [row for row in reversed(rows) if row.ttl < end.ttl and row.judged]


def _sort_at(
    judged: Sequence[Row], end: Row, held: frozenset[int], tests: int
) -> tuple[list[Row], list[ReplySide], set[int]]:
    sound, reply_side, doubtful = [end], [], set()
    lost, completed = end.lost, end.completed
    witness, seen = end, 1
    for row in judged:
        if _clearly_above(row, lost, completed):
            level = alpha(row.completed) / tests
            p_value = fisher_greater(row.lost, row.completed, lost, completed, HOLD * level)
            if p_value < (HOLD * level if row.ttl in held else level):
                witness = min((witness, *sound[seen:]), key=lambda later: wilson_high(later.lost, later.completed))
                seen = len(sound)
                reply_side.append(ReplySide(row, witness, p_value))
                continue
            if p_value < HOLD * level:
                doubtful.add(row.ttl)
        sound.append(row)
        lost, completed = lost + row.lost, completed + row.completed
    sound.reverse()
    reply_side.reverse()
    return sound, reply_side, doubtful


def _clearly_above(row: Row, lost: int, completed: int) -> bool:
    """Whether a hop's loss exceeds the others' by so much that the exact test, which takes longer, may find it."""
    above = row.share - lost / completed
    pooled = (row.lost + lost) / (row.completed + completed)
    variance = pooled * (1 - pooled) * (1 / row.completed + 1 / completed)
    return above > 0 and above * above > WORTH_TESTING**2 * variance


def _path_loss(sound: Sequence[Row], end: Row, confidence: float) -> PathLoss | None:
    if not end.lost:
        return None
    best, places = _onsets(sound)
    behind = [row for row in sound if row.ttl >= best.ttl]
    lost, completed = end.lost, end.completed
    low, high = proportion_interval(lost, completed, CONFIDENCE)
    pooled_from = 0
    if lost < REAL_COUNT or proportion_interval(lost, completed, confidence)[0] <= REAL_SHARE:
        pooled_from = best.ttl
        others_lost = sum(row.lost for row in behind) - lost
        others_completed = sum(row.completed for row in behind) - completed
        if others_lost < 1 or fisher_greater(others_lost, others_completed, lost, completed) < FIRST_ALPHA:
            return None
        lost, completed = lost + others_lost, completed + others_completed
        low, high = proportion_interval(lost, completed, CONFIDENCE)
        if lost < REAL_COUNT or proportion_interval(lost, completed, confidence)[0] <= REAL_SHARE:
            return None
    ttls = [row.ttl for row in sound]
    at = ttls.index(places[0].ttl)
    clean = [row for row in sound if row.ttl < places[0].ttl]
    before = type(end)(0, sum(row.lost for row in clean), sum(row.completed for row in clean))
    return PathLoss(ttls[at - 1] if at else 0, places[-1].ttl, lost, completed, pooled_from, low, high, before, end.ttl)


def _onsets(sound: Sequence[Row]) -> tuple[Row, list[Row]]:
    """The likeliest first hop behind the loss, and all that come near it, in order."""
    all_lost, all_completed = sum(row.lost for row in sound), sum(row.completed for row in sound)
    before_lost = before_completed = 0
    scores: list[tuple[float, Row]] = []
    for row in sound:
        lost, completed = all_lost - before_lost, all_completed - before_completed
        rate = lost / completed
        before_rate = before_lost / before_completed if before_completed else 0.0
        before_rate = min(before_rate, rate * BEFORE_MAX)
        score = log_likelihood(lost, completed, rate) + log_likelihood(before_lost, before_completed, before_rate)
        scores.append((score, row))
        before_lost += row.lost
        before_completed += row.completed
    top = max(score for score, _ in scores)
    best = next(row for score, row in scores if score == top)
    return best, [row for score, row in scores if 2 * (top - score) <= NEAR]
