"""The trace of one target, without I/O: time and answers go in, probes to send and events come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from ...probe import wire
from ..settings import Target, TraceSettings
from . import events as happened
from .duplicates import SecondAnswers
from .flows import Flows
from .in_flight import Outstanding, UnderWay
from .known_path import KnownPath
from .pacing import Pacing
from .requests import Requests
from .send_errors import Outlet

Order = tuple[int, wire.ProbeRequest]
# Asked before each probe, with its TTL, seq and the time: whether it is to be sent, or another target's stands for it.
Gate = Callable[[int, int, int], bool]
# Asked before a probe is counted as lost, with its TTL, seq and the time: whether that is held back, since it may say
# nothing about the hop.
Holds = Callable[[int, int, int], bool]
# Asked when all rounds are over: whether probes that are held are still waited for.
Waits = Callable[[], bool]

# At most this many probes leave in one step, so that a late wake-up makes no burst.
STEP_MAX = 8
# The word of a probe that counts nowhere because another target's stood for it, or was to.
WITHDRAWN = "withdrawn"


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
        gate: Gate | None = None,
        holds: Holds | None = None,
        waits: Waits | None = None,
    ) -> None:
        self.target = target
        self.settings = settings
        self.finished = False
        self.failure = ""
        self.paused = False
        self.known = KnownPath(target.address)
        self.held_ttl = 0  # a check has this hop to itself
        self._sequence = sequence
        self._gate = gate
        self._holds = holds
        self._waits = waits
        self._under_way = UnderWay()
        self._second_answers = SecondAnswers()
        self._pacing = Pacing(settings, self.known)
        self._events: list[happened.Event] = []
        self.started = False
        self._again: list[tuple[int, int]] = []
        self._paused_us = 0
        self._outlet = Outlet()
        randomness = randomness or Random()
        self._flows = Flows(target, settings, randomness)
        self._flows.detail = detail
        self._requests = Requests(target, settings, self._flows, randomness)

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
        self._tell(happened.StateChanged(now_us, "running"))

    def pause(self, now_us: int) -> None:
        """Stop sending; answers still count."""
        if self.started and not self.paused and not self.finished:
            self.paused = True
            self._paused_us = now_us
            self._tell(happened.StateChanged(now_us, "paused"))

    def resume(self, now_us: int) -> None:
        """Send again, from the point where it stopped."""
        if self.paused:
            self.paused = False
            self._pacing.shift(now_us - self._paused_us)
            self._tell(happened.StateChanged(now_us, "running"))

    def reset(self, now_us: int) -> None:
        """Forget the path and all that is under way; go on with a round that discovers the path anew."""
        self._under_way.clear()
        self._second_answers.clear()
        self._again.clear()
        self._flows.forget()
        self.known = KnownPath(self.target.address)
        self._pacing.known = self.known
        if self.started and not self.finished:
            self._pacing.begin(now_us)
        self._tell(happened.StatisticsReset(now_us))

    def change(self, settings: TraceSettings, now_us: int, kind: str = "settings", reason: str = "") -> None:
        """Go on with other settings from the next probe on."""
        self.settings = settings
        self._flows.change(settings)
        self._requests.change(settings)
        self._pacing.change(settings)
        self._tell(happened.SettingsChanged(now_us, settings, kind, reason))

    def probe_process_restarted(self, now_us: int, reason: str) -> None:
        """The probe process was started anew: what was under way will not be answered and counts nowhere."""
        for probe in self._under_way.clear():
            if not probe.lost:
                self._tell(happened.ProbeFailed(now_us, probe.round, probe.ttl, probe.seq, "restarted"))
        self._tell(happened.StateChanged(now_us, "restarted", reason))

    def fail(self, now_us: int, reason: str) -> None:
        """End the trace: it cannot go on. What is under way stays pending."""
        if not self.finished:
            self.finished = True
            self.failure = reason
            self._tell(happened.StateChanged(now_us, "failed", reason))

    @property
    def steady(self) -> bool:
        """Whether an answer that is handed over some milliseconds late changes nothing but the moment it is told."""
        return self.finished or (self.started and self._pacing.steady)

    @property
    def tick_us(self) -> int:
        """The time from one probe of a round to the next."""
        return self._pacing.tick_us

    # ---- time and answers -------------------------------------------------------------------------------------

    def next_due_us(self, now_us: int) -> int | None:
        """When ``step`` is to be called next; None: not before an answer or a command comes."""
        if self.finished or not self.started:
            return None
        if self._again and not self.paused:
            return now_us
        due = [self._under_way.due_us(self.known, self.settings)]
        if not self.paused:
            due.append(self._pacing.due_us(now_us))
        if self._pacing.over and not self._again:
            until_us = self._under_way.worth_waiting_until_us(self.known, self.settings)
            if now_us < until_us:
                due.append(until_us)
            elif self._waits is None or not self._waits():
                due.append(now_us)
        return min((time_us for time_us in due if time_us is not None), default=None)

    def step(self, now_us: int) -> list[Order]:
        """Do what is due: probes to send are returned, in order."""
        orders: list[Order] = []
        if self.finished or not self.started:
            return orders
        for probe in self._under_way.overdue(now_us, self.known, self.settings):
            self._lose(probe, now_us)
        pacing = self._pacing
        while self._again and not self.paused:
            ttl, round_number = self._again.pop()
            self._probe(ttl, round_number, now_us, orders, again=True)
        while not self.paused and len(orders) < STEP_MAX:
            due_us = pacing.due_us(now_us)
            if due_us is None or due_us > now_us:
                break
            if not pacing.in_round:
                if self._is_enumerated():
                    pacing.enough = True
                    break
                self._start_round(now_us)
                continue
            held = self._probe(pacing.next_ttl, pacing.round, now_us, orders)
            pacing.sent(now_us, held=held)
        if (
            pacing.over
            and not self._again
            and now_us >= self._under_way.worth_waiting_until_us(self.known, self.settings)
        ):
            self._finish_unless_waiting(now_us)
        return orders

    def answer(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """Take the fate of a probe; one that is not under way (any more) is ignored."""
        if answer.word == wire.AMBIGUOUS and not self._flows.can_part:
            self._under_way.doubt(seq)
            return
        if answer.word == wire.NO_REPLY and self._under_way.is_held(seq):
            return
        probe = self._under_way.take(seq)
        if probe is None:
            return
        where = (now_us, probe.round, probe.ttl, seq)
        unnumbered = probe.flow >= 0 and bool(answer.unnumbered) and self._flows.can_part
        if answer.word == wire.AMBIGUOUS or unnumbered:
            self._flows.part(probe.ttl)
            self._take_back(probe, now_us, again=True)
        elif answer.word == wire.ADDRESS_IN_USE and self._can_move(probe):
            self._requests.forget()
            self._take_back(probe, now_us, again=True)
        elif answer.word in wire.FROM_NETWORK and answer.address is not None and answer.rtt_us is not None:
            flow = probe.flow if self.settings.flows > 1 else 0
            self.known.answered(probe.ttl, answer, now_us, flow)
            self._flows.answered(probe.ttl, probe.flow, answer.address, unnumbered=bool(answer.unnumbered))
            self._pacing.answered(probe.ttl, now_us)
            self._second_answers.expect(probe, answer.address)
            self._tell(
                happened.ProbeAnswered(
                    *where,
                    word=answer.word,
                    address=answer.address,
                    rtt_us=answer.rtt_us,
                    labels=answer.labels,
                    late=probe.lost,
                    icmp_type=answer.icmp_type,
                    icmp_code=answer.icmp_code,
                    reply_ttl=answer.reply_ttl,
                    quoted_ttl=answer.quoted_ttl,
                    quoted_tos=answer.quoted_tos,
                    rewritten=answer.rewritten,
                    clock=answer.clock,
                )
            )
            self._got_out(now_us)
        elif answer.word == wire.NO_REPLY:
            if not probe.lost:
                self._under_way.add(probe)
                self._lose(probe, now_us)
                if not probe.held:
                    self._under_way.take(seq)
            self._got_out(now_us)
        else:
            self._tell(happened.ProbeFailed(*where, word=answer.word, reason=answer.reason))
            self._refused(answer, now_us)

    def duplicate(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """Take a second answer, if the first one was to a probe of this target."""
        event = self._second_answers.take(seq, answer, now_us)
        if event is not None:
            self._tell(event)

    def forget(self, ttl: int, now_us: int) -> None:
        """What was counted at a hop was another path's: begin anew there."""
        for probe in [probe for probe in self._under_way.probes.values() if probe.ttl == ttl]:
            self._under_way.take(probe.seq)
            if not probe.lost:
                self._tell(happened.ProbeFailed(now_us, probe.round, ttl, probe.seq, WITHDRAWN))
        self.known.forget(ttl)
        self._second_answers.forget(ttl)
        self._tell(happened.HopForgotten(now_us, ttl))

    def settle(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """A probe that was held has its fate: what another target's got."""
        if answer.word != wire.NO_REPLY:
            self.answer(seq, answer, now_us)
            return
        probe = self._under_way.take(seq)
        if probe is not None:
            self.known.hop(probe.ttl).held = False
            self._tell(happened.ProbeLost(now_us, probe.round, probe.ttl, seq))

    def withdraw(self, seq: int, now_us: int, *, again: bool) -> None:
        """A probe that was held counts nowhere; ``again``: it is to be sent after all."""
        probe = self._under_way.take(seq)
        if probe is not None:
            self._tell(happened.ProbeFailed(now_us, probe.round, probe.ttl, seq, WITHDRAWN))
            if again and not self.finished:
                self._again.append((probe.ttl, probe.round))

    def withdraw_held(self, now_us: int) -> None:
        """No probe that is held will have a fate."""
        for probe in [probe for probe in self._under_way.probes.values() if probe.held]:
            self.withdraw(probe.seq, now_us, again=False)

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

    def request(self, ttl: int) -> wire.ProbeRequest:
        """The probe that is sent for a TTL in this round."""
        return self._requests.of(ttl, self._flows.usual(ttl))

    def take_events(self) -> list[happened.Event]:
        """What happened since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    # ---- inside -----------------------------------------------------------------------------------------------

    def _is_enumerated(self) -> bool:
        """Whether the trace was for finding all routers, and has done so."""
        settings = self.settings
        if not settings.until_enumerated or self._pacing.round < 0:
            return False
        last_ttl = settings.first_ttl + self.known.length(settings) - 1
        return self._flows.held > 1 and self._flows.is_enumerated(settings.first_ttl, last_ttl)

    def _start_round(self, now_us: int) -> None:
        number = self._pacing.start_round(now_us)
        self._requests.start_round()
        self._tell(happened.RoundStarted(now_us, number))

    def _probe(self, ttl: int, round_number: int, now_us: int, orders: list[Order], *, again: bool = False) -> bool:
        """Probe a hop; whether the probe is held instead."""
        if ttl == self.held_ttl:
            return False
        hop = self.known.hop(ttl)
        if self.settings.cache_s and hop.up and now_us - hop.answered_us < self.settings.cache_s * 1_000_000:
            return False
        seq = next(self._sequence)
        if not hop.up:  # its last probe has no answer
            hop.ended = 0
        hop.up = False
        hop.sent_us = now_us
        probe = Outstanding(seq, ttl, round_number, now_us, again=again)
        if self._gate is None or self._gate(ttl, seq, now_us):
            hop.held = False
            end_ttl = self.known.end(self.settings) or self.settings.max_ttl
            probe.flow = self._flows.choose(ttl, end_ttl, self._busy_flows())
            orders.append((seq, self._requests.of(ttl, probe.flow)))
            self._tell(happened.ProbeSent(now_us, round_number, ttl, seq, probe.flow))
        else:
            probe.held = hop.held = True
            self._tell(happened.ProbeShared(now_us, round_number, ttl, seq))
        self._under_way.add(probe)
        return probe.held

    def _busy_flows(self) -> set[int]:
        """The flows that cannot be taken now: the kernel has one TCP attempt at a time from a port to another."""
        if self.settings.protocol != "tcp":
            return set()
        return {probe.flow for probe in self._under_way.probes.values() if not probe.lost}

    def _can_move(self, probe: Outstanding) -> bool:
        """Whether the source port that is in use was one of our own choice, and another one is taken now."""
        chosen = self.settings.protocol == "tcp" or not self.settings.local_port
        return probe.flow >= 0 and chosen and self._flows.redraw()

    def _take_back(self, probe: Outstanding, now_us: int, *, again: bool) -> None:
        """A probe counts nowhere; ``again``: if its round still lasts, another one is sent for it."""
        self._tell(happened.ProbeFailed(now_us, probe.round, probe.ttl, probe.seq, WITHDRAWN))
        if again and probe.round == self._pacing.round:
            self._again.append((probe.ttl, probe.round))

    def _got_out(self, now_us: int) -> None:
        if self._outlet.passed():
            self._tell(happened.StateChanged(now_us, "paused" if self.paused else "running"))

    def _refused(self, answer: wire.Answer, now_us: int) -> None:
        if self._outlet.refused(answer):
            self._tell(happened.StateChanged(now_us, "network-down", "the system has no way to the target"))
        elif self._outlet.hopeless:
            self.fail(now_us, self._outlet.hopeless)

    def _lose(self, probe: Outstanding, now_us: int) -> None:
        if probe.doubtful:
            self._under_way.take(probe.seq)
            self._tell(happened.ProbeFailed(now_us, probe.round, probe.ttl, probe.seq, WITHDRAWN))
        elif self._holds is not None and self._holds(probe.ttl, probe.seq, now_us):
            probe.held, probe.lost = True, False
            self.known.hop(probe.ttl).held = True
        else:
            self._tell(happened.ProbeLost(now_us, probe.round, probe.ttl, probe.seq))

    def _finish_unless_waiting(self, now_us: int) -> None:
        for probe in [probe for probe in self._under_way.probes.values() if not (probe.lost or probe.held)]:
            probe.lost = True
            self._lose(probe, now_us)
        if self._waits is not None and self._waits():
            return
        self.withdraw_held(now_us)
        self._under_way.clear()
        self.finished = True
        self._tell(happened.StateChanged(now_us, "finished"))

    def _tell(self, event: happened.Event) -> None:
        self._events.append(event)
