"""The user's alerts as a path keeps them: which are raised, and what its log says of them."""

from __future__ import annotations

from .snapshot import RaisedAlert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..trace.events import AlertTurned


class LiveAlerts:
    """Follows which are raised."""

    def __init__(self) -> None:
        self._raised: tuple[RaisedAlert, ...] = ()

    def turned(self, event: AlertTurned) -> str:
        """One was raised or cleared; gives what the log says of it."""
        before = next((one for one in self._raised if one.alert == event.alert), None)
        self._raised = tuple(one for one in self._raised if one is not before)
        if event.raised:
            self._raised += (RaisedAlert(event.alert, event.time_us, event.since_us),)
        counted = f" ({event.hits} of {event.probes})" if event.probes else ""
        if event.raised:
            return f"{event.alert}{counted}"
        lasted = f" after {_time(event.time_us - before.since_us)}" if before is not None else ""
        return f"{event.alert}{lasted}"

    def freeze(self) -> tuple[RaisedAlert, ...]:
        """Those that are raised at this moment."""
        return self._raised


def _time(length_us: int) -> str:
    seconds = max(length_us, 0) // 1_000_000
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7_200 else f"{seconds // 3_600} h {seconds % 3_600 // 60} min"
