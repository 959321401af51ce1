"""What a path is watched for: changes and flaps, outages and loss, shifts of its RTT.

It is loaded with the first answer, or when the first round is over: the first probes and the first picture do not wait
for it.
"""

from __future__ import annotations

from dataclasses import replace

from .change_entries import awaited_change, change_entry, flap_entry, seeming_change
from .change_watch import ChangeWatch, Switch
from .epochs import close_epoch
from .findings import Findings
from .level_watch import LevelWatch
from .loss_watch import LossWatch, entry_of
from .snapshot import PENDING, LogEntry
from .stretch_watch import StretchWatch
from .stretches import Beginning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..trace.events import ProbeAnswered, ProbeFailed
    from .cuts import LiveCuts
    from .event_log import EventLog
    from .hop import LiveHop
    from .snapshot import Epoch, PathFlap, SeemingChange

EPOCHS_MAX = 100
LATELY = 4  # rounds; a hop that has answered in one of them is expected to
AWAITED_ROUNDS = 3  # for which a change waits for answers that are on their way: rounds may be shorter than RTTs
LOGGED_MAX = 20  # changes of a flap, which may go on for days
SHORTEST_PATH = 5  # rounds; what was so short before a flap was part of it


class PathWatch:
    """Follows the hops of one path round by round, and logs what it finds.

    ``kept_from`` is the round that histories begin with, ``pooled`` whether each probe may be sent another way; whoever
    owns the path keeps both true. A change, or a flap, makes a path of its own: ``epochs`` are those before it.
    """

    def __init__(
        self,
        target: str,
        hops: dict[int, LiveHop],
        cuts: LiveCuts,
        events: EventLog,
        *,
        pooled: bool,
        kept_from: int = 0,
    ) -> None:
        self.pooled = pooled
        self.kept_from = kept_from
        self._target = target
        self._hops = hops
        self._events = events
        self._last_round = kept_from - 1
        self._changes = ChangeWatch()
        self._unlogged: tuple[Switch, int] | None = None  # a change that is confirmed, and in which round
        self._epochs: tuple[Epoch, ...] = ()
        self._path_round = self._before_round = kept_from  # with which the present path began, and the one before
        self._flap_changes = 0  # of the flap that goes on, those that are logged
        self._flapping = False
        self._loss = LossWatch(target, hops, cuts)
        self._stretches = StretchWatch(target, hops, cuts)
        self._levels = LevelWatch(target, hops)

    def findings(self) -> Findings:
        """All that is known at this moment."""
        return Findings(
            self._epochs,
            self._path_round,
            self._seeming(),
            self._changes.flap,
            self._stretches.stretches,
            self._stretches.bursts,
            self._levels.shift,
            self._levels.level_round,
        )

    # ---- what happens -----------------------------------------------------------------------------------------

    def begin_again(self, time_us: int) -> None:
        """Statistics are reset: the next round is the first one that counts."""
        self._stretches.begin(Beginning.RESET, self.kept_from, time_us)

    def round_started(self, number: int, time_us: int) -> None:
        """A round begins, after ``follow`` has looked at those before."""
        if not self._stretches.stretches:
            self._stretches.begin(Beginning.START, number, time_us)
        self._stretches.round_started(number, time_us)
        self._last_round = number
        self._levels.round_started(number, time_us)
        self._follow_changes(number, time_us)

    def follow(self, time_us: int) -> None:
        """Look at the rounds whose fate is known by now."""
        for entry in self._loss.follow(self._last_round, self.kept_from, time_us):
            self._events.add(replace(entry, time_us=self._stretches.time_of(entry.round, entry.time_us)))
        for turn in self._stretches.follow(self._last_round, self.kept_from):
            self._events.add(entry_of(turn))
        shifted = self._levels.follow(self._last_round, self.kept_from)
        if shifted is not None:
            self._events.add(shifted)

    def answered(self, event: ProbeAnswered, responder: int) -> None:
        """A hop answered in time: one of its addresses, by its number."""
        sent_us = event.time_us - event.rtt_us
        switch = self._changes.answered(event.ttl, responder, event.round, event.time_us, sent_us, pooled=self.pooled)
        if switch is not None:
            self._path_changed(switch, event.round)

    def await_target(self, event: ProbeAnswered) -> None:
        """A hop answered in time: outages are looked for from the target's first answer on."""
        if not self._loss.begun:
            for entry in self._loss.answered(event.ttl, event.round, event.time_us):
                self._events.add(entry)

    def not_lost(self, event: ProbeAnswered | ProbeFailed) -> None:
        """A probe that had been counted as lost was not."""
        self._stretches.late(event.ttl, event.round)
        for entry in self._loss.answered(event.ttl, event.round, event.time_us):
            self._events.add(entry)

    def forget_hop(self, ttl: int) -> None:
        """A hop is counted anew."""
        self._changes.forget(ttl)

    def flows_changed(self) -> None:
        """Other flows may be sent by other routers: that is no change of the path."""
        self.log_change()
        self._changes.forget_orders()

    def fate_changed(self, time_us: int) -> None:
        """Filters and full links may treat probes otherwise from the next round on."""
        self._stretches.settings_changed(self._last_round + 1, self.kept_from, time_us)

    def timing_changed(self) -> None:
        """Probes may take another time from the next round on."""
        self._levels.path_changed(self._last_round + 1)

    def log_change(self) -> None:
        """Log the change that waits for it: by now most hops of the new path have answered."""
        if self._unlogged is None:
            return
        switch, _ = self._unlogged
        self._unlogged = None
        before, kept_from = self._before_round, self.kept_from
        self._events.add(change_entry(switch, self._hops, self._target, path_round=before, kept_from=kept_from))

    # ---- changes of the path ----------------------------------------------------------------------------------

    def _seeming(self) -> SeemingChange | None:
        if self._unlogged is not None:
            return awaited_change(self._unlogged[0], self._hops)
        return seeming_change(self._changes.seeming(pooled=self.pooled), self._hops)

    def _path_changed(self, switch: Switch, now_round: int) -> None:
        """The path has changed, as an answer of a round confirms; more hops of the latest change may be told later."""
        if self._unlogged is not None and self._unlogged[0].round == switch.round and not switch.returned:
            self._unlogged = switch, now_round
            return
        if self._path_round == switch.round and self._epochs and not switch.returned:
            return  # more hops of a change that is told already
        self._levels.path_changed(switch.round)
        flap = self._changes.flap
        if flap is not None and flap.ended_us is None:
            if not self._flapping:
                self._flaps(flap)
            self._flaps_on(flap, switch)
            return
        self.log_change()
        self._begin_path(switch.round, switch.time_us)
        self._unlogged = switch, now_round

    def _begin_path(self, began: int, time_us: int) -> None:
        self._before_round = self._path_round
        self._close_epoch(began)
        self._stretches.path_changed(began, self.kept_from, time_us)
        self._levels.path_changed(began)
        for hop in self._hops.values():
            hop.rebase(began - self.kept_from)

    def _flaps(self, flap: PathFlap) -> None:
        """The path has begun to flap: from here on it is one that does, and no change of it is told by itself."""
        self.log_change()
        self._flapping = True
        self._flap_changes = 0
        if self._path_round >= flap.first_round:
            self._path_round = flap.first_round
        elif flap.first_round > self._path_round + SHORTEST_PATH:
            self._begin_path(flap.first_round, flap.time_us)
        self._events.add(flap_entry(flap))

    def _flaps_on(self, flap: PathFlap, switch: Switch) -> None:
        """One more change of a path that flaps: the first ones are logged one by one, the flap counts them all."""
        if switch.round not in flap.rounds[-1:] or self._flap_changes >= LOGGED_MAX:
            return
        self._flap_changes += 1
        text = "path changed again" + (" (later changes are counted alone)" if self._flap_changes == LOGGED_MAX else "")
        where = (switch.ttls[0], switch.ttls[-1]) if switch.ttls else (flap.first_ttl, flap.last_ttl)
        self._events.add(LogEntry(switch.time_us, switch.round, "path-flap-change", text, *where))

    def _follow_changes(self, number: int, time_us: int) -> None:
        """A round begins: what has been waiting for the answers of the one before is logged."""
        if self._unlogged is not None and number > self._tells_from(*self._unlogged, number):
            self.log_change()
        flap = self._changes.round_started(number, time_us, self._hops, self.kept_from, pooled=self.pooled)
        if flap is None:
            return
        if flap.ended_us is None:
            self._flaps(flap)
            return
        self._flapping = False
        self._begin_path(flap.last_round or number, flap.ended_us)
        self._events.add(flap_entry(flap))

    def _tells_from(self, switch: Switch, confirmed: int, number: int) -> int:
        """The round after which a change is logged: the first whole one, once its answers have come."""
        whole = switch.round + 1
        last, at = max(confirmed, whole), whole - self.kept_from
        for hop in self._hops.values():
            if hop.history_at(at) == PENDING and max(hop.history(max(at - LATELY, 0), at)[1], default=-1) >= 0:
                return min(number, last + AWAITED_ROUNDS)
        return last

    def _close_epoch(self, end_round: int) -> None:
        """Keep the figures of the path that has been left."""
        ended = end_round - self.kept_from
        ends = [ttl for ttl, hop in self._hops.items() if hop.answered_before(ended, self._target)]
        end_ttl = min(ends, default=max(self._hops))
        epoch = close_epoch(self._hops.values(), self._path_round, end_round, self.kept_from, end_ttl)
        self._epochs = (*self._epochs, epoch)[-EPOCHS_MAX:]
        self._path_round = end_round
