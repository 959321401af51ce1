"""One line on a terminal that says how far a long report is."""

from __future__ import annotations

import sys

from ..process.status_line import StatusLine
from ..sanitize import composed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..launch.plan import Plan
    from ..session import Session

SHOWN_FROM_S = 3.0  # a report that ends sooner needs none


class RoundsProgress:
    """Shows the rounds done and the time left on standard error, where that is a terminal."""

    def __init__(self, plan: Plan) -> None:
        self._rounds = plan.settings.rounds or 0
        self._interval_s = plan.settings.interval_us / 1_000_000
        long_enough = self._rounds * self._interval_s >= SHOWN_FROM_S
        self._line = StatusLine(possible=long_enough and sys.stderr is not None and sys.stderr.isatty())

    def show(self, session: Session) -> None:
        """Bring the line up to date."""
        self._line.show(composed(progress_line(session.rounds_begun(), self._rounds, self._interval_s)))

    def clear(self) -> None:
        """Leave no trace of the line."""
        self._line.clear()


def progress_line(done: int, rounds: int, interval_s: float) -> str:
    """``round 12 of 100, 1 min 28 s left``, for ``done`` rounds that have begun."""
    left_s = round(max(0, rounds - done) * interval_s)
    left = time_words(left_s)
    return f"round {done} of {rounds}, {left} left" if left_s else f"round {done} of {rounds}, waiting for answers"


def time_words(time_s: float) -> str:
    """``40 s``, ``1 min 28 s``, ``2 h 5 min``."""
    minutes, seconds = divmod(round(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
