"""A target that is added while others are traced, from the thread that waits for it to the thread that traces."""

from __future__ import annotations

import threading

from ..errors import UnsupportedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..settings import Target
    from .child import Child
    from .group import Group
    from .settling import Settling

LOOK_AROUND_S = 0.25


class Newcomer:
    """One target to be added.

    Args:
        target: what is traced, too.
        begun: called in the tracing thread with the target's index, before anything is told of it.
        given_up: whether nobody waits any more: then it is not begun.
    """

    def __init__(self, target: Target, begun: Callable[[int], None], given_up: Callable[[], bool]) -> None:
        self._target = target
        self._begun = begun
        self._given_up = given_up
        self._looked_at = threading.Event()
        self._is_traced = False
        self._error: UnsupportedError | None = None

    def join(self, group: Group, child: Child | None, settling: Settling, now_us: int) -> None:
        """Have a group trace it, as far as its probe process can; in the tracing thread."""
        if not self._given_up() and child is not None:
            index = group.add(now_us, self._target)
            try:
                settling.settle_one(group, index, group.settings, supports=child.supports, now_us=now_us)
                self._begun(index)
                self._is_traced = True
            except UnsupportedError as error:
                group.remove(now_us, index)
                self._error = error
        self._looked_at.set()

    def wait(self, over: threading.Event) -> bool:
        """Wait until it is traced; whether it is. It is not where the trace was ``over``, or nobody waits any more.

        Raises:
            UnsupportedError: the probe process cannot trace it.
        """
        while not self._looked_at.wait(LOOK_AROUND_S) and not over.is_set() and not self._given_up():
            pass
        if self._error is not None:
            raise self._error
        return self._is_traced
