"""Verdicts on a far end that limits its own replies (L10): told by a check, or by the beat of its losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import wording
from ..assessment import Numbers, Verdict
from ..checks.offers import halve_rate, in_words, target_alone
from ..checks.results import half_rate, latest
from ..finding import Finding, Rank, note

if TYPE_CHECKING:
    from ...statistics.regularity import Evenness
    from ..checks.results import Compared
    from ..evidence.gather import Evidence
    from ..evidence.loss import Limited


def limits_by_check(evidence: Evidence, alone: Compared) -> Finding:
    """L10, by a check: the target loses by the trace's protocol alone."""
    assert evidence.end is not None
    protocol, arm, ttl = evidence.snapshot.settings.protocol, alone.arm, evidence.end.ttl
    return note(
        "L10",
        ttl,
        ttl,
        f"The target limits its {protocol} replies",
        f"{protocol} lost {alone.lost} of {alone.completed}, {arm.name} {arm.lost} of {arm.completed} in the same time",
        f"What goes there by {arm.name} gets through (Fisher {wording.chance(alone.p_value)}), so the path is sound.",
        lost=alone.lost,
        completed=alone.completed,
        other=arm.name,
        other_lost=arm.lost,
        other_completed=arm.completed,
        p_value=alone.p_value,
    )


def limits_by_rate(evidence: Evidence, halved: Compared) -> Finding:
    """L5 of the last router that answers, where nothing behind it tells loss from a limit: half the rate has less."""
    assert evidence.end is not None
    ttl = evidence.end.ttl
    verdict = Verdict(
        "L5",
        "note",
        ttl,
        ttl,
        f"Hop {ttl} limits its own replies",
        figures=f"{halved.lost} of {halved.completed} unanswered, at half the rate {halved.arm.lost} of"
        f" {halved.arm.completed}",
        reasons=(at_half_the_rate(halved),),
        numbers=rates(halved),
    )
    return Finding(Rank.HARMLESS, verdict)


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


def limits_by_beat(evidence: Evidence, limited: Limited) -> Finding:
    """L10 before any check (L5 of a last hop that is not the target): probable, since losses by chance are uneven."""
    row, before, even = limited.row, limited.before, limited.even
    reached = evidence.snapshot.reached
    rule, who = ("L10", "The target") if reached else ("L5", f"Hop {row.ttl}")
    if reached:
        tried = latest(evidence, rule, row.ttl)
        plan = target_alone(evidence, row.ttl, row.lost, row.completed) if tried is None else None
    else:
        plan = halve_rate(evidence, row.ttl) if half_rate(evidence, row.ttl) is None else None
    lost = f"{wording.count(row.lost)} of {wording.count(row.completed)}"
    title = f"{who} probably limits its own replies"
    verdict = Verdict(
        rule,
        "note",
        row.ttl,
        row.ttl,
        title,
        figures=f"{lost} lost: {wording.percent(row.share)} %; {wording.count(before.lost)} of"
        f" {wording.count(before.completed)} at hop {before.ttl}",
        reasons=(
            too_even(even),
            "Something periodic on the last link, or a link of several of which one is dead, would look alike.",
        ),
        settle=in_words(plan) if plan is not None else "",
        check=plan,
        numbers=(
            ("lost", row.lost),
            ("completed", row.completed),
            ("share", row.share),
            ("witness_ttl", before.ttl),
            ("witness_lost", before.lost),
            ("witness_completed", before.completed),
            ("evenness", even.index),
            ("p_value", even.p_value),
        ),
    )
    fine = f"No fault found up to hop {before.ttl}."
    return Finding(
        Rank.HARMLESS,
        verdict,
        ((fine, f"{title}: {lost} lost, too evenly for chance."), (fine, f"{title}."), (f"{title}.", "")),
    )


def too_even(even: Evenness) -> str:
    """Why losses are those of a limit."""
    return (
        f"Losses come too evenly for chance (their gaps vary by {100 * even.index:.0f} % of what chance makes,"
        f" {wording.chance(even.p_value)}), as those of a rate limit do."
    )
