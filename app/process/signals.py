"""Signals that end the program, as an exception in the main thread.

An exception that comes between two bytecodes leaves whatever lock was just taken, in the import system and in
``threading`` too. So while other threads of ours run it is deferred: they would wait for such a lock for ever.
"""

from __future__ import annotations

import os
import signal
from _signal import (  # type: ignore[import-not-found]  # those of signal.py look each handler up in an enumeration
    SIG_DFL,
    SIG_IGN,
    getsignal,
)
from _signal import signal as set_handler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Self

# Those that end no process by default (signal(7)), that nothing can be done about, that Python ignores, and faults of
# this process itself: what has failed would fail again after a handler, and for ever.
_NOT_ENDING = (
    *("SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH", "SIGINFO"),
    *("SIGKILL", "SIGPIPE", "SIGXFSZ", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL"),
)
ENDING = tuple(sorted(signal.valid_signals() - {getattr(signal, name, 0) for name in _NOT_ENDING}))
"""Every signal that ends a process by default and that a handler can do something about, by number."""
HURRY_S = 0.5  # what a report waits for names, or for the lock of its file, once somebody wants the program to end
_received: list[int] = []
_deferring: list[DeferredSignals] = []
_at_forced_end: list[Callable[[], None]] = []


class Stopped(BaseException):
    """A signal asked the program to end; ``exit_status`` is what a shell expects of it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_status = 128 + number


class Quit(Exception):  # noqa: N818  (an event, not an error)
    """The user asked the program to end."""


class DeferredSignals:
    """While it is entered, a first ending signal raises nothing: what has begun is finished.

    A second one ends the program all the same. ``exit_status`` tells of one that came within, 0 for none.
    ``on_signal`` is called then, in the main thread, between any two of its bytecodes.
    """

    def __init__(self, on_signal: Callable[[], None] | None = None) -> None:
        self.exit_status = 0
        self.on_signal = on_signal

    def __enter__(self) -> Self:
        _deferring.append(self)
        return self

    def __exit__(self, *_exception: object) -> None:
        _deferring.remove(self)


class PromptSignals:
    """While it is entered, a first ending signal raises ``Stopped`` although it is deferred: a write may never end."""

    def __enter__(self) -> None:
        self._set_aside = _deferring[:]
        _deferring.clear()

    def __exit__(self, *_exception: object) -> None:
        _deferring[:] = self._set_aside


def handle_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    """Have a handler called for each ending signal.

    A signal that was ignored when the program started (nohup, a background job) stays so.
    """
    for number in ENDING:
        if getsignal(number) != SIG_IGN:
            set_handler(number, handler)


def raise_on_signals() -> None:
    """Raise ``Stopped`` for the first ending signal; a second one ends the program where it stands."""
    handle_signals(_raise)


def default_signals() -> None:
    """Let ending signals end the program as the system does, from now on; those that are ignored stay so."""
    for number in ENDING:
        if getsignal(number) in {_raise, _leave}:
            set_handler(number, SIG_DFL)


def received_status() -> int:
    """The exit status that the first ending signal asks for; 0: none came."""
    return 128 + _received[0] if _received else 0


def check() -> None:
    """Raise ``Stopped`` if a signal came whose exception was lost: it may have met code that swallows them.

    Python's own import system runs callbacks that do; loading modules is most of what happens before measuring.
    """
    if _received:
        raise Stopped(_received[0])


def _raise(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    for other in ENDING:
        if getsignal(other) is _raise:
            set_handler(other, _leave)
    if not _deferring:
        raise Stopped(number)
    for one in _deferring:
        one.exit_status = 128 + number
        if one.on_signal is not None:
            one.on_signal()


def at_forced_end(call: Callable[[], None]) -> None:
    """Have something called before a second signal ends the program where it stands. It must not wait for anything."""
    _at_forced_end.append(call)


def _leave(number: int, _frame: FrameType | None) -> None:
    try:
        for call in _at_forced_end:
            call()
    finally:
        os._exit(128 + number)
