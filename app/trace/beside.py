"""The check that runs beside the traces of a group, through the same probe process; one at a time."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...probe import wire
    from .check_engine import CheckEngine
    from .checks import CheckPlan
    from .engine import Engine
    from .events import Event
    from .hearing import AllHeard
    from .mtu.check import MtuCheck
    from .sender import Order


class Beside:
    """Runs a check of one target of a group.

    Args:
        engines: those of all targets; the list grows.
        sequence: names the probes, as those of the traces.
        hearing: what has been heard of the probe process.
    """

    def __init__(self, engines: Sequence[Engine], sequence: Iterator[int], hearing: AllHeard) -> None:
        self.index = 0
        """Whose check it is that runs, or ran last."""
        self._engines = engines
        self._sequence = sequence
        self._hearing = hearing
        self._check: CheckEngine | MtuCheck | None = None
        self._events: list[tuple[int, Event]] = []

    @property
    def runs(self) -> bool:
        """Whether there is one."""
        return self._check is not None

    def start(self, now_us: int, index: int, plan: CheckPlan) -> None:
        """Run one; where one runs already, that ends."""
        from .check_start import start_check

        engine = self._engines[index]
        self.end(now_us, "another one began")
        if engine.finished or engine.paused:
            return
        self.index = index
        self._check = start_check(plan, engine, self._sequence, now_us)
        self._release_if_over()
        if plan.exclusive:
            address = engine.known.hop(plan.ttl).address
            for other in self._engines:
                if other is engine or (address is not None and other.known.hop(plan.ttl).address == address):
                    other.leave_to_check(plan.ttl)

    def end(self, now_us: int, reason: str) -> None:
        """End it before its time, if one runs."""
        if self._check is not None:
            self._check.end(now_us, reason)
            self._release()

    def pause(self, now_us: int) -> None:
        """Stop sending."""
        if self._check is not None:
            self._check.pause(now_us)

    def resume(self, now_us: int) -> None:
        """Send again."""
        if self._check is not None:
            self._check.resume(now_us)

    def due_us(self, now_us: int) -> int | None:
        """When ``step`` has something to do; None: not before an answer comes, or more has been heard."""
        if self._check is None:
            return None
        due_us = self._check.next_due_us()
        return due_us if self._hearing.allows(due_us, now_us) else None

    def step(self, now_us: int) -> list[Order]:
        """Do what is due: probes to send are returned."""
        orders: list[Order] = []
        if self._check is not None:
            if self._engines[self.index].finished:
                self.end(now_us, "the trace ended")
            elif self._hearing.allows(self._check.next_due_us(), now_us):
                orders = self._check.step(now_us)
                self._release_if_over()
        return orders

    def answer(self, token: int, answer: wire.Answer, now_us: int) -> None:
        """Take an answer to what is no probe of a trace."""
        if self._check is not None:
            self._check.answer(token, answer, now_us)
            self._release_if_over()

    def take_events(self) -> list[tuple[int, Event]]:
        """What happened since the last call, with the index of its target."""
        self._gather()
        events, self._events = self._events, []
        return events

    def _gather(self) -> None:
        if self._check is not None:
            self._events += ((self.index, event) for event in self._check.take_events())

    def _release_if_over(self) -> None:
        if self._check is not None and self._check.finished:
            self._release()

    def _release(self) -> None:
        """It is over: the traces probe all their hops again."""
        self._gather()
        self._check = None
        for engine in self._engines:
            engine.leave_to_check(0)
