"""Which trace of one side belongs beside which of the other: those of the same target."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .trace import ComparedTrace


def paired(
    first: Sequence[ComparedTrace], second: Sequence[ComparedTrace]
) -> tuple[list[tuple[ComparedTrace, ComparedTrace]], list[ComparedTrace]]:
    """Pairs in the order of the first side, and what has no counterpart.

    Where both sides have one trace, these are compared, whatever their targets are called. Else they belong together
    by name and source, then by name, then by address; each is used once.
    """
    if len(first) == len(second) == 1:
        return [(first[0], second[0])], []
    rest, left = list(second), list(first)
    found: dict[int, tuple[ComparedTrace, ComparedTrace]] = {}
    for key in KEYS:
        for at, one in enumerate(first):
            if at in found or not any(key(one)):
                continue
            other = next((other for other in rest if key(other) == key(one)), None)
            if other is not None:
                found[at] = (one, other)
                rest.remove(other)
                left.remove(one)
    return [found[at] for at in sorted(found)], [*left, *rest]


def _by_name_and_source(one: ComparedTrace) -> tuple[str, ...]:
    return one.target, one.source


def _by_name(one: ComparedTrace) -> tuple[str, ...]:
    return (one.target,)


def _by_address(one: ComparedTrace) -> tuple[str, ...]:
    return (one.address,)


KEYS = (_by_name_and_source, _by_name, _by_address)
