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
    PROBES_KNOWN,
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
    from collections.abc import Callable

    from .event_lines import Known, Told

LANES_MAX = 100_000
NUMBERS_MAX = 1 << 40  # of lines, either way
RTT_MAX_US = (1 << 31) - 1
FLOW_MAX = (1 << 15) - 1
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

    def array(self, line: list[int]) -> Told | None:
        """The event of an array of whole numbers, with the index of its target; None: it is none, or not known.

        Raises:
            Unfit: it is not as it should be.
        """
        try:
            return _ARRAYS[line[0]](self, *line) if line[0] in _ARRAYS else None
        except IndexError:
            raise Unfit("nothing in it") from None
        except TypeError:
            raise Unfit(f"{len(line) - 1} numbers are too many or too few") from None

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

    def _sent(self, _kind: int, passed: int, ttl: int, flow: int = -1, more: int = 0) -> tuple[int, events.ProbeSent]:
        known = self._known
        index = known.target
        number = known.rounds.get(index, -1)
        if number < 0:
            raise Unfit("a probe before the first round")
        if not 1 <= ttl <= TTL_MAX:
            raise Unfit("ttl: not from 1 to 255")
        if not -1 <= flow <= FLOW_MAX or not -NUMBERS_MAX < more < NUMBERS_MAX:
            raise Unfit("seq or flow: not possible")
        seq = known.last_seq = known.last_seq + 1 + more
        self._fly(index, seq, number, ttl)
        return index, events.ProbeSent(self._pass(passed), number, ttl, seq, flow)

    def _shared(self, _kind: int, passed: int, ttl: int) -> Told:
        event = self._sent(SENT, passed, ttl)[1]
        return self._known.target, events.ProbeShared(event.time_us, event.round, ttl, event.seq)

    def _fly(self, index: int, seq: int, number: int, ttl: int) -> None:
        probes = self._known.probes
        probes[index, seq] = number, ttl
        if len(probes) > PROBES_KNOWN:
            del probes[next(iter(probes))]

    def _answered(self, _kind: int, passed: int, back: int, number: int, rtt_us: int) -> Told:
        known = self._known
        index, seq = known.target, known.last_seq - back
        probe = known.probes.pop((index, seq), None)
        if probe is None:
            raise Unfit("there is no such probe")
        if not 0 <= number < len(self._answers):
            raise Unfit("an answer that is not described")
        if not 0 <= rtt_us <= RTT_MAX_US:
            raise Unfit("rtt_us: not from 0 to 2,147,483,647")
        word, address, rest = self._answers[number]
        return index, events.ProbeAnswered(self._pass(passed), *probe, seq, word, address, rtt_us, *rest)

    def _lost(self, _kind: int, passed: int, back: int) -> Told:
        known = self._known
        index, seq = known.target, known.last_seq - back
        probe = known.probes.pop((index, seq), None)
        if probe is None:
            raise Unfit("there is no such probe")
        return index, events.ProbeLost(self._pass(passed), *probe, seq)

    def _round(self, _kind: int, passed: int) -> Told:
        known = self._known
        number = known.rounds[known.target] = known.rounds.get(known.target, -1) + 1
        return known.target, events.RoundStarted(self._pass(passed), number)

    def _traffic(self, _kind: int, passed: int, more: int) -> Told:
        known = self._known
        index = known.target
        if index not in known.carried:
            raise Unfit("no interface is named")
        if not -NUMBERS_MAX < more < NUMBERS_MAX:
            raise Unfit("more bytes than can be")
        interface, total = known.carried[index]
        known.carried[index] = interface, total + more
        return index, events.TrafficRead(
            self._pass(passed), max(known.rounds.get(index, 0), 0), interface, total + more
        )

    def _take_target(self, _kind: int, index: int) -> None:
        if not 0 <= index < self._targets:
            raise Unfit("there is no such target")
        self._known.target = index

    def _anew(self, _kind: int, *_: int) -> None:
        self._answers.clear()

    def _pass(self, passed: int) -> int:
        """Let so much time pass since the event before; what time it is then."""
        if not -NUMBERS_MAX < passed < NUMBERS_MAX:
            raise Unfit("dt: more time than can be")
        self._known.time_us += passed
        return self._known.time_us

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


_ARRAYS: dict[int, Callable[..., Told | None]] = {
    ROUND: LinesOfEvents._round,  # noqa: SLF001 - the table of this class
    SENT: LinesOfEvents._sent,  # noqa: SLF001
    ANSWERED: LinesOfEvents._answered,  # noqa: SLF001
    LOST: LinesOfEvents._lost,  # noqa: SLF001
    TRAFFIC: LinesOfEvents._traffic,  # noqa: SLF001
    SHARED: LinesOfEvents._shared,  # noqa: SLF001
    TARGET: LinesOfEvents._take_target,  # noqa: SLF001
    ANEW: LinesOfEvents._anew,  # noqa: SLF001
}


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
