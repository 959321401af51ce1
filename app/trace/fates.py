"""What becomes of the probes of one target: each outcome is an event, and takes the probe out of flight.

A probe that was sent, or deferred, has one of these outcomes:

1. Answered: an answer came from the network (``ProbeAnswered``); late if the probe had been counted as lost.
2. Lost: nothing came in time (``ProbeLost``). It stays in flight until it can no longer be answered.
3. Refused: this host did not send it (``ProbeFailed`` with the probe process's word).
4. Withdrawn: it counts nowhere (``ProbeFailed`` with the word WITHDRAWN or RESTARTED): another target's probe stood
   for it, an answer came that may have been its own, it is sent again with other ports, it went beyond the end of the
   path and nobody waits for it, or the probe process died.
"""

from __future__ import annotations

from ...probe.interface import NAME_MAX_BYTES, Interface
from ..sanitize import sanitize
from . import events as happened
from .duplicates import Duplicates
from .in_flight import InFlight, ProbeState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...probe import wire
    from .deferral import Deferral
    from .hearing import AllHeard
    from .in_flight import Probe
    from .known_path import KnownPath

# The words of probes that count nowhere though the system sent them, or never was to.
WITHDRAWN = "withdrawn"
# Probes at one hop in one round in place of some that were taken back: source ports of others (see flows), and flows.
REPLACED_MAX = 12
# So often a report asks for a deferred probe once more of which no other probe told.
ASKED_AGAIN_MAX = 8
RESTARTED = "restarted"


