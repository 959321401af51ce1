"""An alert on a target that answers nothing for some time."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .expression import Window

PROBES_MIN = 3  # of which none was answered: one or two may be lost by chance
ANSWERS_MIN = 3  # in a row, that clear it: a target that answers now and then is not back


class SilenceWatch:
    """Raises where no probe of some time is answered, clears with some answers in a row.

    Args:
        window: for how long.
    """

    def __init__(self, window: Window) -> None:
        self._length_us = window.length_us
        self._sent = 0  # rounds begun since the latest answer
        self._answers = 0  # in a row
        self.raised = False
        """Whether it is."""
        self.since_us: int | None = None
        """When the first round began that is not answered, monotonic microseconds; None: the latest is."""

    def round_started(self, time_us: int) -> bool:
        """A round begins at this time; whether the alert is raised by it."""
        if self.since_us is None:
            self.since_us = time_us
        self._sent += 1
        # The round that begins now has not had its chance.
        silent = time_us - self.since_us >= self._length_us and self._sent > PROBES_MIN
        if self.raised or not silent:
            return False
        self.raised = True
        return True

    def answered(self) -> bool:
        """A round is answered; whether the alert is cleared by it."""
        self._answers += 1
        if self.raised and self._answers < ANSWERS_MIN:
            return False
        cleared, self.raised = self.raised, False
        self.since_us, self._sent = None, 0
        return cleared

    def lost(self) -> None:
        """A round is lost."""
        self._answers = 0

    def begin_again(self) -> None:
        """Nothing was measured for some time, or the user begins anew: what was counted is of no account."""
        self._sent = self._answers = 0
        if not self.raised:
            self.since_us = None
