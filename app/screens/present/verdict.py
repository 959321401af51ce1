"""The answer line, what stands in an empty table, and the Verdict tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets.answer import AnswerText
from ...actions import ACTIONS, first_key
from ...insight import state_words
from ...insight.since import since
from . import link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ....widgets.words import VerdictEntry
    from ...actions import Action
    from ...insight.assessment import Assessment, Verdict
    from ...path.snapshot import Snapshot


def answer(
    snapshot: Snapshot, assessment: Assessment, actions: Iterable[Action] = ACTIONS, now_us: int = 0
) -> AnswerText:
    """The answer line; ``now_us`` is on the clock of the snapshot, 0: it is not known."""
    if snapshot.state == "failed":
        kept = f"Numbers so far are kept{_offers('; ', actions, ('export', 'exports'), ('quit', 'quits'))}."
        wordings = state_words.failed(snapshot.reason)
        return AnswerText("fault", tuple((lead, rest) for lead, _ in wordings for rest in (kept, "")))
    if now_us and (lost := snapshot.link_lost) is not None:
        lead, since = "Not measured:", f"{link.lost(lost, now_us)}."
        kept = "The numbers so far are kept, and this is no loss."
        return AnswerText("warning", ((lead, f"{since} {kept}"), (lead, since), (lead, f"{link.since(lost, now_us)}.")))
    if _is_paused_before_any_answer(snapshot):
        resumes = _offers("", actions, ("pause-or-resume", "resumes"))
        return AnswerText("", ((state_words.PAUSED, resumes and f"{resumes}."), (state_words.PAUSED, "")))
    if assessment.sentences:
        return AnswerText(assessment.severity, assessment.sentences)
    if any(hop.received for hop in snapshot.hops):  # the table shows figures already
        end = snapshot.hops[-1]
        answered = end.received if snapshot.reached else 0
        return AnswerText("", state_words.measuring(answered, end.completed, end.statistics.average))
    return AnswerText("", state_words.STARTING)


def waiting(snapshot: Snapshot, now_us: int, actions: Iterable[Action] = ACTIONS) -> str:
    """What stands in the table while it is empty."""
    if snapshot.state == "failed":
        return ""
    if _is_paused_before_any_answer(snapshot):
        return state_words.PAUSED
    elapsed_us = now_us - snapshot.started_us
    if elapsed_us < state_words.EARLY_US or snapshot.state == "starting":
        return state_words.waiting(snapshot.target.name)[0][0]
    others = _offers(" ", actions, ("udp", "tries UDP"), ("tcp", "tries TCP"))
    lead, why = state_words.no_answer(elapsed_us)[0]
    return f"{lead} {why}{others and others + '.'}"


def _is_paused_before_any_answer(snapshot: Snapshot) -> bool:
    """Whether nothing is to be waited for: paused at once, or reset while paused."""
    return snapshot.state == "paused" and not any(hop.received for hop in snapshot.hops)


def _offers(before: str, actions: Iterable[Action], *offers: tuple[str, str]) -> str:
    """What keys would do now: ``; x exports, q quits``; empty where those actions have no keys."""
    actions = tuple(actions)
    keys = [(first_key(name, actions), does) for name, does in offers]
    said = ", ".join(f"{key} {does}" for key, does in keys if key)
    return before + said if said else ""


def findings(snapshot: Snapshot, assessment: Assessment, actions: Iterable[Action]) -> tuple[VerdictEntry, ...]:
    """The Verdict tab, what made the answer first; one of the actions runs the check that a verdict offers."""
    leads = next((one for one in assessment.verdicts if one.headline and one.rule in assessment.answer.rules[:1]), None)
    ordered = sorted(assessment.verdicts, key=lambda one: one is not leads)
    return tuple(_finding(snapshot, verdict, actions) for verdict in ordered)


def _finding(snapshot: Snapshot, verdict: Verdict, actions: Iterable[Action]) -> VerdictEntry:
    title = f"{verdict.title} {since(snapshot, verdict)}".rstrip()
    settle = verdict.settle
    if verdict.check is not None:
        from . import checks

        settle = checks.offer(verdict.check, first_key("check", actions))
    key = first_key("check", actions)
    larger = (f"Press {key} to test them.",) if key and "only_bytes" in dict(verdict.numbers) else ()
    reasons = (*verdict.reasons, *larger, *((settle,) if settle else ()))
    from ....widgets.words import VerdictEntry

    return VerdictEntry(verdict.severity, verdict.where, title, verdict.brief, verdict.figures, reasons)
