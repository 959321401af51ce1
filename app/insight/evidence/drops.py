"""What a queue drops, as evidence: loss that begins and ends with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .told_place import Ends


@dataclass(frozen=True, slots=True)
class Drops:
    """What a queue drops."""

    first_round: int  # in which the queue first dropped anything, of the trace
    last_round: int  # the last in which it made a packet wait or dropped one, as far as is known
    lost: int  # from the first of these rounds to the last, of ``completed``
    completed: int  # probes to the hops beyond it that were answered or lost, 1 or more
    gone: bool  # whether the queue has
    sure: bool  # whether the losses go with the waits, or only seem to
    place: Ends  # of the queue: the last hop before it, and the last at which it may begin

    @property
    def share(self) -> float:
        """Lost of completed."""
        return self.lost / self.completed
