"""The program ``hopscope-packet``: one thread, one poll loop, from standard input to standard output."""

import os
import select
import sys
from _signal import (  # type: ignore[import-not-found]  # signal.py costs the start 4 ms
    SIG_DFL,
    SIGINT,
    default_int_handler,
    getsignal,
    signal,
)

from .clock import monotonic_ns
from .dispatcher import Dispatcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .network import Network, Poller
    from .one_way import OneWay
    from .options import Options
    from .vantage import Vantage

READ_BYTES = 16384  # some 180 commands: answers are written before the next ones are read
SILENCE_MAX_US = 10_000_000  # after which nobody asks any more, where another machine does
WAIT_MAX_US = 3_600_000_000  # a poller takes no more than some weeks
STDIN, STDOUT, STDERR = 0, 1, 2
# The same numbers in poll(2) and epoll(7).
POLLIN, POLLOUT = 1, 4
EMFILE = 24  # errno.h, on every system; the module would be one more to load


def main(arguments: "list[str] | None" = None) -> int:
    """Run the program; its exit status."""
    from .options import Options, UsageError, usage
    from .version import VERSION

    words = sys.argv[1:] if arguments is None else arguments
    _end_quietly()
    try:
        about = f"hopscope-packet {VERSION}\n" if "--version" in words else ""
        if "--help" in words or "-h" in words:
            about = usage()
        if not about:
            return serve(Options(words))
        if not _secure_standard_streams():
            return _fail("standard output is closed")
        _write(about.encode())
    except UsageError as error:
        return _fail(f"{error}; try --help")
    except OutputError:
        pass  # whoever read has gone
    return 0


def serve(options: "Options") -> int:
    """Do what the options say, until the input ends; the exit status."""
    _end_quietly()
    try:
        if not _secure_standard_streams():
            return _fail("standard output is closed")
        return _serve(options)
    except OutputError:
        pass  # whoever read has gone
    except Exception as error:  # noqa: BLE001 - a fault of ours is one line too, and never a traceback
        return _fail(_fault(error))
    return 0


def _end_quietly() -> None:
    """Have Ctrl-C end the process without a traceback; where it was ignored at the start, somebody else acts on it."""
    if getsignal(SIGINT) is default_int_handler:
        signal(SIGINT, SIG_DFL)


def _fault(error: Exception) -> str:
    """What ended the program: too many open files, also where a module is a shared object, or a fault of ours."""
    too_many = os.strerror(EMFILE)
    if (isinstance(error, OSError) and error.errno == EMFILE) or (
        isinstance(error, ImportError) and too_many in str(error)
    ):
        return too_many + _remedy()
    return f"internal error: {type(error).__name__}: {error}"


def _secure_standard_streams() -> bool:
    """Put /dev/null where a standard stream is closed, lest a socket should take its number; False without output."""
    output_is_open = True
    for fd in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(fd)
        except OSError:
            os.open("/dev/null", os.O_RDWR)  # takes the lowest number, which is this one
            output_is_open = output_is_open and fd != STDOUT
    return output_is_open


def _fail(message: str) -> int:
    os.write(STDERR, f"hopscope-packet: {message}\n".encode(errors="backslashreplace"))
    return 1


class OutputError(Exception):
    """Nobody reads our answers any more."""


class NetworkError(Exception):
    """The network that is asked for cannot be had; the message says why."""


def _open_network(options: "Options", poller: "Poller") -> "Network":
    if options.lab is not None:
        from .lab.network import open_network
        from .lab.schema import ScenarioError

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
    from .privileges import may_use_raw_sockets

    return KernelNetwork(poller, allow_mark=options.allow_mark and may_use_raw_sockets())


def _remedy() -> str:
    """What may be done where files are too many."""
    try:
        from resource import RLIMIT_NOFILE, getrlimit
    except ImportError:  # its file cannot be opened either
        return "; ulimit -n sets how many are allowed"
    return f"; {getrlimit(RLIMIT_NOFILE)[0]} are allowed, ulimit -n sets how many"


def _open_vantage(options: "Options") -> "Vantage | OneWay | None":
    if options.vantage:
        from .vantage import Vantage

        return Vantage()
    if options.one_way:
        from .one_way import OneWay

        return OneWay()
    return None


