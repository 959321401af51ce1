"""What the screen says of checks: the offer, how far one is, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...insight.wording import duration, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...insight.assessment import Assessment, Verdict
    from ...path.snapshot import Snapshot
    from ...trace.checks import Check, CheckPlan
    from ..judge import Assess


def effort(plan: CheckPlan) -> str:
    """How many probes a check sends, and how long it takes."""
    if not plan.arms:
        return "Large packets one at a time: a few seconds, about 20 s where they are lost"
    return f"{plural(plan.probes, 'probe')}, {duration(plan.duration_us / 1e6)}"


def offer(plan: CheckPlan, pressed: str) -> str:
    """The line of the Verdict tab."""
    how = f"press {pressed} to {plan.question}" if pressed else plan.question
    return f"To settle: {how} ({effort(plan)}). {plan.meaning}"


def offered(assessment: Assessment, selected: int) -> list[CheckPlan]:
    """The checks that verdicts offer: first that of the selected hop's verdict, then by gravity."""
    found = sorted(assessment.verdicts, key=lambda verdict: not verdict.first_ttl <= selected <= verdict.last_ttl)
    return [verdict.check for verdict in found if verdict.check is not None]


def running(snapshot: Snapshot) -> Check | None:
    """The check that runs beside a trace."""
    latest = snapshot.checks[-1] if snapshot.checks else None
    return latest if latest is not None and latest.state == "running" else None


def progress(check: Check, now_us: int) -> str:
    """How far a check is: of the probes that it still means to send."""
    plan = check.plan
    if not plan.arms:
        return f"Path MTU: {check.doing}"
    subject = f"hop {plan.ttl}" if plan.exclusive else "the target"
    left_us = max(0, check.started_us + plan.duration_us - now_us)
    left = f"{duration(left_us / 1e6)} left" if left_us >= 1_000_000 else "waiting for the last answers"
    return f"Check of {subject}: {check.sent} of {plural(plan.probes, 'probe')}, {left}"


def latest_outcome(snapshots: Sequence[Snapshot], assess: Assess, after_us: int) -> tuple[int, str]:
    """When the latest check was done, and what it has come to: the verdict on its hop; empty if not after a time."""
    done = [(one, check) for one in snapshots for check in one.checks if check.state == "done"]
    snapshot, check = max(done, key=lambda pair: pair[1].time_us, default=(None, None))
    if snapshot is None or check is None or check.time_us <= after_us:
        return after_us, ""
    assessment = assess(snapshot)
    verdict = next((one for one in assessment.verdicts if _tells(one, check.plan)), None)
    return check.time_us, f"Check done. {verdict.sentence if verdict is not None else check.text}"


def _tells(verdict: Verdict, plan: CheckPlan) -> bool:
    """Whether a verdict is what a check has come to; what is found of the path as a whole is of any hop."""
    if verdict.rule.outcome_of is not plan.kind:
        return False
    return not plan.arms or verdict.first_ttl <= plan.ttl <= verdict.last_ttl
