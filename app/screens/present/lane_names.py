"""What lanes are called where they stand side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Snapshot


def lane_names(snapshots: Sequence[Snapshot]) -> list[str]:
    """What lanes are called side by side: where all lead to one target, by what tells them apart."""
    targets = [one.target for one in snapshots]
    if len({one.name for one in targets}) > 1 or not all(one.vantage or one.kind for one in targets):
        return [str(one.lane) for one in targets]
    places = [str(one.vantage) for one in targets]
    kinds = [one.kind.words if one.kind is not None else "" for one in targets]
    if len(set(places)) == 1 and all(kinds):
        return kinds
    return [
        f"{place} by {kind}" if place and kind else place or kind for place, kind in zip(places, kinds, strict=True)
    ]
