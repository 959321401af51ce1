"""A question to the probe process from another thread than the one that traces, which alone talks to it."""

from __future__ import annotations

import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .child import Child, Pairs

LOOK_AROUND_S = 0.25


class Inquiry:
    """One question, and its answer once that is there.

    Args:
        text: the line that asks, without its token.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._asked: tuple[Child, int] | None = None
        self._answered = threading.Event()
        self._answer: Pairs | None = None

    def is_over(self, child: Child) -> bool:
        """Ask it, or see whether its answer has come; in the tracing thread. Another child is asked again."""
        if self._asked is None or self._asked[0] is not child:
            self._asked = child, child.question(self._text)
            return False
        self._answer = child.told(self._asked[1])
        if self._answer is None:
            return False
        self._answered.set()
        return True

    def wait(self, over: threading.Event, wait_s: float) -> Pairs | None:
        """The answer; None: it did not come in time, or the trace was ``over``."""
        end_s = time.monotonic() + wait_s
        while not over.is_set() and (left_s := end_s - time.monotonic()) > 0:
            if self._answered.wait(min(left_s, LOOK_AROUND_S)):
                break
        return self._answer
