"""Several targets traced at once through one probe process, without I/O."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from ...probe import wire
from ..settings import Target, TraceSettings
from .engine import Engine, Order
from .events import Event

if TYPE_CHECKING:
    from collections.abc import Iterable


class Group:
    """The engines of all targets: one sequence of tokens, one clock, starts spread over the interval.

    Its methods are those of an engine, for all of them; events carry the index of their target.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        settings: TraceSettings,
        *,
        detail: bool = False,
        randomness: Random | None = None,
    ) -> None:
        self.settings = settings
        self._sequence = count()
        self._owners: dict[int, int] = {}
        randomness = randomness or Random()
        self.engines = [
            Engine(target, settings, sequence=self._sequence, randomness=randomness, detail=detail)
            for target in targets
        ]

    @property
    def finished(self) -> bool:
        """Whether no target has anything left to do."""
        return all(engine.finished for engine in self.engines)

    @property
    def failure(self) -> str:
        """Why a target could not be traced at all; empty if all could."""
        return next((engine.failure for engine in self.engines if engine.failure), "")

    def start(self, now_us: int) -> None:
        """Begin: the first target at once, the others evenly within the interval."""
        for index, engine in enumerate(self.engines):
            engine.start(now_us + index * self.settings.interval_us // len(self.engines))

    def pause(self, now_us: int) -> None:
        """Stop sending."""
        for engine in self.engines:
            engine.pause(now_us)

    def resume(self, now_us: int) -> None:
        """Send again."""
        for engine in self.engines:
            engine.resume(now_us)

    def reset(self, now_us: int) -> None:
        """Begin anew."""
        self._owners.clear()
        for engine in self.engines:
            engine.reset(now_us)

    def change(self, now_us: int, fields: dict[str, object], kind: str = "settings", reason: str = "") -> None:
        """Take new values for fields of the settings.

        Raises:
            TypeError: there is no such field.
        """
        self.settings = replace(self.settings, **fields)  # type: ignore[arg-type] # replace() names a wrong field
        for engine in self.engines:
            engine.change(self.settings, now_us, kind, reason)

    def probe_process_restarted(self, now_us: int, reason: str) -> None:
        """The probe process was started anew."""
        self._owners.clear()
        for engine in self.engines:
            if not engine.finished:
                engine.probe_process_restarted(now_us, reason)

    def fail(self, now_us: int, reason: str) -> None:
        """End all that are not finished: it cannot go on."""
        for engine in self.engines:
            engine.fail(now_us, reason)

    def set_detail(self, *, detail: bool) -> None:
        """Say whether the probe process knows hopscope's extensions."""
        for engine in self.engines:
            engine.detail = detail

    def next_due_us(self, now_us: int) -> int | None:
        """When ``step`` is to be called next; None: not before an answer or a command comes."""
        due = [engine.next_due_us(now_us) for engine in self.engines]
        return min((time_us for time_us in due if time_us is not None), default=None)

    def step(self, now_us: int) -> list[Order]:
        """Do what is due: probes to send are returned, in order."""
        orders: list[Order] = []
        for index, engine in enumerate(self.engines):
            mine = engine.step(now_us)
            for token, _ in mine:
                self._owners[token] = index
            orders += mine
        return orders

    def answer(self, token: int, answer: wire.Answer, now_us: int) -> None:
        """Take the fate of a probe."""
        index = self._owners.pop(token, None)
        if index is not None:
            self.engines[index].answer(token, answer, now_us)

    def take_events(self) -> list[tuple[int, Event]]:
        """What happened since the last call, with the index of its target."""
        return [(index, event) for index, engine in enumerate(self.engines) for event in engine.take_events()]
