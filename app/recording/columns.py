"""The histories of rounds, read from the lines of a session file at once: no event is made, and no path folds them.

What a probe became is written by round and hop as ``path.hop`` keeps it. Some of it depends on more than lines:
whether an unreachable counts as an answer, and which of a hop's addresses are kept. That a checkpoint tells.
"""

from __future__ import annotations

import json
from array import array
from typing import TYPE_CHECKING, Any

from ..path.path import flows_of
from ..path.snapshot import FAILED, NO_FLOW, NOBODY, OTHER_FLOW, PENDING, UNANSWERED, UNKNOWN
from ..path.traffic import rate_between
from ..trace import events as happened
from .event_lines import ANEW, ANSWER, ANSWERED, KINDS, LANE, LOST, ROUND, SENT, SHARED, TARGET, TRAFFIC, LaneAdded
from .values import Unfit, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..settings import TraceSettings
    from .event_lines import Reading

KEPT_FLOW = -3
HOPS = 256  # keys are the round times this, and the TTL


class Columns:
    """What became of the probes of one target in a part of a session file."""

    __slots__ = ("answered_by", "flows", "flows_end", "forgotten", "keys", "rates", "rounds", "rtts_us", "times_us")

    def __init__(self) -> None:
        self.keys = array("q")  # round and TTL of each, once
        self.rtts_us = array("i")  # or what stands for one, as in the histories of ``path.hop``
        self.answered_by = array("i")  # numbers of ``Addresses``; NOBODY: nobody
        self.flows = array("h")  # KEPT_FLOW: of a probe that was sent before, or whose flow means something else now
        self.forgotten: set[int] = set()  # TTLs of which nothing before is to be known
        self.flows_end = False  # the flows before are others
        self.rounds = array("q")  # that began
        self.times_us = array("q")  # when they did
        self.rates: list[tuple[int, int]] = []  # rounds, and bytes a second in them


class Addresses:
    """Numbers of addresses, the same for all of a file."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, address: str) -> int:
        """That of an address."""
        found = self._numbers.get(address)
        if found is None:
            found = self._numbers[address] = len(self.names)
            self.names.append(address)
        return found


class _Part:
    """One target's, while it is read."""

    __slots__ = ("carried", "columns", "flows", "round", "settings", "values", "who")

    def __init__(self, settings: TraceSettings, carried: happened.TrafficRead | None, latest: int) -> None:
        self.values: dict[int, int] = {}
        self.who: dict[int, int] = {}
        self.flows: dict[int, int] = {}
        self.columns = Columns()
        self.round = latest
        self.settings = settings
        self.carried = carried

    def closed(self) -> Columns:
        made, nobody, as_before = self.columns, NOBODY, KEPT_FLOW
        made.keys = array("q", self.values)
        made.rtts_us = array("i", self.values.values())
        made.answered_by = array("i", [self.who.get(key, nobody) for key in self.values])
        made.flows = array("h", [self.flows.get(key, as_before) for key in self.values])
        return made


