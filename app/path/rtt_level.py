"""When the RTT moves to another level and stays there: looked for after every answer, by ranks.

Two cumulative sums run beside each other (Page, Biometrika 41, 1954), one for a rise and one for a fall. Each counts
answers beyond a bound that at most a tenth of the answers before exceed, whatever their distribution is: such an answer
adds log 9, any other takes as much. Six more of the one than of the other are seen by chance in one of 9 ** 6 rounds,
less than once in a hundred hours for each side: then the level seems to have moved. It has, when CONFIRMED answers say
so, they lie close together, and the stretch is far longer than any that has come and gone before: queues fill for some
seconds too, and drain again.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from typing import NamedTuple

KEPT = 240  # answers of the level that are known
KNOWN = 12  # so many of them are needed
STEP_US, STEP_SHARE, STEP_SPREADS = 2_000, 0.05, 4
SEEMS, CONFIRMED = 6, 22  # more answers beyond the bound than within
SEEMS_STILL = 3
CLOSE = 0.35  # of the step: so wide may the middle three fifths of the new level be
COMES_AND_GOES = 3  # a level that stays is so many times as long as any stretch that did not
EXCURSION = 3  # answers
FORGET_AFTER = 600  # answers without a stretch that came and went
GIVE_UP_AFTER = 90  # answers beyond the bound that are no level: they belong to what is usual here


class Level(NamedTuple):
    """A level that has been reached, or seems to have been."""

    first: int  # the round of its first answer
    before_us: int  # the median before
    after_us: int  # the median since
    confirmed: bool  # it has been reached; else it seems so, and may go away again
    even: bool = True  # its answers lie close together, as of a longer path; those of a queue do not for long
    back: bool = False  # it is the level before the last one again, soon after: what was between came and went

    @property
    def step_us(self) -> int:
        """By how much the median moved; negative where it fell."""
        return self.after_us - self.before_us


class Excursion(NamedTuple):
    """What seemed to be a level, and came back."""

    level: Level  # as it seemed to be
    last: int  # the round of its last answer


class RttLevel:
    """Takes the times of one hop, round by round."""

    def __init__(self) -> None:
        self._known: deque[int] = deque()
        self._ordered: list[int] = []
        self._sides = (LevelSide(), LevelSide())  # of a rise, of a fall
        self._longest = 0  # of the stretches that came and went
        self._calm = 0  # answers since the last of them
        self._last: Level | None = None  # the latest that was confirmed
        self.excursion: Excursion | None = None  # the latest; None: there was none

    @property
    def seeming(self) -> Level | None:
        """The level that seems to have been reached and is not confirmed yet. Once it went back it seems no more."""
        return next((side.seeming for side in self._sides if side.seeming is not None), None)

    def answered(self, number: int, rtt_us: int) -> Level | None:
        """An answer of a round; a level that is confirmed by it."""
        if len(self._ordered) < KNOWN:
            self._learn(rtt_us)
            return None
        low_us, high_us = self._bounds()
        up, down = self._sides
        self._calm += 1
        if self._calm > FORGET_AFTER:
            self._longest = 0
        for side, beyond in ((up, rtt_us > high_us), (down, rtt_us < low_us)):
            if side.excess or beyond:
                self._follow(side, number, rtt_us, beyond=beyond)
        if not up.excess and not down.excess:
            self._learn(rtt_us)
            return None
        for side in self._sides:
            self._seem(side)
        return self._confirmed()

    def _seem(self, side: LevelSide) -> None:
        if side.excess < (SEEMS if side.seeming is None else SEEMS_STILL):
            if side.seeming is not None:
                self.excursion = Excursion(side.seeming, side.last_beyond)
                side.seeming, side.seemed = None, True
            return
        level = self._level(side)
        if side.seeming is not None:
            even = level is not None and side.seeming.even
            side.seeming = (level or side.seeming)._replace(even=even)
        elif not side.seemed:
            side.seeming = level

    def _follow(self, side: LevelSide, number: int, rtt_us: int, *, beyond: bool) -> None:
        side.rounds.append(number)
        side.times_us.append(rtt_us)
        side.excess += 1 if beyond else -1
        side.last_beyond = number if beyond else side.last_beyond
        if side.excess and len(side.rounds) < max(GIVE_UP_AFTER, (COMES_AND_GOES + 1) * self._longest):
            return
        # It came and went, or it is no level: it is part of what is usual here.
        if len(side.rounds) >= EXCURSION:
            self._longest = max(self._longest, len(side.rounds))
            self._calm = 0
        for value in side.times_us[:-1] if not side.excess else side.times_us:
            self._learn(value)
        side.clear()

    def _confirmed(self) -> Level | None:
        for side in self._sides:
            if side.excess < max(CONFIRMED, COMES_AND_GOES * self._longest):
                continue
            level = self._level(side)
            if level is None:
                continue
            times_us = list(side.times_us)
            self._known.clear()
            self._ordered.clear()
            for one in self._sides:
                one.clear()
            for value in times_us:
                self._learn(value)
            return self._reached(level._replace(confirmed=True))
        return None

    def _reached(self, level: Level) -> Level:
        last, self._last = self._last, level
        if last is None or abs(level.after_us - last.before_us) > CLOSE * abs(level.step_us):
            return level
        lasted = level.first - last.first
        if last.back or lasted > FORGET_AFTER:
            return level
        self._longest, self._calm = max(self._longest, lasted), 0
        return level._replace(back=True)

    def _level(self, side: LevelSide) -> Level | None:
        """The level of a side; None where its answers do not lie close together, or it has come and gone before."""
        ordered = sorted(side.times_us)
        count = len(ordered)
        before_us, after_us = self._ordered[len(self._ordered) // 2], ordered[count // 2]
        step_us = abs(after_us - before_us)
        if ordered[count * 4 // 5] - ordered[count // 5] > CLOSE * step_us or count < 2 * self._longest:
            return None
        return Level(side.rounds[0], before_us, after_us, confirmed=False)

    def _bounds(self) -> tuple[int, int]:
        """What at most a tenth of the answers of the known level is below, and above."""
        ordered = self._ordered
        count = len(ordered)
        middle_us = ordered[count // 2]
        spread_us = (ordered[count * 3 // 4] - ordered[count // 4]) / 1.35
        step_us = int(max(STEP_US, STEP_SHARE * middle_us, STEP_SPREADS * spread_us))
        least_us, most_us = ordered[count // 10], ordered[count - 1 - count // 10]
        return min(middle_us - step_us, least_us), max(middle_us + step_us, most_us)

    def _learn(self, rtt_us: int) -> None:
        self._known.append(rtt_us)
        insort(self._ordered, rtt_us)
        if len(self._known) > KEPT:
            del self._ordered[bisect_left(self._ordered, self._known.popleft())]


class LevelSide:
    """Answers since the sum of a direction has left zero: ``excess`` more beyond the bound than within."""

    __slots__ = ("excess", "last_beyond", "rounds", "seemed", "seeming", "times_us")

    def __init__(self) -> None:
        self.excess = 0
        self.last_beyond = 0
        self.rounds: list[int] = []
        self.times_us: list[int] = []
        self.seeming: Level | None = None
        self.seemed = False  # to be a level, and does not any more

    def clear(self) -> None:
        """Begin anew."""
        self.excess = 0
        self.seeming = None
        self.seemed = False
        self.rounds.clear()
        self.times_us.clear()
