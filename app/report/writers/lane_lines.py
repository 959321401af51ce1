"""What lanes of one target say together, for the lines of a live output: when it changes, and at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...insight.lanes.together import about_lanes

if TYPE_CHECKING:
    from ...insight.assessment import Assessment
    from ...insight.lanes.answer import LanesAnswer
    from ...insight.rules import Rule
    from ...path.snapshot import Snapshot
    from ...sanitize import Text
    from ..context import Context


class LaneLines:
    """Follows the judgements of all targets; ``judged`` is told of each as it is made."""

    def __init__(self, context: Context) -> None:
        self._context = context
        # Of each target's lanes, by their indices among all, the latest trace and its judgement.
        self._traces: dict[Text, dict[int, tuple[Snapshot, Assessment]]] = {}
        self._said: dict[Text, set[tuple[Rule, tuple[str, ...]]]] = {}

    def judged(
        self, index: int, trace: Snapshot, assessment: Assessment, *, last: bool
    ) -> tuple[list[int], LanesAnswer | None] | None:
        """What lanes say together now that one is judged anew: their indices, and the answer (None: nothing).

        None: that has not changed, or it is another lane's turn to ask, or it is no lane.
        """
        target = trace.target
        if not target.vantage and target.kind is None:
            return None
        lanes = self._traces.setdefault(target.name, {})
        lanes[index] = trace, assessment
        if index != max(lanes) or len(lanes) < 2:
            return None
        found = about_lanes([lanes[at] for at in sorted(lanes)], self._context.owner, self._context.host)
        said = set() if found is None else {(one.rule, one.lanes) for one in found.verdicts}
        if said == self._said.get(target.name, set()) and not last:
            return None
        self._said[target.name] = said
        return sorted(lanes), found
