"""Many look-ups by the system's resolver at once, and the end of them where the name servers are dead.

A look-up cannot be cancelled, so each runs in a daemon thread of its own, and Ctrl-C never waits for it. Where nobody
answers, each lasts for many seconds:

1. SLOTS of them run at once.
2. A look-up is in vain if nobody answered for WAITED_S or more. Where SLOTS were since the last answer, as many from
   all over the list are tried next, as it may be sorted: a zone with dead name servers says nothing of the others.
3. Where none of those is answered, the rest is not looked up, and what still runs is not waited for.
"""

from __future__ import annotations

import threading
import time
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..errors import ResolveError
    from ..settings import Target

    Found = Target | ResolveError

SLOTS = 16  # a list of 500 hosts must not start 500 threads at once
WAITED_S = 1.0
# A signal that comes between the interpreter's last look and the wait of the kernel does not end that wait: none is
# longer than this, so Ctrl-C is at most so late.
LOOK_AROUND_S = 0.25


class LookUps:
    """Looks up by numbers.

    Args:
        look_up: finds what a number stands for, or its error; it is called in threads.
        is_unanswered: whether a result is that nobody answered.
        now_s: a clock.
    """

    def __init__(
        self,
        look_up: Callable[[int], Found],
        is_unanswered: Callable[[Found], bool],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look_up = look_up
        self._is_unanswered = is_unanswered
        self._now_s = now_s
        self._found: dict[int, Found] = {}
        self._changed = threading.Condition()
        self._running = 0
        self._in_vain = 0  # since the last answer
        # Of those from all over the list: which are not done yet, and whether any was answered.
        self._tried: set[int] = set()
        self._hope = False

    def run(self, numbers: Iterable[int]) -> dict[int, Found]:
        """What was found by number; those that were given up are not in it."""
        waiting = deque(numbers)
        with self._changed:
            while waiting or self._running:
                if self._in_vain >= SLOTS and waiting:
                    if not self._hopes(waiting):
                        break
                    self._in_vain = 0
                while waiting and self._running < SLOTS:
                    self._start(waiting.popleft())
                self._changed.wait(LOOK_AROUND_S)
            return dict(self._found)

    def _hopes(self, waiting: deque[int]) -> bool:
        """Try some from all over the list, and take them from it; whether any was answered."""
        chosen = list(waiting)[:: -(-len(waiting) // SLOTS)]
        self._tried, self._hope = set(chosen), False
        for number in chosen:
            waiting.remove(number)
            self._start(number)
        while self._tried and not self._hope:
            self._changed.wait(LOOK_AROUND_S)
        return self._hope

    def _start(self, number: int) -> None:
        self._running += 1
        threading.Thread(target=self._work, args=(number,), name="resolve-target", daemon=True).start()

    def _work(self, number: int) -> None:
        began_s = self._now_s()
        found = self._look_up(number)
        waited_s = self._now_s() - began_s
        answered = not self._is_unanswered(found)
        with self._changed:
            self._found[number] = found
            self._running -= 1
            self._in_vain = 0 if answered else self._in_vain + (waited_s >= WAITED_S)
            self._hope = self._hope or (number in self._tried and answered)
            self._tried.discard(number)
            self._changed.notify()
