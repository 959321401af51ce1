"""Verdicts on outages (L11): losses in a row at the far end, kept apart from the loss of the rest."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ...statistics.exact_tests import variation
from .. import wording
from ..assessment import Verdict
from ..finding import Finding, Rank

if TYPE_CHECKING:
    from ...path.outages import Outage
    from ..evidence.gather import Evidence

OUTAGE_NEWS_S = 120
OUTAGES_SHOWN = 3
# So many outages, spaced so evenly (standard deviation over mean), have a period.
PERIODIC_MIN, PERIODIC_CV = 3, 0.2


def about_outages(evidence: Evidence) -> list[Finding]:
    """The latest outages that are over; one that lasts is a matter of what is reached."""
    over = [outage for outage in evidence.outages if not outage.lasting]
    return [_outage(evidence, outage, _period(evidence)) for outage in over[-OUTAGES_SHOWN:]]


def _period(evidence: Evidence) -> float:
    """In how many seconds outages come back; 0 where they do not come at even spaces."""
    starts = [outage.first for outage in evidence.outages]
    spaces = [later - first for first, later in pairwise(starts)]
    if len(starts) < PERIODIC_MIN or variation(spaces) >= PERIODIC_CV:
        return 0.0
    return sum(spaces) / len(spaces) * evidence.snapshot.settings.interval_us / 1e6


def _outage(evidence: Evidence, outage: Outage, period_s: float) -> Finding:
    interval_s = evidence.snapshot.settings.interval_us / 1e6
    length = wording.duration(outage.rounds * interval_s)
    rounds_ago = len(evidence.end.rtts_us) - outage.first - outage.rounds if evidence.end else 0
    ago = wording.duration(rounds_ago * interval_s)
    verdict = Verdict(
        "L11",
        "fault",
        0,
        0,
        "Outage",
        brief=f"{length}, over since {ago}",
        figures=f"{outage.rounds} rounds in a row lost at the target",
        reasons=(
            *(
                (f"Outages come back about every {wording.duration(period_s)}: something periodic.",)
                if period_s
                else ()
            ),
            "Not counted in the loss that is named beside it. It may have been the way back.",
        ),
        numbers=(("rounds", outage.rounds), ("rounds_ago", rounds_ago), ("period_s", round(period_s, 1))),
    )
    # One that is long over does not hide what is wrong now.
    rank = Rank.OUTAGE if rounds_ago * interval_s < OUTAGE_NEWS_S else Rank.CHANGE
    return Finding(
        rank,
        verdict,
        (
            ("Outage:", f"nothing came through for {length}; over since {ago}."),
            ("Outage:", f"{length} without an answer, over since {ago}."),
        ),
    )
