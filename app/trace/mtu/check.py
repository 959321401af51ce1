"""The search for the path MTU as a check beside a running trace, whose hops it takes over; without I/O."""

from __future__ import annotations

from dataclasses import replace

from ....probe.limits import SIZE_MAX_BYTES
from ..checks import Check
from ..events import CheckChanged
from .search import CANNOT, MtuSearch
from .size_test import SmallProbes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ....probe import wire
    from ..checks import CheckPlan
    from ..engine import Engine


class MtuCheck:
    """Runs one search; its methods are those of ``check_engine.CheckEngine``.

    The trace goes on meanwhile; whether its path has stayed the same is seen there.
    """

    def __init__(self, plan: CheckPlan, trace: Engine, sequence: Iterator[int], now_us: int) -> None:
        self.plan = plan
        self.finished = False
        self._trace = trace
        self._started_us = now_us
        self._first_round = trace.round
        self._paused = False
        self._events: list[CheckChanged] = []
        self._search = MtuSearch(
            trace.target,
            replace(trace.settings, size_bytes=SIZE_MAX_BYTES, rounds=None),
            [(ttl, address, SmallProbes()) for ttl, address in trace.known.up_to_end(trace.settings)],
            reached=trace.known.reached,
            slowest_us=trace.known.slowest_us,
            sample=trace.request(trace.settings.first_ttl),
            next_seq=sequence.__next__,
        )
        self._doing = ""
        if trace.detail:
            self._tell(now_us, "running")
        else:
            self.end(now_us, CANNOT)

    def pause(self, now_us: int) -> None:  # noqa: ARG002 - it has no pace of its own
        """Stop sending; answers still count."""
        self._paused = True

    def resume(self, now_us: int) -> None:  # noqa: ARG002 - as above
        """Send again."""
        self._paused = False

    def end(self, now_us: int, reason: str) -> None:
        """End it before its time."""
        if not self.finished:
            self.finished = True
            self._tell(now_us, "ended", reason)

    def next_due_us(self) -> int | None:
        """When ``step`` is to be called next; None: not before it is resumed, or never."""
        return None if self.finished or self._paused else self._search.due_us(0)

    def step(self, now_us: int) -> list[tuple[int, wire.ProbeRequest]]:
        """Do what is due: probes to send are returned."""
        if self.finished or self._paused:
            return []
        orders = self._search.step(now_us)
        self._follow(now_us)
        return orders

    def answer(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """Take what the probe process says of a probe."""
        if not self.finished:
            self._search.answer(seq, answer)
            self._follow(now_us)

    def take_events(self) -> list[CheckChanged]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    # ---- inside -----------------------------------------------------------------------------------------------

    def _follow(self, now_us: int) -> None:
        """Tell where the search has come to another question, or to its end."""
        if self._search.failure:
            self.end(now_us, self._search.failure)
        elif self._search.finished:
            self.finished = True
            self._tell(now_us, "done")
        elif self._search.doing != self._doing:
            self._tell(now_us, "running")

    def _tell(self, now_us: int, state: Literal["running", "done", "ended"], reason: str = "") -> None:
        self._doing = self._search.doing
        found = self._search.result() if state == "done" else None
        check = Check(
            self.plan,
            state,
            (),
            self._first_round,
            self._trace.round,
            self._started_us,
            now_us,
            reason,
            self._doing,
            found,
        )
        self._events.append(CheckChanged(now_us, check))
