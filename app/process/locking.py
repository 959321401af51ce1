"""Standard output as a file that several programs append to (fcntl(2), the lock that mtr takes too)."""

from __future__ import annotations

import fcntl
import os
import stat
import sys
import time

from ..sanitize import NO_DOCUMENT, joined
from .signals import HURRY_S, DeferredSignals, PromptSignals
from .streams import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..sanitize import Document

TRY_S = 0.01  # from one try to have the lock to the next


def write_report(make: Callable[[], Iterable[Document]], status: int) -> int:
    """Write the texts that ``make`` gives; where standard output is a file, with no other program's lines among them.

    ``status`` is that of the signal that ended the trace, 0 for none. A signal that comes meanwhile ends the waiting
    for the lock, not the report; the answer is the status then.

    Raises:
        ReaderGone: standard output is a pipe that nobody reads any more.
        OutputError: it is closed, full, or broken otherwise.
    """
    with DeferredSignals() as signals:
        text = joined(make())
        if _is_file():
            is_locked = _lock(signals, time.monotonic() + HURRY_S if status else None)
            try:
                write(text)
            finally:
                if is_locked:
                    fcntl.lockf(sys.stdout, fcntl.LOCK_UN)
            text = NO_DOCUMENT
    if text:
        with PromptSignals():  # to whoever reads, as long as that takes: a signal ends it
            write(text)
    return signals.exit_status or status


def _is_file() -> bool:
    """Whether standard output is a file."""
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):
        return False


def _lock(signals: DeferredSignals, hurry_until_s: float | None) -> bool:
    """Take the lock as soon as nobody else has it; without it where files have no locks, or somebody will not wait."""
    while True:
        try:
            fcntl.lockf(sys.stdout, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        except OSError:
            return False
        else:
            return True
        if signals.exit_status and hurry_until_s is None:
            hurry_until_s = time.monotonic() + HURRY_S
        if hurry_until_s is not None and time.monotonic() >= hurry_until_s:
            return False
        time.sleep(TRY_S)
