"""Stretches of a trace: from one thing that changes what loss means to the next.

What was lost before a path change, or before loss began, says nothing of now: verdicts count the present stretch, and
tell the one before beside it. Figures of the table go on counting everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Beginning(Enum):
    """What began a stretch."""

    START = "start"
    RESET = "reset"
    PATH_CHANGE = "path-change"
    SETTINGS = "settings"  # what probes are has changed: another protocol or size may fare otherwise
    LOSS_BEGAN = "loss-began"
    LOSS_ENDED = "loss-ended"


@dataclass(frozen=True, slots=True)
class StretchHop:
    """What became of a hop's probes in a stretch that is over."""

    ttl: int  # 1 to 255
    lost: int  # of its probes in the stretch
    completed: int  # answered or lost


@dataclass(frozen=True, slots=True)
class StretchLoss:
    """The loss of a stretch, as its beginning, or its end, was told by."""

    first_ttl: int  # the likeliest first lossy hop
    end_ttl: int  # the last hop that was looked at
    lost: int  # at the hops from ``first_ttl`` on together, but those that rate-limit their replies
    probes: int  # of so many
    rounds: int  # from the first lossy round to the last one

    @property
    def share(self) -> float:
        """Lost of probes, from 0 to 1."""
        return self.lost / self.probes if self.probes else 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rounds in which the loss of a path did not change."""

    first_round: int  # of the trace; in which it truly began, not in which that was proved
    last_round: int | None  # None: it goes on
    begun_by: Beginning  # what made it a new one
    time_us: int  # when its first round began (monotonic)
    # Of a stretch begun by loss: the loss as far as its beginning needed it; of one whose loss has ended: all of it.
    loss: StretchLoss | None = None
    hops: tuple[StretchHop, ...] = ()  # of a stretch that is over: all hops that had probes in it
