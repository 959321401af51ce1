"""What lanes are called where they stand side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Snapshot


LETTERS = "abcdefghijklmnopqrstuvwxyz"
LETTERS_MAX = 5  # lanes that are told by their letters one by one


def letter(lane: int) -> str:
    """What a lane is called where there is room for a letter: ``a`` to ``z``, then ``aa``, ``ab`` and so on."""
    before, at = divmod(lane, len(LETTERS))
    return (LETTERS[before - 1] if before else "") + LETTERS[at]


def letters(lanes: Sequence[int]) -> str:
    """Some lanes, in their order: ``ac``, ``a-f`` for neighbours, or how many there are."""
    if len(lanes) <= LETTERS_MAX and all(lane < len(LETTERS) for lane in lanes):
        return "".join(map(letter, lanes))
    if list(lanes) == [*range(lanes[0], lanes[-1] + 1)]:
        return f"{letter(lanes[0])}-{letter(lanes[-1])}"
    return f"{len(lanes)} lanes"


def lane_names(snapshots: Sequence[Snapshot]) -> list[str]:
    """What lanes are called side by side: where all lead to one target, by what tells them apart."""
    targets = [one.target for one in snapshots]
    if all(one.direction for one in targets):
        return [f"{one.direction} to {one.name}" for one in targets]
    named = any(one.vantage for one in targets)
    places = [str(one.vantage or "local") if named else "" for one in targets]
    if len({one.name for one in targets}) > 1:
        starts = [f"{place} to " if place else "" for place in places]
        return [f"{start}{one.called}" for start, one in zip(starts, targets, strict=True)]
    if not named and not any(one.kind for one in targets):
        return [str(one.name) for one in targets]
    kinds = [one.kind.words if one.kind is not None else "" for one in targets]
    if len(set(places)) == 1 and all(kinds):
        return kinds
    ways = [" by ".join(part for part in pair if part) for pair in zip(places, kinds, strict=True)]
    return [way or str(one.called) for way, one in zip(ways, targets, strict=True)]
