"""By what a trace is known again, where something is remembered of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ...path.snapshot import Snapshot


def trace_of(snapshot: Snapshot) -> Hashable:
    """The same for all snapshots of a trace since counts began, and for none of another, to the same target or not.

    What was made of a report that was read is known by its target and its beginning alone.
    """
    return snapshot.trace, snapshot.target, snapshot.started_us
