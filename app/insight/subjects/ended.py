"""Verdicts on loss that has ended: told as ended, first in the answer for a while."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ...path.stretches import Beginning
from .. import rules, wording
from ..answer import Status
from ..assessment import Verdict
from ..evidence.counts import Row
from ..evidence.loss import place_of
from ..place import Place

if TYPE_CHECKING:
    from ...path.stretches import Stretch
    from ..evidence.gather import Evidence

# For so long loss that has ended leads the answer.
NEWS_US = 120_000_000
SHOWN = 3


def about_ended(evidence: Evidence) -> list[Verdict]:
    """The latest losses that have ended on this path."""
    stretches = evidence.snapshot.stretches
    pairs = [
        (lossy, after)
        for lossy, after in pairwise(stretches)
        if after.begun_by is Beginning.LOSS_ENDED and lossy.loss is not None
    ]
    return [_ended(evidence, lossy, after) for lossy, after in pairs[-SHOWN:]]


def _ended(evidence: Evidence, lossy: Stretch, after: Stretch) -> Verdict:
    assert lossy.loss is not None
    loss, now_us = lossy.loss, evidence.snapshot.time_us
    ago_us, duration_us = max(0, now_us - after.time_us), max(0, after.time_us - lossy.time_us)
    rows = tuple(Row(hop.ttl, hop.lost, hop.completed) for hop in lossy.hops if hop.ttl <= loss.end_ttl)
    after_ttl, from_ttl = place_of(rows) or (max(0, loss.first_ttl - 1), loss.first_ttl)
    end = next((row for row in rows if row.ttl == loss.end_ttl and row.lost), Row(0, loss.lost, loss.probes))
    ago, length = wording.duration(ago_us / 1e6), wording.duration(duration_us / 1e6)
    present = evidence.stretch is after
    return Verdict(
        rules.LOSS_ENDED,
        "note",
        Place(after_ttl, from_ttl),
        "loss that has ended",
        brief=f"for {length}, ended {ago} ago",
        figures=f"{wording.of(end.lost, end.completed)} lost meanwhile: {wording.percent(end.share)} %",
        reasons=("The silence since is too long for chance at the rate at which probes were lost.",),
        numbers=(
            ("lost", end.lost),
            ("completed", end.completed),
            ("share", end.share),
            ("after_ttl", after_ttl),
            ("from_ttl", from_ttl),
            ("end_ttl", loss.end_ttl),
            ("ago_us", ago_us),
            ("duration_us", duration_us),
        ),
        status=Status.ENDED,
        since_us=lossy.time_us,
        headline=present and ago_us < NEWS_US,
        own_rank=None if present and ago_us < NEWS_US else rules.Rank.HARMLESS,
    )
