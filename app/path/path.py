"""One target's path while it is measured: folds events, hands out snapshots."""

from __future__ import annotations

from itertools import count

from ...probe.wire import REPLY, TTL_EXPIRED
from ..trace import events as happened
from .cuts import LiveCuts
from .event_log import EventLog
from .far_clock import LiveFarClock
from .findings import NOTHING_FOUND
from .hop import OTHERS, LiveHop
from .minutes import LiveMinutes
from .one_way import LiveOneWay
from .path_end import last_ttl
from .raised_alerts import LiveAlerts
from .refused import WORDS, RefusedProbes
from .snapshot import OTHER_FLOW, UNANSWERED, UNREACHABLE, Hop, LogEntry, Snapshot
from .traffic import LiveTraffic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..settings import Target, TraceSettings
    from ..trace.checks import Check
    from .path_watch import PathWatch
    from .snapshot import EntryKind, State

HISTORY_ROUNDS = 3600
FORGOTTEN = "counted anew: what stood here was another target's router"
CHECKS_MAX = 8
# Numbers the traces of this process.
_TRACES = count(1)


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
        self.settings = target.own(settings)
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
        self._round_us = started_us  # when the latest round began
        self._events = EventLog()
        self._cuts = LiveCuts()
        self._watch: PathWatch | None = None  # None: nothing has answered, and the first round is not over
        self._restarted_us: int | None = None
        self._refused = RefusedProbes()
        self._checks: tuple[Check, ...] = ()
        self._traffic = LiveTraffic()
        self._minutes = LiveMinutes()
        self._one_way = LiveOneWay()
        self._link_lost: happened.LinkLost | None = None
        self._far_clock = LiveFarClock()
        self._alerts = LiveAlerts()
        self._source = target.source  # as far as is known
        self._snapshot: Snapshot | None = None
        self._trace = next(_TRACES)

    @property
    def rounds(self) -> int:
        """How many rounds have begun."""
        return self._rounds

    @property
    def log(self) -> EventLog:
        """What has been logged."""
        return self._events

    def __getstate__(self) -> dict[str, object]:
        """What has been folded, to go on from another time: a snapshot is made anew."""
        return {**self.__dict__, "_snapshot": None}

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
                self._watching().forget_hop(event.ttl)
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
            case (
                happened.TrafficRead()
                | happened.OneWayCounted()
                | happened.LinkLost()
                | happened.ClockCompared()
                | happened.SourceChanged()
                | happened.AlertTurned()
                | happened.AlertCommandEnded()
            ):
                self._beside(event)

    @property
    def log_entries(self) -> tuple[LogEntry, ...]:
        """The event log at this moment, oldest first; costs less than a snapshot."""
        return self._events.freeze()

    def snapshot(self) -> Snapshot:
        """The path at this moment; the same object as long as nothing happens."""
        if self._snapshot is None or self._snapshot.version != self.version:
            found = NOTHING_FOUND if self._watch is None else self._watch.findings()
            hops = self._visible(found.path_round)
            self._snapshot = Snapshot(
                trace=self._trace,
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
                rtt_shift=found.rtt_shift,
                level_round=found.level_round,
                minutes_from_us=self._minutes.started_us,
                reached=bool(hops) and not hops[-1].error and self._hops[hops[-1].ttl].is_end(self.target.address),
                log_entries=self._events.freeze(),
                log_entries_forgotten=self._events.forgotten,
                restarted_us=self._restarted_us,
                local_address=self.settings.local_address or self._source,
                note=self._note,
                icmp_refused=self._icmp_refused,
                version=self.version,
                epochs=found.epochs,
                checks=self._checks,
                traffic=self._traffic.freeze(min(self._kept, self._history_rounds)),
                interface=self._traffic.interface,
                cut_by=self._cuts.freeze(min(self._kept, self._history_rounds)),
                stretches=found.stretches,
                bursts=found.bursts,
                refused=self._refused.freeze(),
                probes_sent=sum(hop.sent for hop in self._hops.values()),
                path_round=found.path_round,
                seeming_change=found.seeming_change,
                flap=found.flap,
                one_way=self._one_way.freeze(),
                link_lost=self._link_lost,
                far_clock=self._far_clock.known,
                alerts=self._alerts.freeze(),
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

    def _watching(self) -> PathWatch:
        """The watch over the path, loaded when it is first needed: neither first probe nor first picture waits."""
        if self._watch is None:
            self._watch = self._new_watch()
            if self._rounds:
                self._watch.round_started(self._last_round, self._round_us)
        return self._watch

    def _new_watch(self) -> PathWatch:
        from .path_watch import PathWatch

        return PathWatch(
            self.target.address,
            self._hops,
            self._cuts,
            self._events,
            pooled=_is_pooled(self.settings),
            kept_from=self._first_kept_round,
        )

    def _round_started(self, event: happened.RoundStarted) -> None:
        if self._rounds:
            self._watching().follow(event.time_us)
        self._rounds += 1
        self._minutes.round_started(event.time_us, self._kept)
        self._last_round, self._round_us = event.round, event.time_us
        if self._watch is not None:
            self._watch.round_started(event.round, event.time_us)
        for hop in self._hops.values():
            hop.extend()
        self._traffic.extend()
        self._cuts.extend()
        if self._kept > 2 * self._history_rounds:
            # So many each time: what is kept of one moment and of the next then has the same pieces.
            for hop in self._hops.values():
                hop.trim(self._history_rounds)
            self._traffic.trim(self._history_rounds)
            self._cuts.trim(self._history_rounds)
            self._minutes.trim(self._history_rounds)
            self._first_kept_round += self._history_rounds
            if self._watch is not None:
                self._watch.kept_from = self._first_kept_round

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
        watch = self._watch or self._watching()
        if responder != OTHERS and not event.late and not refuses:
            watch.answered(event, responder)
        if event.late:
            watch.not_lost(event)
        else:
            watch.await_target(event)

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
            self._watching().not_lost(event)

    def _beside(
        self,
        event: happened.TrafficRead
        | happened.OneWayCounted
        | happened.LinkLost
        | happened.ClockCompared
        | happened.SourceChanged
        | happened.AlertTurned
        | happened.AlertCommandEnded,
    ) -> None:
        """Something was measured beside the probes, or nothing can be."""
        if isinstance(event, happened.LinkLost):
            self._link_lost = event
        elif isinstance(event, happened.OneWayCounted):
            self._one_way.counted(event)
        elif isinstance(event, happened.SourceChanged):
            self._source_changed(event)
        elif isinstance(event, happened.AlertTurned):
            self._log(event.time_us, "alert-raised" if event.raised else "alert-cleared", self._alerts.turned(event))
        elif isinstance(event, happened.AlertCommandEnded):
            self._log(event.time_us, "alert-command", f"{event.alert}: {event.text}")
        elif isinstance(event, happened.ClockCompared):
            text = self._far_clock.compared(event, self._clock_offset_us)
            if text:
                self._log(event.time_us, "clock", text)
        else:
            self._traffic.read(self._at(event.round), event)

    def _source_changed(self, event: happened.SourceChanged) -> None:
        """Probes leave from another address."""
        self._source = event.new
        whose = f"the address of {self.target.vantage}" if self.target.vantage else "this host's address"
        after_s = (event.time_us - self._started_us) / 1e6
        text = f"{whose} changed from {event.old} to {event.new} after {after_s:.0f} s"
        self._log(event.time_us, "source-changed", text, old=(event.old,), new=(event.new,))

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
            self._watching().not_lost(event)
        self._refused.add(event)

    def _state_changed(self, event: happened.StateChanged) -> None:
        if self._watch is not None:
            self._watch.follow(event.time_us)
            self._watch.log_change()
        self._traffic.interrupt()
        if event.state == "restarted" or event.state == "stalled":  # noqa: PLR1714 - the type checker follows this
            if event.state == "restarted":
                self._restarted_us = event.time_us
                self._link_lost = None
            self._log(event.time_us, event.state, event.reason)
            return
        self._link_lost = self._link_lost if event.state == "paused" else None
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
        before, self.settings = self.settings, event.settings
        if flows_of(before) != flows_of(event.settings):
            if self._watch is not None:
                self._watch.flows_changed()
            for hop in self._hops.values():
                hop.forget_flows()
        if self._rounds or self._watch is not None:
            self._watch_with(before, event)
        if event.kind == "fallback":
            self._note = event.reason
            self._icmp_refused |= before.protocol != event.settings.protocol
        if event.kind:
            from .settings_text import differences

            if text := event.reason or differences(before, event.settings):
                self._log(event.time_us, event.kind, text)

    def _watch_with(self, before: TraceSettings, event: happened.SettingsChanged) -> None:
        """Watch on under other settings."""
        watch = self._watching()
        watch.pooled = _is_pooled(event.settings)
        if self._rounds and _fate_of(before) != _fate_of(event.settings):
            watch.fate_changed(event.time_us)
        if _time_of(before) != _time_of(event.settings):
            watch.timing_changed()

    def _reset(self, time_us: int) -> None:
        self._hops.clear()
        self._cuts = LiveCuts()
        self._refused.clear()
        self._checks = ()
        self._traffic = LiveTraffic()
        self._minutes = LiveMinutes()
        self._one_way.reset()
        self._rounds = 0
        self._first_kept_round = self._last_round + 1
        self._watch = self._new_watch()
        self._watch.begin_again(time_us)
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
        old: tuple[str, ...] = (),
        new: tuple[str, ...] = (),
    ) -> None:
        self._events.add(LogEntry(time_us, max(self._last_round, 0), kind, text, first_ttl, last_ttl, old, new))

    def _visible(self, path_round: int) -> tuple[Hop, ...]:
        """The hops from first-ttl to the end of the path that is in use since a round."""
        settings = self.settings
        last = last_ttl(self._hops, settings, self.target.address, self._at(path_round))
        rounds = min(self._kept, self._history_rounds)
        ttls = range(settings.first_ttl, last + 1)
        return tuple(self._hop(ttl).freeze(rounds, self._minutes.freeze(ttl)) for ttl in ttls)


def _time_of(settings: TraceSettings) -> tuple[object, ...]:
    """What the RTT may depend on."""
    return *flows_of(settings), settings.size_bytes, settings.tos


def _fate_of(settings: TraceSettings) -> tuple[object, ...]:
    """What filters and full links may tell packets by."""
    return settings.protocol, settings.port, settings.size_bytes, settings.tos, settings.bit_pattern


def flows_of(settings: TraceSettings) -> tuple[object, ...]:
    """What load balancers may send packets by."""
    return settings.protocol, settings.flows, settings.port, settings.local_port, settings.local_address


def _is_pooled(settings: TraceSettings) -> bool:
    """Whether each probe may be sent another way; flows that take turns move all hops together."""
    return settings.flows < 2
