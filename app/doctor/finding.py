"""What was found out about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """How good it is."""

    OK = "ok"
    NOTE = "note"  # something is missing, and traces can do without
    BAD = "bad"  # no trace, or not this one, can be made


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's."""

    name: str
    """Of the thing, for programs: one of those in the schema."""
    title: str
    """Of the thing, for people."""
    status: Status
    """How good it is."""
    text: str
    """What was found."""
    remedy: str = ""
    """What the user can do about it; empty: nothing is needed, or nothing helps."""
