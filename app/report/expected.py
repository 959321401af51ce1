"""What was expected of the paths that a report shows, and the exit status where it is not met."""

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


class Expected:
    """Judges traces as they are reported."""

    def __init__(self, plan: Plan) -> None:
        self._program = plan.program
        self._expectations = plan.options.expectations
        self.status = 0
        """0, or ``UNMET_STATUS`` once a trace does not meet an expectation."""

    def see(self, snapshots: Sequence[Snapshot], context: Context) -> None:
        """Judge some traces; each expectation that is not met is said."""
        for snapshot in snapshots:
            for one in self._expectations:
                judged = judge(one, snapshot, context)
                if judged.met:
                    continue
                self.status = UNMET_STATUS
                say(self._program, f"{snapshot.target.lane}: expected '{one.text}', but {judged.found}")
