"""Verdicts on a far end that rate-limits its replies: told by a check, or by how evenly its losses come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...trace.checks import CheckKind
from .. import rules, wording
from ..answer import Numbers, Status
from ..assessment import Verdict
from ..checks.offers import halve_rate, in_words, target_alone
from ..checks.results import half_rate, latest
from ..place import at_hop
from .notes import note

if TYPE_CHECKING:
    from ...statistics.regularity import Evenness
    from ..checks.results import Compared
    from ..evidence.findings import Limited
    from ..evidence.gather import Evidence


def limits_by_check(evidence: Evidence, alone: Compared) -> Verdict:
    """Of the target, by a check: it loses by the trace's protocol alone."""
    assert evidence.end is not None
    protocol, arm = evidence.snapshot.settings.protocol.upper(), alone.arm
    return note(
        rules.TARGET_REPLY_LIMIT_CONFIRMED,
        at_hop(evidence.end.ttl),
        f"the target rate-limits its {protocol} replies",
        f"{protocol} lost {alone.lost} of {alone.completed}, {arm.name} {arm.lost} of {arm.completed} in the same time",
        f"What goes there by {arm.name} gets through (Fisher {wording.chance(alone.p_value)}), so the path is sound.",
        lost=alone.lost,
        completed=alone.completed,
        other=arm.name,
        other_lost=arm.lost,
        other_completed=arm.completed,
        p_value=alone.p_value,
    )


def limits_by_rate(evidence: Evidence, halved: Compared) -> Verdict:
    """Of the last router that answers, where nothing beyond tells loss from a limit: half the rate has less."""
    assert evidence.end is not None
    return Verdict(
        rules.LAST_HOP_REPLY_LIMIT_CONFIRMED,
        "note",
        at_hop(evidence.end.ttl),
        "rate-limits its replies",
        figures=f"{halved.lost} of {halved.completed} unanswered, at half the rate {halved.arm.lost} of"
        f" {halved.arm.completed}",
        reasons=(at_half_the_rate(halved),),
        numbers=rates(halved),
    )


def at_half_the_rate(halved: Compared) -> str:
    """What a check at half the rate says."""
    arm = halved.arm
    return (
        f"At half the rate {arm.lost} of {arm.completed} unanswered, before {halved.lost} of {halved.completed}"
        f" (Fisher {wording.chance(halved.p_value)}): "
        + ("it is a rate limit." if halved.differs else "no clear difference, so perhaps no limit by rate.")
    )


def rates(halved: Compared) -> Numbers:
    """The figures of a check at half the rate."""
    return (
        ("half_rate_lost", halved.arm.lost),
        ("half_rate_completed", halved.arm.completed),
        ("full_rate_lost", halved.lost),
        ("full_rate_completed", halved.completed),
        ("half_rate_p_value", halved.p_value),
    )


def limits_by_evenness(evidence: Evidence, limited: Limited) -> Verdict:
    """Of the far end before any check: probable, since losses by chance are uneven."""
    row, before, even = limited.row, limited.before, limited.even
    if evidence.snapshot.reached:
        rule, phrase = rules.TARGET_REPLY_LIMIT, "the target probably rate-limits its replies"
        tried = latest(evidence, CheckKind.TARGET_ALONE, row.ttl)
        plan = target_alone(evidence, row.ttl, row.lost, row.completed) if tried is None else None
    else:
        rule, phrase = rules.LAST_HOP_REPLY_LIMIT, "probably rate-limits its replies"
        plan = halve_rate(evidence, row.ttl) if half_rate(evidence, row.ttl) is None else None
    return Verdict(
        rule,
        "warning",
        at_hop(row.ttl),
        phrase,
        figures=f"{wording.of(row.lost, row.completed)} lost: {wording.percent(row.share)} %;"
        f" {wording.of(before.lost, before.completed)} at hop {before.ttl}",
        reasons=(
            too_even(even),
            "A periodic drop on the last link, or one dead link in a bundle, looks the same.",
        ),
        settle=in_words(plan) if plan is not None else "",
        check=plan,
        numbers=(
            ("lost", row.lost),
            ("completed", row.completed),
            ("share", row.share),
            ("previous_hop_ttl", before.ttl),
            ("previous_hop_lost", before.lost),
            ("previous_hop_completed", before.completed),
            ("evenness", even.index),
            ("p_value", even.p_value),
        ),
        status=Status.PROVISIONAL,
        headline=True,
    )


def too_even(even: Evenness) -> str:
    """Why losses are those of a rate limit."""
    return (
        "The losses are evenly spaced, as a rate limit makes them: the gaps between the losses are equal, random gaps"
        f" would vary (spread {100 * even.index:.0f} % of that of random gaps, {wording.chance(even.p_value)})."
    )
