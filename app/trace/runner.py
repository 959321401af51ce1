"""The only I/O of a trace: a thread that owns the probe process and feeds the engines.

A plain thread with a selector instead of an event loop: importing asyncio alone takes 47 ms where selectors and
subprocess take 4, and a report has 150 ms from its start to the first probe.
"""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import threading
import time
from collections import deque

from ...probe import wire
from ..errors import HopscopeError, ProbeProcessError, UnsupportedError
from ..settings import Target, TraceSettings
from .child import READ_BYTES, Child, start_child
from .group import Group
from .hearing import Hearing
from .own_address import is_own
from .support import check_support, stand_ins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .checks import CheckPlan
    from .events import Event

NO_PIPE = -1
HANDSHAKE_S = 5.0
DEATHS_MAX = 3
DEATHS_WITHIN_US = 10_000_000
IDLE_S = 60.0
# Answers of a known path may wait for so long in the pipe, to be read when the next probe is due: their times were
# measured before they were written, and each turn of the loop that is saved is a wake-up of a cold processor.
ANSWERS_WAIT_US = 50_000
# For the same reason a probe of a known path may wait for the next one, if that is due within this time.
PAIR_US = 30_000
# A probe process that says nothing for so long, though it was asked, stands still; and after so long it is replaced.
STALL_US = 2_000_000
STALL_MAX_US = 60_000_000


def monotonic_us() -> int:
    """Now, on the clock of all times in a trace."""
    return time.monotonic_ns() // 1000


