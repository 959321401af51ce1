"""A small process with the rights that the program gives up, which starts the probe process again.

It is forked before the rights are given up, from one thread, and does as it is told by a number alone: which command of
a list that was fixed at its start to run, or that the one that runs is to end. Whoever takes the program over gets no
command line run with these rights. Processes that the program has started itself before it gave up its rights, and may
send no signals any more (landlock(7), LANDLOCK_SCOPE_SIGNAL), are handed over then: those, and no others, it ends, too.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import socket
import struct
import subprocess
import threading
import time

from .ending import end_process
from .signals import ENDING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

START, END, POLL, ADOPT, SEAL, SIGNAL = range(6)
COMMANDS_MAX = 256
ADOPTED_MAX = 128
TERMINATE_WAIT_S = 0.5
POLL_S = 0.02
_REPLY = struct.Struct("=ii")  # an error number or 0, and a process id or an exit status
RUNNING = 1 << 30  # no exit status


class Launcher:
    """The program's end of the launcher. To be made before any thread runs.

    Args:
        commands: all that it will ever run, up to ``COMMANDS_MAX``.
    """

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._commands = [list(command) for command in commands]
        assert len(self._commands) <= COMMANDS_MAX
        self._lock = threading.Lock()
        self._adopted: dict[int, int] = {}  # process id: the number under which it was handed over
        pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket, theirs = (socket.socket(fileno=_beyond_standard(one.detach())) for one in pair)
        self._pid = os.fork()
        if self._pid == 0:
            try:
                self._socket.close()
                _serve(theirs, self._commands)
            finally:
                os._exit(0)
        theirs.close()

    def start(self, command: Sequence[str]) -> LaunchedProcess:
        """Run a command of the list, with pipes for its standard streams.

        Raises:
            OSError: it cannot be run, or is none of the list (EPERM).
        """
        if list(command) not in self._commands:
            raise PermissionError(1, os.strerror(1))
        number = self._commands.index(list(command))
        (their_in, our_in), (our_out, their_out), (our_err, their_err) = os.pipe(), os.pipe(), os.pipe()
        theirs = [their_in, their_out, their_err]
        try:
            failed, pid = self._ask(START, number, theirs)
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        process = LaunchedProcess(self, number, pid, [*map(_beyond_standard, (our_in, our_out, our_err))])
        if failed:
            process.close()
            raise OSError(failed, os.strerror(failed))
        return process

    def adopt(self, pid: int) -> None:
        """Hand over a process that this one has started, and not waited for, so that it can be ended later."""
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:  # it is gone, or the kernel is older than what would keep us from ending it ourselves
            return
        try:
            failed, number = self._ask(ADOPT, 0, [descriptor])
            if not failed:
                self._adopted[pid] = number
        finally:
            os.close(descriptor)

    def seal(self) -> None:
        """Let nothing be handed over any more."""
        self._ask(SEAL, 0, [])

    def signal(self, pid: int, number: int) -> None:
        """Have a process that was handed over end: by force with SIGKILL, else by SIGTERM.

        Raises:
            PermissionError: it was not handed over.
        """
        if pid not in self._adopted:
            raise PermissionError(1, os.strerror(1))
        self._ask(SIGNAL, self._adopted[pid] << 1 | (number == signal.SIGKILL), [])

    def close(self) -> None:
        """End it, and what it runs."""
        self._socket.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)

    def ask(self, order: int, number: int) -> int:
        """Have it end what runs of a command, or say what its exit status is; ``RUNNING`` while it has none."""
        return self._ask(order, number, [])[1]

    def _ask(self, order: int, number: int, descriptors: list[int]) -> tuple[int, int]:
        with self._lock:
            socket.send_fds(self._socket, [bytes((order, number))], descriptors)
            reply = self._socket.recv(_REPLY.size)
        if len(reply) < _REPLY.size:
            raise ProcessLookupError(3, os.strerror(3))
        error, value = _REPLY.unpack(reply)
        return error, value


class LaunchedProcess:
    """What the launcher has started, as ``subprocess.Popen`` shows a process."""

    def __init__(self, launcher: Launcher, number: int, pid: int, pipes: Sequence[int]) -> None:
        self.pid = pid
        stdin, stdout, stderr = pipes
        self.stdin: IO[bytes] = open(stdin, "wb", buffering=0)  # noqa: SIM115, PTH123
        self.stdout: IO[bytes] = open(stdout, "rb", buffering=0)  # noqa: SIM115, PTH123
        self.stderr: IO[bytes] = open(stderr, "rb", buffering=0)  # noqa: SIM115, PTH123
        self._launcher = launcher
        self._number = number
        self._status = RUNNING

    def terminate(self) -> None:
        """End it, if need be by force; returns when it is gone."""
        if self._status == RUNNING:
            try:
                self._status = self._launcher.ask(END, self._number)
            except OSError:  # the launcher is gone, and with it the standard input of what it started
                self._status = 0

    kill = terminate

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, as ``subprocess.Popen`` has it.

        Raises:
            subprocess.TimeoutExpired: it has none yet.
        """
        end_s = time.monotonic() + (TERMINATE_WAIT_S if timeout is None else timeout)
        while self._status == RUNNING:
            try:
                self._status = self._launcher.ask(POLL, self._number)
            except OSError:
                self._status = 0
            if self._status == RUNNING:
                if time.monotonic() >= end_s:
                    raise subprocess.TimeoutExpired("", timeout or 0)
                time.sleep(POLL_S)
        return self._status

    def close(self) -> None:
        """Close the pipes."""
        for stream in (self.stdin, self.stdout, self.stderr):
            stream.close()


