"""Where probes are lost on the path, and which losses are only routers that do not answer.

A hop's unanswered probes are loss on the path to it plus the replies that its router does not send. Only loss on the
path is shared by all later hops, so the hops are sorted from the far end back: a hop that loses significantly more than
the sound hops beyond it has that excess for itself. Among the sound ones, the loss begins where the likelihood of two
rates, one before and one beyond, is highest; all places whose likelihood comes near it make the stated range.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log2
from typing import TYPE_CHECKING

from ...path.stretches import Beginning
from ...statistics.exact_tests import CONFIDENCE, fisher_greater, log_likelihood, proportion_interval, wilson_high
from ..checks.results import others_lose_alike
from .counts import Row
from .course import NOTHING, WIDE, Found, course, has_histories, held_place
from .onsets import two_onsets
from .patterns import rate_limit_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...statistics.regularity import Evenness
    from .course import Ends
    from .gather import Evidence

# A loss is real from this lower bound of its 95 % interval on, with so many lost.
REAL_SHARE = 0.005
REAL_COUNT = 3
# Loss that an earlier look has found is kept down to this confidence.
KEEP_CONFIDENCE = 0.75
# A beginning of loss is told by what told it up to so many rounds.
BEGAN_ROUNDS = 60
# A place that spans many hops is told from so many losses on.
PLACED_COUNT = 12
# Twice the difference of log likelihoods within which a place of onset stays possible (about 98 %).
NEAR = 6.0
# What comes before an onset loses at most this part of what comes after it.
BEFORE_MAX = 0.25
FIRST_ALPHA = 0.01
# Two places of loss are told where the logarithm of their likelihood, against one place, exceeds the first, and are
# kept as long as it exceeds the second; from the third on they are possible, and one place has the first of both.
# Of simulated hours of loss at one place, looked at all the time, one in a hundred reaches 7
# (tests/app/insight/evidence/test_onsets.py).
SECOND_GAIN, SECOND_KEPT, SECOND_OPEN = 8.0, 4.0, 3.0
# Looks every round, not only where the probes have doubled, find by chance so many times as much.
EVERY_ROUND = 12
# What was found at the last looks is kept until its p-value exceeds so many times the level.
KEEP_TIMES = 5
# Loss is on the path where so many hops lose alike; where more hops than the second show it, that is not asked.
ALIKE_MIN, FEW = 3, 5
# Below so many standard deviations (one-sided p about 0.07) the exact test cannot come below FIRST_ALPHA.
WORTH_TESTING = 1.5


@dataclass(frozen=True, slots=True)
class ReplySide:
    """A hop that answers less than later hops get answers through it."""

    row: Row  # its counts
    later_hop: Row  # of the sound later hops, the one that is surest to lose little
    p_value: float  # chance of such counts if it lost as much as they: Fisher's exact test, one-sided, 0 to 1


@dataclass(frozen=True, slots=True)
class Further:
    """More loss, which begins beyond the first."""

    after_ttl: int  # the last sound hop that is surely before it, 1 or more
    from_ttl: int  # the first hop that surely feels it
    share: float  # lost of what gets there, 0 to 1


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
    early: bool = False  # by what began it alone; the stretch is too young to be looked at
    # Of two places at which loss begins: the share that is lost from the first on, but before the second; 0: one place.
    first_share: float = 0.0
    further: Further | None = None  # the second of them; None: one place, as far as is known

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


NO_FINDINGS = LossFindings((), None, ())


def alpha(completed: int) -> float:
    """The level of a test that is looked at again and again: halved each time that the probes double."""
    return FIRST_ALPHA * 2.0 ** -max(0, int(log2(max(completed, 10) / 10)))


def find_loss(evidence: Evidence) -> LossFindings:
    """Sort the hops and find path loss.

    Loss that the far end alone shows may be a rate limit: it is one where its losses are too even for chance. The hops
    before it are then judged without it, and also where they may lose less than it.
    """
    found = _as_kept(evidence)
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
    path = _as_kept(replace(evidence, end=hop, end_row=before)).path
    if even is not None:
        return replace(found, path=path, limited=Limited(end, before, even))
    return found if path is None else replace(found, path=path, last_link=found.path)


def _own_limit(evidence: Evidence, end: Row) -> Evenness | None:
    """How even the far end's losses are, where they are too even for chance.

    With flows by turns, an even pattern may also be one of them that does not get through.
    """
    if evidence.snapshot.settings.flows > 1:
        return None
    if others_lose_alike(evidence, end.ttl):
        return None
    return rate_limit_pattern(evidence, end.ttl)


def _as_kept(evidence: Evidence) -> LossFindings:
    """Sort the hops and find path loss, as the latest look found them, with the figures of now."""
    end = evidence.end_row
    if end is None:
        return NO_FINDINGS
    found = course(evidence, end.ttl, _look) if has_histories(evidence) else _at_once(evidence, end)
    if not end.judged:
        return _began(evidence, end) or NO_FINDINGS
    before = {row.ttl: row for row in evidence.before}
    whole = tuple(row.plus(before.get(row.ttl)) for row in evidence.rows)
    _, reply_side, _ = sort_hops(whole, end.plus(before.get(end.ttl)), found.limited)
    limited = tuple(entry for entry in reply_side if entry.row.ttl in found.limited)
    sound = _sound(evidence.rows, end, found.limited)
    if not found.from_ttl:
        began = _began(evidence, end)
        path = began.path if began is not None else None
        if path is None and evidence.bursts:  # several together are no strays, however little they lose in the long run
            path = _path_loss(sound, end, CONFIDENCE, least=0.0)
        return LossFindings(limited, path, tuple(sound))
    # The end alone has few probes yet, and was looked at since some were lost: all hops together are nearer the truth.
    young = evidence.stretch is not None and evidence.stretch.begun_by is Beginning.LOSS_BEGAN
    young = young and end.completed < BEGAN_ROUNDS
    path = _figures(sound, end, found.after_ttl, found.from_ttl, pooled=young)
    if path is not None and found.further[1] and not young:
        path = _with_further(sound, path, found.further)
    return LossFindings(limited, path, tuple(sound))


def _began(evidence: Evidence, end: Row) -> LossFindings | None:
    """Loss that has just begun, while its stretch is too young to be looked at."""
    stretch = evidence.stretch
    if stretch is None or stretch.begun_by is not Beginning.LOSS_BEGAN or stretch.loss is None:
        return None
    loss = stretch.loss
    if loss.end_ttl != end.ttl or any(
        row.ttl == loss.first_ttl and row.completed >= BEGAN_ROUNDS for row in evidence.rows
    ):
        return None
    low, high = proportion_interval(loss.lost, loss.probes, CONFIDENCE)
    answering = [row.ttl for row in evidence.before if row.answers]
    # Where exactly is not known yet: a hop more on either side.
    nearer = [ttl for ttl in answering if ttl < loss.first_ttl][-2:]
    farther = [ttl for ttl in answering if loss.first_ttl <= ttl <= end.ttl][:2]
    clean = [row for row in evidence.before if row.answers and row.ttl < loss.first_ttl]
    before = Row(0, sum(row.lost for row in clean), sum(row.completed for row in clean))
    after_ttl, from_ttl = (nearer[0] if len(nearer) > 1 else 0), (farther[-1] if farther else end.ttl)
    quiet = {row.ttl for row in evidence.before if row.answers and row.share < BEFORE_MAX}
    young = [row for row in evidence.rows if row.ttl in quiet and row.completed and row.ttl <= end.ttl]
    if any(row.lost for row in young):
        ttls, (_, places) = [row.ttl for row in young], _onsets(young)
        at = ttls.index(places[0].ttl)
        after_ttl, from_ttl = min(after_ttl, ttls[at - 1] if at else 0), max(from_ttl, places[-1].ttl)
    path = PathLoss(after_ttl, from_ttl, loss.lost, loss.probes, loss.first_ttl, low, high, before, end.ttl, early=True)
    return LossFindings((), path, ())


def _look(rows: tuple[Row, ...], before: tuple[Row, ...], then: Found) -> Found:
    """What a look finds, and what it holds of the look before."""
    end = rows[-1]
    if not end.judged:
        return then
    earlier = {row.ttl: row for row in before}
    whole = tuple(row.plus(earlier.get(row.ttl)) for row in rows)
    _, reply_side, _ = sort_hops(whole, whole[-1], then.limited)
    limited = frozenset(entry.row.ttl for entry in reply_side)
    sound = _sound(rows, end, limited)
    path = _path_loss(sound, end, KEEP_CONFIDENCE if then.from_ttl else CONFIDENCE)
    if path is None or (not then.from_ttl and _vague(path, sound)):
        return Found(limited)
    answering = [row.ttl for row in rows if row.answers]
    then_place, place = (then.after_ttl, then.from_ttl), (path.after_ttl, path.from_ttl)
    place, further = _places(sound, place, answering, kept=bool(then.further[1]))
    last_ones = _open(answering, sound, place[0]), end.ttl
    if further[1] and not then.further[1] and place[1] < then_place[1]:
        then_place = place  # what was told as one place was between the two
    place = held_place(place, then_place, end.completed, last_ones)
    further = held_place(further, then.further, end.completed, last_ones) if further[1] else further
    return Found(limited, *place, further)


def _places(sound: Sequence[Row], place: Ends, answering: Sequence[int], *, kept: bool) -> tuple[Ends, Ends]:
    """Where loss begins, and where more of it does, zeros where nothing clearly does; ``place`` is that of one loss.

    The second lies before the last two hops, which may be limiters.
    """
    two = two_onsets(sound)
    if two is None or two.gain < SECOND_OPEN or two.far[1] >= min(answering[-2:], default=0):
        return place, (0, 0)
    if two.gain < (SECOND_KEPT if kept else SECOND_GAIN):
        return (min(place[0], two.near[0]), place[1]), (0, 0)
    return two.near, two.far


def _with_further(sound: Sequence[Row], path: PathLoss, far: Ends) -> PathLoss:
    """A loss with the further one that begins beyond it, where the counts of now still show more there."""
    between = [row for row in sound if path.from_ttl <= row.ttl <= far[0]]
    beyond = [row for row in sound if row.ttl >= far[1]]
    first, both = (
        sum(row.lost for row in some) / max(1, sum(row.completed for row in some)) for some in (between, beyond)
    )
    if not 0 < first < both < 1:
        return path
    return replace(path, first_share=first, further=Further(*far, (both - first) / (1 - first)))


def _at_once(evidence: Evidence, end: Row) -> Found:
    """What totals alone come to: one look, after which none will say it better."""
    if not end.judged or not any(row.lost for row in evidence.rows):
        return NOTHING
    rows = tuple(row for row in evidence.rows if row.ttl <= end.ttl)
    _, reply_side, _ = sort_hops(rows, end, frozenset(), looks=1)
    limited = frozenset(entry.row.ttl for entry in reply_side)
    sound = _sound(rows, end, limited)
    path = _path_loss(sound, end, CONFIDENCE)
    if path is None:
        return Found(limited)
    answering = [row.ttl for row in rows if row.answers]
    place, further = _places(sound, (path.after_ttl, path.from_ttl), answering, kept=False)
    return Found(limited, *place, further)


def open_from(evidence: Evidence, findings: LossFindings, path: PathLoss) -> int:
    """From which hop on a loss may as well be limits on replies: see ``_open``; 0: no hop answers."""
    end_ttl = evidence.end.ttl if evidence.end is not None else path.end_ttl
    answering = [row.ttl for row in evidence.rows if row.answers and row.ttl <= end_ttl]
    if path.early or path.further is not None:
        return min(answering[-2:], default=0)
    return _open(answering, [row for row in findings.sound if row.ttl <= path.end_ttl], path.after_ttl)


def _open(answering: Sequence[int], sound: Sequence[Row], after_ttl: int) -> int:
    """From which hop on loss may as well be limits on replies: nothing beyond shows whether packets get through.

    That is so of the last two hops that answer, and of more where few hops show the loss, and too few of them lose
    alike: three, and one more for each that seems to rate-limit its replies, since others may then, too.
    """
    last_two = min(answering[-2:], default=0)
    first = next((row.ttl for row in sound if row.ttl > after_ttl and row.lost), 0)
    felt = [row for row in sound if row.ttl >= first > 0]
    needed = ALIKE_MIN + sum(ttl >= first for ttl in answering) - len(felt)
    if not felt or len(felt) > FEW or max(_alike(row, felt) for row in felt) >= needed:
        return last_two
    return min(first, last_two)


def _alike(one: Row, rows: Sequence[Row]) -> int:
    """How many hops, itself among them, lose as much as one, as far as can be told."""
    return sum(not _differ(one, row) for row in rows)


def _differ(one: Row, other: Row) -> bool:
    less, more = sorted((one, other), key=lambda row: row.share)
    return less is not more and fisher_greater(more.lost, more.completed, less.lost, less.completed) < FIRST_ALPHA


def _vague(path: PathLoss, sound: Sequence[Row]) -> bool:
    """Whether so little is lost that where is not known yet: another look will say it better."""
    if path.from_ttl - path.after_ttl <= WIDE:
        return False
    return sum(row.lost for row in sound if row.ttl > path.after_ttl) < PLACED_COUNT


def _sound(rows: Sequence[Row], end: Row, limited: frozenset[int]) -> list[Row]:
    """The hops that a loss is placed by: one that may be a limiter is better left out than trusted."""
    sound, _, _ = _sort_at([row for row in _judged(rows, end) if row.ttl not in limited], end, frozenset(), 1)
    return sound


def sort_hops(
    rows: Sequence[Row], end: Row, kept: frozenset[int], looks: int = EVERY_ROUND
) -> tuple[list[Row], list[ReplySide], set[int]]:
    """Sound hops, those that answer less than what lies beyond them, and the TTLs of sound ones that nearly do.

    The level of the tests is for as many of them as are open yet (Holm), and higher for hops that are ``kept``;
    ``looks``: how many times as much is found by chance, since one looks more than once.
    """
    judged = _judged(rows, end)
    found = 0
    while True:
        sorted_ones = _sort_at(judged, end, kept, looks * (len(judged) - found))
        reply_side = sorted_ones[1]
        if len(reply_side) <= found or len(reply_side) == len(judged):
            return sorted_ones
        found = len(reply_side)


def _judged(rows: Sequence[Row], end: Row) -> list[Row]:
    """The hops before the end that can be judged, from the far end on."""
    return [row for row in reversed(rows) if row.ttl < end.ttl and row.judged]


def _sort_at(
    judged: Sequence[Row], end: Row, kept: frozenset[int], tests: int
) -> tuple[list[Row], list[ReplySide], set[int]]:
    sound, reply_side, doubtful = [end], [], set()
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
            if p_value < KEEP_TIMES * level:
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


def _path_loss(sound: Sequence[Row], end: Row, confidence: float, least: float = REAL_SHARE) -> PathLoss | None:
    if not end.lost:
        return None
    best, places = _onsets(sound)
    later = [row for row in sound if row.ttl >= best.ttl]
    lost, completed = end.lost, end.completed
    low, high = proportion_interval(lost, completed, CONFIDENCE)
    pooled_from = 0
    if lost < REAL_COUNT or proportion_interval(lost, completed, confidence)[0] <= least:
        pooled_from = best.ttl
        others_lost = sum(row.lost for row in later) - lost
        others_completed = sum(row.completed for row in later) - completed
        if others_lost < 1 or fisher_greater(others_lost, others_completed, lost, completed) < FIRST_ALPHA:
            return None
        lost, completed = lost + others_lost, completed + others_completed
        low, high = proportion_interval(lost, completed, CONFIDENCE)
        if lost < REAL_COUNT or proportion_interval(lost, completed, confidence)[0] <= least:
            return None
    ttls = [row.ttl for row in sound]
    at = ttls.index(places[0].ttl)
    after_ttl = ttls[at - 1] if at else 0
    before = _clean(sound, after_ttl)
    return PathLoss(after_ttl, places[-1].ttl, lost, completed, pooled_from, low, high, before, end.ttl)


def place_of(rows: tuple[Row, ...]) -> tuple[int, int] | None:
    """The last hop before a loss, and the last at which it may begin, by counts alone; None: they show none."""
    answering = [row for row in rows if row.answers]
    if not answering or not any(row.lost for row in answering):
        return None
    end = answering[-1]
    sound, _, _ = _sort_at([row for row in reversed(answering[:-1]) if row.judged], end, frozenset(), 1)
    _, places = _onsets(sound)
    ttls = [row.ttl for row in sound]
    at = ttls.index(places[0].ttl)
    return ttls[at - 1] if at else 0, places[-1].ttl


def _figures(sound: Sequence[Row], end: Row, after_ttl: int, from_ttl: int, *, pooled: bool) -> PathLoss | None:
    """The loss of a place that is known: the far end's, or, where that is too little alone, of all from there on."""
    lost, completed, pooled_from = end.lost, end.completed, from_ttl if from_ttl < end.ttl else 0
    enough = lost >= REAL_COUNT and proportion_interval(lost, completed, KEEP_CONFIDENCE)[0] > REAL_SHARE
    if enough and not pooled:
        pooled_from = 0
    else:
        beyond = [row for row in sound if row.ttl >= from_ttl]
        lost, completed = sum(row.lost for row in beyond), sum(row.completed for row in beyond)
    if not lost:
        return None
    low, high = proportion_interval(lost, completed, CONFIDENCE)
    return PathLoss(after_ttl, from_ttl, lost, completed, pooled_from, low, high, _clean(sound, after_ttl), end.ttl)


def _clean(sound: Sequence[Row], after_ttl: int) -> Row:
    """The hops before a loss together."""
    clean = [row for row in sound if row.ttl <= after_ttl]
    return Row(0, sum(row.lost for row in clean), sum(row.completed for row in clean))


def _onsets(sound: Sequence[Row]) -> tuple[Row, list[Row]]:
    """The likeliest first hop beyond the loss, and all that come near it, in order."""
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
