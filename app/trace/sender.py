"""Sends the probes of one target: what is due, to which hop, in which flow."""

from __future__ import annotations

from ..protocols import PROTOCOLS
from . import events as happened
from .flows import Flows
from .in_flight import Probe, ProbeState
from .pacing import Pacing
from .requests import Requests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from ...probe import wire
    from ..settings import Target, TraceSettings
    from .fates import Fates

    Order = tuple[int, wire.ProbeRequest]

# At most this many probes leave in one step, so that a late wake-up makes no burst.
STEP_MAX = 8


class Sender:
    """Makes the orders for the probe process, each a probe's name and its request.

    ``sequence`` names the probes. Times are monotonic microseconds.
    """

    def __init__(
        self, target: Target, settings: TraceSettings, fates: Fates, sequence: Iterator[int], randomness: Random
    ) -> None:
        self.pacing = Pacing(settings, fates.known)
        self.flows = Flows(target, settings, randomness)
        # The hop that an exclusive check has to itself; 0: none.
        self.check_ttl = 0
        self._requests = Requests(target, settings, self.flows, randomness)
        self._settings = settings
        self._fates = fates
        self._sequence = sequence

    def change(self, settings: TraceSettings) -> None:
        """Go on with other settings."""
        self._settings = settings
        self.flows.change(settings)
        self._requests.change(settings)
        self.pacing.change(settings)

    def readdress(self, target: Target) -> None:
        """Go on to the same target from another address."""
        self._requests.readdress(target)

    def reset(self) -> None:
        """What is known of the path has begun anew, and so do flows and schedule."""
        self.flows.forget()
        self.pacing.known = self._fates.known

    def request(self, ttl: int) -> wire.ProbeRequest:
        """The probe that is sent for a TTL in this round."""
        return self._requests.of(ttl, self.flows.usual(ttl))

    def send_replacements(self, now_us: int, orders: list[Order]) -> None:
        """Send a probe in place of each that was taken back."""
        while self._fates.replacements:
            ttl, round_number = self._fates.replacements.pop()
            self._probe(ttl, round_number, now_us, orders, replacement=True)

    def send_due(self, now_us: int, orders: list[Order]) -> None:
        """Send what the schedule says, until STEP_MAX probes leave in this step."""
        pacing = self.pacing
        while len(orders) < STEP_MAX:
            due_us = pacing.due_us(now_us)
            if due_us is None or due_us > now_us:
                return
            if pacing.in_round:
                deferred = self._probe(pacing.next_ttl, pacing.round, now_us, orders)
                pacing.sent(now_us, deferred=deferred)
            elif self._is_enumerated():
                pacing.enough = True
                return
            else:
                number = pacing.start_round(now_us)
                self._requests.start_round()
                self._fates.tell(happened.RoundStarted(now_us, number))

    def takes_another_port(self, probe: Probe) -> bool:
        """Whether the source port that is in use was one of our own choice, and another one is taken now."""
        chosen = PROTOCOLS[self._settings.protocol].flow_field == "source-port" or not self._settings.local_port
        if probe.flow < 0 or not chosen or not self.flows.redraw():
            return False
        self._requests.forget()
        return True

    # ---- inside -----------------------------------------------------------------------------------------------

    def _is_enumerated(self) -> bool:
        """Whether the trace was for finding all routers, and has done so."""
        settings = self._settings
        if not settings.until_enumerated or self.pacing.round < 0:
            return False
        last_ttl = settings.first_ttl + self._fates.known.length(settings) - 1
        return self.flows.most > 1 and self.flows.is_enumerated(settings.first_ttl, last_ttl)

    def _probe(
        self, ttl: int, round_number: int, now_us: int, orders: list[Order], *, replacement: bool = False
    ) -> bool:
        """Probe a hop; whether the probe is deferred instead.

        1. A hop that a check has to itself is left out,
        2. and so is one that has answered within the time of ``cache``.
        3. Another target's probe may stand for this one: it is deferred.
        4. Else it is sent, in the flow whose turn it is.
        """
        if ttl == self.check_ttl:
            return False
        hop = self._fates.known.hop(ttl)
        if self._settings.cache_s and hop.up and now_us - hop.answered_us < self._settings.cache_s * 1_000_000:
            return False
        seq = next(self._sequence)
        if not hop.up:  # its last probe has no answer
            hop.ended = 0
        hop.up = False
        hop.sent_us = now_us
        probe = Probe(seq, ttl, round_number, now_us, replacement=replacement)
        deferred = not self._fates.may_send(probe, now_us)
        if deferred:
            self._fates.defer(probe)
            self._fates.tell(happened.ProbeShared(now_us, round_number, ttl, seq))
        else:
            hop.deferred = False
            end_ttl = self._fates.known.end(self._settings) or self._settings.max_ttl
            probe.flow = self.flows.choose(ttl, end_ttl, self._busy_flows())
            orders.append((seq, self._requests.of(ttl, probe.flow)))
            self._fates.tell(happened.ProbeSent(now_us, round_number, ttl, seq, probe.flow))
        self._fates.in_flight.add(probe)
        return deferred

    def _busy_flows(self) -> set[int]:
        """The flows that cannot be taken now: the kernel has one TCP attempt at a time from a port to another."""
        if not PROTOCOLS[self._settings.protocol].one_probe_a_flow:
            return set()
        return {probe.flow for probe in self._fates.in_flight if probe.state is not ProbeState.LOST}