def _serve(options: "Options") -> int:
    from .privileges import PrivilegesError, drop

    poller: Poller = select.epoll() if hasattr(select, "epoll") else select.poll()
    vantage = _open_vantage(options)
    try:
        network = _open_network(options, poller)
        drop(keep_net_raw=options.allow_mark)
    except (NetworkError, PrivilegesError) as error:
        return _fail(str(error))
    try:
        loop = Loop(poller, network, Dispatcher(network, options.in_flight_max, vantage))
        if vantage is not None and options.vantage:
            loop.serve(vantage)
        if options.confined and options.engine != "icmplib":  # of a library it is not known what it calls
            from .confine import confine

            network.settle()
            confine()  # where it cannot, what was dropped before must do
        loop.run()
    finally:
        network.close()
        if vantage is not None:
            vantage.close()
    return 0


def monotonic_us() -> int:
    """The system's steady clock in integer microseconds."""
    return monotonic_ns() // 1000


class Loop:
    """Waits for commands, answers and time limits, and moves bytes; all decisions are the dispatcher's."""

    def __init__(
        self, poller: "Poller", network: "Network", dispatcher: Dispatcher, clock_us: "Callable[[], int]" = monotonic_us
    ) -> None:
        self._poller = poller
        self._network = network
        self._dispatcher = dispatcher
        self._clock_us = clock_us
        self._in_seconds = hasattr(select, "epoll")  # select.poll counts in milliseconds
        self._stdin_open = True
        # When a command was last read, where that says whether anybody is there; 0: that is not looked at.
        self._read_us = 0
        # A regular file is always readable, and epoll refuses it.
        self._stdin_always_ready = not self._register(STDIN, POLLIN)
        self._register(STDOUT, 0)  # reports only that its reader has gone
        self._client = select.poll()
        self._client.register(STDIN, POLLIN)
        self._client.register(STDOUT, 0)

    def serve(self, vantage: "Vantage | OneWay") -> None:
        """Wait for a vantage point's answers too, and end when nobody asks any more."""
        for descriptor in vantage.descriptors:
            self._register(descriptor, POLLIN)
        self._read_us = self._clock_us()

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
            asked_us = clock_us()
            ready = self._await()
            now_us = clock_us()
            if self._read_us and now_us - self._read_us >= SILENCE_MAX_US and not ready:
                return
            dispatcher.collect(ready, now_us, asked_us)
            for fd, _ in ready:
                if fd == STDIN and self._stdin_open:
                    self._read(now_us)
                elif fd == STDOUT:
                    return
            if self._stdin_always_ready and self._stdin_open:
                self._read(now_us)
            dispatcher.gather((), clock_us())  # a probe's time is never up before the poller was asked once more
            if dispatcher.lines:
                _write("".join(dispatcher.lines).encode())
                dispatcher.lines.clear()

    def _await(self) -> "list[tuple[int, int]]":
        """Wait until something is to be done; the descriptors that are ready."""
        if self._stdin_open and not self._stdin_always_ready:
            now_us = self._clock_us()
            hold_us = self._dispatcher.hold_until_us(now_us) - now_us
            if hold_us > 0:
                self._client.poll(-(-hold_us // 1000))
                ready = self._poller.poll(0)
                if ready:
                    return ready
        return self._poller.poll(self._wait())

    def _wait(self) -> "float | None":
        """How long to poll, in the poller's unit; None: until something happens."""
        if self._stdin_always_ready and self._stdin_open:
            return 0
        due_us = self._dispatcher.next_due_us()
        if self._read_us:
            silent_us = self._read_us + SILENCE_MAX_US
            due_us = silent_us if due_us is None else min(due_us, silent_us)
        if due_us is None:
            return None
        wait_us = min(max(due_us - self._clock_us(), 0), WAIT_MAX_US)
        return wait_us / 1e6 if self._in_seconds else -(-wait_us // 1000)

    def _read(self, now_us: int) -> None:
        try:
            data = os.read(STDIN, READ_BYTES)
        except BlockingIOError:
            return  # somebody made it so, and took what was there
        except OSError:
            data = b""  # the terminal has gone
        if data:
            if self._read_us:
                self._read_us = now_us
            self._dispatcher.feed(data, now_us)
            return
        self._stdin_open = False
        if not self._stdin_always_ready:
            self._poller.unregister(STDIN)


def _write(data: bytes) -> None:
    """Write all of it to standard output, however slow its reader is."""
    while data:
        try:
            data = data[os.write(STDOUT, data) :]
        except BlockingIOError:
            waiter = select.poll()
            waiter.register(STDOUT, POLLOUT)
            waiter.poll()
        except OSError:
            raise OutputError from None
