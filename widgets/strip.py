"""The history strip of a hop: one cell a round, its height the rise above the hop's own best on a fixed scale.

Height says what was measured, colour what traffic felt: a cell is coloured only if all later hops that answered at
about the same time were slow as well. A cell may also stand for several rounds: then it shows the worst of them.
"""

from __future__ import annotations

from bisect import bisect_right
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from .ink import Ink
from .line import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .glyphs import Glyphs

# Values of a history without an RTT, and of columns that are no round.
UNANSWERED, NOT_SENT, PENDING, UNREACHABLE = -1, -2, -3, -5
CHANGE_COLUMN, GAP_COLUMN = -1, -2

INKS = {token: Ink(token) for token in ("strip", "warn", "bad")}  # of cells that hold a time

LAN_US = 10_000  # all averages below: a path within one building


class Track(NamedTuple):
    """What the strip of one row is made of."""

    # A value a cell, oldest first: an RTT, UNANSWERED, NOT_SENT, PENDING or UNREACHABLE; all rows have as many.
    rtts_us: Sequence[int]
    base_us: int  # the best RTT of the whole session, so that a step stays a step
    harmless: bool = False  # missing answers of this hop are known to hurt no traffic
    fault: bool = False  # missing answers of this hop are known to be loss on the path
    changed_rounds: frozenset[int] = frozenset()  # indices of the cells before which this hop's own address changed


class History(NamedTuple):
    """The strips of a table. A cell is a round, or the worst of several."""

    tracks: tuple[Track, ...]  # one a row that has a strip, all of one length
    last_round: int  # number of the cell that the tracks end with, from 0; -1: there is none
    interval_us: int  # the time that a cell stands for
    # Cell, and CHANGE_COLUMN or GAP_COLUMN: a column of its own before that cell; in order.
    markers: tuple[tuple[int, int], ...] = ()
    neighbours: bool = True  # cells are so short that the one before is about as near to a later hop's as its own


def jump(width: int) -> int:
    """How far a full strip moves left at once.

    A narrow one moves with every cell, so that its newest one is at the right end; a wide one more seldom, because all
    its cells are then written anew.
    """
    return max(1, min(10, width // 12))


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


def cells_ago(history: History, width: int, at: int) -> int | None:
    """How many cells stand after the one in a column of the strip; None: there is no cell."""
    columns = visible(history, width)
    if not 0 <= at < len(columns):
        return None
    length = len(history.tracks[0].rtts_us)
    index = columns[at] if columns[at] >= 0 else (-columns[at] - 1) // 4
    return max(0, length - 1 - index)


def rises(track: Track, columns: Sequence[int]) -> list[int]:
    """The rise of each column above the track's base in microseconds; negative where there is none."""
    values = track.rtts_us
    base = track.base_us
    return [max(0, values[index] - base) if index >= 0 and values[index] >= 0 else -1 for index in columns]


# From so large a rise on each level above the lowest is drawn: a 1-2-5 scale, the same on every screen and in every
# session, so that nothing is redrawn for it and two screens can be compared by eye. Within one building a tenth of it.
RISES_US = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
LAN_RISES_US = tuple(rise_us // 10 for rise_us in RISES_US)
# A felt rise is coloured from the larger of a time and of a share of the base on.
WARN_SHARE, BAD_SHARE = 15, 75  # percent
WARN_US, BAD_US = 10_000, 50_000
LAN_WARN_US, LAN_BAD_US = 2_000, 10_000


def level(rise_us: int, *, lan: bool = False) -> int:
    """The height of a rise above the hop's best, 1 to 8."""
    return 1 + bisect_right(LAN_RISES_US if lan else RISES_US, rise_us)


def is_lan(averages_us: Sequence[int]) -> bool:
    """Whether every answering hop's average is below 10 ms."""
    return bool(averages_us) and max(averages_us) < LAN_US


def draw(history: History, width: int, glyphs: Glyphs, *, lan: bool) -> list[Line]:
    """The strips of all rows, each ``width`` cells or fewer."""
    columns = visible(history, width)
    heights = [rises(track, columns) for track in history.tracks]
    tokens = felt(history, heights, lan=lan)
    limits, ramp = LAN_RISES_US if lan else RISES_US, glyphs.ramp
    lines: list[Line] = []
    for track, row, colours in zip(history.tracks, heights, tokens, strict=True):
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
            run += ramp[bisect_right(limits, rise)]
        lines.append(line.add(run, ink))
    return lines


def felt(history: History, heights: Sequence[Sequence[int]], *, lan: bool) -> list[list[str]]:
    """The colour of each cell: by the smallest rise among this and all later answering hops.

    The probes of a round leave one after the other, so that a later hop's probe of the round before is about as near
    in time as that of the same round: of the two the one that rose more is its word.
    """
    warn_floor, bad_floor = (LAN_WARN_US, LAN_BAD_US) if lan else (WARN_US, BAD_US)
    lowest: list[int] = []
    made: list[list[str]] = []
    for track, row in zip(reversed(history.tracks), reversed(heights), strict=True):
        warn = max(warn_floor, track.base_us * WARN_SHARE // 100)
        bad = max(bad_floor, track.base_us * BAD_SHARE // 100)
        if not lowest:
            lowest = [-1] * len(row)
        tokens = []
        before = -1
        for at, rise in enumerate(row):
            least = lowest[at]
            own = rise if least < 0 or rise < least else least
            tokens.append("bad" if own >= bad else "warn" if own >= warn else "strip")
            word = max(rise, before) if history.neighbours else rise
            if word >= 0 and (least < 0 or word < least):
                lowest[at] = word
            before = rise
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
    elif value == UNREACHABLE:
        line.add(glyphs.unreachable, Ink("bad", bold=True))
    elif value == PENDING:
        line.add(glyphs.pending, Ink("muted"))
    else:
        line.add(" ", Ink("strip"))


def title(width: int, cell_us: int, glyphs: Glyphs, *, lan: bool = False) -> str:
    """The title above the strips: how far back they reach where there is room, and from which rise on each height is.

    ``cell_us`` is the time that a cell stands for.
    """
    limits = [limit / 1000 for limit in (LAN_RISES_US if lan else RISES_US)]
    whole = [glyphs.rise(at, limit) for at, limit in enumerate(limits, 1)]
    legend, short, ends, last = (
        " ".join(parts) + " ms" for parts in (whole, whole[::2], [whole[0], *whole[4::2]], [whole[0], whole[-1]])
    )
    reach = span(width * cell_us)
    with_reach = (f"{before}{reach}  {told}" for told in (legend, short) for before in ("last ", ""))
    return next((text for text in (*with_reach, short, ends, last) if len(text) <= width), "")


def span(time_us: int) -> str:
    """A stretch of time as titles say it."""
    seconds = time_us / 1_000_000
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
