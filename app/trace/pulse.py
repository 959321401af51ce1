"""Whether a probe process is still there: it is asked, and one that says nothing for long stands still."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .child import Child
    from .group import Group

# A probe process that says nothing for so long, though it was asked, stands still; and after so long it is replaced.
STALL_US = 2_000_000
STALL_MAX_US = 60_000_000
# Of one on another machine: the way there is cut, and no end of input tells.
FAR_STALL_MAX_US = 3_000_000
# Answers keep their order. One that says so much before it answers a question that was asked will never answer it.
ANSWERS_MAX = 100_000


class Pulse:
    """Asks the probe process of a group whether it is there, and has the group stand still where it is not.

    Args:
        group: what is measured through it.
        far: it runs on another machine.
    """

    def __init__(self, group: Group, *, far: bool) -> None:
        self._group = group
        self._max_us = FAR_STALL_MAX_US if far else STALL_MAX_US
        self._asked_us = 0  # when it was last asked; 0: never
        self.silent_us = 0  # for how long an answer has been waited for in vain
        self.stalled_us = 0  # since when it stands still; 0: it does not
        self._answers = 0  # since it was asked

    def ask(self, child: Child, now_us: int) -> None:
        """Ask it, where something is to be judged, or as it was long not asked."""
        beats = child.beat_us and now_us - self._asked_us >= child.beat_us
        if (self._group.hearing.asks or beats) and not child.asked_us:
            self._group.hearing.asks = False
            self._asked_us = now_us
            self._answers = 0
            child.ask(now_us)

    def due_us(self, child: Child, now_us: int) -> int | None:
        """In how long something is to be done about that; None: nothing is."""
        if child.asked_us:
            return STALL_US
        return max(self._asked_us + child.beat_us - now_us, 0) if child.beat_us else None

    def heard(self, child: Child, now_us: int) -> None:
        """It has answered."""
        if child.asked_us:
            self._group.heard(child.asked_us, now_us)
        if self.stalled_us:
            stalled_s = (now_us - self.stalled_us) / 1e6
            self._group.go_on(now_us, f"the probe process stood still, {stalled_s:.1f} s not measured")
        child.asked_us = 0
        self.forget()

    def is_flooded(self, child: Child, answers: int) -> bool:
        """Whether it has said too much since it was asked, with so many answers more."""
        self._answers = self._answers + answers if child.asked_us else 0
        return self._answers > ANSWERS_MAX

    def silent(self, child: Child, waited_us: int, now_us: int) -> None:
        """It was waited for and said nothing, though it was asked. Our own delays do not count."""
        self.silent_us += waited_us
        if self.silent_us >= STALL_US and not self.stalled_us:
            self.stand_still(now_us - self.silent_us, now_us)
        if self.silent_us >= self._max_us:
            child.kill()

    def stand_still(self, since_us: int, now_us: int) -> None:
        """Nothing can be measured, and that since a moment."""
        self.stalled_us = since_us
        self._group.stall(now_us)

    def forget(self) -> None:
        """It is there again, or another one is."""
        self.silent_us = self.stalled_us = 0
