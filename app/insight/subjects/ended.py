"""Verdicts on loss that has ended: told as ended, first in the answer for a while."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ...path.stretches import Beginning
from .. import rules, wording
from ..answer import Status
from ..assessment import Verdict
from ..evidence.counts import Row, rows_of_burst
from ..evidence.loss import place_of
from ..evidence.onset import BEFORE_MAX, onset
from ..place import Place

if TYPE_CHECKING:
    from ...path.bursts import Burst
    from ...path.stretches import Stretch
    from ..evidence.gather import Evidence
    from ..evidence.told_place import Ends

# For so long loss that has ended leads the answer, where nothing is wrong now.
LED_US = 600_000_000
SHOWN = 3
# A burst alone is told where so large a part of the hops beyond its place lost probes.
MOST = 0.66


def about_ended(evidence: Evidence) -> list[Verdict]:
    """The latest losses that have ended on this path."""
    stretches = evidence.snapshot.stretches
    pairs = [
        (lossy, after)
        for lossy, after in pairwise(stretches)
        if after.begun_by is Beginning.LOSS_ENDED and lossy.loss is not None
    ]
    alone = _of_burst(evidence, evidence.lone_burst) if evidence.lone_burst is not None else None
    found = [_ended(evidence, lossy, after) for lossy, after in pairs[-SHOWN:]]
    return found if alone is None else [*found, alone]


def _ended(evidence: Evidence, lossy: Stretch, after: Stretch) -> Verdict:
    assert lossy.loss is not None
    loss, now_us = lossy.loss, evidence.snapshot.time_us
    ago_us, since_us = max(0, now_us - after.time_us), lossy.time_us
    if lossy.begun_by is not Beginning.LOSS_BEGAN:  # it was there before it was told, but for rounds before its first
        since_us = max(since_us, after.time_us - loss.rounds * evidence.snapshot.settings.interval_us)
    rows = tuple(Row(hop.ttl, hop.lost, hop.completed) for hop in lossy.hops if hop.ttl <= loss.end_ttl)
    after_ttl, from_ttl = place_of(rows) or (max(0, loss.first_ttl - 1), loss.first_ttl)
    end = next((row for row in rows if row.ttl == loss.end_ttl and row.lost), None)
    if end is None or lossy.begun_by is not Beginning.LOSS_BEGAN:
        end = Row(loss.end_ttl, loss.lost, loss.probes)
    # An outage within it tells more.
    outage = _had_outage(evidence, lossy.first_round, after.first_round)
    leads = evidence.stretch is after and ago_us < LED_US and not outage
    return _verdict(end, (after_ttl, from_ttl), ago_us, max(0, after.time_us - since_us), since_us, leads=leads)


def _verdict(end: Row, place: Ends, ago_us: int, duration_us: int, since_us: int, *, leads: bool) -> Verdict:
    """Loss that has ended: what was lost at ``end`` meanwhile, where it began, and whether it may lead the answer."""
    ago, length = wording.duration(ago_us / 1e6), wording.duration(duration_us / 1e6)
    return Verdict(
        rules.LOSS_ENDED,
        "note",
        Place(*place),
        "loss that has ended",
        brief=f"for {length}, ended {ago} ago",
        figures=f"{wording.of(end.lost, end.completed)} lost meanwhile: {wording.percent(end.share)} %",
        reasons=("The silence since is too long for chance at the rate at which probes were lost.",),
        numbers=(
            ("lost", end.lost),
            ("completed", end.completed),
            ("share", end.share),
            ("after_ttl", place[0]),
            ("from_ttl", place[1]),
            ("end_ttl", end.ttl),
            ("ago_us", ago_us),
            ("duration_us", duration_us),
        ),
        status=Status.ENDED,
        since_us=since_us,
        headline=leads,
        own_rank=rules.Rank.CHANGE if leads else rules.Rank.HARMLESS,
    )


def _had_outage(evidence: Evidence, first_round: int, last_round: int) -> bool:
    """Whether an outage that is told by itself began in one of these rounds."""
    first, last = (one - _offset(evidence) for one in (first_round, last_round))
    return any(first <= one.first <= last for one in evidence.outages)


def _offset(evidence: Evidence) -> int:
    """The round with which the histories begin."""
    return evidence.snapshot.last_round + 1 - len(evidence.snapshot.hops[0].rtts_us)


def _of_burst(evidence: Evidence, burst: Burst) -> Verdict | None:
    """A burst of loss that has ended; None where too few of the hops beyond its place lost anything."""
    snapshot, offset = evidence.snapshot, _offset(evidence)
    end_ttl = evidence.end.ttl if evidence.end is not None else 0
    hops = [
        hop for hop in snapshot.hops if hop.ttl <= end_ttl and hop.received and hop.dropped < BEFORE_MAX * hop.completed
    ]
    rows = rows_of_burst(hops, burst.first_round - offset, burst.last_round + 1 - offset)
    rows = [row for row in rows if row.completed]
    if not any(row.lost for row in rows):
        return None
    found = onset(rows)
    beyond = [row for row in rows if row.ttl >= found.best_ttl]
    if sum(row.lost > 0 for row in beyond) < MOST * len(beyond):
        return None
    together = Row(end_ttl, sum(row.lost for row in beyond), sum(row.completed for row in beyond))
    interval_us = snapshot.settings.interval_us
    ago_us = (snapshot.last_round - burst.last_round) * interval_us
    duration_us = (burst.last_round - burst.first_round + 1) * interval_us
    verdict = _verdict(together, found.place.ends, ago_us, duration_us, burst.time_us, leads=ago_us < LED_US)
    return replace(verdict, reasons=("Most hops beyond it lost probes within these rounds, and hardly any since.",))
