"""Textual's driver with the ends that it lacks.

A terminal that is gone (hang-up, end of file on standard input, a write error) ends the program instead of spinning;
SIGTERM restores the terminal even while the event loop or the terminal is stuck; a stalled terminal blocks nothing:
frames wait in a queue of their own, and ``backlog`` tells when it is time to leave some out.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import termios
import threading
import time
from codecs import getincrementaldecoder
from math import ceil
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from textual.constants import ESCAPE_DELAY

from ...process.signals import handle_signals
from .capabilities import ENTER, RESTORE, screen_stream, size
from .textual_hooks import HookedDriver

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable
    from io import TextIOWrapper
    from typing import Protocol

    from textual.driver import Driver

    class Opened(Protocol):
        """What a terminal shows before the application has it."""

        shown: bool

        def hand_over(self) -> list[Any]:
            """Leave the terminal to the driver; what it had set before."""

    class Host(Protocol):
        """What the driver and signals need of the application."""

        ended_by: int  # the signal that asked it to end, 0: none

        @property
        def opening(self) -> Opened | None:
            """What the terminal shows already."""

        @property
        def screen_driver(self) -> Driver | None:
            """The driver, None until the application has begun."""

        @property
        def event_loop(self) -> AbstractEventLoop | None:
            """The loop that the application runs in, None until it does."""

        def exit(self, *, return_code: int = 0) -> None:
            """End the application."""


FORCED_END_S = 0.7
CHUNK_BYTES = 4096
RESTORE_TRIES = 20
# After something has come from the terminal, at what intervals and how often it is asked whether that was all: the
# parser takes an escape for the key once nothing has followed it for so long.
LOOK_MS = 100
LOOKS = ceil(1000 * ESCAPE_DELAY / LOOK_MS) + 2


def _patient_descriptor(fd: int) -> tuple[int, bool]:
    """A descriptor of the same terminal whose writes never block, and whether it is to be closed.

    Opened anew, so that the flag does not reach other programs that share the terminal's descriptor.
    """
    try:
        return os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK), True
    except OSError:
        return fd, False


class PatientWriter(threading.Thread):
    """Writes frames in a thread; whoever queues never waits. A write error is reported once, then all is dropped."""

    def __init__(self, file: TextIOWrapper, gone: Callable[[], None]) -> None:
        super().__init__(daemon=True, name="screen-output")
        self._fd, self._own = _patient_descriptor(file.fileno())
        self._encoding = file.encoding
        self._gone = gone
        self._queue: SimpleQueue[str | None] = SimpleQueue()
        self._busy = False
        self._dropping = False

    def write(self, text: str) -> None:
        """Queue a text."""
        self._queue.put(text)

    def backlog(self) -> int:
        """How many texts wait, the one being written included."""
        return self._queue.qsize() + (1 if self._busy else 0)

    def isatty(self) -> bool:
        """A terminal, as far as Textual is concerned."""
        return True

    def fileno(self) -> int:
        """The descriptor below."""
        return self._fd

    def flush(self) -> None:
        """Nothing is held back."""

    def drop(self) -> None:
        """Write nothing more, whatever is queued."""
        self._dropping = True

    def run(self) -> None:
        """Write until told to stop."""
        while (text := self._queue.get()) is not None:
            self._busy = True
            self._send(text.encode(self._encoding, "replace"))
            self._busy = False
        if self._own:
            os.close(self._fd)

    def _send(self, data: bytes) -> None:
        while data and not self._dropping:
            try:
                data = data[os.write(self._fd, data[:CHUNK_BYTES]) :]
            except BlockingIOError:
                poller = select.poll()
                poller.register(self._fd, select.POLLOUT)
                poller.poll(100)
            except OSError:
                self._dropping = True
                self._gone()

    def stop(self) -> None:
        """End after what is queued; a terminal that takes nothing is not waited for long."""
        self._queue.put(None)
        self.join(timeout=FORCED_END_S)


def hear_signals(app: Host) -> None:
    """Have signals end the application from now on, also in the moments before it has a terminal.

    An exception would not do: raised in a callback of the event loop it is swallowed.
    """

    def hear(number: int, _frame: object) -> None:
        app.ended_by = number
        driver = app.screen_driver
        if isinstance(driver, ScreenDriver) and driver.has_terminal:
            driver.end_by(number)

    handle_signals(hear)


class WakingEvent(threading.Event):
    """An event that a poller hears too: ``fileno`` can be read while it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.fileno, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def set(self) -> None:
        """Wake whoever waits."""
        super().set()
        os.write(self._write, b"x")

    def clear(self) -> None:
        """Have others wait again."""
        super().clear()
        with contextlib.suppress(BlockingIOError):
            os.read(self.fileno, CHUNK_BYTES)


