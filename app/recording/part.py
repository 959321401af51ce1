"""A part of a session, from one moment to another, as if nothing else had been measured.

It begins with the first round that began within it, which becomes round 0, and holds what became of the probes of its
rounds even where that was known only later.
"""

from __future__ import annotations

from dataclasses import replace

from ..trace import events as happened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..settings import TraceSettings
    from .event_lines import Told

PROBE_EVENTS = (
    happened.ProbeSent,
    happened.ProbeAnswered,
    happened.ProbeDuplicated,
    happened.ProbeLost,
    happened.ProbeFailed,
    happened.ProbeShared,
    happened.TrafficRead,
)


class Part:
    """Gives the events of a part, and knows how it was traced when it began.

    Args:
        told: all events, each with the index of its target.
        from_us: the first moment, in the monotonic time of the happened.
        to_us: the last one.
        settings: those that the session began with.
    """

    def __init__(self, told: Iterable[Told], from_us: int, to_us: int, settings: TraceSettings) -> None:
        self._told = told
        self._from_us = from_us
        self._to_us = to_us
        self.settings = settings
        self._first: dict[int, int] = {}  # the first round of each target
        self._end: dict[int, int] = {}  # the first one that is no longer of the part

    def events(self) -> Iterator[Told]:
        """The events of the part, in their order; who came or went before it has done so."""
        for one in self._told:
            if isinstance(one, tuple):
                yield from ((one[0], kept) for kept in self.of(*one))
            else:
                yield one

    def of(self, index: int, event: happened.Event) -> Iterator[happened.Event]:
        """What the part has in the place of an event: itself, another one, or nothing."""
        if isinstance(event, happened.RoundStarted):
            return self._round(index, event)
        if isinstance(event, PROBE_EVENTS):
            return self._of_round(index, event)
        return self._other(index, event)

    def _round(self, index: int, event: happened.RoundStarted) -> Iterator[happened.Event]:
        if event.time_us > self._to_us:
            self._end.setdefault(index, event.round)
        elif event.time_us >= self._from_us:
            if index not in self._first:
                self._first[index] = event.round
                yield happened.StateChanged(event.time_us, "running")
            yield event._replace(round=event.round - self._first[index])

    def _of_round(self, index: int, event: happened.Event) -> Iterator[happened.Event]:
        assert isinstance(event, PROBE_EVENTS)
        first = self._first.get(index)
        if first is None or not first <= event.round < self._end.get(index, event.round + 1):
            return
        if isinstance(event, tuple):
            yield event._replace(round=event.round - first)
        else:
            yield replace(event, round=event.round - first)

    def _other(self, index: int, event: happened.Event) -> Iterator[happened.Event]:
        if event.time_us < self._from_us:
            if isinstance(event, happened.SettingsChanged):
                self.settings = event.settings
        elif event.time_us <= self._to_us and (index in self._first or not isinstance(event, happened.StateChanged)):
            yield event
