"""The exit status of a report: where its paths are not as expected, or an alert was raised."""

from __future__ import annotations

from ..expect.expectation import judge
from ..process.streams import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..launch.plan import Plan
    from ..path.snapshot import Snapshot
    from .context import Context

UNMET_STATUS = 5
ALERT_STATUS = 4


class Expected:
    """Judges traces as they are reported."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._program = plan.program
        self._expectations = plan.options.expectations
        self._unmet = False

    @property
    def status(self) -> int:
        """``UNMET_STATUS`` once something expected was not met, else ``ALERT_STATUS`` once an alert was raised."""
        return UNMET_STATUS if self._unmet else ALERT_STATUS if self._plan.alert_fired else 0

    def see(self, snapshots: Sequence[Snapshot], context: Context) -> None:
        """Judge some traces; each expectation that is not met is said."""
        for snapshot in snapshots:
            for one in self._expectations:
                judged = judge(one, snapshot, context)
                if judged.met:
                    continue
                self._unmet = True
                say(self._program, f"{snapshot.target.lane}: expected '{one.text}', but {judged.found}")
