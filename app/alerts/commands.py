"""Runs a user's command when an alert is raised or cleared, in a process of its own.

That process is forked before any thread runs, and before the screen gives up its rights. It knows the one command from
its start; what it is told later becomes variables of the command's environment and nothing else, so whoever takes the
program over gets no command line run. It outlives the program until what was asked for is done, and no longer: each
command has ``TIME_LIMIT_S``, four run at once, the others wait, and what tells of a raised alert goes before what tells
of a cleared one.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections import deque
from typing import NamedTuple

from ..errors import UsageError
from ..process.ending import end_process
from ..process.signals import ENDING
from ..sanitize import Text, sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIME_LIMIT_S = 30.0
RUNNING_MAX = 4
WAITING_MAX = 1_000  # an alert that is older than so many others is not told any more
OUTPUT_MAX = 1_000  # bytes of what a command writes that are kept
MESSAGE_MAX = 16_000
TERMINATE_WAIT_S = 1.0
LOOK_S = 0.2
PREFIX = "HOPSCOPE_"


class Outcome(NamedTuple):
    """How a command ended."""

    number: int  # that of the order, as ``CommandRunner.order`` gave it
    status: int  # its exit status, negative for a signal; NOT_RUN: it could not be run
    output: Text  # the last that it wrote; may be empty
    timed_out: bool  # it was ended, for it took too long


NOT_RUN = 1 << 16


def command_of(text: str) -> list[str]:
    """The words of a command, of which the first is a program that can be run.

    Raises:
        UsageError: it is none.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"--on-alert '{sanitize(text)}': {str(error).lower()}") from None
    if not words:
        raise UsageError("--on-alert: a command is missing")
    found = shutil.which(words[0])
    if found is None:
        there = os.path.exists(words[0])  # noqa: PTH110 - no path object is needed
        raise UsageError(
            f"--on-alert: {sanitize(words[0])} {'is no program that can be run' if there else 'is not found'}",
            remedy="chmod +x allows it" if there else "give its path",
        )
    return [os.path.abspath(found), *words[1:]]  # noqa: PTH100 - the folder may be left


