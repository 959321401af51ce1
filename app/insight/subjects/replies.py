"""Verdicts on hops that answer less than they forward, or never: harmless, though the table shows loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...statistics.exact_tests import mcnemar_greater
from .. import rules, wording
from ..answer import Status
from ..assessment import Verdict
from ..checks.offers import halve_rate, in_words
from ..checks.results import half_rate
from ..evidence.counts import Row
from ..evidence.patterns import delay_near_losses, dispersion_of, paired, rate_limit_pattern
from ..place import at_hop
from .notes import note
from .target import at_half_the_rate, rates, too_even

if TYPE_CHECKING:
    from ..evidence.findings import PathLoss, ReplySide
    from ..evidence.gather import Evidence

# McNemar's test takes the place of Fisher's from so many rounds on in which only one of two hops answered.
PAIRS_MIN = 6
# Above this, delay beside losses is not to be seen. That alone confirms no limit: it is no evidence, but lack of it.
NO_DELAY_P = 0.1


def is_silent(evidence: Evidence, row: Row) -> bool:
    """Whether a hop never answers, though later ones do."""
    end = evidence.end
    return row.completed >= 10 and not row.answers and end is not None and row.ttl < end.ttl


def silent(row: Row) -> Verdict:
    """A router that never answers."""
    return note(
        rules.SILENT_HOP,
        at_hop(row.ttl),
        "silent router",
        f"0 of {wording.count(row.completed)} answered, later hops answer",
        "It forwards traffic and does not answer probes. Not a fault.",
        lost=row.lost,
        completed=row.completed,
    )


def reply_side(evidence: Evidence, entry: ReplySide, path: PathLoss | None) -> Verdict:
    """A hop that answers less than it forwards; confirmed where its losses are even, or fewer at half the rate."""
    row, later = entry.row, entry.later_hop
    pairs = paired(evidence, row.ttl, later.ttl)
    test = f"Fisher {wording.chance(entry.p_value)}"
    if sum(pairs) >= PAIRS_MIN:
        test = f"McNemar {wording.chance(mcnemar_greater(*pairs))}"
    reasons = [f"Beyond it, hop {later.ttl} lost {_of(later)} ({test}): packets got through hop {row.ttl}."]
    even = rate_limit_pattern(evidence, row.ttl)
    if even is not None:
        reasons.append(too_even(even))
    p_delay = delay_near_losses(evidence, row.ttl)
    if NO_DELAY_P < p_delay < 1:
        reasons.append(f"RTT is no higher around the losses (Mann-Whitney {wording.chance(p_delay)}): no queue.")
    halved = half_rate(evidence, row.ttl)
    if halved is not None:
        reasons.append(at_half_the_rate(halved))
    confirmed = even is not None or (halved is not None and halved.differs)
    plan = halve_rate(evidence, row.ttl) if halved is None else None
    shared = path is not None and row.ttl >= path.from_ttl
    if shared and path is not None:
        reasons.append(f"Of its {wording.percent(row.share)} %, about {wording.percent(path.share)} % is on the path.")
    return Verdict(
        rules.REPLY_LIMIT_CONFIRMED if confirmed else rules.REPLY_LIMIT,
        "note",
        at_hop(row.ttl),
        "rate-limits its replies" if shared else "rate-limits its replies, loses no traffic",
        figures=f"{_of(row)} unanswered: {wording.percent(row.share)} %",
        reasons=tuple(reasons),
        numbers=(
            ("lost", row.lost),
            ("completed", row.completed),
            ("share", row.share),
            ("later_hop_ttl", later.ttl),
            ("later_hop_lost", later.lost),
            ("later_hop_completed", later.completed),
            ("p_value", entry.p_value),
            ("dispersion", dispersion_of(evidence, row.ttl)[0]),
            *((("evenness", even.index), ("evenness_p_value", even.p_value)) if even is not None else ()),
            *(rates(halved) if halved is not None else ()),
        ),
        settle=in_words(plan) if plan is not None else "",
        check=plan,
        status=Status.CONFIRMED if confirmed else Status.PROVISIONAL,
    )


def _of(row: Row) -> str:
    return wording.of(row.lost, row.completed)
