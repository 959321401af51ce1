"""Verdicts on outages: losses in a row at the far end, kept apart from the loss of the rest."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ...statistics.exact_tests import variation
from .. import refusals, rules, wording
from ..answer import Status, yes
from ..assessment import Verdict
from ..evidence.cut import cut_of
from ..evidence.silent_hops import all_silent, last_answering, silent_from
from ..place import Place

if TYPE_CHECKING:
    from ...path.outages import Outage
    from ..evidence.cut import Cut
    from ..evidence.gather import Evidence
    from ..evidence.network import Shown

OUTAGE_NEWS_S = 120
# As long after its end as it lasted, and no sooner than this, an outage is history: the path is well again.
FRESH_US = 30_000_000
OUTAGES_SHOWN = 3
# So many outages, spaced so evenly (standard deviation over mean), have a period.
PERIODIC_MIN, PERIODIC_CV = 3, 0.2


def about_outages(evidence: Evidence, shown: Shown) -> list[Verdict]:
    """The latest outages that have ended, the latest first; one that lasts is a matter of what is reached."""
    over = [outage for outage in evidence.outages if not outage.lasting]
    return [_outage(evidence, outage, _period(evidence), shown) for outage in reversed(over[-OUTAGES_SHOWN:])]


def _period(evidence: Evidence) -> float:
    """In how many seconds outages come back; 0 where they do not come at even spaces."""
    starts = [outage.first for outage in evidence.outages]
    spaces = [later - first for first, later in pairwise(starts)]
    if len(starts) < PERIODIC_MIN or variation(spaces) >= PERIODIC_CV:
        return 0.0
    return sum(spaces) / len(spaces) * evidence.snapshot.settings.interval_us / 1e6


def _outage(evidence: Evidence, outage: Outage, period_s: float, shown: Shown) -> Verdict:
    interval_us = evidence.snapshot.settings.interval_us
    rounds_ago = len(evidence.end.rtts_us) - outage.first - outage.rounds if evidence.end else 0
    duration_us, ago_us = outage.rounds * interval_us, rounds_ago * interval_us
    cut = cut_of(evidence.snapshot, outage)
    end_ttl = evidence.end.ttl if evidence.end is not None else 0
    nearer = [hop for hop in evidence.snapshot.hops if hop.ttl < end_ttl]
    # Of its first and last round a part of the hops may have been asked before it began, or after it ended.
    within = outage.first + 1, outage.first + outage.rounds - 1
    answered = cut.ttl if cut is not None else last_answering(nearer, *within)
    silent = answered + 1
    if cut is None:
        silent = silent_from([hop for hop in nearer if hop.ttl > answered], *within) or max(end_ttl, answered + 1)
    nobody = not answered and all_silent(nearer, *within)
    before_end = evidence.end is not None and answered == _before(evidence)
    period = f"Outages come back about every {wording.duration(period_s)}: something periodic."
    return Verdict(
        rules.OUTAGE,
        "note" if ago_us >= max(FRESH_US, duration_us) else "fault",
        Place(answered, silent),
        "outage",
        brief=f"{wording.duration(duration_us / 1e6)}, ended {wording.duration(ago_us / 1e6)} ago",
        figures=f"{outage.rounds} rounds in a row lost at the target" + _meanwhile(cut, answered, shown, nobody=nobody),
        reasons=(
            *((period,) if period_s else ()),
            "The Loss% column counts the outage; verdicts on loss leave it out. It may have been on the return path.",
        ),
        numbers=(
            ("rounds", outage.rounds),
            ("rounds_ago", rounds_ago),
            ("duration_us", duration_us),
            ("ago_us", ago_us),
            ("period_s", round(period_s, 1)),
            ("after_ttl", answered),
            ("from_ttl", silent),
            ("nobody", yes(nobody)),
            ("target_alone", yes(before_end and cut is None)),
            *(() if cut is None else (("icmp_type", cut.icmp_type or 0), ("icmp_code", cut.icmp_code or 0))),
        ),
        addresses=(cut.address,) if cut is not None else (),
        status=Status.ENDED,
        since_us=evidence.snapshot.time_us - ago_us - duration_us,
        headline=True,
        # One that ended long ago does not hide what is wrong now.
        own_rank=None if ago_us < OUTAGE_NEWS_S * 1_000_000 else rules.Rank.CHANGE,
    )


def _meanwhile(cut: Cut | None, answered: int, shown: Shown, *, nobody: bool) -> str:
    if cut is not None:
        return f"; hop {cut.ttl} ({shown(cut.address)}) reported {refusals.report(cut.icmp_type, cut.icmp_code, 'it')}"
    if answered:
        return f"; hop {answered} answered meanwhile"
    return "; no hop answered meanwhile" if nobody else "; too few probes to the other hops to say where"


def _before(evidence: Evidence) -> int:
    """The last hop before the end that answers; 0: none does."""
    last_ttl = evidence.end.ttl if evidence.end is not None else 0
    return max((row.ttl for row in evidence.rows if row.ttl < last_ttl and row.answers), default=0)
