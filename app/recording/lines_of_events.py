"""Lines of a session file as events; what they mean, ``event_lines`` tells."""

from __future__ import annotations

import ipaddress
from typing import Any

from ...probe import wire
from ..path.hiding import HIDDEN
from ..path.refused import WORDS
from ..trace import events
from .checks import TTL_MAX, check_settings, check_target
from .event_lines import (
    ANEW,
    ANSWER,
    ANSWERED,
    ANSWERS_KNOWN,
    COMMON,
    GONE,
    KINDS,
    LANE,
    LOST,
    ROUND,
    SENT,
    SHARED,
    TARGET,
    TRAFFIC,
    LaneAdded,
    LaneGone,
)
from .values import Unfit, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .event_lines import Known, Told

LANES_MAX = 100_000
NUMBERS_MAX = 1 << 40  # of lines, either way
RTT_MAX_US = (1 << 31) - 1
FLOW_MAX = (1 << 15) - 1
_ARRAYS = frozenset({ROUND, SENT, ANSWERED, LOST, TRAFFIC, SHARED})
_WORDS_OF_ANSWERS = WORDS | {wire.REPLY, wire.TTL_EXPIRED}


class LinesOfEvents:
    """Gives the events of lines, in their order; ``targets``: how many there are.

    Nothing that a line says is believed: what is not as ``EventLines`` makes it raises ``Unfit``.
    """

    def __init__(self, known: Known, targets: int) -> None:
        self._known = known
        self._targets = targets
        self._answers: list[tuple[Any, ...]] = []

    @property
    def time_us(self) -> int:
        """When the latest event happened."""
        return self._known.time_us

    def array(self, line: list[object]) -> Told | None:
        """The event of an array, with the index of its target; None where it is none or not known.

        Raises:
            Unfit: it is not as it should be.
        """
        if not line or any(type(one) is not int for one in line):
            raise Unfit("not a list of whole numbers")
        kind, *numbers = line
        if kind == TARGET:
            (index,) = self._these(numbers, 1)
            if not 0 <= index < self._targets:
                raise Unfit("there is no such target")
            self._known.target = index
            return None
        if kind == ANEW:
            self._answers.clear()
            return None
        if kind not in _ARRAYS:
            return None
        index = self._known.target
        event = self._event(index, kind, numbers)
        self._known.learn(index, event)
        return index, event

    def item(self, line: dict[str, Any]) -> Told | None:
        """The event of an object, likewise, or who came or went."""
        word = line.get("e")
        if word == ANSWER:
            self._take_answer(line)
            return None
        if word == LANE:
            lane = read_lane(line, self._targets)
            self._targets += 1
            return lane
        if word == GONE:
            return read_gone(line, self._targets)
        kind = KINDS.get(word) if isinstance(word, str) else None
        if kind is None:
            return None
        event: events.Event = record(kind, {**line, "time_us": self._later(line.get("d"))})
        if isinstance(event, events.SettingsChanged):
            check_settings(event.settings)
        index = self._known.target
        self._check(index, event)
        self._known.learn(index, event)
        return index, event

    def _event(self, index: int, kind: object, numbers: list[Any]) -> events.Event:
        known = self._known
        latest = known.rounds.get(index, -1)
        if kind == SENT:
            defaults = (-1, 0)[len(numbers) - 2 :] if len(numbers) in (2, 3) else ()
            passed, ttl, flow, more = self._these([*numbers, *defaults], 4)
            if latest < 0:
                raise Unfit("a probe before the first round")
            event: events.Event = events.ProbeSent(self._later(passed), latest, ttl, known.last_seq + 1 + more, flow)
        elif kind == ANSWERED:
            passed, back, number, rtt_us = self._these(numbers, 4)
            seq, round_number, ttl = self._probe(index, back)
            if not 0 <= number < len(self._answers):
                raise Unfit("an answer that is not described")
            word, address, rest = self._answers[number]
            event = events.ProbeAnswered(self._later(passed), round_number, ttl, seq, word, address, rtt_us, *rest)
        elif kind == LOST:
            passed, back = self._these(numbers, 2)
            seq, round_number, ttl = self._probe(index, back)
            event = events.ProbeLost(self._later(passed), round_number, ttl, seq)
        elif kind == TRAFFIC:
            passed, more = self._these(numbers, 2)
            if index not in known.carried:
                raise Unfit("no interface is named")
            interface, total = known.carried[index]
            event = events.TrafficRead(self._later(passed), latest, interface, total + more)
        elif kind == SHARED:
            passed, ttl = self._these(numbers, 2)
            event = events.ProbeShared(self._later(passed), latest, ttl, known.last_seq + 1)
        else:
            (passed,) = self._these(numbers, 1)
            event = events.RoundStarted(self._later(passed), latest + 1)
        self._check(index, event)
        return event

    def _probe(self, index: int, back: int) -> tuple[int, int, int]:
        seq = self._known.last_seq - back
        found = self._known.probes.get((index, seq))
        if found is None:
            raise Unfit("there is no such probe")
        return seq, *found

    def _take_answer(self, line: dict[str, Any]) -> None:
        if line.get("n") != len(self._answers) or len(self._answers) >= ANSWERS_KNOWN:
            raise Unfit("n: not the next number")
        whole = record(events.ProbeAnswered, {**line, "time_us": 0, "round": 0, "ttl": 1, "seq": 0, "rtt_us": 0})
        _check_answer(whole)
        self._answers.append((whole.word, whole.address, whole[COMMON:]))

    def _later(self, passed: object) -> int:
        if type(passed) is not int or abs(passed) >= NUMBERS_MAX:
            raise Unfit("d: not a number of microseconds")
        return self._known.time_us + passed

    @staticmethod
    def _these(numbers: list[Any], count: int) -> list[int]:
        if len(numbers) != count or any(abs(one) >= NUMBERS_MAX for one in numbers):
            raise Unfit(f"not {count} numbers")
        return numbers

    def _check(self, index: int, event: Any) -> None:
        """Raise ``Unfit`` where an event could not have happened."""
        if not 1 <= getattr(event, "ttl", 1) <= TTL_MAX:
            raise Unfit("ttl: not from 1 to 255")
        latest = self._known.rounds.get(index, -1)
        if isinstance(event, events.RoundStarted):
            if event.round != latest + 1:
                raise Unfit("round: not the next one")
        elif not isinstance(event, events.OneWayCounted):
            number = getattr(event, "round", None)
            if number is not None and not 0 <= number <= max(latest, 0):
                raise Unfit("round: there is no such round yet")
        if not 0 <= getattr(event, "rtt_us", 0) <= RTT_MAX_US:
            raise Unfit("rtt_us: not from 0 to 2,147,483,647")
        if not abs(getattr(event, "seq", 0)) < NUMBERS_MAX or not -1 <= getattr(event, "flow", 0) <= FLOW_MAX:
            raise Unfit("seq or flow: not possible")
        if isinstance(event, events.ProbeAnswered):
            _check_answer(event)
        elif isinstance(event, events.ProbeDuplicated):
            _check_address(event.address)


def read_lane(line: dict[str, Any], targets: int) -> LaneAdded:
    """Who came, of the object of a line; there are so many targets already.

    Raises:
        Unfit: nobody can have come.
    """
    lane: LaneAdded = record(LaneAdded, line)
    check_settings(lane.settings)
    check_target(lane.target)
    if targets >= LANES_MAX:
        raise Unfit("too many targets")
    return lane


def read_gone(line: dict[str, Any], targets: int) -> LaneGone:
    """Who went, likewise.

    Raises:
        Unfit: nobody can have gone.
    """
    gone: LaneGone = record(LaneGone, line)
    if not 0 <= gone.target < targets:
        raise Unfit("there is no such target")
    return gone


def _check_answer(event: events.ProbeAnswered) -> None:
    if event.word not in _WORDS_OF_ANSWERS:
        raise Unfit("word: not one of the known words")
    _check_address(event.address)


def _check_address(address: str) -> None:
    """Raise ``Unfit`` where a text is neither an address nor what stands for a hidden one."""
    if address.startswith(HIDDEN):
        return
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise Unfit("address: not an IP address") from None