class ColumnReader:
    """Reads lines that follow a place of which is known what a ``Reading`` says.

    Args:
        reading: that place.
        begun: of each target the settings and the latest reading of counters there.
        addresses: numbers the addresses.
    """

    def __init__(
        self,
        reading: Reading,
        begun: Sequence[tuple[TraceSettings, happened.TrafficRead | None]],
        addresses: Addresses,
    ) -> None:
        self._time_us = reading.time_us
        self._target = reading.target
        self._seq = reading.seq
        self._begun = list(begun)
        self._rounds = dict(reading.rounds)
        self._parts: dict[int, _Part] = {}
        self._probes = {(target, seq): number * HOPS + ttl for target, seq, number, ttl in reading.probes}
        self._answers: list[int] = []
        self._addresses = addresses
        self._carried = {target: (interface, total) for target, interface, total in reading.carried}

    def read(self, pieces: Iterable[bytes]) -> dict[int, Columns]:
        """The columns of each target that lines are of; each piece is whole lines with their ends.

        Raises:
            Unfit: they are not lines of a session file.
        """
        try:
            for piece in pieces:
                self._piece(json.loads(b"[%b]" % piece[:-1].replace(b"\n", b",")))
            return {target: part.closed() for target, part in self._parts.items()}
        except (TypeError, ValueError, KeyError, IndexError, OverflowError, RecursionError, AttributeError) as error:
            raise Unfit(f"lines that cannot be read: {error}") from None

    def _piece(self, values: list[Any]) -> None:  # noqa: C901, PLR0912, PLR0915 - a call for each line would double its time
        time_us, seq, target = self._time_us, self._seq, self._target
        answers, probes = self._answers, self._probes
        part = self._part(target)
        for value in values:
            if type(value) is list:
                kind = value[0]
                if kind == SENT:
                    time_us += value[1]
                    seq += 1 + (value[4] if len(value) > 4 else 0)
                    key = probes[target, seq] = part.round * HOPS + value[2]
                    part.values[key] = PENDING
                    part.flows[key] = value[3] if len(value) > 3 else NO_FLOW
                elif kind == ANSWERED:
                    time_us += value[1]
                    key = probes.pop((target, seq - value[2]))
                    part.values[key] = value[4]
                    part.who[key] = answers[value[3]]
                elif kind == LOST:
                    time_us += value[1]
                    key = probes.pop((target, seq - value[2]))
                    part.values[key] = UNANSWERED
                    part.who.pop(key, None)
                elif kind == ROUND:
                    time_us += value[1]
                    part.round = self._rounds[target] = self._rounds.get(target, -1) + 1
                    part.columns.rounds.append(part.round)
                    part.columns.times_us.append(time_us)
                elif kind == TARGET:
                    target = value[1]
                    part = self._part(target)
                elif kind == SHARED:
                    time_us += value[1]
                    seq += 1
                    key = probes[target, seq] = part.round * HOPS + value[2]
                    part.values[key] = PENDING
                    part.flows[key] = OTHER_FLOW
                elif kind == TRAFFIC:
                    time_us += value[1]
                    interface, total = self._carried[target]
                    self._read(target, part, happened.TrafficRead(time_us, part.round, interface, total + value[2]))
                elif kind == ANEW:
                    answers.clear()
            else:
                word = value.get("e")
                if word == ANSWER:
                    answers.append(self._addresses.number(_text(value["address"])))
                elif word == LANE:
                    lane = record(LaneAdded, value)
                    self._begun.append((lane.target.own(lane.settings), None))
                elif word in KINDS:
                    event = record(KINDS[word], {**value, "time_us": time_us + value["d"]})
                    time_us = event.time_us
                    seq = getattr(event, "seq", seq) if word in ("sent", "shared") else seq
                    self._event(target, part, event)
        self._time_us, self._seq, self._target = time_us, seq, target

    def _event(self, target: int, part: _Part, event: Any) -> None:
        """What stands as an object."""
        key = getattr(event, "round", 0) * HOPS + getattr(event, "ttl", 0)
        if isinstance(event, happened.ProbeSent | happened.ProbeShared):
            self._probes[target, event.seq] = key
            part.values[key] = PENDING
            part.flows[key] = event.flow if isinstance(event, happened.ProbeSent) else OTHER_FLOW
        elif isinstance(event, happened.ProbeAnswered):
            self._probes.pop((target, event.seq), None)
            part.values[key] = event.rtt_us
            part.who[key] = self._addresses.number(event.address)
        elif isinstance(event, happened.ProbeLost | happened.ProbeFailed):
            self._probes.pop((target, event.seq), None)
            part.values[key] = UNANSWERED if isinstance(event, happened.ProbeLost) else FAILED
            part.who.pop(key, None)
        elif isinstance(event, happened.RoundStarted):
            part.round = self._rounds[target] = event.round
            part.columns.rounds.append(event.round)
            part.columns.times_us.append(event.time_us)
        elif isinstance(event, happened.HopForgotten):
            part.columns.forgotten.add(event.ttl)
            for kept in (part.values, part.who, part.flows):
                for gone in [key for key in kept if key % HOPS == event.ttl]:
                    del kept[gone]
        elif isinstance(event, happened.SettingsChanged):
            if flows_of(part.settings) != flows_of(event.settings):
                part.columns.flows_end = True
                part.flows.clear()
            part.settings = event.settings
        elif isinstance(event, happened.TrafficRead):
            self._read(target, part, event)
        elif isinstance(event, happened.StateChanged | happened.StatisticsReset):
            part.carried = None

    def _read(self, target: int, part: _Part, event: happened.TrafficRead) -> None:
        rate = rate_between(part.carried, event)
        if rate != UNKNOWN:
            part.columns.rates.append((event.round - 1, rate))
        part.carried = event
        self._carried[target] = event.interface, event.total_bytes

    def _part(self, target: int) -> _Part:
        found = self._parts.get(target)
        if found is None:
            found = self._parts[target] = _Part(*self._begun[target], self._rounds.get(target, -1))
        return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit("address: not a text")
    return value
