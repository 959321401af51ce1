"""The trace of one target, without I/O: time and answers go in, probes to send and events come out."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ...probe import wire
from . import events as happened
from .deferral import Again, NoDeferral
from .fates import Fates
from .hearing import AllHeard
from .in_flight import ProbeState
from .known_path import KnownPath
from .send_errors import SendErrors
from .sender import Sender

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Target, TraceSettings
    from .deferral import Deferral
    from .events import ChangeKind
    from .sender import Order


# A deferred probe that is sent so many rounds after its own is too late to tell of that.
LATE_ROUNDS = 5


class Engine:
    """Probes one target round by round.

    ``sequence`` names the probes; several engines share one, so that a name is unique in the probe process.
    ``detail``: the probe process knows hopscope's extensions. The owner calls ``step`` when ``next_due_us`` has come,
    hands answers to ``answer``, and takes what happened from ``take_events``. Times are monotonic microseconds.
    """

    def __init__(
        self,
        target: Target,
        settings: TraceSettings,
        *,
        sequence: Iterator[int],
        randomness: Random | None = None,
        detail: bool = False,
        deferral: Deferral | None = None,
        hearing: AllHeard | None = None,
    ) -> None:
        self.target = target
        self.settings = settings = target.own(settings)
        self.started = False
        self.paused = False
        self.finished = False
        # Nobody wants to know of it any more.
        self.left = False
        # Why it ended before its time, a sentence; empty where it did not.
        self.failure = ""
        self.known = KnownPath(target.address)
        # Something is to be judged, but not all has been read that the probe process had to say up to now.
        self.unheard = False
        self._hearing = hearing or AllHeard()
        self._fates = Fates(self.known, deferral or NoDeferral(), self._hearing)
        self._in_flight = self._fates.in_flight
        self._sender = Sender(target, settings, self._fates, sequence, randomness or Random())
        self._pacing, self._flows = self._sender.pacing, self._sender.flows
        self._flows.detail = detail
        self._send_errors = SendErrors(
            target.version, source_given=bool(settings.local_address or settings.local_device)
        )
        # The probe process, or whoever takes what is measured, stands still: nothing is sent.
        self._stalled = False
        # Since when nothing is sent, paused or stalled.
        self._stopped_us = 0

    @property
    def detail(self) -> bool:
        """Whether the probe process knows hopscope's extensions."""
        return self._flows.detail

    @detail.setter
    def detail(self, detail: bool) -> None:
        self._flows.detail = detail

    # ---- commands ---------------------------------------------------------------------------------------------

    def start(self, now_us: int) -> None:
        """Begin with the first round at ``now_us``."""
        self.started = True
        self._pacing.begin(now_us)
        self._fates.tell(happened.StateChanged(now_us, "running"))

    def pause(self, now_us: int) -> None:
        """Stop sending; answers still count."""
        if self.started and not self.paused and not self.finished:
            self._stop(now_us)
            self.paused = True
            self._fates.tell(happened.StateChanged(now_us, "paused"))

    def resume(self, now_us: int) -> None:
        """Send again, from the point where it stopped."""
        if self.paused:
            self.paused = False
            self._go_on(now_us)
            self._fates.tell(happened.StateChanged(now_us, "running"))

    def stall(self, now_us: int) -> None:
        """Send nothing: the probe process stands still, and would send it later in a burst, or there is no room."""
        if self.started and not self._stalled and not self.finished:
            self._stop(now_us)
            self._stalled = True

    def go_on(self, now_us: int, reason: str) -> None:
        """What stood still goes on, and so does the trace, from the point where it stopped; ``reason`` is told."""
        if self._stalled:
            self._stalled = False
            self._go_on(now_us)
            self._fates.tell(happened.StateChanged(now_us, "stalled", reason))

    def reset(self, now_us: int) -> None:
        """Forget the path and all that is in flight; go on with a round that discovers the path anew."""
        self.known = KnownPath(self.target.address)
        self._fates.reset(self.known)
        self._sender.reset()
        if self.started and not self.finished:
            self._pacing.begin(now_us)
        self._fates.tell(happened.StatisticsReset(now_us))

    def change(self, settings: TraceSettings, now_us: int, kind: ChangeKind = "settings", reason: str = "") -> None:
        """Go on with other settings of all from the next probe on."""
        self.settings = settings = self.target.own(settings)
        self._sender.change(settings)
        self._fates.tell(happened.SettingsChanged(now_us, settings, kind, reason))

    def source_changed(self, source: str) -> None:
        """Probes leave from this address from now on, also where they are given one because of their interface."""
        self.target = replace(self.target, source=source)
        self._sender.readdress(self.target)

    def probe_process_restarted(self, now_us: int, reason: str) -> None:
        """The probe process was started anew; what was in flight has been forgotten."""
        if self._stalled:
            self._stalled = False
            self._go_on(now_us)
        self._fates.tell(happened.StateChanged(now_us, "restarted", reason))

    def forget_in_flight(self, now_us: int) -> None:
        """What is in flight will not be answered here, and counts nowhere."""
        if not self.finished:
            self._fates.forget_in_flight(now_us)

    def fail(self, now_us: int, reason: str) -> None:
        """End the trace: it cannot go on. What is in flight stays pending."""
        if not self.finished:
            self.finished = True
            self.failure = reason
            self._fates.tell(happened.StateChanged(now_us, "failed", reason))

    def leave(self) -> None:
        """End the trace without a word: it is nobody's any more."""
        self.finished = self.left = True

    def share(self, deferral: Deferral | None) -> None:
        """Share hops with others as this one says from now on; None: with nobody."""
        self._fates.share(deferral or NoDeferral())

    @property
    def steady(self) -> bool:
        """Whether an answer that is handed over some milliseconds late changes nothing but the moment it is told."""
        return self.finished or (self.started and self._pacing.steady)

    @property
    def tick_us(self) -> int:
        """The time from one probe of a round to the next."""
        return self._pacing.tick_us

    # ---- time -------------------------------------------------------------------------------------------------

    def next_due_us(self, now_us: int) -> int | None:
        """When ``step`` is to be called next; None: not before an answer or a command comes."""
        if self.finished or not self.started:
            return None
        if self._fates.replacements and not self._stopped:
            return now_us
        # What is to be judged as soon as more has been heard is not due before that.
        due = [] if self.unheard else [self._in_flight.due_us(self.known, self.settings)]
        if not self._stopped:
            due.append(self._pacing.due_us(now_us))
        if self._has_sent_all() and not self.unheard:
            until_us = self._in_flight.worth_waiting_until_us(self.known, self.settings)
            if now_us < until_us:
                due.append(until_us)
            elif not self._fates.waits_for_deferred():
                due.append(now_us)
        return min((time_us for time_us in due if time_us is not None), default=None)

    def step(self, now_us: int) -> list[Order]:
        """Do what is due: probes to send are returned, in order.

        1. Nothing is done before the trace has begun, nor after its end.
        2. Probes that have not been answered for as long as they are waited for are lost, or deferred, or withdrawn, if
           all has been read that the probe process had to say up to then.
        3. Unless it is paused, or the probe process stands still, probes are sent in place of those that were taken
           back;
        4. then what is due of the schedule, at most STEP_MAX probes: the next probe of the round, or the next round,
           unless all routers were to be found and are.
        5. When all rounds have sent all their probes, and nothing in flight is worth waiting for, what is pending is
           given up; and when no deferred probe is waited for either, the trace is finished.
        """
        orders: list[Order] = []
        if self.finished or not self.started:
            return orders
        self.unheard = False
        self._judge(now_us)
        if not self._stopped:
            self._sender.send_replacements(now_us, orders)
            self._sender.send_due(now_us, orders)
        if self._has_sent_all():
            until_us = self._in_flight.worth_waiting_until_us(self.known, self.settings)
            if now_us >= until_us and self._has_heard(until_us, now_us):
                self._fates.give_up(now_us, self.known.end(self.settings))
                if not self._fates.waits_for_deferred():
                    self._finish(now_us)
        return orders

    # ---- answers ----------------------------------------------------------------------------------------------

    def answer(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """Take what the probe process says of a probe; one that is not in flight (any more) is ignored.

        1. What may be its answer or another's of its flow makes it doubtful where it cannot have ports of its own.
        2. That the probe process waits no longer says nothing of a deferred probe, and ends any other one.
        3. An answer that cannot tell it from others of its flow, where its hop can be probed with per-probe ports,
           has it sent again that way.
        4. So does a source port that is another program's, where another one can be taken.
        5. An answer from the network counts.
        6. Anything else is a refusal of this host.
        """
        probe = self._in_flight.get(seq)
        if probe is None:
            return
        ambiguous = answer.word == wire.AMBIGUOUS
        if ambiguous and not self._flows.can_have_own_ports:
            if probe.state is ProbeState.PENDING:
                probe.state = ProbeState.DOUBTFUL
            return
        if answer.word == wire.NO_REPLY:
            if probe.state is not ProbeState.DEFERRED:
                self._fates.timed_out(probe, now_us)
                self._got_out(now_us)
            return
        self._in_flight.take(seq)
        if ambiguous or (probe.flow >= 0 and answer.unnumbered and self._flows.can_have_own_ports):
            self._flows.give_own_ports(probe.ttl)
            self._fates.take_back(probe, now_us, self._pacing.round)
        elif answer.word == wire.ADDRESS_IN_USE and self._sender.takes_another_port(probe):
            self._fates.take_back(probe, now_us, self._pacing.round)
        elif answer.word in wire.FROM_NETWORK and answer.address is not None and answer.rtt_us is not None:
            flow = probe.flow if self.settings.flows > 1 else 0
            self.known.answered(probe.ttl, answer, now_us, flow)
            self._flows.answered(probe.ttl, probe.flow, answer.address, unnumbered=bool(answer.unnumbered))
            self._pacing.answered(probe.ttl, now_us)
            self._fates.answered(probe, answer, now_us)
            self._got_out(now_us)
        else:
            self._fates.refused(probe, answer, now_us)
            self._refused(answer, now_us)

    def duplicate(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """Take a duplicate reply, if the first one was to a probe of this target."""
        self._fates.duplicated(seq, answer, now_us)

    # ---- deferred probes --------------------------------------------------------------------------------------

    def forget(self, ttl: int, now_us: int) -> None:
        """What was counted at a hop was another path's: begin anew there."""
        self._fates.forget_hop(ttl, now_us)

    def settle(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """A deferred probe has an outcome: what another target's got."""
        if answer.word == wire.NO_REPLY:
            self._fates.lost_as_others(seq, now_us)
        else:
            self.answer(seq, answer, now_us)

    def withdraw(self, seq: int, now_us: int, again: Again) -> None:
        """A deferred probe counts nowhere; ``again`` says whether another one is sent in its place.

        1. A report, which has so many rounds, makes up for each probe, however late: its rows count so many.
        2. Else one whose time is long past is one of the next round: an answer of now would tell of then.
        """
        probe = self._fates.withdraw(seq, now_us)
        if probe is None or again is Again.NO or self.finished:
            return
        if self.settings.rounds is None:
            late = now_us - probe.sent_us >= LATE_ROUNDS * self.settings.interval_us
            if again is Again.NOW and not (late and probe.round < self._pacing.round):
                self._fates.replacements.append((probe.ttl, probe.round))
        elif again is Again.NOW or self._fates.may_ask_again(probe):
            self._fates.replacements.append((probe.ttl, probe.round))

    def withdraw_deferred(self, now_us: int) -> None:
        """No deferred probe will have another outcome."""
        self._fates.withdraw_deferred(now_us)

    # ---- what the owner asks ----------------------------------------------------------------------------------

    @property
    def exploring(self) -> bool:
        """Whether the first round still lasts, or has not begun."""
        return self._pacing.discovering

    @property
    def over(self) -> bool:
        """Whether the last round has sent all its probes."""
        return self._pacing.over

    @property
    def round(self) -> int:
        """The round that has begun last."""
        return self._pacing.round

    def sent_us(self, seq: int) -> int | None:
        """When a probe was handed to the probe process; None where it was not, or is not in flight."""
        probe = self._in_flight.get(seq)
        return None if probe is None or probe.state is ProbeState.DEFERRED else probe.sent_us

    def request(self, ttl: int) -> wire.ProbeRequest:
        """The probe that is sent for a TTL in this round."""
        return self._sender.request(ttl)

    def leave_to_check(self, ttl: int) -> None:
        """Leave a hop to an exclusive check; 0: probe all again."""
        self._sender.check_ttl = ttl

    def take_events(self) -> list[happened.Event]:
        """What happened since the last call, oldest first."""
        return self._fates.take_events()

    # ---- inside -----------------------------------------------------------------------------------------------

    @property
    def _stopped(self) -> bool:
        return self.paused or self._stalled

    def _stop(self, now_us: int) -> None:
        if not self._stopped:
            self._stopped_us = now_us

    def _go_on(self, now_us: int) -> None:
        if not self._stopped:
            self._pacing.shift(now_us - self._stopped_us)

    def _has_heard(self, time_us: int, now_us: int) -> bool:
        heard = self._hearing.has_heard(time_us, now_us)
        self.unheard = self.unheard or not heard
        return heard

    def _judge(self, now_us: int) -> None:
        """Have the probes whose time is up end, as far as all has been read that was said up to then."""
        while (due_us := self._in_flight.due_us(self.known, self.settings)) is not None and due_us <= now_us:
            if not self._has_heard(due_us, now_us):
                return
            for probe in self._in_flight.overdue(due_us, self.known, self.settings):
                self._fates.not_answered(probe, now_us)

    def _has_sent_all(self) -> bool:
        """Whether no probe is left to be sent."""
        return self._pacing.over and not self._fates.replacements

    def _finish(self, now_us: int) -> None:
        self._fates.withdraw_deferred(now_us)
        self._in_flight.clear()
        self.finished = True
        self._fates.tell(happened.StateChanged(now_us, "finished"))

    def _got_out(self, now_us: int) -> None:
        if self._send_errors.passed():
            self._fates.tell(happened.StateChanged(now_us, "paused" if self.paused else "running"))

    def _refused(self, answer: wire.Answer, now_us: int) -> None:
        if self._send_errors.refused(answer):
            self._fates.tell(happened.StateChanged(now_us, "network-down", self._send_errors.why))
        elif self._send_errors.hopeless:
            self.fail(now_us, self._send_errors.hopeless)