class ScreenDriver(HookedDriver):
    """Ends when the terminal does."""

    def __init__(
        self, app: Any, *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        self.has_terminal = False
        self._ended = False
        self._host: Host = app
        self._opening = self._host.opening
        self._writer: PatientWriter | None = None
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._input_ends = self.exit_event = WakingEvent()
        if not self.input_tty:
            with contextlib.suppress(OSError):
                # Targets may come through standard input (-F -): then keys come from the terminal itself.
                self.fileno = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
                self.input_tty = True

    def output(self) -> TextIOWrapper | None:
        """Standard error, or standard output where only that is a terminal."""
        return screen_stream()

    def make_writer(self, file: TextIOWrapper) -> PatientWriter:
        """One whose queue never blocks the event loop."""
        self._writer = PatientWriter(file, self.terminal_gone)
        return self._writer

    def terminal_size(self) -> tuple[int, int]:
        """Of the terminal that frames go to."""
        return size()

    def start_application_mode(self) -> None:
        """Enter application mode, with our signal handlers."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._opening is not None and self._opening.shown:
            self.attrs_before = self._opening.hand_over()
        self.has_terminal = True
        if self._host.ended_by:
            self.end_by(self._host.ended_by)

    def write(self, data: str) -> None:
        """Queue a text; the screen that the opening has entered is not entered again."""
        if data == ENTER and self._opening is not None and self._opening.shown:
            return
        super().write(data)

    def backlog(self) -> int:
        """How many writes wait for the terminal."""
        return self._writer.backlog() if self._writer is not None else 0

    def terminal_gone(self) -> None:
        """End the program within a second: nobody sees it any more. From any thread."""
        self._end(128 + signal.SIGHUP)

    def end_by(self, number: int) -> None:
        """End the program because of a signal, with the terminal restored whatever else is stuck."""
        if number == signal.SIGHUP:
            self.terminal_gone()
            return
        self._restore_now()
        self._end(128 + number)

    def _end(self, status: int) -> None:
        if self._ended:
            return
        self._ended = True

        def forced() -> None:
            os._exit(status)

        timer = threading.Timer(FORCED_END_S, forced)
        timer.daemon = True
        timer.start()
        app = self._host
        loop = app.event_loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(lambda: app.exit(return_code=status))

    def _restore_now(self) -> None:
        """Give the terminal back at once, past what is queued for it."""
        file = screen_stream()
        if file is None:
            return
        if self._writer is not None:
            self._writer.drop()
        fd, own = _patient_descriptor(file.fileno())
        for _ in range(RESTORE_TRIES):
            with contextlib.suppress(termios.error):
                termios.tcflush(fd, termios.TCOFLUSH)
            try:
                os.write(fd, RESTORE.encode("ascii"))
                break
            except BlockingIOError:  # the writer's last chunk took the room that was made
                time.sleep(0.01)
            except OSError:
                break
        if own:
            os.close(fd)
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def run_input_thread(self) -> None:
        """Read keys until told to stop; the end of the input is the end of the program."""
        parser = self.make_parser()
        decode = getincrementaldecoder("utf-8")("replace").decode
        poller = select.poll()
        poller.register(self.fileno, select.POLLIN)
        poller.register(self._input_ends.fileno, select.POLLIN)
        looks = 0
        while True:
            ready = dict(poller.poll(LOOK_MS if looks else None))
            if self.exit_event.is_set():
                return
            looks = LOOKS if ready else looks - 1
            if self.fileno in ready:
                try:
                    data = os.read(self.fileno, 4096)
                except BlockingIOError:
                    continue
                except OSError:
                    data = b""
                if not data:
                    self.terminal_gone()
                    return
                for event in parser.feed(decode(data)):
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)
