"""Verdicts on outages: losses in a row at the far end, kept apart from the loss of the rest."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ...statistics.exact_tests import variation
from .. import rules, wording
from ..answer import Status
from ..assessment import Verdict

if TYPE_CHECKING:
    from ...path.outages import Outage
    from ..evidence.gather import Evidence

OUTAGE_NEWS_S = 120
OUTAGES_SHOWN = 3
# So many outages, spaced so evenly (standard deviation over mean), have a period.
PERIODIC_MIN, PERIODIC_CV = 3, 0.2


def about_outages(evidence: Evidence) -> list[Verdict]:
    """The latest outages that have ended; one that lasts is a matter of what is reached."""
    over = [outage for outage in evidence.outages if not outage.lasting]
    return [_outage(evidence, outage, _period(evidence)) for outage in over[-OUTAGES_SHOWN:]]


def _period(evidence: Evidence) -> float:
    """In how many seconds outages come back; 0 where they do not come at even spaces."""
    starts = [outage.first for outage in evidence.outages]
    spaces = [later - first for first, later in pairwise(starts)]
    if len(starts) < PERIODIC_MIN or variation(spaces) >= PERIODIC_CV:
        return 0.0
    return sum(spaces) / len(spaces) * evidence.snapshot.settings.interval_us / 1e6


def _outage(evidence: Evidence, outage: Outage, period_s: float) -> Verdict:
    interval_us = evidence.snapshot.settings.interval_us
    rounds_ago = len(evidence.end.rtts_us) - outage.first - outage.rounds if evidence.end else 0
    duration_us, ago_us = outage.rounds * interval_us, rounds_ago * interval_us
    period = f"Outages come back about every {wording.duration(period_s)}: something periodic."
    return Verdict(
        rules.OUTAGE,
        "fault",
        None,
        "outage",
        brief=f"{wording.duration(duration_us / 1e6)}, ended {wording.duration(ago_us / 1e6)} ago",
        figures=f"{outage.rounds} rounds in a row lost at the target",
        reasons=(
            *((period,) if period_s else ()),
            "Not counted in the loss that is named beside it. It may have been on the return path.",
        ),
        numbers=(
            ("rounds", outage.rounds),
            ("rounds_ago", rounds_ago),
            ("duration_us", duration_us),
            ("ago_us", ago_us),
            ("period_s", round(period_s, 1)),
        ),
        status=Status.ENDED,
        since_us=evidence.snapshot.time_us - ago_us - duration_us,
        headline=True,
        # One that ended long ago does not hide what is wrong now.
        own_rank=None if ago_us < OUTAGE_NEWS_S * 1_000_000 else rules.Rank.CHANGE,
    )
