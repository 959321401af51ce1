"""A session file as a history: moments are reached from its checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..path.recorder import Recorder
from .course import Course
from .marks import Logged

if TYPE_CHECKING:
    from ..recording.recorded import Recorded


class RecordedHistory:
    """What a time cursor asks of a history (``cursor.History``), of a session file.

    Args:
        recorded: the file, which has been gone through.
    """

    def __init__(self, recorded: Recorded) -> None:
        header = recorded.header
        self._recorded = recorded
        self._clock = header.started_us, header.clock_offset_us
        self._logged = tuple(Logged(one.target, one.told_us, one.entry) for one in recorded.marks())

    @property
    def began_us(self) -> int:
        """When the session began (monotonic)."""
        return self._recorded.began_us

    @property
    def ended_us(self) -> int:
        """When its latest event happened."""
        return self._recorded.ended_us

    @property
    def clock_offset_us(self) -> int:
        """What added to these times gives the wall clock, in microseconds since 1970."""
        return self._clock[1]

    @property
    def present(self) -> list[int]:
        """The indices of all targets: which of them were there at the end is not asked."""
        return list(range(len(self._recorded.targets)))

    @property
    def logged(self) -> tuple[Logged, ...]:
        """What the logs have told."""
        return self._logged

    @property
    def logged_count(self) -> int:
        """No more is logged."""
        return len(self._logged)

    @property
    def is_off(self) -> bool:
        """All of it is kept."""
        return False

    def nearest_before(self, time_us: int) -> int:
        """When the latest checkpoint is that is not after a moment."""
        return self._recorded.nearest_before(time_us)

    def before(self, time_us: int) -> Course:
        """A course from that checkpoint on."""
        until_us = self._recorded.nearest_before(time_us)
        found = self._recorded.before(time_us)
        recorder = Recorder(found.targets, self._recorded.header.settings, self._clock)
        recorder.go_on(found.paths, frozenset(found.gone))
        return Course(recorder, found.events, until_us)

    def round_end(self, index: int, time_us: int, step: int, interval_us: int) -> int | None:  # noqa: ARG002
        """As far from a moment as so many rounds are; None: that is beyond the end."""
        found_us = time_us + step * interval_us
        return found_us if found_us < self.ended_us else None
