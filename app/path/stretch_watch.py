"""Cuts a trace into stretches: hands rounds to the detector of loss as their fate becomes known, and counts them.

Rounds of an outage, and those in which this host did not send or a router cut the target off, are not handed on: they
have verdicts of their own.
"""

from __future__ import annotations

from dataclasses import replace

from .bursts import Bursts
from .loss_changes import LossChange, LossChanges
from .outages import OUTAGE_MIN, is_outage
from .snapshot import FAILED, NOT_SENT, PENDING, UNANSWERED, UNREACHABLE, lost_in
from .stretches import Beginning, Stretch, StretchHop, StretchLoss

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .bursts import Burst
    from .cuts import LiveCuts
    from .hop import LiveHop
    from .loss_changes import LossTurn

STRETCHES_MAX = 100
# Start times of so many rounds are kept: longer than any probe is pending.
TIMES_MAX = 4096


class StretchWatch:
    """Follows all hops of a path up to its end: the target, or, while that has never answered, the last that has."""

    def __init__(
        self, target: str, hops: Mapping[int, LiveHop], cuts: LiveCuts | None = None, first_round: int = 0
    ) -> None:
        self._target = target
        self._hops = hops
        self._cuts = cuts
        self._changes = LossChanges()
        self._bursts = Bursts()
        self._next = first_round  # the first round that has not been handed on
        self._times: dict[int, int] = {}
        self._doubtful: list[tuple[int, int, int, int]] = []  # rounds in a row that the end lost: perhaps an outage
        self._outage = False
        self._end_ttl = 0
        self._end_lost = self._end_rounds = 0  # of the end, in this stretch, but for outages
        self._stretches: list[Stretch] = []
        self._base: dict[int, tuple[int, int]] = {}  # by hop: lost and completed before the stretch

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """All stretches, the oldest first; the last one goes on."""
        return tuple(self._stretches)

    @property
    def bursts(self) -> tuple[Burst, ...]:
        """Bursts of loss on this path, the oldest first."""
        return self._bursts.kept

    def begin(self, begun_by: Beginning, number: int, time_us: int) -> None:
        """The trace begins, or begins anew, with a round."""
        self._stretches = [Stretch(number, None, begun_by, time_us)]
        self._next = max(self._next, number)

    def round_started(self, number: int, time_us: int) -> None:
        """A round begins."""
        self._times[number] = time_us
        if len(self._times) > TIMES_MAX:
            del self._times[next(iter(self._times))]

    def time_of(self, number: int, otherwise_us: int) -> int:
        """When a round began, where that is still known."""
        return self._times.get(number, otherwise_us)

    def path_changed(self, number: int, kept_from: int, time_us: int) -> None:
        """The path has changed with a round; what is known of loss on the one before does not count any more."""
        self._open(Beginning.PATH_CHANGE, number, self._times.get(number, time_us), kept_from)
        self._changes.restart(max(0, self._next - number))
        self._bursts.restart()
        self._end_lost = self._end_rounds = 0

    def settings_changed(self, number: int, kept_from: int, time_us: int) -> None:
        """Probes are others from a round on: how those before fared, answered or not, says nothing of them."""
        self._open(Beginning.SETTINGS, number, self._times.get(number, time_us), kept_from)
        self._changes.restart(max(0, self._next - number))
        self._next = max(self._next, number)
        self._doubtful, self._outage = [], False
        self._end_lost = self._end_rounds = 0

    def late(self, ttl: int, number: int) -> None:
        """A probe that had been counted as lost was answered."""
        if number < self._next:
            self._changes.late(number, ttl)
            self._bursts.late(number, ttl)

    def follow(self, last_round: int, kept_from: int) -> Iterator[LossTurn]:
        """Hand on the rounds up to the first of which a probe is pending; histories begin with ``kept_from``."""
        self._next = max(self._next, kept_from)
        while self._next <= last_round:
            end_ttl = self._end()
            at = self._next - kept_from
            values = {ttl: hop.history_at(at) for ttl, hop in self._hops.items() if ttl <= end_ttl}
            if PENDING in values.values():
                return
            number, self._next = self._next, self._next + 1
            if not end_ttl or FAILED in values.values() or self._cut_off(end_ttl):
                continue
            if self._cuts is not None and self._cuts.at(at):
                self._outage = True  # and so was what the end lost just before
                continue
            if end_ttl != self._end_ttl:
                self._end_ttl, self._end_lost, self._end_rounds = end_ttl, 0, 0
            if values.get(end_ttl, NOT_SENT) == NOT_SENT:
                continue
            for turn in self._take(number, values, end_ttl):
                self._turned(turn, kept_from)
                yield turn

    # ---- inside -----------------------------------------------------------------------------------------------

    def _end(self) -> int:
        ends = (ttl for ttl, hop in self._hops.items() if hop.is_end(self._target))
        heard = (ttl for ttl, hop in self._hops.items() if hop.received)
        return min(ends, default=0) or max(heard, default=0)

    def _cut_off(self, end_ttl: int) -> bool:
        if self._hops[end_ttl].is_end(self._target):
            return False
        return any(hop.error for ttl, hop in self._hops.items() if ttl <= end_ttl)

    def _take(self, number: int, values: Mapping[int, int], end_ttl: int) -> Iterator[LossTurn]:
        lost = heard = 0
        for ttl, value in values.items():
            if self._hops[ttl].received:
                heard |= 1 << ttl
                if value in {UNANSWERED, UNREACHABLE}:
                    lost |= 1 << ttl
        self._bursts.round(number, self._times.get(number, 0), lost, heard)
        if lost >> end_ttl & 1:
            self._doubtful.append((number, lost, heard, end_ttl))
            if not self._outage and len(self._doubtful) >= OUTAGE_MIN:
                around = (self._end_lost, self._end_rounds) if self._changes.lossy or self._end_lost else (0, 0)
                self._outage = is_outage(len(self._doubtful), *around)
            return
        doubtful, self._doubtful = ([] if self._outage else self._doubtful), []
        self._outage = False
        for each in (*doubtful, (number, lost, heard, end_ttl)):
            self._end_rounds += 1
            self._end_lost += each[1] >> end_ttl & 1
            yield from self._changes.round(each[0], self._times.get(each[0], 0), *each[1:])

    def _turned(self, turn: LossTurn, kept_from: int) -> None:
        loss = StretchLoss(turn.first_ttl, turn.end_ttl, turn.lost, turn.probes, turn.rounds)
        if turn.change is LossChange.BEGAN:
            self._open(Beginning.LOSS_BEGAN, turn.round, turn.time_us, kept_from, loss)
        else:
            if self._stretches:
                self._stretches[-1] = replace(self._stretches[-1], loss=loss)
            self._open(Beginning.LOSS_ENDED, turn.round, self._times.get(turn.round, turn.time_us), kept_from)
        self._end_lost = self._end_rounds = 0

    def _open(
        self, begun_by: Beginning, number: int, time_us: int, kept_from: int, loss: StretchLoss | None = None
    ) -> None:
        """A stretch begins with a round: the one before is over; any that began later was part of it."""
        while self._stretches and self._stretches[-1].first_round >= number:
            gone = self._stretches.pop()
            if not self._stretches or gone.begun_by in {Beginning.START, Beginning.RESET}:
                self._stretches.append(replace(gone, first_round=min(gone.first_round, number - 1)))
                break
        before = self._before(number - kept_from)
        if self._stretches:
            hops = tuple(
                StretchHop(ttl, max(0, lost - base[0]), completed - base[1])
                for ttl, (lost, completed) in sorted(before.items())
                if completed > (base := self._base.get(ttl, (0, 0)))[1]
            )
            self._stretches[-1] = replace(self._stretches[-1], last_round=number - 1, hops=hops)
        self._base = before
        self._stretches = [*self._stretches, Stretch(number, None, begun_by, time_us, loss)][-STRETCHES_MAX:]

    def _before(self, at: int) -> dict[int, tuple[int, int]]:
        """By hop: how many probes were lost, and completed, before an index of the histories."""
        found = {}
        for ttl, hop in self._hops.items():
            rtts_us, _ = hop.history(max(at, 0), len(hop))
            lost = lost_in(rtts_us)
            unknown = rtts_us.count(NOT_SENT) + rtts_us.count(PENDING) + rtts_us.count(FAILED)
            completed = hop.sent - hop.pending
            found[ttl] = (completed - hop.received - lost, completed - (len(rtts_us) - unknown))
        return found