class CommandRunner:
    """The program's end. To be made before any thread runs.

    Args:
        command: what is run.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._next = 0
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        """Of the process that runs commands."""
        if self.pid == 0:
            try:
                ours.close()
                _Commands(list(command), theirs).serve()
            finally:
                os._exit(0)
        theirs.close()
        ours.setblocking(False)  # noqa: FBT003
        self._socket = ours

    def fileno(self) -> int:
        """What can be read from when an outcome is known."""
        return self._socket.fileno()

    def order(self, facts: Mapping[str, str], *, raised: bool) -> int:
        """Have the command run with these variables, ``HOPSCOPE_`` before each name; never waits. Gives a number.

        Raises:
            OSError: it cannot be asked for: too many wait, or what runs commands is gone.
        """
        self._next += 1
        held = {PREFIX + name: sanitize(value, OUTPUT_MAX) for name, value in facts.items()}
        self._socket.send(json.dumps([self._next, raised, held]).encode()[:MESSAGE_MAX])
        return self._next

    def outcomes(self) -> list[Outcome]:
        """Those that are known since the last time; never waits."""
        found = []
        with contextlib.suppress(OSError, ValueError):
            while message := self._socket.recv(MESSAGE_MAX):
                number, status, output, timed_out = json.loads(message)
                found.append(Outcome(int(number), int(status), sanitize(str(output)), bool(timed_out)))
        return found

    def close(self) -> None:
        """Ask for nothing more. What was asked for is still done, within its time."""
        self._socket.close()


class _Running(NamedTuple):
    """A command that runs."""

    number: int
    process: subprocess.Popen[bytes]
    until_s: float
    output: bytearray


class _Commands:
    """Runs commands until nobody asks for any more, and all are done."""

    def __init__(self, command: list[str], orders: socket.socket) -> None:
        self._command = command
        self._orders: socket.socket | None = orders
        self._raised: deque[tuple[int, dict[str, str]]] = deque()
        self._cleared: deque[tuple[int, dict[str, str]]] = deque()
        self._running: list[_Running] = []
        self._left: dict[int, float] = {}  # process groups whose first process has ended, and when they must
        self._selector = selectors.DefaultSelector()
        self._selector.register(orders, selectors.EVENT_READ)

    def serve(self) -> None:
        os.setsid()  # Ctrl-C in the terminal is the program's
        for number in ENDING:
            signal.signal(number, lambda *_: None)  # unlike SIG_IGN it does not pass on to what is run
        assert self._orders is not None
        keep = [self._orders.fileno(), self._selector.fileno()]
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        low = 3
        for descriptor in sorted(keep):
            os.closerange(low, descriptor)
            low = descriptor + 1
        os.closerange(low, min(1 << 16, os.sysconf("SC_OPEN_MAX")))
        while self._is_needed():
            self._start_some()
            self._turn()

    def _is_needed(self) -> bool:
        """Whether somebody may ask for more, or something is not done."""
        return any((self._orders is not None, self._raised, self._cleared, self._running, self._left))

    def _turn(self) -> None:
        for key, _ in self._selector.select(self._wait_s()):
            if key.data is None:
                self._take_orders()
            else:
                self._read(key.data)
        self._end_some()

    def _wait_s(self) -> float | None:
        # Output tells of most ends; what has closed its output is looked at now and then.
        return LOOK_S if self._running or self._left else None

    def _take_orders(self) -> None:
        assert self._orders is not None
        message = self._orders.recv(MESSAGE_MAX)
        if not message:
            self._selector.unregister(self._orders)
            self._orders = None
            return
        number, raised, facts = json.loads(message)
        waiting = self._raised if raised else self._cleared
        waiting.append((number, facts))
        if len(waiting) > WAITING_MAX:
            waiting.popleft()

    def _start_some(self) -> None:
        while len(self._running) < RUNNING_MAX and (self._raised or self._cleared):
            number, facts = (self._raised or self._cleared).popleft()
            try:
                process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **facts},
                    process_group=0,
                )
            except OSError as error:
                self._tell(number, NOT_RUN, os.strerror(error.errno or 0), timed_out=False)
                continue
            assert process.stdout is not None
            os.set_blocking(process.stdout.fileno(), False)
            one = _Running(number, process, time.monotonic() + TIME_LIMIT_S, bytearray())
            self._running.append(one)
            self._selector.register(process.stdout, selectors.EVENT_READ, one)

    def _read(self, one: _Running) -> None:
        assert one.process.stdout is not None
        with contextlib.suppress(BlockingIOError):
            piece = os.read(one.process.stdout.fileno(), 65_536)
            if piece:
                one.output.extend(piece)
                del one.output[:-OUTPUT_MAX]
                return
            self._selector.unregister(one.process.stdout)

    def _end_some(self) -> None:
        for one in list(self._running):
            timed_out = time.monotonic() >= one.until_s
            if one.process.poll() is None and not timed_out:
                continue
            if timed_out:
                end_process(one.process, TERMINATE_WAIT_S)
            elif _is_left(one.process.pid):
                self._left[one.process.pid] = one.until_s
            self._running.remove(one)
            assert one.process.stdout is not None
            if one.process.stdout in self._selector.get_map():
                self._read(one)
            if one.process.stdout in self._selector.get_map():
                self._selector.unregister(one.process.stdout)
            one.process.stdout.close()
            written = bytes(one.output).decode(errors="replace").strip()
            self._tell(one.number, one.process.returncode, written, timed_out=timed_out)

        for group, until_s in list(self._left.items()):
            if not _is_left(group):
                del self._left[group]
            elif time.monotonic() >= until_s:
                del self._left[group]
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(group, signal.SIGKILL)

    def _tell(self, number: int, status: int, output: str, *, timed_out: bool) -> None:
        if self._orders is not None:
            with contextlib.suppress(OSError):  # nobody listens any more
                self._orders.send(json.dumps([number, status, output, timed_out]).encode(), socket.MSG_DONTWAIT)


def _is_left(group: int) -> bool:
    """Whether anything of a process group runs; while it does, its number is no other's."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
