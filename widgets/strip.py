"""The history strip of a hop: one cell a round, its height the rise above the hop's own best.

Height says what was measured, colour what traffic felt: a cell is coloured only if all later hops that answered in
the same round were slow as well.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, NamedTuple

from .ink import Ink
from .line import Line
from .numbers import step_125

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .glyphs import Glyphs

# Values of a history without a round-trip time, and of columns that are no round.
UNANSWERED, NOT_SENT, PENDING = -1, -2, -3
CHANGE_COLUMN, GAP_COLUMN = -1, -2

INKS = {token: Ink(token) for token in ("strip", "warn", "bad")}  # of cells that hold a time

QUIET_US = 1_000
LAN_US = 10_000  # all averages below: a path within one building
SHRINK_AFTER_US = 60_000_000


class Track(NamedTuple):
    """What the strip of one row is made of.

    ``rtts_us`` is the history, one value a round, of one length for all rows. ``base_us`` is the best of the current
    path. ``harmless``: missing answers of this hop are known to hurt no traffic; ``fault``: they are known to.
    ``changed_rounds`` are the indices of the rounds before which this hop's own address changed.
    """

    rtts_us: Sequence[int]
    base_us: int
    harmless: bool = False
    fault: bool = False
    changed_rounds: frozenset[int] = frozenset()


class History(NamedTuple):
    """The strips of a table: tracks, and where markers stand between rounds.

    ``last_round`` is the number of the round that the histories end with; ``markers`` are ``(round, kind)`` with kind
    CHANGE_COLUMN or GAP_COLUMN, each a column of its own before that round.
    """

    tracks: tuple[Track, ...]
    last_round: int
    interval_us: int
    markers: tuple[tuple[int, int], ...] = ()


def jump(width: int) -> int:
    """How far a full strip moves left at once."""
    return max(1, min(10, width // 4))


def visible(history: History, width: int) -> list[int]:
    """The columns to draw, oldest first: an index into the histories, or a marker's kind with its round coded in.

    The strip stands still: new cells go into the free cells at the right; when it is full it moves left by ``jump``.
    Markers come as ``kind - 4 * index``, always negative.
    """
    length = len(history.tracks[0].rtts_us) if history.tracks else 0
    if not length or width <= 0:
        return []
    dropped = history.last_round + 1 - length
    total = history.last_round + 1 + len(history.markers)
    step = jump(width)
    origin = 0 if total <= width else ceil((total - width) / step) * step
    count = total - origin
    first = max(0, length - width)
    columns: list[int] = []
    waiting = [marker for marker in history.markers if marker[0] - dropped >= first]
    at = 0
    for index in range(first, length):
        while at < len(waiting) and waiting[at][0] - dropped <= index:
            columns.append(waiting[at][1] - 4 * index)
            at += 1
        columns.append(index)
    columns += [kind - 4 * length for _, kind in waiting[at:]]
    return columns[-count:] if count else []


def rises(track: Track, columns: Sequence[int]) -> list[int]:
    """The rise of each column above the track's base in microseconds; negative where there is none."""
    values = track.rtts_us
    base = track.base_us
    return [max(0, values[index] - base) if index >= 0 and values[index] >= 0 else -1 for index in columns]


