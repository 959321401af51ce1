"""Events as lines of a session file, and back: arrays of numbers for what each probe makes, objects for the rest.

The first number of an array says what it is, the second how many microseconds have passed since the event before:

    [0,dt]                      a round began: the next one of its target
    [1,dt,ttl]                  a probe was sent, in this round; its number is one more than the last
    [1,dt,ttl,flow]
    [2,dt,back,answer,rtt]      the probe with the number ``back`` before the last one was answered
    [3,dt,back]                 it is lost
    [8,target]                  what follows is of the target with this index
    [9,0]                       answers are numbered anew from here on

``answer`` is the number of an object ``{"e":"answer",...}`` that holds what answers to different probes have in
common: address, word, labels, codes and TTLs. Any event can stand as an object as well, with ``dt`` in ``d``; those do
for which there is no array, or which are not as the array would have it. Both sides know the same number of probes.
``{"e":"lane",...}`` is a target that is traced from here on, under the next number, and ``{"e":"gone","target":n}`` one
that is no longer.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from ...probe import wire
from ..path.privacy import HIDDEN
from ..path.refused import WORDS
from ..settings import Target, TraceSettings
from ..trace import events
from .checks import check_settings, check_target
from .values import Unfit, plain, record

ROUND, SENT, ANSWERED, LOST, TARGET, ANEW = 0, 1, 2, 3, 8, 9
PROBES_KNOWN = 1 << 16  # the latest ones; an answer to an older one stands as an object
ANSWERS_KNOWN = 1 << 14
TTL_MAX = 255
ROUND_MAX = 1 << 40
# By the word that stands for it in ``e``.
KINDS: dict[str, type] = {
    "round": events.RoundStarted,
    "sent": events.ProbeSent,
    "answered": events.ProbeAnswered,
    "duplicate": events.ProbeDuplicated,
    "lost": events.ProbeLost,
    "failed": events.ProbeFailed,
    "shared": events.ProbeShared,
    "forgotten": events.HopForgotten,
    "state": events.StateChanged,
    "reset": events.StatisticsReset,
    "settings": events.SettingsChanged,
    "check": events.CheckChanged,
    "traffic": events.TrafficRead,
    "one-way": events.OneWayCounted,
    "link-lost": events.LinkLost,
    "clock": events.ClockCompared,
    "source": events.SourceChanged,
}
_WORDS: dict[type, str] = {kind: word for word, kind in KINDS.items()}
ANSWER, LANE, GONE = "answer", "lane", "gone"
LANES_MAX = 100_000
COMMON = 7  # the fields of ``ProbeAnswered`` from ``labels`` on are of the answer, not of the probe
_WORDS_OF_ANSWERS = WORDS | {wire.REPLY, wire.TTL_EXPIRED}


@dataclass(frozen=True, slots=True)
class LaneAdded:
    """One more is traced from here on."""

    target: Target  # it has the next index
    settings: TraceSettings  # those of all, then
    started_us: int  # monotonic


@dataclass(frozen=True, slots=True)
class LaneGone:
    """One is no longer traced, and no longer shown."""

    target: int  # its index


Told = tuple[int, events.Event] | LaneAdded | LaneGone


def lane_line(lane: LaneAdded | LaneGone) -> dict[str, Any]:
    """The object of its line."""
    return {"e": LANE if isinstance(lane, LaneAdded) else GONE, **plain(lane)}


class EventLines:
    """Makes the lines of events, in their order."""

    def __init__(self, started_us: int) -> None:
        self._time_us = started_us
        self._target = 0
        self._last_seq = -1
        self._rounds: dict[int, int] = {}  # the latest of each target
        self._probes: dict[int, tuple[int, int, int]] = {}  # number: target, round, TTL
        self._answers: dict[tuple[object, ...], int] = {}

    def lines(self, index: int, event: events.Event) -> list[str | dict[str, Any]]:
        """The lines of an event of the target with this index: arrays as text, objects as they are."""
        made: list[str | dict[str, Any]] = []
        if index != self._target:
            self._target = index
            made.append(f"[{TARGET},{index}]")
        passed = event.time_us - self._time_us
        array = self._array(index, event, passed, made)
        if array is not None:
            made.append(array)
        else:
            held = plain(event)
            del held["time_us"]
            made.append({"e": _WORDS[type(event)], "d": passed, **held})
        self._time_us = event.time_us
        self._learn(index, event)
        return made

    def _array(self, index: int, event: events.Event, passed: int, made: list[str | dict[str, Any]]) -> str | None:
        match event:
            case events.ProbeSent(_, number, ttl, seq, flow):
                if seq == self._last_seq + 1 and number == self._rounds.get(index):
                    return f"[{SENT},{passed},{ttl}]" if flow < 0 else f"[{SENT},{passed},{ttl},{flow}]"
            case events.ProbeAnswered():
                if not event.late and self._probes.get(event.seq) == (index, event.round, event.ttl):
                    answer = self._answer(event, made)
                    return f"[{ANSWERED},{passed},{self._last_seq - event.seq},{answer},{event.rtt_us}]"
            case events.ProbeLost():
                if self._probes.get(event.seq) == (index, event.round, event.ttl):
                    return f"[{LOST},{passed},{self._last_seq - event.seq}]"
            case events.RoundStarted(_, number):
                if number == self._rounds.get(index, -1) + 1:
                    return f"[{ROUND},{passed}]"
        return None

    def _answer(self, event: events.ProbeAnswered, made: list[str | dict[str, Any]]) -> int:
        common = (event.word, event.address, *event[COMMON:])
        number = self._answers.get(common)
        if number is None:
            if len(self._answers) == ANSWERS_KNOWN:
                self._answers.clear()
                made.append(f"[{ANEW},0]")
            number = self._answers[common] = len(self._answers)
            held = plain(event)
            for name in ("time_us", "round", "ttl", "seq", "rtt_us"):
                del held[name]
            made.append({"e": ANSWER, "n": number, **held})
        return number

    def _learn(self, index: int, event: events.Event) -> None:
        if isinstance(event, events.ProbeSent | events.ProbeShared):
            self._last_seq = event.seq
            self._probes[event.seq] = (index, event.round, event.ttl)
            if len(self._probes) > PROBES_KNOWN:
                del self._probes[next(iter(self._probes))]
        elif isinstance(event, events.RoundStarted):
            self._rounds[index] = event.round


class LinesOfEvents:
    """Gives the events of lines, in their order; ``targets``: how many there are.

    Nothing that a line says is believed: what is not as ``EventLines`` makes it raises ``Unfit``.
    """

    def __init__(self, started_us: int, targets: int) -> None:
        self._targets = targets
        self._time_us = started_us
        self._target = 0
        self._last_seq = -1
        self._rounds: dict[int, int] = {}
        self._probes: dict[int, tuple[int, int, int]] = {}
        self._answers: list[tuple[Any, ...]] = []

    def array(self, line: list[object]) -> Told | None:
        """The event of an array, with the index of its target; None where it is none or not known.

        Raises:
            Unfit: it is not as it should be.
        """
        if not line or any(type(one) is not int for one in line):
            raise Unfit("not a list of whole numbers")
        kind, *numbers = line
        if kind == TARGET:
            (self._target,) = self._these(numbers, 1)
            if not 0 <= self._target < self._targets:
                self._target = 0
                raise Unfit("there is no such target")
            return None
        if kind == ANEW:
            self._answers.clear()
            return None
        if kind not in (ROUND, SENT, ANSWERED, LOST):
            return None
        event = self._event(kind, numbers)
        self._learn(self._target, event)
        return self._target, event

    def item(self, line: dict[str, Any]) -> Told | None:
        """The event of an object, likewise, or who came or went."""
        word = line.get("e")
        if word == ANSWER:
            self._take_answer(line)
            return None
        if word == LANE:
            lane: LaneAdded = record(LaneAdded, line)
            check_settings(lane.settings)
            check_target(lane.target)
            if self._targets >= LANES_MAX:
                raise Unfit("too many targets")
            self._targets += 1
            return lane
        if word == GONE:
            gone: LaneGone = record(LaneGone, line)
            if not 0 <= gone.target < self._targets:
                raise Unfit("there is no such target")
            return gone
        kind = KINDS.get(word) if isinstance(word, str) else None
        if kind is None:
            return None
        event: events.Event = record(kind, {**line, "time_us": self._later(line.get("d"))})
        if isinstance(event, events.SettingsChanged):
            check_settings(event.settings)
        self._check(event)
        self._learn(self._target, event)
        return self._target, event

    def _event(self, kind: object, numbers: list[Any]) -> events.Event:
        if kind == SENT:
            passed, ttl, flow = self._these(numbers if len(numbers) == 3 else [*numbers, -1], 3)
            if self._target not in self._rounds:
                raise Unfit("a probe before the first round")
            event: events.Event = events.ProbeSent(
                self._later(passed), self._rounds[self._target], ttl, self._last_seq + 1, flow
            )
        elif kind == ANSWERED:
            passed, back, number, rtt_us = self._these(numbers, 4)
            seq, round_number, ttl = self._probe(back)
            if not 0 <= number < len(self._answers):
                raise Unfit("an answer that is not described")
            word, address, rest = self._answers[number]
            event = events.ProbeAnswered(self._later(passed), round_number, ttl, seq, word, address, rtt_us, *rest)
        elif kind == LOST:
            passed, back = self._these(numbers, 2)
            seq, round_number, ttl = self._probe(back)
            event = events.ProbeLost(self._later(passed), round_number, ttl, seq)
        else:
            (passed,) = self._these(numbers, 1)
            event = events.RoundStarted(self._later(passed), self._rounds.get(self._target, -1) + 1)
        self._check(event)
        return event

    def _probe(self, back: int) -> tuple[int, int, int]:
        found = self._probes.get(self._last_seq - back)
        if found is None or found[0] != self._target:
            raise Unfit("there is no such probe")
        return self._last_seq - back, found[1], found[2]

    def _take_answer(self, line: dict[str, Any]) -> None:
        if line.get("n") != len(self._answers) or len(self._answers) >= ANSWERS_KNOWN:
            raise Unfit("n: not the next number")
        whole = record(events.ProbeAnswered, {**line, "time_us": 0, "round": 0, "ttl": 1, "seq": 0, "rtt_us": 0})
        _check_answer(whole)
        self._answers.append((whole.word, whole.address, whole[COMMON:]))

    def _later(self, passed: object) -> int:
        if type(passed) is not int or abs(passed) >= ROUND_MAX:
            raise Unfit("d: not a number of microseconds")
        return self._time_us + passed

    def _learn(self, index: int, event: events.Event) -> None:
        self._time_us = event.time_us
        if isinstance(event, events.ProbeSent | events.ProbeShared):
            self._last_seq = event.seq
            self._probes[event.seq] = (index, event.round, event.ttl)
            if len(self._probes) > PROBES_KNOWN:
                del self._probes[next(iter(self._probes))]
        elif isinstance(event, events.RoundStarted):
            self._rounds[index] = event.round

    @staticmethod
    def _these(numbers: list[Any], count: int) -> list[int]:
        if len(numbers) != count or any(abs(one) >= ROUND_MAX for one in numbers):
            raise Unfit(f"not {count} numbers")
        return numbers

    def _check(self, event: Any) -> None:
        """Raise ``Unfit`` where an event could not have happened."""
        if not 1 <= getattr(event, "ttl", 1) <= TTL_MAX:
            raise Unfit("ttl: not from 1 to 255")
        latest = self._rounds.get(self._target, -1)
        if isinstance(event, events.RoundStarted):
            if event.round != latest + 1:
                raise Unfit("round: not the next one")
        elif not isinstance(event, events.OneWayCounted) and not 0 <= getattr(event, "round", 0) <= max(latest, 0):
            raise Unfit("round: there is no such round yet")
        if getattr(event, "rtt_us", 0) < 0:
            raise Unfit("rtt_us: below 0")
        if isinstance(event, events.ProbeAnswered):
            _check_answer(event)
        elif isinstance(event, events.ProbeDuplicated):
            _check_address(event.address)


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
