"""One fault of several lanes: who loses, and over which router all of those go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .facts import Lane, Range


@dataclass(frozen=True, slots=True)
class Fault:
    """What some lanes lose at one place, as far as their ranges tell."""

    losing: tuple[tuple[Lane, Range], ...]  # the lanes, each with its range
    router: str  # the first router that lies in all of the ranges; empty: there is none, or one lane alone
    less: tuple[Lane, ...] = ()  # those that lose at a router beyond, and less than it, beyond chance; empty: none

    @property
    def lanes(self) -> list[Lane]:
        """The lanes that lose."""
        return list(dict.fromkeys(lane for lane, _ in self.losing))