class Scale:
    """The top of the strips: a 1-2-5 number of milliseconds that grows at once and shrinks late."""

    def __init__(self) -> None:
        self.top_us = 0
        self._small_since_us: int | None = None

    def follow(self, seen_us: Sequence[int], now_us: int, *, lan: bool, settle: bool = False) -> int:
        """The top for these rises. It shrinks when ``settle`` is set, or after 60 s below half of it."""
        ordered = sorted(seen_us)
        percentile = ordered[min(len(ordered) - 1, len(ordered) * 98 // 100)] if ordered else 0
        least = 2 if lan else 20
        wanted = int(step_125(max(percentile / 1000, least)) * 1000)
        if wanted >= self.top_us or settle:
            self.top_us = wanted
            self._small_since_us = None
        elif wanted * 2 > self.top_us:
            self._small_since_us = None
        elif self._small_since_us is None:
            self._small_since_us = now_us
        elif now_us - self._small_since_us >= SHRINK_AFTER_US:
            self.top_us = wanted
            self._small_since_us = None
        return self.top_us


def level(rise_us: int, quiet_us: int, top_us: int) -> int:
    """The height of a rise, 1 to 8: the smallest k with rise <= top * (k/8)^2, and 1 for all that is quiet."""
    if rise_us <= quiet_us:
        return 1
    return min(8, max(1, ceil(8 * sqrt(rise_us / top_us) - 1e-9)))


def is_lan(averages_us: Sequence[int]) -> bool:
    """Whether every answering hop's average is below 10 ms."""
    return bool(averages_us) and max(averages_us) < LAN_US


def draw(
    history: History, width: int, scale: Scale, glyphs: Glyphs, now_us: int, *, lan: bool, settle: bool = False
) -> list[Line]:
    """The strips of all rows, each ``width`` cells or fewer."""
    columns = visible(history, width)
    heights = [rises(track, columns) for track in history.tracks]
    top = scale.follow([rise for row in heights for rise in row if rise >= 0], now_us, lan=lan, settle=settle)
    tokens = felt(history, heights, lan=lan)
    lines: list[Line] = []
    for track, row, colours in zip(history.tracks, heights, tokens, strict=True):
        answered = sorted(rise for rise in row if rise >= 0)
        quiet = max(QUIET_US, 2 * answered[len(answered) // 2]) if answered else QUIET_US
        line = Line()
        run, ink = "", INKS["strip"]  # cells of one colour are written in one go: there are a thousand
        for column, rise, token in zip(columns, row, colours, strict=True):
            if rise < 0:
                line.add(run, ink)
                run = ""
                other(line, track, column, glyphs)
                continue
            if ink is not INKS[token]:
                line.add(run, ink)
                run, ink = "", INKS[token]
            run += glyphs.ramp[level(rise, quiet, top) - 1]
        lines.append(line.add(run, ink))
    return lines


def felt(history: History, heights: Sequence[Sequence[int]], *, lan: bool) -> list[list[str]]:
    """The colour of each cell: by the smallest rise among this and all later answering hops in that round."""
    warn_floor, bad_floor = (2_000, 10_000) if lan else (10_000, 50_000)
    lowest: list[int] = []
    made: list[list[str]] = []
    for track, row in zip(reversed(history.tracks), reversed(heights), strict=True):
        warn = max(warn_floor, track.base_us * 15 // 100)
        bad = max(bad_floor, track.base_us * 75 // 100)
        if not lowest:
            lowest = [-1] * len(row)
        tokens = []
        for at, rise in enumerate(row):
            if rise >= 0 and (lowest[at] < 0 or rise < lowest[at]):
                lowest[at] = rise
            tokens.append("bad" if lowest[at] >= bad else "warn" if lowest[at] >= warn else "strip")
        made.append(tokens)
    made.reverse()
    return made


def other(line: Line, track: Track, column: int, glyphs: Glyphs) -> None:
    """Write a cell that holds no time: a marker's column, or a round without an answer."""
    if column < 0:
        _marker(line, track, column, glyphs)
    else:
        _missing(line, track, track.rtts_us[column], glyphs)


def _marker(line: Line, track: Track, column: int, glyphs: Glyphs) -> None:
    kind = -(-column % 4)
    if kind == CHANGE_COLUMN:
        own = (-column - 1) // 4 in track.changed_rounds
        line.add(glyphs.change, Ink("change" if own else "rule"))
    else:
        line.add(glyphs.gap, Ink("muted"))


def _missing(line: Line, track: Track, value: int, glyphs: Glyphs) -> None:
    if value == UNANSWERED:
        if track.harmless:
            line.add(glyphs.unanswered, Ink("faint"))
        else:
            line.add(glyphs.lost, Ink("bad" if track.fault else "warn", bold=True))
    elif value == PENDING:
        line.add(glyphs.pending, Ink("muted"))
    else:
        line.add(" ", Ink("strip"))


def title(width: int, top_us: int, interval_us: int, glyphs: Glyphs) -> str:
    """The title above the strips: what height means, and how far back they reach where there is room."""
    top = f"0{glyphs.dash}{top_us / 1000:g} ms"
    if width >= 30:
        return f"last {span(width * interval_us)}, {top} above best"
    return f"+{top}".rjust(width) if width >= len(top) + 1 else ""


def span(time_us: int) -> str:
    """A stretch of time as titles say it."""
    seconds = time_us / 1_000_000
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