class Runner:
    """Traces targets through a probe process that it starts, restarts and ends.

    ``command`` is the probe process's; ``on_event`` is called in the runner's thread, as things happen, with the
    index of the target. ``explicit``: the protocol was asked for by name, so ICMP is not replaced by UDP;
    ``flows_explicit``: flows were, so it is said where they cannot be had. A ``child`` made earlier is used instead of
    starting the first. ``prompt``: each answer is told as it comes, and not with the next probe. ``group`` is one of
    another kind, for the same targets. All methods may be called from any thread.
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
    ) -> None:
        self.command = list(command)
        self.targets = tuple(targets)
        self.error: HopscopeError | None = None
        self._settings = settings
        self._on_event = on_event
        self._explicit = explicit
        self._prompt = prompt
        self._flows_explicit = flows_explicit
        self._child = child
        self._start_child = child.start if child is not None else None
        self._group = group or Group(self.targets, settings, hearing=Hearing(), own=is_own)
        self._raised: Exception | None = None
        self._done = threading.Event()
        self._stopping = False
        self._commands: deque[Callable[[int], None]] = deque()
        self._wake_lock = threading.RLock()  # a signal handler may come while it is held
        self._wake_read = self._wake_write = NO_PIPE
        self._commanded = select.poll()
        self._watched: Child | None = None
        self._thread = threading.Thread(target=self._run, name="trace", daemon=True)
        # For how long a question has been waited for in vain, and since when the probe process stands still (0: not).
        self._silent_us = 0
        self._stalled_us = 0
        self._deaths: deque[int] = deque(maxlen=DEATHS_MAX)

    # ---- what the owner calls ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the probe process and the measuring.

        Raises:
            ProbeProcessError: the command cannot be run.
        """
        if self._child is None:
            self._child = start_child(self.command)
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._commanded.register(self._wake_read, select.POLLIN)
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

    def stop(self) -> None:
        """End the measuring and the probe process; returns when both have ended. May be called again."""
        self.interrupt()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()
        elif not self._thread.ident and self._child is not None:  # never started
            self._child.end()
            self._child = None
            self._done.set()

    def interrupt(self) -> None:
        """End the measuring, without waiting for its end: for a signal handler."""
        self._stopping = True
        self._wake()

    def pause(self) -> None:
        """Stop sending; answers still come in."""
        self._command(self._group.pause)

    def resume(self) -> None:
        """Send again."""
        self._command(self._group.resume)

    def reset(self) -> None:
        """Begin the statistics anew."""
        self._command(self._group.reset)

    def check(self, index: int, plan: CheckPlan) -> None:
        """Run a check beside the trace of a target, through the same probe process."""
        self._command(lambda now_us: self._group.check(now_us, index, plan))

    def end_check(self) -> None:
        """End a check before its time."""
        self._command(lambda now_us: self._group.end_check(now_us, "by the user"))

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
        self._wake()

    def _wake(self) -> None:
        with self._wake_lock, contextlib.suppress(OSError):  # a full pipe wakes too, and before the start there is none
            if not self._done.is_set():
                os.write(self._wake_write, b"x")

    def _run(self) -> None:
        try:
            self._shake_hands()
            self._settle_protocol()
            self._group.start(monotonic_us())
            while not self._stopping and not self._group.finished:
                self._turn()
            if self._group.failure:
                self.error = UnsupportedError(self._group.failure)
            self._tell()
        except HopscopeError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - it is the caller's, and raised again in the caller's thread
            self._raised = error
        finally:
            if self._child is not None:
                self._forget(self._child)
            self._close()

    def _close(self) -> None:
        with self._wake_lock:
            self._done.set()
            self._selector.close()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _fail(self, error: HopscopeError) -> None:
        self.error = error
        self._group.fail(monotonic_us(), str(error))
        try:
            self._tell()
        except Exception as raised:  # noqa: BLE001 - as above
            self._raised = raised

    def _shake_hands(self) -> None:
        """Wait for the answers to the start-up questions.

        Raises:
            ProbeProcessError: they do not come.
        """
        child = self._child
        assert child is not None
        give_up_s = time.monotonic() + HANDSHAKE_S
        while not child.ready and not self._stopping:
            wait_s = give_up_s - time.monotonic()
            if wait_s <= 0:
                raise ProbeProcessError(f"the probe process {self.command[0]} does not answer")
            self._select(child, wait_s)
            child.flush()
            child.read_answers()
            if child.eof:
                raise ProbeProcessError(f"the probe process {self.command[0]} ended at once: {child.last_words()}")
        self._group.set_detail(detail=child.supports.get("hopscope", False))

    def _settle_protocol(self) -> None:
        """Check that what the settings ask for can be had; ICMP that is not allowed gives way to UDP.

        Raises:
            UnsupportedError: it cannot be had.
        """
        child = self._child
        assert child is not None
        if self._stopping:
            return
        supports, settings = child.supports, self._settings
        check_support(supports, settings, [target.version for target in self.targets], self.command[0])
        changes = stand_ins(supports, settings, explicit=self._explicit, flows_explicit=self._flows_explicit)
        for fields, kind, reason in changes:
            self._group.change(monotonic_us(), fields, kind, reason)

    def _turn(self) -> None:
        """One turn of the loop: commands, probes that are due, sleep until something is to be done, answers."""
        child = self._child
        assert child is not None
        now_us = monotonic_us()
        while self._commands:
            self._commands.popleft()(now_us)
        relaxed = not self._prompt and self._group.steady
        for token, request in self._group.step(now_us):
            child.send(token, request, hold=relaxed)
        if self._group.hearing.asks and not child.asked_us:
            self._group.hearing.asks = False
            child.ask(now_us)
        child.flush()
        if self._group.finished:
            return
        due_us = self._group.next_due_us(now_us)
        wait_from_us = monotonic_us()
        wait_us = None if due_us is None else max(due_us - wait_from_us, 0)
        if child.asked_us:
            wait_us = STALL_US if wait_us is None else min(wait_us, STALL_US)
        if relaxed and wait_us is not None and wait_us <= ANSWERS_WAIT_US and self._group.steady:
            tick_us = self._group.tick_us
            # What was sent is told with the answers.
            self._rest((wait_us + (tick_us if tick_us <= PAIR_US else 0)) / 1e6)
        else:
            self._tell()
            self._select(child, IDLE_S if wait_us is None else wait_us / 1e6)
        answers = child.read_answers()
        now_us = monotonic_us()
        if not answers and child.asked_us:
            self._silent(child, now_us - wait_from_us, now_us)
        for token, answer in answers:
            if answer.word == wire.FEATURE_SUPPORT:
                self._heard(child, now_us)
            else:
                self._group.answer(token, answer, now_us)
        self._tell()
        if child.eof:
            self._restart(child)

    def _heard(self, child: Child, now_us: int) -> None:
        """The probe process has answered the question."""
        if child.asked_us:
            self._group.heard(child.asked_us, now_us)
        if self._stalled_us:
            stalled_s = (now_us - self._stalled_us) / 1e6
            self._group.go_on(now_us, f"the probe process stood still, {stalled_s:.1f} s not measured")
        child.asked_us = self._silent_us = self._stalled_us = 0

    def _silent(self, child: Child, waited_us: int, now_us: int) -> None:
        """The probe process was waited for and said nothing, though it was asked. Our own delays do not count."""
        self._silent_us += waited_us
        if self._silent_us >= STALL_US and not self._stalled_us:
            self._stalled_us = now_us - self._silent_us
            self._group.stall(now_us)
        if self._silent_us >= STALL_MAX_US:
            child.kill()

    def _restart(self, child: Child) -> None:
        """Replace a probe process that died.

        Raises:
            ProbeProcessError: it has died too often in too short a time, or cannot be run any more.
        """
        died_us = monotonic_us()
        while not self._stopping:
            self._deaths.append(monotonic_us())
            reason = child.last_words()
            self._forget(child)
            if len(self._deaths) == DEATHS_MAX and self._deaths[-1] - self._deaths[0] < DEATHS_WITHIN_US:
                raise ProbeProcessError(f"the probe process died {DEATHS_MAX} times in 10 s: {reason}")
            child = self._child = start_child(self.command, self._start_child)
            try:
                self._shake_hands()
            except ProbeProcessError:
                continue
            now_us = monotonic_us()
            gap_s = (now_us - (self._stalled_us or died_us)) / 1e6
            self._silent_us = self._stalled_us = 0
            self._group.probe_process_restarted(now_us, f"probe restarted, {gap_s:.1f} s not measured: {reason}")
            return

    def _rest(self, wait_s: float) -> None:
        """Wait for a command alone, while answers gather in the pipe."""
        if self._commanded.poll(wait_s * 1000):
            os.read(self._wake_read, READ_BYTES)

    def _select(self, child: Child, wait_s: float) -> None:
        """Wait for output of the probe process, for room in its input if there is need, or for a command."""
        if self._watched is not child:
            for descriptor in (child.stdout, child.stderr):
                self._selector.register(descriptor, selectors.EVENT_READ)
            self._watched = child
        if child.wants_to_write:
            self._selector.register(child.stdin, selectors.EVENT_WRITE)
        ready = {key.fd for key, _ in self._selector.select(wait_s)}
        if child.wants_to_write:
            self._selector.unregister(child.stdin)
        if child.stderr in ready and not child.read_errors():
            self._selector.unregister(child.stderr)
        if self._wake_read in ready:
            os.read(self._wake_read, READ_BYTES)

    def _forget(self, child: Child) -> None:
        """End a probe process and stop watching it."""
        if self._watched is child:
            for descriptor in (child.stdout, child.stderr):
                if descriptor in self._selector.get_map():
                    self._selector.unregister(descriptor)
            self._watched = None
        child.end()
        self._child = None

    def _tell(self) -> None:
        for index, event in self._group.take_events():
            self._on_event(index, event)
