"""Events as lines of a session file: arrays of numbers for what each probe makes, objects for the rest.

The first number of an array says what it is, the second how many microseconds have passed since the event before:

    [0,dt]                      a round began: the next one of its target
    [1,dt,ttl]                  a probe was sent, in this round; its number is one more than the last
    [1,dt,ttl,flow]
    [1,dt,ttl,flow,more]        or so many more
    [2,dt,back,answer,rtt]      the probe with the number ``back`` before the last one was answered
    [3,dt,back]                 it is lost
    [4,dt,bytes]                the interface has carried so many more; it is read in this round
    [5,dt,ttl]                  another target's probe stands for one of this round; numbered as if it had been sent
    [8,target]                  what follows is of the target with this index
    [9,0]                       answers are numbered anew from here on

``answer`` is the number of an object ``{"e":"answer",...}`` that holds what answers to different probes have in
common: address, word, labels, codes and TTLs. Any event can stand as an object as well, with ``dt`` in ``d``; those do
for which there is no array, or which are not as the array would have it. Both sides know the probes that are in
flight, so that they can go on from a checkpoint (``checkpoint``).
``{"e":"lane",...}`` is a target that is traced from here on, under the next number, and ``{"e":"gone","target":n}`` one
that is no longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..settings import Target, TraceSettings
from ..trace import events
from .values import plain

ROUND, SENT, ANSWERED, LOST, TRAFFIC, SHARED, TARGET, ANEW = 0, 1, 2, 3, 4, 5, 8, 9
PROBES_KNOWN = 1 << 16  # the latest ones in flight; an answer to an older one stands as an object
ANSWERS_KNOWN = 1 << 14
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
    "alert": events.AlertTurned,
    "alert-command": events.AlertCommandEnded,
}
_WORDS: dict[type, str] = {kind: word for word, kind in KINDS.items()}
SETTLED = (events.ProbeAnswered, events.ProbeLost, events.ProbeFailed)
ANSWER, LANE, GONE, JUDGED = "answer", "lane", "gone", "judged"
COMMON = 7  # the fields of ``ProbeAnswered`` from ``labels`` on are of the answer, not of the probe


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


@dataclass(frozen=True, slots=True)
class Judged:
    """What was thought of a target at a moment."""

    time_us: int  # monotonic
    lane: str  # the target's name, with where from and how
    severity: str  # of ``insight``'s answers
    sentence: str  # as it was shown


Told = tuple[int, events.Event] | LaneAdded | LaneGone


def lane_line(lane: LaneAdded | LaneGone) -> dict[str, Any]:
    """The object of its line."""
    return {"e": LANE if isinstance(lane, LaneAdded) else GONE, **plain(lane)}


@dataclass(frozen=True, slots=True)
class Reading:
    """What both sides know of the lines before a place, besides answers."""

    time_us: int
    """When the latest event happened (monotonic)."""
    target: int
    """The index of the target that events are of, until a line says otherwise."""
    seq: int
    """The number of the latest probe; -1: there was none."""
    rounds: tuple[tuple[int, int], ...]
    """Targets, and the latest round of each."""
    probes: tuple[tuple[int, int, int, int], ...]
    """The probes in flight: target, number, round, TTL."""
    carried: tuple[tuple[int, str, int], ...]
    """Targets, and the interface and its bytes that were read of each last."""


class Known:
    """What those who write lines and those who read them know of the lines before, in step."""

    def __init__(self, started_us: int) -> None:
        self.time_us = started_us
        self.target = 0
        self.last_seq = -1
        self.rounds: dict[int, int] = {}  # the latest of each target
        self.probes: dict[tuple[int, int], tuple[int, int]] = {}  # target and number: round and TTL; those in flight
        self.carried: dict[int, tuple[str, int]] = {}

    def learn(self, index: int, event: events.Event) -> None:
        """An event of a target has been told."""
        self.time_us = event.time_us
        if isinstance(event, SETTLED):
            self.probes.pop((index, event.seq), None)
        elif isinstance(event, events.ProbeSent | events.ProbeShared):
            self.last_seq = event.seq
            self.probes[index, event.seq] = event.round, event.ttl
            if len(self.probes) > PROBES_KNOWN:
                del self.probes[next(iter(self.probes))]
        elif isinstance(event, events.RoundStarted):
            self.rounds[index] = event.round
        elif isinstance(event, events.TrafficRead):
            self.carried[index] = event.interface, event.total_bytes

    @property
    def reading(self) -> Reading:
        """What is known now."""
        return Reading(
            self.time_us,
            self.target,
            self.last_seq,
            tuple(self.rounds.items()),
            tuple((*key, *probe) for key, probe in self.probes.items()),
            tuple((index, *carried) for index, carried in self.carried.items()),
        )

    @classmethod
    def of(cls, reading: Reading) -> Known:
        """The same again."""
        known = cls(reading.time_us)
        known.target, known.last_seq = reading.target, reading.seq
        known.rounds = dict(reading.rounds)
        known.probes = {(index, seq): (number, ttl) for index, seq, number, ttl in reading.probes}
        known.carried = {index: (interface, total) for index, interface, total in reading.carried}
        return known


class EventLines:
    """Makes the lines of events, in their order."""

    def __init__(self, started_us: int) -> None:
        self.known = Known(started_us)
        self._answers: dict[tuple[object, ...], int] = {}

    def forget_answers(self) -> str:
        """Number answers anew from here on; the line that says so."""
        self._answers.clear()
        return f"[{ANEW},0]"

    def lines(self, index: int, event: events.Event) -> list[str | dict[str, Any]]:
        """The lines of an event of the target with this index: arrays as text, objects as they are."""
        known = self.known
        made: list[str | dict[str, Any]] = []
        if index != known.target:
            known.target = index
            made.append(f"[{TARGET},{index}]")
        passed = event.time_us - known.time_us
        array = self._array(index, event, passed, made)
        if array is not None:
            made.append(array)
        else:
            held = plain(event)
            del held["time_us"]
            made.append({"e": _WORDS[type(event)], "d": passed, **held})
        known.learn(index, event)
        return made

    def _array(self, index: int, event: events.Event, passed: int, made: list[str | dict[str, Any]]) -> str | None:
        """The array of an event; None where it has to stand as an object."""
        known = self.known
        is_of_round = getattr(event, "round", -1) == known.rounds.get(index)
        match event:
            case events.ProbeSent() if is_of_round:
                return _sent(event, passed, event.seq - known.last_seq - 1)
            case events.ProbeAnswered() if not event.late and self._flies(index, event):
                answer = self._answer(event, made)
                return f"[{ANSWERED},{passed},{known.last_seq - event.seq},{answer},{event.rtt_us}]"
            case events.ProbeLost() if self._flies(index, event):
                numbers = [LOST, passed, known.last_seq - event.seq]
            case events.RoundStarted(_, number) if number == known.rounds.get(index, -1) + 1:
                numbers = [ROUND, passed]
            case events.TrafficRead() if is_of_round and event.interface == known.carried.get(index, (None, 0))[0]:
                numbers = [TRAFFIC, passed, event.total_bytes - known.carried[index][1]]
            case events.ProbeShared() if is_of_round and event.seq == known.last_seq + 1:
                numbers = [SHARED, passed, event.ttl]
            case _:
                return None
        return f"[{','.join(map(str, numbers))}]"

    def _flies(self, index: int, event: events.ProbeAnswered | events.ProbeLost) -> bool:
        """Whether both sides know the probe."""
        return self.known.probes.get((index, event.seq)) == (event.round, event.ttl)

    def _answer(self, event: events.ProbeAnswered, made: list[str | dict[str, Any]]) -> int:
        common = (event.word, event.address, *event[COMMON:])
        number = self._answers.get(common)
        if number is None:
            if len(self._answers) == ANSWERS_KNOWN:
                made.append(self.forget_answers())
            number = self._answers[common] = len(self._answers)
            held = plain(event)
            for name in ("time_us", "round", "ttl", "seq", "rtt_us"):
                del held[name]
            made.append({"e": ANSWER, "n": number, **held})
        return number


def _sent(event: events.ProbeSent, passed: int, more: int) -> str:
    if more:
        return f"[{SENT},{passed},{event.ttl},{event.flow},{more}]"
    return f"[{SENT},{passed},{event.ttl}]" if event.flow < 0 else f"[{SENT},{passed},{event.ttl},{event.flow}]"
