"""One target's path while it is measured: folds events, hands out snapshots."""

from __future__ import annotations

from dataclasses import replace

from ...probe.wire import REPLY, TTL_EXPIRED
from ..trace import events as happened
from .change_entries import awaited_change, change_entry, flap_entry, seeming_change
from .change_watch import ChangeWatch, Switch
from .cuts import LiveCuts
from .epochs import close_epoch
from .event_log import EventLog
from .hop import OTHERS, LiveHop
from .level_watch import LevelWatch
from .loss_watch import LossWatch, entry_of
from .minutes import LiveMinutes
from .path_end import last_ttl
from .refused import WORDS, RefusedProbes
from .snapshot import OTHER_FLOW, UNANSWERED, UNREACHABLE, Epoch, Hop, LogEntry, Snapshot
from .stretch_watch import StretchWatch
from .stretches import Beginning
from .traffic import LiveTraffic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..settings import Target, TraceSettings
    from ..trace.checks import Check
    from .snapshot import EntryKind, PathFlap, SeemingChange, State

HISTORY_ROUNDS = 3600
FORGOTTEN = "counted anew: what stood here was another target's router"
EPOCHS_MAX = 100
SHORTEST_PATH = 5  # rounds; what was so short before a flap was part of it
CHECKS_MAX = 8


