"""Names to addresses and back by this system's own resolver (getaddrinfo(3), getnameinfo(3)), for another machine.

The probe process may open no file once it serves, and getaddrinfo opens several and waits. So a helper is forked before
that, without rights as well; each question is a process of its own below it, which ends after some seconds whatever the
resolver does. What is read from either side is bounded.
"""

import contextlib
import os
import select
import signal
import socket

from .privileges import drop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

NAME_MAX_BYTES = 253  # RFC 1035 section 2.3.4, as text
WAIT_S = 5
AT_ONCE_MAX = 16
ADDRESSES_MAX = 7
_MESSAGE_MAX = 1024
# What an answer begins with.
FOUND, UNKNOWN, TIMEOUT, FAILED = "found", "unknown", "timeout", "failed"
NAMED = "named"
# Before an address whose name is asked for; no name begins with it.
REVERSE = "="


class Resolver:
    """This process's end of the helper. To be made before the first command is read.

    Raises:
        OSError: no process can be started.
    """

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if self._pid == 0:
            try:
                ours.close()
                drop()
                _serve(theirs)
            finally:
                os._exit(0)
        theirs.close()
        ours.setblocking(False)  # noqa: FBT003 - the socket's own interface
        self._socket = ours

    def fileno(self) -> int:
        """What to wait on for answers."""
        return self._socket.fileno()

    def ask(self, token: int, name: str) -> bool:
        """Look a name up, or with ``REVERSE`` before it that of an address; whether it could be asked for."""
        if not name or len(name) > NAME_MAX_BYTES:
            return False
        try:
            self._socket.send(f"{token} {name}".encode("ascii"))
        except (OSError, UnicodeError):
            return False
        return True

    def answers(self) -> "Iterator[tuple[int, str, list[str]]]":
        """Tokens, how it went, and what was found.

        That is addresses in their order (``found``) or one name of visible ASCII (``named``); none for ``unknown``,
        ``timeout`` and ``failed``.
        """
        while True:
            try:
                words = self._socket.recv(_MESSAGE_MAX).decode("ascii").split()
            except OSError:
                return
            if len(words) < 2:  # the helper is gone
                return
            yield int(words[0]), words[1], words[2:]

    def close(self) -> None:
        """End the helper, and wait for its end: who adopts it, in a container the first process, may not reap it."""
        self._socket.close()
        with contextlib.suppress(OSError):  # whoever started this process may have told it to wait for no child
            os.waitpid(self._pid, 0)


def _serve(questions: socket.socket) -> None:
    """Start a process for every question, until nobody can ask any more."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)  # an input that is held open here would keep the other machine waiting for its end
    running: dict[int, str] = {}
    poller = select.poll()
    poller.register(questions, select.POLLIN)
    while True:
        # One that was ended by its alarm says nothing itself. Looked after now and then while any runs.
        asked = poller.poll(100 if running else None)
        for pid in list(running):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                token = running.pop(pid)
                if status:
                    questions.send(f"{token} {TIMEOUT}".encode("ascii"))
        if not asked:
            continue
        token, _, name = questions.recv(_MESSAGE_MAX).decode("ascii").partition(" ")
        if not token:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            return
        if len(running) >= AT_ONCE_MAX:
            questions.send(f"{token} {FAILED}".encode("ascii"))
            continue
        pid = os.fork()
        if pid == 0:
            try:
                signal.alarm(WAIT_S)
                questions.send(f"{token} {_looked_up(name)}".encode("ascii"))
            finally:
                os._exit(0)
        running[pid] = token


def _looked_up(name: str) -> str:
    if name.startswith(REVERSE):
        return _name_of(name[len(REVERSE) :])
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except socket.gaierror as error:
        unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        return UNKNOWN if unknown else FAILED
    except (OSError, UnicodeError):
        return FAILED
    addresses: list[str] = []
    for _, _, _, _, where in found:
        address = str(where[0])
        if address not in addresses and len(addresses) < ADDRESSES_MAX:
            addresses.append(address)
    return " ".join([FOUND, *addresses])


def _name_of(address: str) -> str:
    """The name of an address as words; whoever writes names may have put anything into it."""
    try:
        name, _ = socket.getnameinfo((address, 0), socket.NI_NAMEREQD)
    except socket.gaierror as error:
        return UNKNOWN if error.errno == socket.EAI_NONAME else FAILED
    except (OSError, UnicodeError):
        return FAILED
    visible = "".join([letter if "!" <= letter <= "~" else "?" for letter in name[:NAME_MAX_BYTES]])
    return f"{NAMED} {visible}" if visible else UNKNOWN
