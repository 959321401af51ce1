"""The strip chart: one wide row a hop on an absolute scale, with mtr's thresholds and symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import strip
from .grid import HOST_COLUMN, nominal_host_width
from .hop_table import HopTable, TableContents
from .ink import Ink
from .line import MUTED, Line
from .numbers import bare_milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

SYMBOLS = ".12345abc>"  # mtr's
LEVELS = (0, 0, 1, 2, 3, 4, 4, 5, 6, 7)  # of the ramp, for the ten classes


def thresholds(samples_us: Sequence[int]) -> tuple[int, ...]:
    """Nine limits between the smallest and the largest sample, by squares, as mtr has them."""
    if not samples_us:
        return (0,) * 9
    low, high = min(samples_us), max(samples_us)
    return tuple(low + (high - low) * (at + 1) ** 2 // 100 for at in range(9))


def klass(value_us: int, limits: Sequence[int]) -> int:
    """The class of a time: the first limit that it does not exceed, 9 above all."""
    return next((at for at, limit in enumerate(limits) if value_us <= limit), 9)


class StripChart(HopTable):
    """Shows the histories of a ``TableContents`` as wide as can be; ``scale_us`` fixes the nine limits."""

    least = (40, 3)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.scale_us: tuple[int, ...] = ()
        self._coloured: tuple[tuple[int, int], list[list[str]]] = ((0, 0), [])

    def draw(self, width: int, height: int) -> list[Line]:
        """Rows as wide as the screen, and the legend of their scale."""
        table = self.table
        start = HOST_COLUMN + nominal_host_width(width) + 2
        cells = width - 1 - start
        self._strip_at = start, cells
        columns = strip.visible(table.history, cells)
        limits = self.scale_us or thresholds(self._samples(columns))
        rows = [self._chart_row(table, index, columns, limits, start) for index in range(len(table.rows))]
        ttls = [row.ttl for row in table.rows]
        room = height - 3
        if len(rows) > room:
            at = ttls.index(self.selected) if self.selected in ttls else 0
            first = max(0, min(at - room // 2, len(rows) - room))
            rows, ttls = rows[first : first + room], ttls[first : first + room]
        title = Line(MUTED).add(" Host").pad(start)
        title.add(strip.span(cells * table.history.interval_us) + " ago")
        head = start + len(columns)
        lines = [title.pad(max(title.width + 1, head - 3)).add("now"), *rows, Line(), self._legend(limits)]
        self._shown = [0, *ttls, 0, 0]
        return lines

    def _samples(self, columns: Sequence[int]) -> list[int]:
        tracks = self.table.history.tracks
        return [track.rtts_us[at] for track in tracks for at in columns if at >= 0 and track.rtts_us[at] >= 0]

    def _symbol(self, number: int) -> str:
        if self.scale_us or self.glyphs.rule == "-":
            return SYMBOLS[number]
        return self.glyphs.ramp[LEVELS[number]]

    def _chart_row(
        self, table: TableContents, index: int, columns: Sequence[int], limits: Sequence[int], start: int
    ) -> Line:
        row, _glyphs = table.rows[index], self.glyphs
        line = self.head(row).add(self.host(row, start - HOST_COLUMN - 1), row.host_ink)
        line.pad(start)
        end = line.width
        if row.track >= 0:
            line.append(self._cells(table.history, row.track, columns, limits))
        if row.ttl and row.ttl == self.selected:
            return line.fit(self.size.width).on("selbg", 0, end - 1 if self.palette.reverses else None)
        return line.fit(self.size.width).on(row.tint) if row.tint != "bg" else line

    def _colours(self, history: strip.History, columns: Sequence[int]) -> list[list[str]]:
        key = (id(history), len(columns))
        if self._coloured[0] != key:
            heights = [strip.rises(track, columns) for track in history.tracks]
            self._coloured = (key, strip.felt(history, heights, lan=self.table.lan))
        return self._coloured[1]

    def _cells(self, history: strip.History, index: int, columns: Sequence[int], limits: Sequence[int]) -> Line:
        track = history.tracks[index]
        colours = self._colours(history, columns)[index]
        line = Line()
        for column, token in zip(columns, colours, strict=True):
            value = track.rtts_us[column] if column >= 0 else -2
            if value >= 0:
                line.add(self._symbol(klass(value, limits)), Ink(token))
            elif self.scale_us and value == strip.UNANSWERED:
                line.add("?", Ink("bad", bold=True))
            else:
                strip.other(line, track, column, self.glyphs)
        return line

    def _legend(self, limits: Sequence[int]) -> Line:
        line = Line(MUTED).add(" Scale")
        for number, limit in enumerate(limits):
            line.add("  ").add(self._symbol(number), Ink("strip")).add(f" {bare_milliseconds(limit)}")
        return line.add("  ms")