class Path:
    """Folds the events of one target into hops; ``version`` rises with each event.

    ``clock_offset_us`` added to an event's time gives the wall clock. ``history_rounds`` bounds the memory.
    """

    def __init__(
        self,
        target: Target,
        settings: TraceSettings,
        *,
        clock_offset_us: int = 0,
        started_us: int = 0,
        history_rounds: int = HISTORY_ROUNDS,
    ) -> None:
        self.target = target
        self.settings = settings
        self.version = 0
        self._clock_offset_us = clock_offset_us
        self._started_us = started_us
        self._time_us = started_us
        self._history_rounds = history_rounds
        self._state: State = "starting"
        self._reason = ""
        self._note = ""
        self._icmp_refused = False
        self._rounds = 0
        self._last_round = -1
        self._first_kept_round = 0
        self._hops: dict[int, LiveHop] = {}
        self._changes = ChangeWatch()
        self._events = EventLog()
        self._unlogged: tuple[Switch, int] | None = None  # a change that is confirmed, and in which round
        self._epochs: tuple[Epoch, ...] = ()
        self._epoch_round = 0
        self._cuts = LiveCuts()
        self._before_round = 0  # with which the path before the present one began
        self._flapping = False
        self._loss = LossWatch(target.address, self._hops, self._cuts)
        self._stretches = StretchWatch(target.address, self._hops, self._cuts)
        self._restarted_us: int | None = None
        self._refused = RefusedProbes()
        self._checks: tuple[Check, ...] = ()
        self._traffic = LiveTraffic()
        self._minutes = LiveMinutes()
        self._levels = LevelWatch(target.address, self._hops)
        self._snapshot: Snapshot | None = None

    def record(self, event: happened.Event) -> None:
        """Fold one event."""
        self.version += 1
        self._time_us = event.time_us
        match event:
            case happened.ProbeSent() | happened.ProbeShared():
                self._sent(event)
            case happened.ProbeAnswered() | happened.ProbeDuplicated():
                self._answered(event)
            case happened.ProbeLost():
                self._hop(event.ttl).probe_lost(self._at(event.round), event.seq)
                self._minutes.lost(event.ttl, self._at(event.round))
            case happened.ProbeFailed():
                self._failed(event)
            case happened.HopForgotten():
                self._hops[event.ttl] = LiveHop(event.ttl, self._kept, self.target.address)
                self._changes.forget(event.ttl)
                self._minutes.forget(event.ttl)
                self._log(event.time_us, "not-shared", FORGOTTEN, first_ttl=event.ttl, last_ttl=event.ttl)
            case happened.RoundStarted():
                self._round_started(event)
            case happened.StateChanged():
                self._state_changed(event)
            case happened.SettingsChanged():
                self._settings_changed(event)
            case happened.StatisticsReset():
                self._reset(event.time_us)
            case happened.CheckChanged():
                self._checked(event.check)
            case happened.TrafficRead():
                self._traffic.read(self._at(event.round), event)

    def snapshot(self) -> Snapshot:
        """The path at this moment; the same object as long as nothing happens."""
        if self._snapshot is None or self._snapshot.version != self.version:
            hops = self._visible()
            self._snapshot = Snapshot(
                target=self.target,
                settings=self.settings,
                state=self._state,
                reason=self._reason,
                started_us=self._started_us,
                time_us=self._time_us,
                clock_offset_us=self._clock_offset_us,
                rounds=self._rounds,
                last_round=self._last_round,
                hops=hops,
                first_minute=self._minutes.first,
                rtt_shift=self._levels.shift,
                level_round=self._levels.level_round,
                minutes_from_us=self._minutes.started_us,
                reached=bool(hops) and not hops[-1].error and self._hops[hops[-1].ttl].is_end(self.target.address),
                log_entries=self._events.freeze(),
                log_entries_forgotten=self._events.forgotten,
                restarted_us=self._restarted_us,
                local_address=self.settings.local_address or self.target.source,
                note=self._note,
                icmp_refused=self._icmp_refused,
                version=self.version,
                epochs=self._epochs,
                checks=self._checks,
                traffic=self._traffic.freeze(min(self._kept, self._history_rounds)),
                interface=self._traffic.interface,
                cut_by=self._cuts.freeze(min(self._kept, self._history_rounds)),
                stretches=self._stretches.stretches,
                bursts=self._stretches.bursts,
                refused=self._refused.freeze(),
                probes_sent=sum(hop.sent for hop in self._hops.values()),
                path_round=self._epoch_round,
                seeming_change=self._seeming(),
                flap=self._changes.flap,
            )
        return self._snapshot

    # ---- inside -----------------------------------------------------------------------------------------------

    @property
    def _kept(self) -> int:
        """How many rounds the histories hold."""
        return self._last_round + 1 - self._first_kept_round

    def _at(self, round_number: int) -> int:
        return round_number - self._first_kept_round

    def _hop(self, ttl: int) -> LiveHop:
        hop = self._hops.get(ttl)
        if hop is None:
            hop = self._hops[ttl] = LiveHop(ttl, self._kept, self.target.address)
        return hop

    def _round_started(self, event: happened.RoundStarted) -> None:
        self._follow_loss(event.time_us)
        if not self._stretches.stretches:
            self._stretches.begin(Beginning.START, event.round, event.time_us)
        self._stretches.round_started(event.round, event.time_us)
        self._rounds += 1
        self._minutes.round_started(event.time_us, self._kept)
        self._last_round = event.round
        self._levels.round_started(event.round, event.time_us)
        self._follow_changes(event.round, event.time_us)
        for hop in self._hops.values():
            hop.extend()
        self._traffic.extend()
        self._cuts.extend()
        if self._kept > 2 * self._history_rounds:
            for hop in self._hops.values():
                hop.trim(self._kept - self._history_rounds)
            self._traffic.trim(self._kept - self._history_rounds)
            self._cuts.trim(self._kept - self._history_rounds)
            self._minutes.trim(self._kept - self._history_rounds)
            self._first_kept_round = self._last_round + 1 - self._history_rounds

    def _sent(self, event: happened.ProbeSent | happened.ProbeShared) -> None:
        shared = isinstance(event, happened.ProbeShared)
        flow = OTHER_FLOW if isinstance(event, happened.ProbeShared) else event.flow
        self._hop(event.ttl).probe_sent(self._at(event.round), event.seq, flow, shared=shared)

    def _answered(self, event: happened.ProbeAnswered | happened.ProbeDuplicated) -> None:
        hop = self._hop(event.ttl)
        if isinstance(event, happened.ProbeDuplicated):
            hop.probe_duplicated(elsewhere=event.elsewhere)
            return
        refuses = event.word not in {REPLY, TTL_EXPIRED} and event.address != self.target.address
        if refuses and self._reached_from(event.ttl):
            self._cut_off(hop, event)
            return
        at = self._at(event.round)
        self._minutes.answered(event.ttl, at, event.rtt_us, late=hop.history_at(at) == UNANSWERED)
        responder = hop.probe_answered(at, event)
        if responder != OTHERS and not event.late and not refuses:
            sent_us = event.time_us - event.rtt_us
            switch = self._changes.answered(
                event.ttl, responder, event.round, event.time_us, sent_us, pooled=self._is_pooled
            )
            if switch is not None:
                self._path_changed(switch, event.round)
        if event.late:
            self._not_lost(event)
        elif not self._loss.begun:
            for entry in self._loss.answered(event.ttl, event.round, event.time_us):
                self._events.add(entry)

    def _reached_from(self, ttl: int) -> bool:
        """Whether the target has answered at a TTL or beyond."""
        return any(farther >= ttl and hop.is_end(self.target.address) for farther, hop in self._hops.items())

    def _cut_off(self, hop: LiveHop, event: happened.ProbeAnswered) -> None:
        """A router reported that it cannot reach the target, which has answered before.

        That is an answer of the router where it is the one that answers at this hop; else the probe is lost.
        """
        at = self._at(event.round)
        address = event.address
        nearer = (ttl for ttl, other in self._hops.items() if ttl <= event.ttl and other.answers_from(address))
        router_ttl = min(nearer, default=event.ttl)
        self._cuts.add(at, router_ttl)
        self._hop(router_ttl).reported(event)
        if router_ttl < event.ttl or not hop.answers_from(address):
            if not event.late:
                self._minutes.lost(event.ttl, at)
            hop.probe_cut_off(at, event)
            return
        self._minutes.answered(event.ttl, at, event.rtt_us, late=hop.history_at(at) == UNANSWERED)
        hop.probe_answered(at, event, error=False)
        if event.late:
            self._not_lost(event)

    def _not_lost(self, event: happened.ProbeAnswered | happened.ProbeFailed) -> None:
        """A probe that had been counted as lost was not."""
        self._stretches.late(event.ttl, event.round)
        for entry in self._loss.answered(event.ttl, event.round, event.time_us):
            self._events.add(entry)

    def _follow_loss(self, time_us: int) -> None:
        for entry in self._loss.follow(self._last_round, self._first_kept_round, time_us):
            self._events.add(replace(entry, time_us=self._stretches.time_of(entry.round, entry.time_us)))
        for turn in self._stretches.follow(self._last_round, self._first_kept_round):
            self._events.add(entry_of(turn))
        shifted = self._levels.follow(self._last_round, self._first_kept_round)
        if shifted is not None:
            self._events.add(shifted)

    def _checked(self, check: Check) -> None:
        """A check began, went on, or ended; what ended before its time is not kept."""
        kept = tuple(one for one in self._checks if one.state == "done")
        if check.state == "ended":
            self._checks = kept
        else:
            self._checks = (*kept, check)[-CHECKS_MAX:]
        if check.state != "running":
            ttl = check.plan.ttl
            self._log(check.time_us, "check", check.text, first_ttl=ttl, last_ttl=ttl)

    def _failed(self, event: happened.ProbeFailed) -> None:
        hop, at = self._hop(event.ttl), self._at(event.round)
        late = hop.history_at(at) in {UNANSWERED, UNREACHABLE}
        if late:
            self._minutes.lost(event.ttl, at, -1)
        hop.probe_failed(at, event.seq, late=late, refused=event.word in WORDS)
        if late:
            self._not_lost(event)
        self._refused.add(event)

    @property
    def _is_pooled(self) -> bool:
        """Whether each probe may be sent another way; flows that take turns move all hops together."""
        return self.settings.flows < 2

    def _seeming(self) -> SeemingChange | None:
        if self._unlogged is not None:
            return awaited_change(self._unlogged[0], self._hops)
        return seeming_change(self._changes.seeming(pooled=self._is_pooled), self._hops)

    def _path_changed(self, switch: Switch, now_round: int) -> None:
        """The path has changed, as an answer of a round confirms; more hops of the latest change may be told later."""
        if self._unlogged is not None and self._unlogged[0].round == switch.round and not switch.returned:
            self._unlogged = switch, now_round
            return
        if self._epoch_round == switch.round and self._epochs and not switch.returned:
            return  # more hops of a change that is told already
        self._levels.path_changed(switch.round)
        flap = self._changes.flap
        if flap is not None and flap.ended_us is None:
            if not self._flapping:
                self._flaps(flap)
            return
        self._log_change()
        self._begin_path(switch.round, switch.time_us)
        self._unlogged = switch, now_round

    def _begin_path(self, began: int, time_us: int) -> None:
        self._before_round = self._epoch_round
        self._close_epoch(began)
        self._stretches.path_changed(began, self._first_kept_round, time_us)
        self._levels.path_changed(began)
        for hop in self._hops.values():
            hop.rebase(self._at(began))

    def _flaps(self, flap: PathFlap) -> None:
        """The path has begun to flap: from here on it is one that does, and no change of it is told by itself."""
        self._log_change()
        self._flapping = True
        if self._epoch_round >= flap.first_round:
            self._epoch_round = flap.first_round
        elif flap.first_round > self._epoch_round + SHORTEST_PATH:
            self._begin_path(flap.first_round, flap.time_us)
        self._events.add(flap_entry(flap))

    def _follow_changes(self, number: int, time_us: int) -> None:
        """A round begins: what has been waiting for the answers of the one before is logged."""
        if self._unlogged is not None and number > max(self._unlogged[1], self._unlogged[0].round + 1):
            self._log_change()
        flap = self._changes.round_started(number, time_us, self._hops, self._first_kept_round, pooled=self._is_pooled)
        if flap is None:
            return
        if flap.ended_us is None:
            self._flaps(flap)
            return
        self._flapping = False
        self._begin_path(flap.last_round or number, flap.ended_us)
        self._events.add(flap_entry(flap))

    def _log_change(self) -> None:
        """Log the change that waits for it: by now most hops of the new path have answered."""
        if self._unlogged is None:
            return
        switch, _ = self._unlogged
        self._unlogged = None
        before, kept_from = self._before_round, self._first_kept_round
        self._events.add(change_entry(switch, self._hops, self.target.address, path_round=before, kept_from=kept_from))

    def _close_epoch(self, end_round: int) -> None:
        """Keep the figures of the path that has been left."""
        ends = [ttl for ttl, hop in self._hops.items() if hop.answered_before(self._at(end_round), self.target.address)]
        end_ttl = min(ends, default=max(self._hops))
        hops = self._hops.values()
        epoch = close_epoch(hops, self._epoch_round, end_round, self._first_kept_round, end_ttl)
        self._epochs = (*self._epochs, epoch)[-EPOCHS_MAX:]
        self._epoch_round = end_round

    def _state_changed(self, event: happened.StateChanged) -> None:
        self._follow_loss(event.time_us)
        self._log_change()
        self._traffic.interrupt()
        if event.state == "restarted" or event.state == "stalled":  # noqa: PLR1714 - the type checker follows this
            if event.state == "restarted":
                self._restarted_us = event.time_us
            self._log(event.time_us, event.state, event.reason)
            return
        before, self._state, self._reason = self._state, event.state, event.reason
        if event.state == "running" and before == "starting":
            from .settings_text import probing

            self._started_us = event.time_us
            self._log(event.time_us, "start", probing(self.settings))
        elif event.state == "running":
            self._log(event.time_us, "resumed", "")
        else:
            self._log(event.time_us, event.state, event.reason)

    def _settings_changed(self, event: happened.SettingsChanged) -> None:
        if _flows_of(event.settings) != _flows_of(self.settings):
            # Other flows may be sent by other routers: that is no change of the path.
            self._log_change()
            self._changes.forget_orders()
            for hop in self._hops.values():
                hop.forget_flows()
        before, self.settings = self.settings, event.settings
        if _fate_of(before) != _fate_of(event.settings) and self._rounds:
            self._stretches.settings_changed(self._last_round + 1, self._first_kept_round, event.time_us)
        if _time_of(before) != _time_of(event.settings):
            self._levels.path_changed(self._last_round + 1)
        if event.kind == "fallback":
            self._note = event.reason
            self._icmp_refused |= before.protocol != event.settings.protocol
        if event.kind:
            from .settings_text import differences

            if text := event.reason or differences(before, event.settings):
                self._log(event.time_us, event.kind, text)

    def _reset(self, time_us: int) -> None:
        self._hops.clear()
        self._changes.reset()
        self._unlogged, self._flapping = None, False
        self._cuts = LiveCuts()
        self._loss = LossWatch(self.target.address, self._hops, self._cuts)
        self._stretches = StretchWatch(self.target.address, self._hops, self._cuts)
        self._stretches.begin(Beginning.RESET, self._last_round + 1, time_us)
        self._epochs = ()
        self._refused.clear()
        self._checks = ()
        self._traffic = LiveTraffic()
        self._minutes = LiveMinutes()
        self._levels = LevelWatch(self.target.address, self._hops)
        self._rounds = 0
        self._first_kept_round = self._epoch_round = self._before_round = self._last_round + 1
        self._started_us = time_us
        self._log(time_us, "reset", "statistics reset")

    def _log(
        self,
        time_us: int,
        kind: EntryKind,
        text: str,
        *,
        first_ttl: int = 0,
        last_ttl: int = 0,
    ) -> None:
        self._events.add(LogEntry(time_us, max(self._last_round, 0), kind, text, first_ttl, last_ttl))

    def _visible(self) -> tuple[Hop, ...]:
        """The hops from first-ttl to the end of the path."""
        settings = self.settings
        last = last_ttl(self._hops, settings, self.target.address, self._at(self._epoch_round))
        rounds = min(self._kept, self._history_rounds)
        ttls = range(settings.first_ttl, last + 1)
        return tuple(self._hop(ttl).freeze(rounds, self._minutes.freeze(ttl)) for ttl in ttls)


def _time_of(settings: TraceSettings) -> tuple[object, ...]:
    """What the RTT may depend on."""
    return *_flows_of(settings), settings.size_bytes, settings.tos


def _fate_of(settings: TraceSettings) -> tuple[object, ...]:
    """What filters and full links may tell packets by."""
    return settings.protocol, settings.port, settings.size_bytes, settings.tos, settings.bit_pattern


def _flows_of(settings: TraceSettings) -> tuple[object, ...]:
    """What load balancers may send packets by."""
    return settings.protocol, settings.flows, settings.port, settings.local_port, settings.local_address
