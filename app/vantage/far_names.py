"""Reverse names as a vantage point's own resolver has them, where those of this host's would be others (split DNS).

Nobody waits for them: an address is asked for when it answers, and what has come is looked for at each later answer.
"""

from __future__ import annotations

import time
from collections import deque

from ..resolve.names import is_asked
from ..sanitize import is_name, sanitize_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..resolve.names import Names
    from ..trace.far_child import FarChild

IN_FLIGHT_MAX = 8  # the far side takes twice as many
WAITING_MAX = 1024
ANSWER_S = 8.0  # the far side gives a name five; without an answer by then it is asked again
AGAIN_S = 60.0  # after a name server did not answer


class FarNames:
    """Those of one vantage point. All is for the thread that measures from there.

    Args:
        child: its probe process now; None: there is none.
        now_s: a monotonic clock in seconds.
    """

    def __init__(self, child: Callable[[], FarChild | None], now_s: Callable[[], float] = time.monotonic) -> None:
        self._child = child
        self._now_s = now_s
        self._waiting: deque[str] = deque()
        # By address: whom it was asked, with which question, and when.
        self._asked: dict[str, tuple[FarChild, int, float]] = {}
        # From when on an address may be asked for again.
        self._again_s: dict[str, float] = {}
        self._names: Names | None = None

    def see(self, address: str, names: Names) -> None:
        """An address has answered; its name is told to ``names`` when it is known."""
        self._names = names
        bare = address.partition("%")[0]
        if not names.on or not is_asked(bare):
            self.turn()
            return
        names.elsewhere(bare)
        known = bare in self._asked or self._again_s.get(bare, 0.0) > self._now_s() or bare in self._waiting
        if not known and len(self._waiting) < WAITING_MAX:
            self._waiting.append(bare)
        self.turn()

    def turn(self) -> None:
        """Take what has come, and ask for what waits."""
        child, names, now_s = self._child(), self._names, self._now_s()
        if child is None or names is None:
            return
        for address, (asked, token, asked_s) in list(self._asked.items()):
            told = asked.told(token) if asked is child else None
            if told is None and asked is child and now_s - asked_s < ANSWER_S:
                continue
            del self._asked[address]
            if told is None:  # who was asked is gone
                self._waiting.append(address)
                continue
            word, pairs = told
            name = sanitize_name(dict(pairs).get("name", "") if word == "resolved" else "")
            again = word == "not-resolved" and dict(pairs).get("reason") in {"timeout", "failed"}
            self._again_s[address] = now_s + AGAIN_S if again else float("inf")
            names.told(address, name if is_name(name) else None)
        while names.on and self._waiting and len(self._asked) < IN_FLIGHT_MAX and child.supports.get("hopscope"):
            address = self._waiting.popleft()
            version = 6 if ":" in address else 4
            self._asked[address] = child, child.question(f"resolve ip-{version} {address}"), now_s

    def is_waiting(self) -> bool:
        """Whether a name is still to come."""
        self.turn()
        child = self._child()
        return bool(self._asked or self._waiting) and child is not None and bool(child.supports.get("hopscope"))
