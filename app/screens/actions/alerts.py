"""Alerts on the screen: each that is raised or cleared is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...actions import first_key
from ..present.alerts import turns_since
from ..stage import Stage

if TYPE_CHECKING:
    from ..present.alerts import AlertTurn


class AlertActions(Stage, inherit_bindings=False):
    """Tells of alerts as they turn."""

    _alerts_told_us = -1  # monotonic

    def poll(self) -> None:
        """Tell of alerts that have turned since."""
        super().poll()
        found: list[AlertTurn] = turns_since(self.source.snapshots(), self._alerts_told_us)
        if not found:
            return
        self._alerts_told_us = max(turn.time_us for turn in found)
        newest = found[-1]
        more = f" (and {len(found) - 1} more: key {first_key('events', self.actions)})" if len(found) > 1 else ""
        self.say(f"{newest.text}{more}", newest.severity)
        if self.options.bell and any(turn.raised for turn in found):
            self.bell()
