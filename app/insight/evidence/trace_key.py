"""By what a trace is known again, where something is remembered of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ...path.snapshot import Snapshot


def trace_of(snapshot: Snapshot) -> Hashable:
    """The same for all snapshots of a trace, and for none of another: lanes may lead to one address side by side."""
    return snapshot.target, snapshot.started_us
