"""The program ``hopscope-packet``: one thread, one poll loop, from standard input to standard output."""

from __future__ import annotations

import os
import select
import sys
from _signal import SIG_DFL, SIGINT, signal  # type: ignore[import-not-found]  # signal.py costs the start 4 ms
from time import monotonic_ns

from . import wire
from .dispatcher import IN_FLIGHT_MAX, Dispatcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .network import Network, Poller

READ_BYTES = 65536
WAIT_MAX_US = 3_600_000_000  # a poller takes no more than some weeks
STDIN, STDOUT = 0, 1
# The same numbers in poll(2) and epoll(7).
POLLIN = 1

USAGE = """\
usage: hopscope-packet [--engine kernel|icmplib] [--lab SCENARIO [--lab-log FILE]] [--max-in-flight N] [--allow-mark]
                       [--help] [--version]

Sends network probes and reports their answers: mtr-packet's line protocol on standard input and output.

  --engine NAME      kernel: all protocols, without privilege, timed by the kernel (Linux; the default there);
                     icmplib: ICMP alone, as root, timed by the program, on any system
  --lab SCENARIO     a simulated network instead of the real one: a scenario's name or a TOML file
  --lab-log FILE     write what becomes of every probe there, a line of JSON each
  --max-in-flight N  refuse a probe when N are unanswered (default: 1024, as mtr-packet)
  --allow-mark       keep CAP_NET_RAW, which marking packets needs
"""


ENGINES = ("kernel", "icmplib")
_NEEDS = {
    "--engine": "kernel or icmplib",
    "--lab": "a scenario",
    "--lab-log": "a file",
    "--max-in-flight": "a number from 1 to 65535",
}


class UsageError(Exception):
    """The command line is wrong; the message says how."""


class Options:
    """What the command line says."""

    __slots__ = ("allow_mark", "engine", "in_flight_max", "lab", "lab_log")

    def __init__(self, arguments: list[str]) -> None:
        self.engine = "kernel" if sys.platform == "linux" else "icmplib"
        self.lab: str | None = None
        self.lab_log: str | None = None
        self.in_flight_max = IN_FLIGHT_MAX
        self.allow_mark = False
        words = iter(arguments)
        for word in words:
            name, equals, value = word.partition("=")
            if name == "--allow-mark" and not equals:
                self.allow_mark = True
            elif name in _NEEDS:
                if not equals:
                    value = next(words, "")
                self._set(name, value)
            else:
                raise UsageError(f"unknown argument: {word!r}")

    def _set(self, name: str, value: str) -> None:
        if name == "--engine" and value in ENGINES:
            self.engine = value
        elif name == "--lab" and value:
            self.lab = value
        elif name == "--lab-log" and value:
            self.lab_log = value
        elif name == "--max-in-flight" and value.isdecimal() and 1 <= int(value) <= 65535:
            self.in_flight_max = int(value)
        else:
            raise UsageError(f"{name} needs {_NEEDS[name]}")


def main(arguments: list[str] | None = None) -> int:
    """Run the program; its exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    signal(SIGINT, SIG_DFL)
    try:
        if "--help" in words or "-h" in words:
            os.write(STDOUT, USAGE.encode())
            return 0
        if "--version" in words:
            os.write(STDOUT, f"hopscope-packet {wire.VERSION}\n".encode())
            return 0
        return _serve(Options(words))
    except UsageError as error:
        return _fail(f"{error}; try --help")
    except BrokenPipeError:
        return 0  # whoever read has gone


def _fail(message: str) -> int:
    os.write(2, f"hopscope-packet: {message}\n".encode(errors="backslashreplace"))
    return 1


class NetworkError(Exception):
    """The network that is asked for cannot be had; the message says why."""


def _open_network(options: Options, poller: Poller) -> Network:
    if options.lab is not None:
        from .lab.checks import ScenarioError
        from .lab.network import open_network

        try:
            return open_network(options.lab, options.lab_log)
        except ScenarioError as error:
            raise NetworkError(str(error)) from None
    if options.engine == "icmplib":
        try:
            from .icmplib_engine import EngineError, IcmplibNetwork
        except ImportError:
            raise NetworkError("the icmplib engine needs icmplib, and Python without -S") from None
        try:
            return IcmplibNetwork(poller)
        except EngineError as error:
            raise NetworkError(str(error)) from None
    from .kernel.network import KernelNetwork

    return KernelNetwork(poller, allow_mark=options.allow_mark)


def _serve(options: Options) -> int:
    from .privileges import PrivilegesError, drop

    poller: Poller = select.epoll() if hasattr(select, "epoll") else select.poll()
    try:
        network = _open_network(options, poller)
        drop(keep_net_raw=options.allow_mark)
    except (NetworkError, PrivilegesError) as error:
        return _fail(str(error))
    try:
        Loop(poller, network, Dispatcher(network, options.in_flight_max)).run()
    finally:
        network.close()
    return 0


def monotonic_us() -> int:
    """The system's steady clock in integer microseconds."""
    return monotonic_ns() // 1000


class Loop:
    """Waits for commands, answers and time limits, and moves bytes; all decisions are the dispatcher's."""

    def __init__(
        self, poller: Poller, network: Network, dispatcher: Dispatcher, clock_us: Callable[[], int] = monotonic_us
    ) -> None:
        self._poller = poller
        self._network = network
        self._dispatcher = dispatcher
        self._clock_us = clock_us
        self._in_seconds = hasattr(select, "epoll")  # select.poll counts in milliseconds
        self._stdin_open = True
        # A regular file is always readable, and epoll refuses it.
        self._stdin_always_ready = not self._register(STDIN, POLLIN)
        self._register(STDOUT, 0)  # reports only that its reader has gone

    def _register(self, fd: int, events: int) -> bool:
        try:
            self._poller.register(fd, events)
        except OSError:
            return False
        return True

    def run(self) -> None:
        """Serve until the input has ended and every probe is answered, or nobody reads the answers any more."""
        dispatcher, clock_us = self._dispatcher, self._clock_us
        while self._stdin_open or dispatcher.in_flight:
            ready = self._poller.poll(self._wait())
            now_us = clock_us()
            if ready:
                dispatcher.collect(ready, now_us)
            for fd, _ in ready:
                if fd == STDIN and self._stdin_open:
                    self._read(now_us)
                elif fd == STDOUT:
                    return
            if self._stdin_always_ready and self._stdin_open:
                self._read(now_us)
            dispatcher.collect((), clock_us())
            if dispatcher.lines:
                self._write("".join(dispatcher.lines).encode())
                dispatcher.lines.clear()

    def _wait(self) -> float | None:
        """How long to poll, in the poller's unit; None: until something happens."""
        if self._stdin_always_ready and self._stdin_open:
            return 0
        due_us = self._dispatcher.next_due_us()
        if due_us is None:
            return None
        wait_us = min(max(due_us - self._clock_us(), 0), WAIT_MAX_US)
        return wait_us / 1e6 if self._in_seconds else -(-wait_us // 1000)

    def _read(self, now_us: int) -> None:
        data = os.read(STDIN, READ_BYTES)
        if data:
            self._dispatcher.feed(data, now_us)
            return
        self._stdin_open = False
        if not self._stdin_always_ready:
            self._poller.unregister(STDIN)

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(STDOUT, data) :]
