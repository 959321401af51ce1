"""The answer line, what stands in an empty table, and the Verdict tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets.answer import AnswerText
from ....widgets.words import VerdictEntry
from ...actions import ACTIONS, first_key
from .clock import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...actions import Action
    from ...insight.assessment import Assessment, Verdict
    from ...path.snapshot import Snapshot


def answer(snapshot: Snapshot, assessment: Assessment, now_us: int, actions: Iterable[Action] = ACTIONS) -> AnswerText:
    """The answer line."""
    if snapshot.state == "failed":
        reason = (snapshot.reason or "The probe process is gone").rstrip(".")
        reason = reason[:1].upper() + reason[1:]
        kept = f"Numbers so far are kept{_offers('; ', actions, ('export', 'exports'), ('quit', 'quits'))}."
        short = "Probing has stopped."  # the reason may be longer than any line
        return AnswerText("fault", ((f"{reason}.", kept), (f"{reason}.", ""), (short, kept), (short, "")))
    if snapshot.state == "network-down":
        since = next((one.time_us for one in reversed(snapshot.log_entries) if one.kind == "network-down"), now_us)
        return AnswerText("fault", ((f"Network is down since {clock(since, snapshot.clock_offset_us)}.", "Waiting."),))
    if assessment.sentences:
        return AnswerText(assessment.severity, assessment.sentences)
    return AnswerText("", (("Starting.", ""),))


def waiting(snapshot: Snapshot, now_us: int, actions: Iterable[Action] = ACTIONS) -> str:
    """What stands in the table while it is empty."""
    if snapshot.state == "failed":
        return ""
    if now_us - snapshot.started_us < 5_000_000 or snapshot.state == "starting":
        return f"Waiting for the first answer from {snapshot.target.name} ..."
    others = _offers(" ", actions, ("udp", "tries UDP"), ("tcp", "tries TCP"))
    return f"No hop has answered for 5 s. Local firewall, or no route?{others and others + '.'}"


def _offers(before: str, actions: Iterable[Action], *offers: tuple[str, str]) -> str:
    """What keys would do now: ``; x exports, q quits``; empty where those actions have no keys."""
    actions = tuple(actions)
    keys = [(first_key(name, actions), does) for name, does in offers]
    said = ", ".join(f"{key} {does}" for key, does in keys if key)
    return before + said if said else ""


def findings(snapshot: Snapshot, assessment: Assessment, actions: Iterable[Action]) -> tuple[VerdictEntry, ...]:
    """The Verdict tab; one of the actions runs the check that a verdict offers."""
    return tuple(_finding(snapshot, verdict, actions) for verdict in assessment.verdicts)


def _finding(snapshot: Snapshot, verdict: Verdict, actions: Iterable[Action]) -> VerdictEntry:
    title = verdict.title
    if verdict.severity == "changed" and verdict.since_us is not None:
        title = f"{title} at {clock(verdict.since_us, snapshot.clock_offset_us)}"
    settle = verdict.settle
    if verdict.check is not None:
        from . import checks

        settle = checks.offer(verdict.check, first_key("check", actions))
    reasons = (*verdict.reasons, settle) if settle else verdict.reasons
    return VerdictEntry(verdict.severity, verdict.where, title, verdict.brief, verdict.figures, reasons)