class Fates:
    """The probes in flight, the answered ones that may be answered again, and what is to be told of them."""

    def __init__(self, known: KnownPath, deferral: Deferral, hearing: AllHeard | None = None) -> None:
        self.known = known
        self.in_flight = InFlight(hearing)
        # Probes to be sent in place of some that were taken back: TTL and round.
        self.replacements: list[tuple[int, int]] = []
        # How often a probe was sent in place of another at each hop, in this round.
        self._replaced_round = -1
        self._replaced: dict[int, int] = {}
        # How often a deferred probe was asked for once more, by TTL and round.
        self._asked_again: dict[tuple[int, int], int] = {}
        self._deferral = deferral
        self._duplicates = Duplicates()
        self._events: list[happened.Event] = []

    def share(self, deferral: Deferral) -> None:
        """Ask another one from now on which probes are deferred."""
        self._deferral = deferral

    def tell(self, event: happened.Event) -> None:
        """Something happened."""
        self._events.append(event)

    def take_events(self) -> list[happened.Event]:
        """What happened since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    # ---- outcomes ---------------------------------------------------------------------------------------------

    def answered(self, probe: Probe, answer: wire.Answer, now_us: int) -> None:
        """An answer from the network came."""
        assert answer.address is not None
        assert answer.rtt_us is not None
        self._duplicates.expect(probe, answer.address)
        self.tell(
            happened.ProbeAnswered(
                now_us,
                probe.round,
                probe.ttl,
                probe.seq,
                word=answer.word,
                address=answer.address,
                rtt_us=answer.rtt_us,
                labels=answer.labels,
                late=probe.state is ProbeState.LOST,
                icmp_type=answer.icmp_type,
                icmp_code=answer.icmp_code,
                reply_ttl=answer.reply_ttl,
                quoted_ttl=answer.quoted_ttl,
                quoted_tos=answer.quoted_tos,
                rewritten=answer.rewritten,
                clock=answer.clock,
                interfaces=tuple(map(_safe, answer.interfaces)),
            )
        )

    def duplicated(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """A duplicate reply came; it is told of if the first one was to a probe of this target, and counts."""
        event = self._duplicates.take(seq, answer, now_us)
        if event is not None:
            self.tell(event)

    def not_answered(self, probe: Probe, now_us: int) -> None:
        """A probe's time is up.

        1. One that is doubtful is withdrawn: it may have been answered.
        2. One whose silence may say nothing about the hop is deferred.
        3. Any other one is lost.
        """
        if probe.state is ProbeState.DOUBTFUL:
            self.in_flight.take(probe.seq)
            self._withdrawn(probe, now_us)
        elif self._deferral.defers_loss(probe.ttl, probe.seq, now_us):
            self.defer(probe)
        else:
            probe.state = ProbeState.LOST
            self.tell(happened.ProbeLost(now_us, probe.round, probe.ttl, probe.seq))

    def timed_out(self, probe: Probe, now_us: int) -> None:
        """The probe process waits no longer: what is lost now can no longer be answered."""
        if probe.state is not ProbeState.LOST:
            self.not_answered(probe, now_us)
        if probe.state is not ProbeState.DEFERRED:
            self.in_flight.take(probe.seq)

    def refused(self, probe: Probe, answer: wire.Answer, now_us: int) -> None:
        """This host did not send it."""
        self.tell(happened.ProbeFailed(now_us, probe.round, probe.ttl, probe.seq, answer.word, answer.reason))

    def take_back(self, probe: Probe, now_us: int, current_round: int) -> None:
        """A probe that left flight counts nowhere; if its round still lasts, another one is sent in its place."""
        self._withdrawn(probe, now_us)
        if probe.round != current_round:
            return
        if current_round != self._replaced_round:
            self._replaced_round, self._replaced = current_round, {}
        often = self._replaced.get(probe.ttl, 0)
        if often < REPLACED_MAX:  # a probe process that goes on saying so is not asked without end
            self._replaced[probe.ttl] = often + 1
            self.replacements.append((probe.ttl, probe.round))

    def may_ask_again(self, probe: Probe) -> bool:
        """Whether one is asked for once more in place of a deferred probe, as one may not for ever; it is then."""
        often = self._asked_again.get((probe.ttl, probe.round), 0)
        self._asked_again[probe.ttl, probe.round] = often + 1
        return often < ASKED_AGAIN_MAX

    # ---- deferred probes --------------------------------------------------------------------------------------

    def may_send(self, probe: Probe, now_us: int) -> bool:
        """Whether a probe is to be sent; else it is to be deferred."""
        return self._deferral.may_send(probe.ttl, probe.seq, now_us)

    def defer(self, probe: Probe) -> None:
        """Other targets' probes tell what becomes of it."""
        probe.state = ProbeState.DEFERRED
        self.known.hop(probe.ttl).deferred = True

    def lost_as_others(self, seq: int, now_us: int) -> None:
        """The probe of another target that stood for a deferred one was lost."""
        probe = self.in_flight.take(seq)
        if probe is not None:
            self.known.hop(probe.ttl).deferred = False
            self.tell(happened.ProbeLost(now_us, probe.round, probe.ttl, seq))

    def withdraw(self, seq: int, now_us: int) -> Probe | None:
        """A probe in flight counts nowhere; None where it is not in flight."""
        probe = self.in_flight.take(seq)
        if probe is not None:
            self._withdrawn(probe, now_us)
        return probe

    def withdraw_deferred(self, now_us: int) -> None:
        """Nothing will tell what becomes of the deferred probes."""
        for probe in self.in_flight:
            if probe.state is ProbeState.DEFERRED:
                self.withdraw(probe.seq, now_us)

    def waits_for_deferred(self) -> bool:
        """Whether, when all rounds are over, deferred probes are still waited for."""
        return self._deferral.waits()

    # ---- the end of many --------------------------------------------------------------------------------------

    def give_up(self, now_us: int, end_ttl: int | None) -> None:
        """The time of all that are pending is up; those beyond the end of the path were not waited for."""
        for probe in self.in_flight:
            if probe.state in {ProbeState.PENDING, ProbeState.DOUBTFUL}:
                if end_ttl is not None and probe.ttl > end_ttl:
                    self.withdraw(probe.seq, now_us)
                else:
                    self.not_answered(probe, now_us)

    def forget_in_flight(self, now_us: int) -> None:
        """What is in flight will not be answered here, and counts nowhere: nobody was there to take the answer."""
        for probe in self.in_flight.clear():
            if probe.state is not ProbeState.LOST:
                self._withdrawn(probe, now_us, RESTARTED)

    def forget_hop(self, ttl: int, now_us: int) -> None:
        """What was counted at a hop was another path's: begin anew there."""
        for probe in self.in_flight:
            if probe.ttl == ttl:
                self.in_flight.take(probe.seq)
                if probe.state is not ProbeState.LOST:
                    self._withdrawn(probe, now_us)
        self.known.forget(ttl)
        self._duplicates.forget(ttl)
        self.tell(happened.HopForgotten(now_us, ttl))

    def reset(self, known: KnownPath) -> None:
        """Forget all probes; what is known of the path begins anew."""
        self.known = known
        self.in_flight.clear()
        self._duplicates.clear()
        self.replacements.clear()
        self._asked_again.clear()

    def _withdrawn(self, probe: Probe, now_us: int, word: str = WITHDRAWN) -> None:
        self.tell(happened.ProbeFailed(now_us, probe.round, probe.ttl, probe.seq, word))


def _safe(one: Interface) -> Interface:
    """An interface whose name may be shown: a router may write into it what it likes."""
    return Interface(
        one.role, sanitize(one.name, NAME_MAX_BYTES).strip(), index=one.index, address=one.address, mtu=one.mtu
    )
