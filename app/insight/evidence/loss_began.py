"""Loss that has just begun: its place and figures, while its stretch is too young to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...path.stretches import Beginning
from ...statistics.exact_tests import CONFIDENCE, proportion_interval
from .counts import Row, row_of, rows_of_burst
from .findings import LossFindings, PathLoss
from .onset import BEFORE_MAX, onset
from .told_place import NOWHERE, Told

if TYPE_CHECKING:
    from ...path.stretches import StretchLoss
    from .course import Found
    from .gather import Evidence
    from .told_place import Ends

# A beginning of loss is told by what told it up to so many rounds ...
BEGAN_ROUNDS = 60
# ... but for its share: of twice as many probes as told it there is a better one.
BETTER = 2


def loss_begun(evidence: Evidence, end: Row, found: Found) -> LossFindings | None:
    """Loss that has just begun; None where none has, or where the looks know better; ``found`` is what they know."""
    place, loss = found.place or place_at_first(evidence, end.ttl), _told_by(evidence, end.ttl)
    if loss is None or any(row.ttl == loss.first_ttl and row.completed >= BEGAN_ROUNDS for row in evidence.rows):
        return None
    lost, probes = loss.lost, loss.probes
    quiet = _quiet(evidence, end.ttl)
    since = [row for row in evidence.rows if row.ttl in quiet and row.ttl >= loss.first_ttl]
    if sum(row.completed for row in since) >= BETTER * loss.probes and any(row.lost for row in since):
        lost, probes = sum(row.lost for row in since), sum(row.completed for row in since)
    # The first lossy round, by which it was told, is none of the counts, but may hold what the end lost.
    begin = max(0, evidence.counted_from - 1)
    whole = next(
        (row_of(hop, [(begin, len(hop.rtts_us))]) for hop in evidence.snapshot.hops if hop.ttl == end.ttl), end
    )
    if proportion_interval(whole.lost, whole.completed)[1] < lost / probes:
        return None  # hops that lose more than the end answer seldom
    low, high = proportion_interval(lost, probes, CONFIDENCE)
    clean = [row for row in evidence.before if row.answers and row.ttl < loss.first_ttl]
    before = Row(0, sum(row.lost for row in clean), sum(row.completed for row in clean))
    early = not found.known
    path = PathLoss(*place.ends, lost, probes, loss.first_ttl, low, high, before, end.ttl, place.open_ttl, early=early)
    return LossFindings((), path, ())


def place_at_first(evidence: Evidence, end_ttl: int) -> Told:
    """Where loss that has just begun may do so, by the rounds that told it: that does not change with those after."""
    loss = _told_by(evidence, end_ttl)
    if loss is None:
        return NOWHERE
    answering = [row.ttl for row in evidence.before if row.answers and row.ttl <= end_ttl]
    # Where exactly is not known yet: a hop more on either side.
    nearer = [ttl for ttl in answering if ttl < loss.first_ttl][-2:]
    farther = [ttl for ttl in answering if loss.first_ttl <= ttl][:2]
    after_ttl, from_ttl = (nearer[0] if len(nearer) > 1 else 0), (farther[-1] if farther else end_ttl)
    young = _first_rows(evidence, end_ttl, loss)
    if any(row.lost for row in young):
        ends = onset(young).place.ends
        after_ttl, from_ttl = min(after_ttl, ends[0]), max(from_ttl, ends[1])
    return Told((after_ttl, from_ttl), min(answering[-2:], default=0))


def _first_rows(evidence: Evidence, end_ttl: int, loss: StretchLoss) -> list[Row]:
    """The counts of the rounds that told the loss, of hops that lost little before."""
    begin, quiet = max(0, evidence.counted_from - 1), _quiet(evidence, end_ttl)
    hops = [hop for hop in evidence.snapshot.hops if hop.ttl in quiet]
    return [row for row in rows_of_burst(hops, begin, begin + loss.rounds) if row.completed]


def before_proof(evidence: Evidence) -> tuple[int, int] | None:
    """From the stretch before on to where it was proved that loss began: indices in the histories.

    None where the stretch before is one in which loss had ended.
    """
    stretches, stretch = evidence.snapshot.stretches, evidence.stretch
    if stretch is None or stretch.loss is None or len(stretches) < 2 or evidence.bursts:
        return None
    before = stretches[-2]
    if before.begun_by is Beginning.LOSS_ENDED:
        return None
    offset = evidence.snapshot.last_round + 1 - len(evidence.snapshot.hops[0].rtts_us)
    begin = max(evidence.since, before.first_round - offset + (before.begun_by is Beginning.LOSS_BEGAN))
    until = stretch.first_round - offset + stretch.loss.rounds - 1
    return (begin, until) if begin < until else None


def is_kept(evidence: Evidence, end_ttl: int, ends: Ends) -> bool:
    """Whether a place that was told before loss began is among the likeliest of the loss that began."""
    loss = _told_by(evidence, end_ttl)
    rows = _first_rows(evidence, end_ttl, loss) if loss is not None else []
    if not any(row.lost for row in rows):
        return False
    close = onset(rows).place.close
    return max(close[0], ends[0]) < min(close[1], ends[1])


def _told_by(evidence: Evidence, end_ttl: int) -> StretchLoss | None:
    """What the beginning of this stretch was told by; None where it did not begin with loss up to this end."""
    stretch = evidence.stretch
    if stretch is None or stretch.begun_by is not Beginning.LOSS_BEGAN or stretch.loss is None:
        return None
    return stretch.loss if stretch.loss.end_ttl == end_ttl else None


def _quiet(evidence: Evidence, end_ttl: int) -> frozenset[int]:
    """The hops that lost little before."""
    return frozenset(
        row.ttl for row in evidence.before if row.answers and row.share < BEFORE_MAX and row.ttl <= end_ttl
    )
