"""What became of each round end to end, told from the events of a trace once it is final.

A round is answered where the target answered any of its probes. It is lost where a probe of it that would have reached
the target is lost, and the others are no longer in flight. A round of which no such probe was sent, because this host
could not, or because nothing was measured, is neither.
"""

from __future__ import annotations

from typing import NamedTuple

from ...probe.wire import REPLY, TTL_EXPIRED
from ..trace.events import (
    ProbeAnswered,
    ProbeFailed,
    ProbeLost,
    ProbeSent,
    RoundStarted,
    StateChanged,
    StatisticsReset,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trace.events import Event

LOST = -1
ROUNDS_MAX = 4_096  # in flight at once, at the shortest interval and the longest timeout about so many are


class RoundTrip(NamedTuple):
    """A round that is over, end to end."""

    time_us: int  # when it began, monotonic
    rtt_us: int  # of the target's answer; LOST: there is none
    late: bool = False  # the round had been told as lost


class _Round:
    """A round whose fate is not known yet."""

    __slots__ = ("began_us", "in_flight", "lost_ttl")

    def __init__(self, began_us: int) -> None:
        self.began_us = began_us
        self.in_flight: set[int] = set()  # TTLs of its probes
        self.lost_ttl = 0  # the farthest that is lost; 0: none is


class RoundTrips:
    """Takes the events of one target; gives its rounds in the order in which their fate becomes known.

    Args:
        address: the target's.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._rounds: dict[int, _Round] = {}
        self._lost: dict[int, int] = {}  # rounds told as lost, when each began; answers to them may still come
        self._end_ttl = 0  # at which the target answered last; 0: it never has

    def take(self, event: Event) -> Iterator[RoundTrip]:
        """An event; the rounds whose fate it settles."""
        match event:
            case ProbeSent(_, number, ttl):
                if number in self._rounds:
                    self._rounds[number].in_flight.add(ttl)
            case ProbeAnswered():
                yield from self._answered(event)
            case ProbeLost():
                if event.round in self._rounds:
                    one = self._rounds[event.round]
                    one.lost_ttl = max(one.lost_ttl, event.ttl)
                    yield from self._over(event.round, event.ttl)
            case ProbeFailed():
                if event.round in self._rounds:
                    yield from self._over(event.round, event.ttl)
            case RoundStarted(time_us, number):
                self._rounds[number] = _Round(time_us)
                if len(self._rounds) > ROUNDS_MAX:
                    del self._rounds[next(iter(self._rounds))]
            case StatisticsReset():
                self._rounds.clear()
                self._lost.clear()
            case StateChanged(_, "restarted" | "stalled"):
                self._rounds.clear()  # what was in flight is not measured

    def is_end(self, event: ProbeAnswered) -> bool:
        """Whether an answer is the target's, or of who answers for it."""
        return event.word == REPLY or (event.address == self._address and event.word != TTL_EXPIRED)

    def _answered(self, event: ProbeAnswered) -> Iterator[RoundTrip]:
        if self.is_end(event):
            self._end_ttl = event.ttl
            one = self._rounds.pop(event.round, None)
            if one is not None:
                yield RoundTrip(one.began_us, event.rtt_us)
            elif event.round in self._lost:
                yield RoundTrip(self._lost.pop(event.round), event.rtt_us, late=True)
        elif event.round in self._rounds:
            if event.word != TTL_EXPIRED:  # a router reports that it cannot reach the target
                self._rounds[event.round].lost_ttl = max(self._rounds[event.round].lost_ttl, self._end_ttl or event.ttl)
            yield from self._over(event.round, event.ttl)

    def _over(self, number: int, ttl: int) -> Iterator[RoundTrip]:
        """A probe of a round is settled without an answer of the target."""
        one = self._rounds[number]
        one.in_flight.discard(ttl)
        if any(other >= self._end_ttl for other in one.in_flight):
            return
        if one.lost_ttl and one.lost_ttl >= self._end_ttl:
            del self._rounds[number]
            self._lost[number] = one.began_us
            if len(self._lost) > ROUNDS_MAX:
                del self._lost[next(iter(self._lost))]
            yield RoundTrip(one.began_us, LOST)
