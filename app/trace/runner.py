"""The only I/O of a trace: a thread that owns the probe process and feeds the engines.

A plain thread with a selector instead of an event loop: importing asyncio alone takes 47 ms where selectors and
subprocess take 4, and a report has 150 ms from its start to the first probe.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress

from ...probe import wire
from ..clock import monotonic_us
from ..errors import HopscopeError, ProbeProcessError, UnsupportedError
from ..settings import Target, TraceSettings
from .events import ClockCompared, LinkLost
from .group import Group
from .hearing import Hearing
from .inquiry import Inquiry
from .newcomer import Newcomer
from .own_address import is_own
from .probe_process import ProbeProcess
from .pulse import Pulse
from .settling import Settling
from .standstill import Standstill
from .waiting import Waiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .checks import CheckPlan
    from .child import Child, Pairs, Start
    from .events import Event
    from .far_clock import FarClock
    from .one_way import End

IDLE_S = 60.0
LINGER_S = 2.0
# Answers of a known path may wait for so long in the pipe, to be read when the next probe is due: their times were
# measured before they were written, and each turn of the loop that is saved is a wake-up of a cold processor.
ANSWERS_WAIT_US = 50_000
# For the same reason a probe of a known path may wait for the next one, if that is due within this time.
PAIR_US = 30_000


class Runner:
    """Traces targets through a probe process that it starts, restarts and ends.

    ``command`` is the probe process's; ``on_event`` is called in the runner's thread, as things happen, with the
    index of the target. ``explicit``: the protocol was asked for by name, so ICMP is not replaced by UDP;
    ``flows_explicit``: flows were, so it is said where they cannot be had. A ``child`` made earlier is used instead of
    starting the first. ``prompt``: each answer is told as it comes, and not with the next probe. ``group`` is one of
    another kind, for the same targets. ``connect`` begins to reach a probe process on another machine: then one that is
    cut off is reached again for as long as it takes, ``own`` tells that machine's addresses, and ``place`` names it.
    ``count`` is the end of a one-way count whose packets leave from there.
    ``lingers`` says whether something is still to come beside the probes, which is waited for in the end for a while.
    ``start`` starts the probe process where this process may not, and no child was made earlier.
    All methods may be
    called from any thread.
    """

    def __init__(
        self,
        command: Sequence[str],
        targets: Iterable[Target],
        settings: TraceSettings,
        on_event: Callable[[int, Event], None],
        *,
        explicit: bool = False,
        prompt: bool = True,
        flows_explicit: bool = False,
        child: Child | None = None,
        group: Group | None = None,
        connect: Callable[[], Child] | None = None,
        own: Callable[[str], bool] = is_own,
        place: str = "",
        count: End | None = None,
        lingers: Callable[[], bool] | None = None,
        start: Start | None = None,
    ) -> None:
        self.command = list(command)
        self.targets = tuple(targets)
        self.error: HopscopeError | None = None
        # All is to end.
        self.stopping = False
        self._settings = settings
        self._on_event = on_event
        self._prompt = prompt
        self._far = connect is not None
        self._group = group or Group(self.targets, settings, hearing=Hearing(), own=own)
        self._count = count
        self._lingers = lingers
        self._raised: Exception | None = None
        self._begun = threading.Event()
        self._done = threading.Event()
        self.stopping = False
        self._commands: deque[Callable[[int], None]] = deque()
        self._inquiries: list[Inquiry] = []
        self._waiting = Waiting()
        self._thread = threading.Thread(target=self._run, name="trace", daemon=True)
        self._pulse = Pulse(self._group, far=self._far)
        self._process = ProbeProcess(
            self.command,
            self._group,
            self._pulse,
            self._waiting,
            self,
            child=child,
            connect=connect,
            start=start,
            place=place,
            gives_up=settings.rounds is not None,
        )
        self._settling = Settling(explicit=explicit, flows_explicit=flows_explicit, called=self._process.called)

    # ---- what the owner calls ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the probe process and the measuring.

        Raises:
            ProbeProcessError: the command cannot be run.
        """
        self._process.begin()
        self._waiting.open()
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end of the trace; whether it has come.

        Raises:
            Exception: what ``on_event`` raised, which ended the trace.
        """
        ended = self._done.wait(timeout_s)
        if ended and self._raised is not None:
            raise self._raised
        return ended

    def wait_begun(self) -> None:
        """Wait until the measuring has begun, or has failed before that.

        Raises:
            HopscopeError: what it failed of.
        """
        self._begun.wait()
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        """End the measuring and the probe process; returns when both have ended. May be called again."""
        self.interrupt()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()
        elif not self._thread.ident and self._process.child is not None:  # never started
            self._process.child.end()
            self._process.child = None
            self._done.set()

    def interrupt(self) -> None:
        """End the measuring, without waiting for its end: for a signal handler."""
        self.stopping = True
        self._waiting.wake()

    def pause(self) -> None:
        """Stop sending; answers still come in."""
        self._command(self._group.pause)

    def resume(self) -> None:
        """Send again."""
        self._command(self._group.resume)

    def hold(self) -> None:
        """Send nothing until ``release``: what is measured cannot be taken."""
        self._command(self._group.stall)

    def release(self, reason: str) -> None:
        """Go on from the point where ``hold`` stopped; the sentence ``reason`` is told."""
        self._command(lambda now_us: self._group.go_on(now_us, reason))

    def reset(self) -> None:
        """Begin the statistics anew."""
        self._command(self._group.reset)

    def source_changed(self, index: int, source: str) -> None:
        """Probes to a target leave from this address from now on."""
        self._command(lambda now_us: self._group.source_changed(index, source))  # noqa: ARG005 - at once

    def check(self, index: int, plan: CheckPlan) -> None:
        """Run a check beside the trace of a target, through the same probe process."""
        self._command(lambda now_us: self._group.check(now_us, index, plan))

    def end_check(self) -> None:
        """End a check before its time."""
        self._command(lambda now_us: self._group.end_check(now_us, "by the user"))

    def add(self, target: Target, begun: Callable[[int], None], given_up: Callable[[], bool]) -> bool:
        """Trace one more target, and wait until that has begun; whether it has. It has not where the trace is over.

        ``begun`` and ``given_up`` are a ``Newcomer``'s.

        Raises:
            UnsupportedError: the probe process cannot trace it.
        """
        newcomer = Newcomer(target, begun, given_up)
        self._command(lambda now_us: newcomer.join(self._group, self._process.child, self._settling, now_us))
        return newcomer.wait(self._done)

    def ask(self, text: str, wait_s: float) -> Pairs | None:
        """Ask the probe process what is no probe; None: no answer came in time, or the trace is over."""
        inquiry = Inquiry(text)
        self._command(lambda _now_us: self._inquiries.append(inquiry))
        return inquiry.wait(self._done, wait_s)

    @property
    def is_over(self) -> bool:
        """Whether nothing is traced any more."""
        return self._done.is_set()

    def remove(self, index: int) -> None:
        """Trace a target no more; with the last one the trace is over."""
        self._command(lambda now_us: self._group.remove(now_us, index))

    def change(self, **fields: object) -> None:
        """Take new values for fields of ``TraceSettings``, at once, without stopping the probing.

        Raises:
            TypeError: there is no such field.
        """
        for name in fields:
            if name not in TraceSettings.__dataclass_fields__:
                raise TypeError(f"no setting is named {name}")
        self._command(lambda now_us: self._group.change(now_us, fields))

    # ---- the thread -------------------------------------------------------------------------------------------

    def _command(self, command: Callable[[int], None]) -> None:
        self._commands.append(command)
        self._waiting.wake()

    def _run(self) -> None:
        try:
            self._process.shake_hands()
            self._settle_protocol()
            self._group.start(monotonic_us())
            self._begun.set()
            self._standstill = Standstill()
            while not self.stopping and not self._is_over():
                self._turn()
            self._linger()
            if self._group.failure:
                self.error = UnsupportedError(self._group.failure)
            elif (child := self._process.child) is not None and child.unreadable and not child.has_answered:
                self.error = ProbeProcessError(f"{self._process.called} answers what cannot be read")
            self.tell()
        except HopscopeError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - raised again in the thread of whoever waits; a screen shows it
            self._raised = error
            with suppress(Exception):
                self._group.fail(monotonic_us(), f"internal error: {type(error).__name__}: {error}")
                self.tell()
        finally:
            if self._count is not None:
                self._count.gone(monotonic_us(), failed=self.error is not None)
            self._process.forget()
            self._begun.set()
            self._done.set()
            self._waiting.close()

    def _linger(self) -> None:
        """Read what is still to come beside the probes, for a while."""
        end_s = time.monotonic() + LINGER_S
        child = self._process.child
        while self._lingers is not None and self._lingers() and not self.stopping:
            wait_s = end_s - time.monotonic()
            if child is None or child.eof or wait_s <= 0:
                return
            child.flush()
            self._waiting.select(child, wait_s)
            child.read_answers()

    def _is_over(self) -> bool:
        """Whether nothing is left to wait for: of the trace, and of the one-way count."""
        if self._count is None or not self._group.finished:
            return self._group.finished
        self._count.finish(monotonic_us())
        return self._count.finished

    def _fail(self, error: HopscopeError) -> None:
        self.error = error
        self._group.fail(monotonic_us(), str(error))
        try:
            self.tell()
        except Exception as raised:  # noqa: BLE001 - as above
            self._raised = raised

    def _settle_protocol(self) -> None:
        """Settle with what the probe process can do.

        Raises:
            UnsupportedError: what the settings ask for cannot be had, by any lane.
        """
        if self.stopping:
            return
        child, settings = self._process.child, self._settings
        assert child is not None
        self._settling.settle(self._group, self.targets, settings, supports=child.supports, now_us=monotonic_us())

    def _turn(self) -> None:
        """One turn of the loop: commands, probes that are due, sleep until something is to be done, answers."""
        child = self._process.child
        assert child is not None
        now_us = monotonic_us()
        while self._commands:
            self._commands.popleft()(now_us)
        self._inquiries = [one for one in self._inquiries if not one.is_over(child)]
        relaxed = not self._prompt and self._group.steady and not self._inquiries
        for token, request in self._group.step(now_us):
            child.send(token, request, hold=relaxed)
        self._pulse.ask(child, now_us)
        if self._count is not None:
            self._count.step(child, now_us)
        child.flush()
        if self._is_over():
            return
        wait_from_us = monotonic_us()
        due_us = self._wait_us(child, now_us, wait_from_us)
        wait_us = int(IDLE_S * 1e6) if due_us is None else due_us
        if relaxed and wait_us <= ANSWERS_WAIT_US and self._group.steady:
            tick_us = self._group.tick_us
            # What was sent is told with the answers.
            wait_us += tick_us if tick_us <= PAIR_US else 0
            self._waiting.rest(wait_us / 1e6)
        else:
            self.tell()
            self._waiting.select(child, wait_us / 1e6)
        answers = child.read_answers()
        now_us = monotonic_us()
        waited_us = min(now_us - wait_from_us, wait_us)
        if not answers and child.asked_us:
            self._pulse.silent(child, waited_us, now_us)
        self._take(child, answers, now_us)
        gap = self._standstill.turned(now_us, waited_us)
        if gap is not None and not self._pulse.stalled_us:
            self._group.stood_still(gap, now_us)
        self._compare_clocks(child.clock, now_us)
        self.tell()
        if child.eof and self._group.finished and self._count is not None:
            self._count.gone(now_us, failed=True)
        elif child.eof:
            self._process.replace()
            self._standstill = Standstill()

    def _take(self, child: Child, answers: Sequence[tuple[int, wire.Answer]], now_us: int) -> None:
        """Take what the probe process says.

        Raises:
            ProbeProcessError: it says so much that it will never answer what it was asked.
        """
        for token, answer in answers:
            if answer.word == wire.FEATURE_SUPPORT:
                self._pulse.heard(child, now_us)
            else:
                self._group.answer(token, answer, now_us)
        if self._pulse.is_flooded(child, len(answers)):
            raise ProbeProcessError(f"{self._process.called} answers without end")

    def _wait_us(self, child: Child, now_us: int, from_us: int) -> int | None:
        """How long nothing is to be done, from a moment on; None: until something is told."""
        count_us = self._count.due_us(now_us) if self._count is not None else None
        due_us = min((us for us in (self._group.next_due_us(now_us), count_us) if us is not None), default=None)
        waits_us = (None if due_us is None else max(due_us - from_us, 0), self._pulse.due_us(child, from_us))
        return min((us for us in waits_us if us is not None), default=None)

    def _compare_clocks(self, clock: FarClock | None, now_us: int) -> None:
        """Tell how far the other machine's clock is ahead, where that is news."""
        if clock is None or not clock.is_new:
            return
        stepped, known = clock.stepped, clock.news(now_us)
        if known is not None:
            event = ClockCompared(now_us, known.offset_us, known.bound_us, stepped)
            for index in range(len(self.targets)):
                self._on_event(index, event)

    def tell(self) -> None:
        """Hand over what has happened: for the thread that measures."""
        for index, event in self._group.take_events():
            self._on_event(index, event)

    def link_lost(self, since_us: int, again_us: int) -> None:
        """Tell since when nothing is measured, and when that is tried to be mended; 0: now."""
        now_us = monotonic_us()
        for index, engine in enumerate(self._group.engines):
            if not engine.finished:
                self._on_event(index, LinkLost(now_us, since_us, again_us))
