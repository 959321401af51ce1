"""What a time line marks: entries of the log, and how long what they tell of lasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..path.snapshot import EntryKind, LogEntry

MarkKind = Literal["change", "loss", "outage", "alert", "gap", "note"]
# What is marked, as what, and in which words; what is not here is no event that one looks for.
KINDS: dict[EntryKind, tuple[MarkKind, str]] = {
    "path-changed": ("change", "path changed"),
    "path-flap": ("change", "path flaps"),
    "path-flap-change": ("change", "path changed"),
    "source-changed": ("change", "source changed"),
    "rtt-shifted": ("change", "RTT shifted"),
    "loss-started": ("loss", "loss"),
    "alert-raised": ("alert", "alert"),
    "network-down": ("outage", "network down"),
    "failed": ("outage", "probe gone"),
    "restarted": ("gap", "probe restarted"),
    "stalled": ("gap", "standstill"),
    "paused": ("gap", "paused"),
    "settings": ("note", "settings"),
    "fallback": ("note", "settings"),
    "reset": ("note", "reset"),
    "check": ("note", "check"),
}
ENDS: dict[EntryKind, tuple[EntryKind, ...]] = {
    "loss-ended": ("loss-started",),
    "path-flap-ended": ("path-flap",),
    "resumed": ("paused", "network-down"),
}


class Logged(NamedTuple):
    """An entry of a log, and when it came."""

    target: int  # its index
    told_us: int  # when it was known
    entry: LogEntry  # what happened


class Mark(NamedTuple):
    """Something on a time line."""

    kind: MarkKind  # what it is
    label: str  # a word or two
    time_us: int  # when it happened, or began
    until_us: int | None  # when it ended; None: it lasts no time, or goes on
    lasts: bool = False  # it goes on


def marks(logged: Sequence[Logged], index: int | None = None) -> tuple[Mark, ...]:
    """The marks of a target, or of all, in the order in which they came; of lanes that change together, one."""
    made: list[Mark] = []
    going_on: dict[tuple[int, EntryKind], int] = {}  # places in what is made
    for whose, _, entry in logged:
        if index is not None and whose != index:
            continue
        for kind in ENDS.get(entry.kind, ()):
            at = going_on.pop((whose, kind), None)
            if at is not None:
                made[at] = made[at]._replace(until_us=entry.time_us, lasts=False)
        if entry.kind not in KINDS:
            continue
        kind_of_mark, label = KINDS[entry.kind]
        if entry.outage:
            kind_of_mark, label = "outage", "outage"
        lasting = any(entry.kind in kinds for kinds in ENDS.values())
        mark = Mark(kind_of_mark, label, entry.time_us, None, lasting)
        if lasting:
            going_on[whose, entry.kind] = len(made)
        elif mark in made[-8:]:
            continue
        made.append(mark)
    return tuple(made)
