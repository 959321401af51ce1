"""A trace that is folded again, from some moment on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..recording.event_lines import LaneAdded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..path.recorder import Recorder
    from ..recording.event_lines import Told


class Course:
    """Folds what happened up to one moment after the other.

    Args:
        recorder: has folded what was before.
        told: what happened since, in its order; None where no more has happened yet.
        until_us: the latest time of what has been folded.
    """

    def __init__(self, recorder: Recorder, told: Iterator[Told | None], until_us: int) -> None:
        self.recorder = recorder
        self.until_us = until_us
        """The latest time of any event that has been folded."""
        self._told = told
        self._next: Told | None = None  # read, and not folded yet

    def fold(self, time_us: int, events: int) -> bool:
        """Fold what happened before the first event that is later than a moment; whether all of it is.

        ``events``: so many at most.
        """
        done = False
        for _ in range(events):
            told = self._next = self._next or next(self._told, None)
            done = told is None or _time_us(told) > time_us
            if told is None or done:
                break
            self._next = None
            if isinstance(told, tuple):
                self.recorder.record(*told)
                self.until_us = max(self.until_us, told[1].time_us)
            elif isinstance(told, LaneAdded):
                self.recorder.add(told.target, told.settings, told.started_us)
            else:
                self.recorder.remove(told.target)
        self.recorder.fold()
        return done


def _time_us(told: Told) -> int:
    """When something happened; of a lane that went nobody asked: before what follows it."""
    if isinstance(told, tuple):
        return told[1].time_us
    return told.started_us if isinstance(told, LaneAdded) else 0