def _beyond_standard(descriptor: int) -> int:
    """What a descriptor stands for, by a number that no standard stream gets later, where one is closed now."""
    number = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(descriptor)
    return number


def _serve(orders: socket.socket, commands: list[list[str]]) -> None:
    """Run what is asked for until nobody can ask any more."""
    os.setsid()  # Ctrl-C in the terminal is the program's
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    keep = orders.fileno()
    os.closerange(3, keep)
    os.closerange(keep + 1, min(1 << 16, os.sysconf("SC_OPEN_MAX")))
    running: dict[int, subprocess.Popen[bytes]] = {}  # by the number of the command: one of each at most
    adopted = _Adopted()
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, 2, 3)
        if not order:
            break
        reply = 22, 0  # EINVAL
        if len(order) == 2 and order[0] in {ADOPT, SEAL, SIGNAL}:
            reply = adopted.obey(order[0], order[1], descriptors)
        elif len(order) == 2 and order[1] < len(commands):
            if order[0] in {POLL, END}:
                reply = 0, _status(running.get(order[1]), end=order[0] == END)
            elif order[0] == START and len(descriptors) == 3:
                _status(running.pop(order[1], None), end=True)
                process, reply = _run(commands[order[1]], descriptors)
                if process is not None:
                    running[order[1]] = process
        for descriptor in descriptors:
            os.close(descriptor)
        orders.send(_REPLY.pack(*reply))
    for process in running.values():
        _status(process, end=True)


class _Adopted:
    """Processes that the program handed over, by descriptors: a number that is another's later ends nobody else."""

    def __init__(self) -> None:
        self._descriptors: list[int] = []
        self._sealed = False

    def obey(self, order: int, number: int, descriptors: Sequence[int]) -> tuple[int, int]:
        """The reply to an order about them."""
        if order == SEAL:
            self._sealed = True
        elif order == ADOPT:
            if self._sealed or len(descriptors) != 1 or len(self._descriptors) == ADOPTED_MAX:
                return errno.EPERM, 0
            self._descriptors.append(os.dup(descriptors[0]))
            return 0, len(self._descriptors) - 1
        elif number >> 1 < len(self._descriptors):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(
                    self._descriptors[number >> 1], signal.SIGKILL if number & 1 else signal.SIGTERM
                )
        return 0, 0


def _run(command: list[str], streams: list[int]) -> tuple[subprocess.Popen[bytes] | None, tuple[int, int]]:
    try:
        process = subprocess.Popen(command, stdin=streams[0], stdout=streams[1], stderr=streams[2], process_group=0)
    except OSError as error:
        return None, (error.errno or 22, 0)
    return process, (0, process.pid)


def _status(process: subprocess.Popen[bytes] | None, *, end: bool) -> int:
    if process is None:
        return 0
    if end:
        end_process(process, TERMINATE_WAIT_S)
    found = process.poll()
    return RUNNING if found is None else found
