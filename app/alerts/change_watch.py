"""An alert on a path that changes."""

from __future__ import annotations

CLEARS_AFTER_US = 60_000_000  # without another change


class ChangeAlert:
    """Raises with a change, clears a minute after the last one."""

    def __init__(self) -> None:
        self.raised = False
        """Whether it is."""
        self.since_us = 0
        """When the first of the changes was, monotonic microseconds."""
        self._latest_us = 0

    def changed(self, time_us: int, now_us: int) -> bool:
        """The path changed at that time, as is known now; whether the alert is raised by it."""
        self._latest_us = max(now_us, self._latest_us)
        if self.raised:
            return False
        self.raised, self.since_us = True, time_us
        return True

    def passed(self, now_us: int) -> bool:
        """It is so late; whether the alert is cleared by that."""
        if not self.raised or now_us - self._latest_us < CLEARS_AFTER_US:
            return False
        self.raised = False
        return True
