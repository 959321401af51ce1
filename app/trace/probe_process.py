"""The probe process of a trace: started, greeted, replaced when it dies, reached again when it is cut off, ended."""

from __future__ import annotations

import itertools
import time
from collections import deque

from ..clock import monotonic_us
from ..errors import ProbeProcessError
from .child import start_child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from .child import Child, Start
    from .group import Group
    from .pulse import Pulse
    from .waiting import Waiting

    class Owner(Protocol):
        """Who measures through it."""

        @property
        def stopping(self) -> bool:
            """Whether all is to end."""

        def link_lost(self, since_us: int, again_us: int) -> None:
            """Nothing is measured since a moment; it is tried to be reached again at another, 0: now."""

        def tell(self) -> None:
            """Hand over what has happened."""


HANDSHAKE_S = 5.0
FAR_HANDSHAKE_S = 15.0
DEATHS_MAX = 3
DEATHS_WITHIN_US = 10_000_000
GIVE_UP_US = 60_000_000  # where somebody waits for a report
BACK_OFF_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)


class ProbeProcess:
    """Keeps a probe process running for a group.

    ``child`` is it as it runs now; None: it has ended. ``called`` is what messages call it.

    Args:
        command: starts it.
        group: what is measured through it.
        pulse: whether it is still there.
        waiting: what the tracing thread waits on.
        owner: who measures through it.
        child: one that was made earlier, instead of starting the first.
        connect: begins to reach one on another machine; then one that is cut off is reached again.
        start: starts it where this process may not, and no child was made earlier.
        place: names the other machine; empty: it has no name, or it is this host.
        gives_up: somebody waits for a report, so one that is cut off is not tried to be reached for ever.
    """

    def __init__(
        self,
        command: Sequence[str],
        group: Group,
        pulse: Pulse,
        waiting: Waiting,
        owner: Owner,
        *,
        child: Child | None,
        connect: Callable[[], Child] | None,
        start: Start | None,
        place: str,
        gives_up: bool,
    ) -> None:
        self.child = child
        self.called = f"the probe process at {place}" if place else f"the probe process {command[0]}"
        self._command = command
        self._group = group
        self._pulse = pulse
        self._waiting = waiting
        self._owner = owner
        self._connect = connect
        self._start = child.start if child is not None else start
        self._place = place or "the other machine"
        self._gives_up = gives_up
        # For how long in all one on another machine could not be reached.
        self._gaps_us = 0
        self._deaths: deque[int] = deque(maxlen=DEATHS_MAX)

    def begin(self) -> None:
        """Start it, or begin to reach it, if that has not been done.

        Raises:
            ProbeProcessError: the command cannot be run.
        """
        if self.child is None:
            self.child = self._connect() if self._connect is not None else start_child(self._command, self._start)

    def shake_hands(self) -> None:
        """Wait for the answers to the start-up questions.

        Raises:
            ProbeProcessError: they do not come.
        """
        child = self.child
        assert child is not None
        give_up_s = time.monotonic() + (HANDSHAKE_S if self._connect is None else FAR_HANDSHAKE_S)
        while not child.ready and not self._owner.stopping:
            wait_s = give_up_s - time.monotonic()
            if wait_s <= 0:
                raise ProbeProcessError(f"{self.called} does not answer")
            self._waiting.select(child, wait_s)
            child.flush()
            child.read_answers()
            if child.eof:
                raise ProbeProcessError(f"{self.called} ended at once: {child.last_words()}")
        self._group.set_detail(detail=child.supports.get("hopscope", False))

    def replace(self) -> None:
        """Replace it where it has died, by another one or by reaching the other machine again.

        Raises:
            ProbeProcessError: it has died too often in too short a time, is cut off for too long, or cannot be run.
        """
        assert self.child is not None
        if self._connect is not None:
            self._reach_again(self.child, self._connect)
            return
        died_us, child = monotonic_us(), self.child
        while not self._owner.stopping:
            self._deaths.append(monotonic_us())
            reason = child.last_words()
            self.forget()
            if len(self._deaths) == DEATHS_MAX and self._deaths[-1] - self._deaths[0] < DEATHS_WITHIN_US:
                raise ProbeProcessError(f"the probe process died {DEATHS_MAX} times in 10 s: {reason}")
            child = self.child = start_child(self._command, self._start)
            try:
                self.shake_hands()
            except ProbeProcessError:
                continue
            now_us = monotonic_us()
            gap_s = (now_us - (self._pulse.stalled_us or died_us)) / 1e6
            self._pulse.forget()
            self._group.probe_process_restarted(now_us, f"probe restarted, {gap_s:.1f} s not measured: {reason}")
            return

    def forget(self) -> None:
        """End it, and stop watching it."""
        if self.child is not None:
            self._waiting.forget(self.child)
            self.child.end()
            self.child = None

    def _reach_again(self, child: Child, connect: Callable[[], Child]) -> None:
        """Reach another machine's probe process again, at growing intervals, until it answers or all is to end."""
        owner, pulse = self._owner, self._pulse
        if not pulse.stalled_us:
            now_us = monotonic_us()
            pulse.stand_still(now_us, now_us)
            owner.tell()
        silent = pulse.silent_us and not child.overflown
        reason = "nothing came from there" if silent else child.last_words()
        self.forget()
        waits_s = itertools.chain(BACK_OFF_S, itertools.repeat(BACK_OFF_S[-1]))
        while not owner.stopping:
            wait_s = next(waits_s)
            owner.link_lost(pulse.stalled_us, monotonic_us() + int(wait_s * 1e6))
            self._waiting.rest(wait_s)
            owner.link_lost(pulse.stalled_us, 0)
            gap_us = self._gaps_us + monotonic_us() - pulse.stalled_us
            if self._gives_up and gap_us > GIVE_UP_US:
                raise ProbeProcessError(f"{self.called} is cut off: {reason}")
            try:
                self.child = connect()
                self.shake_hands()
            except ProbeProcessError:
                self.forget()
                continue
            break
        if self.child is None or not self.child.ready:
            return
        now_us = monotonic_us()
        gap_s = (now_us - pulse.stalled_us) / 1e6
        self._gaps_us += now_us - pulse.stalled_us
        pulse.forget()
        told = f"{self._place} reached again, {gap_s:.1f} s not measured: {reason}"
        self._group.probe_process_restarted(now_us, told)
