"""The history of one target's rounds as a checkpoint needs it: from the columns of the lines before it."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from ..path.minutes import MINUTE_US, HopMinutes
from ..path.snapshot import NOBODY, NOT_SENT, OTHER_FLOW, UNKNOWN
from .added import KEPT_MAX, minutes_of
from .columns import HOPS, KEPT_FLOW
from .values import Unfit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..path.path import Path
    from .added import MinutesOfHop
    from .columns import Addresses, Columns


class History:
    """What fills the histories of a path.

    Args:
        columns: of the target, the oldest first; together they reach back to the first round that is asked for.
        addresses: by which columns number addresses.
        last_round: the latest round of the target.
        minutes: what all checkpoints until then added to the minutes.
    """

    def __init__(
        self, columns: Sequence[Columns], addresses: Addresses, last_round: int, minutes: list[MinutesOfHop]
    ) -> None:
        self._columns = columns
        self._addresses = addresses
        self.last_round = last_round
        self._minutes = minutes

    def times(self, first: int, last: int) -> dict[int, int]:
        """When rounds began, from one to another; none where the first is below 0."""
        if first < 0:
            return {}
        return {
            number: time_us
            for part in self._columns
            for number, time_us in zip(part.rounds, part.times_us, strict=True)
            if first <= number <= last
        }

    def give(self, path: Path) -> None:
        """Fill the histories of a path's hops, and of its traffic."""
        first, kept = path._first_kept_round, path._kept
        names = self._addresses.names
        hops = path._hops
        indices = {ttl: [hop._index.get(name, NOBODY) for name in names] for ttl, hop in hops.items()}
        rates = path._traffic._rates = array("q", [UNKNOWN]) * kept
        for part in self._columns:
            for ttl in part.forgotten & hops.keys():
                hops[ttl]._rtts_us = array("i", [NOT_SENT]) * kept
                hops[ttl]._answered_by = array("h", [NOBODY]) * kept
                hops[ttl]._flows = array("h", [OTHER_FLOW]) * kept
            if part.flows_end:
                for hop in hops.values():
                    hop._flows = array("h", [OTHER_FLOW]) * kept
            targets = {ttl: (hop._rtts_us, hop._answered_by, hop._flows, indices[ttl]) for ttl, hop in hops.items()}
            for key, rtt_us, who, flow in zip(part.keys, part.rtts_us, part.answered_by, part.flows, strict=True):
                at = key // HOPS - first
                if 0 <= at < kept:
                    there = targets.get(key % HOPS)
                    if there is None:
                        raise Unfit("state: a hop is missing")
                    there[0][at] = rtt_us
                    there[1][at] = there[3][who] if who >= 0 else NOBODY
                    if flow != KEPT_FLOW:
                        there[2][at] = flow
            for number, rate in part.rates:
                if 0 <= number - first < kept:
                    rates[number - first] = rate

    def give_minutes(self, path: Path, ttls: Sequence[int]) -> None:
        """Fill the minutes of the hops with these TTLs."""
        minutes, first, kept = path._minutes, path._first_kept_round, path._kept
        if not 0 <= minutes._kept <= KEPT_MAX:
            raise Unfit("state: more minutes than are kept")
        for ttl in ttls:
            hop = minutes._hops[ttl] = HopMinutes(0)
            hop.worst_us, hop.lost = minutes_of(ttl, self._minutes, minutes.first, minutes._kept)
        times = self.times(first, path._last_round) if kept else {}
        if len(times) != kept:
            raise Unfit("state: rounds that did not begin")
        began = minutes.started_us
        if times and (max(times.values()) - began) // MINUTE_US >= minutes.first + minutes._kept:
            raise Unfit("state: minutes that did not begin")
        minutes._minute_of = array("i", [(time_us - began) // MINUTE_US for time_us in times.values()])
