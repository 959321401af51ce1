"""From the log of a snapshot to the entries of the Events pane."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from ....widgets.words import EventEntry
from ...insight.evidence import change_effect
from ...insight.place import place
from ...insight.wording import duration, hops_longer
from ...path.interruptions import interruptions
from .clock import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...insight.assessment import Assessment
    from ...insight.rules import Severity
    from ...path.snapshot import EntryKind, LogEntry, Snapshot
    from .table import Look

LISTED = 8  # hops of a path change, at most
SEVERITIES: dict[EntryKind, Severity] = {
    "path-changed": "changed",
    "path-flap": "warning",
    "path-flap-change": "changed",
    "path-flap-ended": "note",
    "restarted": "warning",
    "stalled": "warning",
    "network-down": "fault",
    "failed": "fault",
    "loss-started": "fault",
    "loss-ended": "note",
    "fallback": "note",
    "source-changed": "changed",
    "alert-raised": "warning",
    "alert-cleared": "note",
    "alert-command": "note",
}


def entries(snapshot: Snapshot, look: Look, assessment: Assessment) -> tuple[EventEntry, ...]:
    """The log, newest first by when things began.

    Loss of the target alone is no fault in it where it may be, or is, a rate limit.
    """
    # What takes a while to be known is logged after what happened meanwhile.
    log = sorted(_collapsed(snapshot.log_entries), key=lambda one: one.time_us)
    return tuple(_entry(snapshot, one, look, assessment) for one in reversed(log))


def _collapsed(log: Sequence[LogEntry]) -> list[LogEntry]:
    """The log with one entry for a network that goes down again and again: since when, and how often."""
    instead: dict[LogEntry, LogEntry | None] = {}
    for one in interruptions(log):
        if one.times > 1:
            first, *others = one.entries
            length = duration((one.latest_us - one.since_us) / 1e6)
            instead[first] = replace(first, text=f"{one.times} times in {length}: {first.text}")
            instead.update((entry, None) for entry in others if entry is not one.ended)
    if not instead:
        return list(log)
    told = (instead.get(entry, entry) for entry in log)
    return [entry for entry in told if entry is not None]


def _of_one_hop(one: LogEntry) -> bool:
    """Whether it is loss of the target alone."""
    return one.kind == "loss-started" and one.first_ttl == one.last_ttl


def _entry(snapshot: Snapshot, one: LogEntry, look: Look, assessment: Assessment) -> EventEntry:
    where = place(one.first_ttl, one.last_ttl) if one.first_ttl else one.kind.replace("-", " ")
    text, severity = one.text, SEVERITIES.get(one.kind, "note")
    judgement = assessment.hop(one.last_ttl)
    if _of_one_hop(one) and judgement.loss == "harmless":
        text, severity = f"{text} (rate-limited replies)", "note"
    elif _of_one_hop(one) and judgement.loss == "unjudged" and judgement.severity == "warning":
        text, severity = f"{text} (or rate-limited replies)", "warning"
    if one.kind == "start":
        text = f"{text} to {snapshot.target.address}"
    if one.kind == "path-changed" and not one.circles:  # in a loop the path has no length, and no end to compare
        longer = len(one.new) - len(one.old)
        told = (text, hops_longer(longer) if longer else "", change_effect.in_words(change_effect.cost(snapshot, one)))
        text = ", ".join(part for part in told if part)
    changes = []
    for at, (now, was) in enumerate(zip_longest(one.new, one.old) if one.first_ttl else ()):
        ttl = one.first_ttl + at
        changes.append((ttl, None if now is None else _who(now, look), None if was is None else _who(was, look)))
    shown = changes if len(changes) <= LISTED else changes[: LISTED - 1]
    told_at = clock(one.time_us, snapshot.clock_offset_us)
    return EventEntry(told_at, severity, where, text, tuple(shown), len(changes) - len(shown))


def _who(address: str, look: Look) -> tuple[str, str, str]:
    if not address:
        return "", "", ""
    origin = look.origin(address)
    network = f"AS{origin.number}" if origin is not None and origin.numbers else ""
    return address, look.name(address) or "", network
