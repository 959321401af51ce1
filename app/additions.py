"""Lanes that are to be traced, too, while others are: what was asked for, how far it is, and what came of it."""

from __future__ import annotations

import threading

from .errors import HopscopeError
from .sanitize import NOTHING, composed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .sanitize import Text


class Addition:
    """One wish, which is fulfilled in a thread of its own. All may be read from any thread, and none waits.

    Args:
        target: a host as typed; empty: each that is traced.
        where: a vantage point as typed; empty: each that is traced from.
        lane: protocol or family as typed; empty: each that is traced by.
    """

    def __init__(self, target: str = "", where: str = "", lane: str = "") -> None:
        self.target = target
        self.where = where
        self.lane = lane
        self.asked: Text = _asked(target, where, lane)
        """What was asked for, in words."""
        self.progress: Text = composed("Starting")
        """What is being done; empty: nothing any more."""
        self.errors: tuple[HopscopeError, ...] = ()
        """Why what was asked for, or a part of it, could not be had."""
        self.added = 0
        """How many lanes are traced because of it."""
        self._cancelled = threading.Event()
        self._over = threading.Event()

    @property
    def over(self) -> bool:
        """Whether all that could be done has been done."""
        return self._over.is_set()

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Wait for it no more: what is not traced yet will not be, and it is forgotten."""
        self._cancelled.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is over; whether it is."""
        return self._over.wait(timeout_s)

    # ---- for its own thread -----------------------------------------------------------------------------------

    def begin(self, work: Callable[[], None]) -> None:
        """Do the work in a thread; an error that it raises is one of the addition's."""
        threading.Thread(target=self._run, args=(work,), name="addition", daemon=True).start()

    def does(self, what: str) -> None:
        """Say what is being done now."""
        self.progress = composed(what)

    def fails(self, error: HopscopeError) -> None:
        """Say what could not be had; the rest goes on."""
        self.errors = (*self.errors, error)

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except HopscopeError as error:
            self.fails(error)
        except OSError as error:
            self.fails(HopscopeError(error.strerror or str(error)))
        finally:
            self.progress = NOTHING
            self._over.set()


def _asked(target: str, where: str, lane: str) -> Text:
    """``example.org from ssh:fra by tcp:443``."""
    parts = [target, f"from {where}" if where else "", f"by {lane}" if lane else ""]
    return composed(" ".join(part for part in parts if part))
