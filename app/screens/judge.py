"""Verdicts for the screen: judged once a round, and less often where judging takes long."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from operator import is_not
from typing import TYPE_CHECKING

from ..insight.assessment import Assessment
from ..insight.state_words import EARLY_US
from ..path.snapshot import Snapshot
from ..resolve.facts import owner

if TYPE_CHECKING:
    from ..insight.lanes.answer import LanesAnswer
    from ..sanitize import Text
    from ..settings import Target
    from .source import Source

# The judgement of a snapshot, or that of an older one where the newest is not due yet: what pictures are given.
Assess = Callable[[Snapshot], Assessment]
# What lanes say together, by the names of their targets; of targets with one lane, or where that is nothing, nothing.
Beside = Callable[[Sequence[Snapshot]], "dict[Text, LanesAnswer]"]

COST_SHARE = 0.01  # of a core that judging may take
AT_LEAST_S = 0.9
AT_MOST_S = 5.0  # an answer must not grow stale, whatever it costs
NOTHING = Assessment()


class Judge:
    """Keeps the latest judgement of each target.

    ``waits``: nothing is judged yet, because the first frame shall not wait for the rules to be loaded.
    ``show_addresses``: routers are named with their addresses, as the table has them then.
    """

    def __init__(self, source: Source, *, show_addresses: bool = False) -> None:
        self.waits = False
        self._show_addresses = show_addresses
        self._source = source
        # What it depends on, from when until when it holds, and the judgement.
        self._kept: dict[Target, tuple[tuple[object, ...], tuple[float, float], Assessment]] = {}
        self._judged_s = 0.0
        # What lanes said together, and the judgements of each that this was made of.
        self._together: dict[Text, tuple[list[Assessment], LanesAnswer | None]] = {}

    def assess(self, snapshot: Snapshot) -> Assessment:
        """The judgement of a trace; an older one where the newest is not due yet."""
        if self.waits or _is_beginning(snapshot):
            return NOTHING
        log = len(snapshot.log_entries), snapshot.seeming_change is None
        shape = (len(snapshot.hops), snapshot.state, snapshot.settings, log, _checks(snapshot))
        cursor = self._source.time
        stands = cursor is not None and cursor.is_back and not cursor.is_playing
        when = snapshot.rounds, snapshot.version if stands else 0  # who stands at a moment wants that of this one
        key = (when, *shape, self._source.privacy.version, self._source.names_on)
        kept = self._kept.get(snapshot.target)
        now_s = self._source.now_us() / 1e6  # of a moment long ago, the time of that moment
        if kept is not None and (kept[0] == key or (kept[0][1:] == key[1:] and kept[1][0] <= now_s < kept[1][1])):
            return kept[2]
        self._go_back(now_s)
        from ..insight.verdicts import verdicts

        # Loading the rules is no part of the cost, nor is what a busy machine does meanwhile.
        began_s = time.thread_time()
        made = verdicts(snapshot, self._owner, self._shown)
        cost_s = time.thread_time() - began_s
        pause_s = min(max(AT_LEAST_S, cost_s / COST_SHARE), AT_MOST_S)
        again_s = now_s + (pause_s if snapshot.rounds > 2 and not stands else 0.0)
        self._kept[snapshot.target] = (key, (now_s, again_s), made)
        return made

    def _go_back(self, now_s: float) -> None:
        """Forget what is remembered of traces where an earlier moment is judged than the last one."""
        last_s, self._judged_s = self._judged_s, now_s
        if now_s < last_s:
            from ..insight.evidence.remembered import forget

            forget()

    def beside(self, snapshots: Sequence[Snapshot]) -> dict[Text, LanesAnswer]:
        """What the lanes of each target say together, as often as one of them is judged anew."""
        from ..insight.lanes.together import about_lanes, by_target

        found = {}
        for name, traces in by_target((one, self.assess(one)) for one in snapshots).items():
            judged = [assessment for _, assessment in traces]
            kept = self._together.get(name)
            if kept is None or len(kept[0]) != len(judged) or any(map(is_not, kept[0], judged)):
                kept = self._together[name] = judged, about_lanes(traces, self._owner, self._shown)
            if kept[1] is not None:
                found[name] = kept[1]
        return found

    def _shown(self, address: str) -> str:
        """As the table has it."""
        name = self._source.name(address)
        return address if not name else f"{name} ({address})" if self._show_addresses else name

    def _owner(self, address: str) -> str | None:
        origin = self._source.origin(address)
        return None if origin is None else owner(origin.number, origin.as_name)


def _is_beginning(snapshot: Snapshot) -> bool:
    """Whether there is nothing to judge yet: nobody has answered, nor should anybody have."""
    if snapshot.hops or snapshot.state in {"failed", "network-down"}:
        return False
    return snapshot.state == "starting" or snapshot.time_us - snapshot.started_us < EARLY_US


def _checks(snapshot: Snapshot) -> tuple[str, ...]:
    return tuple(check.state for check in snapshot.checks)
