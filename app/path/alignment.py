"""Where two paths differ: they are laid beside each other from both ends, so that what both have stays in place.

A path that has become a hop longer shifts all later hops by one. Compared TTL by TTL its target would be replaced by
the router before it; aligned, only the detour differs.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Difference:
    """The one stretch in which two paths differ, as indexes; either of both parts may be empty, or both."""

    begin: int  # the first that differs, in both
    old_end: int  # exclusive
    new_end: int  # exclusive


def difference(old: Sequence[frozenset[str]], new: Sequence[frozenset[str]]) -> Difference:
    """Align two paths, each hop the addresses that answered there; an empty hop is not known and may be any.

    What is not known counts as the same only between hops that are the same.
    """
    shortest = min(len(old), len(new))
    begin = _alike(old, new, shortest)
    end = _alike(old[begin:][::-1], new[begin:][::-1], shortest - begin)
    return Difference(begin, len(old) - end, len(new) - end)


def _alike(old: Sequence[frozenset[str]], new: Sequence[frozenset[str]], most: int) -> int:
    """How many of the first hops are the same; the last of them is known to be."""
    alike = 0
    for at in range(most):
        if old[at] & new[at]:
            alike = at + 1
        elif old[at] and new[at]:
            break
    return alike
