"""The time cursor: which moment of a trace is looked at, and how it moves. It reads no clock but that it is given."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from ..clock import monotonic_us

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..path.snapshot import Snapshot
    from .course import Course
    from .marks import Logged

    class History(Protocol):
        """What any moment of can be shown again: a ``Past``, or a recording."""

        @property
        def began_us(self) -> int:
            """The first moment that can be shown, monotonic."""

        @property
        def ended_us(self) -> int:
            """The last one."""

        @property
        def clock_offset_us(self) -> int:
            """What added to these times gives the wall clock, in microseconds since 1970."""

        @property
        def present(self) -> list[int]:
            """The indices of the targets that are traced at the last moment."""

        @property
        def logged(self) -> tuple[Logged, ...]:
            """What the logs have told, in the order in which that was known."""

        @property
        def logged_count(self) -> int:
            """Changes as more is logged."""

        @property
        def is_off(self) -> bool:
            """Whether nothing is kept, as there is too much."""

        def before(self, time_us: int) -> Course:
            """A course that has been folded up to a moment not after this one."""

        def nearest_before(self, time_us: int) -> int:
            """When the latest event was that such a course begins with; costs little."""

        def round_end(self, index: int, time_us: int, step: int, interval_us: int) -> int | None:
            """The last moment of the round that is so many after the one of a moment; None: it has not ended.

            ``interval_us``: how long rounds last, about.
            """


SPEEDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
SLICE = 64  # events that are folded between two looks at the clock
FRAME_US = 250_000  # so often something is shown while it plays
MEASURED_US = 2_000_000  # over so much time the speed is measured


class TimeCursor:
    """A moment of a trace, or of one that is being measured the present.

    Moving it is done at once; what is shown follows as ``work`` is called.

    Args:
        history: what can be looked at.
        fold: has the present folded; None: there is no present, and the cursor stands at the end at first.
        clock: microseconds that pass while one looks.
    """

    def __init__(
        self,
        history: History,
        fold: Callable[[], None] | None = None,
        clock: Callable[[], int] = monotonic_us,
    ) -> None:
        self.history = history
        self.is_playing = False
        self.speed = 1.0
        """How many seconds pass in one."""
        self.version = 0
        """Rises as another moment is shown."""
        self._fold = fold
        self._clock = clock
        self._at_us: int | None = None  # None: the present
        self._goal_us: int | None = None  # where it is to be by now, while it plays and is not there yet
        self._shown_us = 0
        self._shown: tuple[Snapshot, ...] = ()
        self._course: Course | None = None
        self._is_behind = False
        self._ticked_us = self._framed_us = 0
        self._measured: deque[tuple[int, int]] = deque()  # while it plays: times of the clock, and moments
        if fold is None:
            self.go_to(history.ended_us)

    # ---- where it is ------------------------------------------------------------------------------------------

    @property
    def is_replay(self) -> bool:
        """Whether there is no present."""
        return self._fold is None

    @property
    def is_back(self) -> bool:
        """Whether another moment is looked at than the present."""
        return self._at_us is not None

    @property
    def at_us(self) -> int:
        """The moment, monotonic."""
        return self.history.ended_us if self._at_us is None else self._at_us

    @property
    def is_behind(self) -> bool:
        """Whether what is shown is not that moment yet."""
        return self._is_behind

    @property
    def is_working(self) -> bool:
        """Whether ``work`` has something to do at once."""
        return self._is_behind or self._goal_us is not None

    @property
    def is_at_end(self) -> bool:
        """Whether nothing comes after it."""
        return self.at_us >= self.history.ended_us

    def now_us(self) -> int:
        """The time of what is shown."""
        return self._clock() if self._at_us is None else self._shown_us

    def snapshots(self) -> tuple[Snapshot, ...]:
        """What is shown while that is not the present: of each target that was traced then."""
        if not self._shown:
            self.work(None)
        return self._shown

    @property
    def real_speed(self) -> float:
        """As ``speed``, where that can be kept up; else what is."""
        if not self.is_playing or len(self._measured) < 2:
            return self.speed
        (began_us, from_us), (now_us, to_us) = self._measured[0], self._measured[-1]
        passed = now_us - began_us
        return self.speed if passed < MEASURED_US // 2 else min(self.speed, (to_us - from_us) / passed)

    # ---- how it moves -----------------------------------------------------------------------------------------

    def go_to(self, time_us: int) -> None:
        """Look at a moment; a later one than the last is the present, or the end."""
        history = self.history
        if self._fold is not None and time_us >= history.ended_us:
            self.go_live()
            return
        self._at_us = max(history.began_us, min(time_us, history.ended_us))
        self._goal_us, self._is_behind = None, True
        self._measured.clear()

    def go_live(self) -> None:
        """Look at the present, or where there is none at the end."""
        if self._fold is None:
            self.go_to(self.history.ended_us)
            return
        self._at_us, self._goal_us, self._course, self._shown = None, None, None, ()
        self.is_playing = self._is_behind = False
        self.version += 1

    def step(self, passed_us: int) -> None:
        """Move by so much time."""
        self.go_to(self.at_us + passed_us)

    @property
    def indices(self) -> list[int]:
        """The index of the target of each snapshot that is shown."""
        return self.history.present if self._course is None else self._course.recorder.present

    def step_rounds(self, position: int, rounds: int, interval_us: int) -> None:
        """Move by so many rounds of a target, to the end of one.

        ``position`` is that of its snapshot; ``interval_us``: how long rounds last, about.
        """
        end_us = self.history.round_end(self.indices[position], self.at_us, rounds, interval_us)
        if end_us is None:
            end_us = self.history.ended_us if rounds >= 0 else self.at_us + rounds * interval_us
        self.go_to(end_us)

    def step_event(self, step: int, position: int | None) -> bool:
        """Move to where the previous or next event of a target, or of all, was known; whether there is one."""
        index = None if position is None else self.indices[position]
        times = sorted({one.told_us for one in self.history.logged if index is None or one.target == index})
        at_us = self.at_us
        found = [one for one in times if (one > at_us if step > 0 else one < at_us)]
        if found:
            self.go_to(found[0 if step > 0 else -1])
        return bool(found)

    def play(self) -> None:
        """Let time pass; from the beginning where it is at the end."""
        if self.is_back and not self.is_playing:
            if self.is_at_end:
                self.go_to(self.history.began_us)
            self.is_playing = True
            self._ticked_us = self._clock()

    def pause(self) -> None:
        """Stand still."""
        self.is_playing, self._goal_us = False, None
        self._measured.clear()

    def change_speed(self, step: int) -> None:
        """The next speed, or the one before."""
        at = SPEEDS.index(self.speed) + step
        self.speed = SPEEDS[max(0, min(at, len(SPEEDS) - 1))]
        self._measured.clear()

    # ---- what is shown ----------------------------------------------------------------------------------------

    def work(self, budget_us: int | None) -> bool:
        """Bring what is shown nearer to the moment, for about so long, or all the way; whether it is there."""
        if self._fold is not None and self._at_us is not None:
            self._fold()
        if self._at_us is not None and self._at_us < self.history.began_us:  # it has been forgotten meanwhile
            self.go_to(self.history.began_us)
        if self._at_us is None:
            return True
        began_us = self._clock()
        if self.is_playing and not self._is_behind and self._goal_us is None:
            passed_us = int((began_us - self._ticked_us) * self.speed)
            self._goal_us, self._ticked_us = min(self._at_us + passed_us, self.history.ended_us), began_us
        goal_us = self._goal_us if self._goal_us is not None else self._at_us
        if goal_us == self._at_us and not self._is_behind:
            self._goal_us = None
            return True
        course = self._course_to(goal_us)
        done = course.fold(goal_us, SLICE)
        while not done and (budget_us is None or self._clock() - began_us < budget_us):
            done = course.fold(goal_us, SLICE)
        now_us = self._clock()
        if done or (self._goal_us is not None and now_us - self._framed_us >= FRAME_US):
            self._framed_us = now_us
            if not done:  # it cannot keep up, and goes on from where it has come to
                goal_us, self._ticked_us = max(self._at_us, course.until_us), now_us
            self._goal_us = None
            self._show(course.recorder.snapshots(), goal_us)
        return done

    def _course_to(self, time_us: int) -> Course:
        course = self._course
        if course is None or course.until_us > time_us or self.history.nearest_before(time_us) > course.until_us:
            course = self._course = self.history.before(time_us)
        return course

    def _show(self, snapshots: Sequence[Snapshot], time_us: int) -> None:
        self._shown, self._at_us, self._shown_us, self._is_behind = tuple(snapshots), time_us, time_us, False
        self.version += 1
        if not self.is_playing:
            return
        self._measured.append((self._ticked_us, time_us))
        while len(self._measured) > 2 and self._ticked_us - self._measured[1][0] > MEASURED_US:
            self._measured.popleft()
        if time_us >= self.history.ended_us:
            if self._fold is not None:
                self.go_live()
            else:
                self.pause()
