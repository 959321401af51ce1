"""Which columns of the hop table fit a width, and where they begin."""

from __future__ import annotations

from typing import NamedTuple

HOST_COLUMN = 6  # selection, number (2), mark, and blanks between
COLUMN_CELLS = 6  # a gap and five cells
STRIP_MIN = 8
STRIP_WANTED, STRIP_WANTED_NARROW = 16, 10
HOST_MIN = 16
NEVER_DROPPED = frozenset("LNA")
DROPPED_FIRST = " VBWS"


class Grid(NamedTuple):
    """The columns of a table: cells from 0."""

    width: int  # of the terminal
    host_width: int  # cells of the host column
    info_cells: int  # of the column of network facts, 0: it is not shown
    fields: tuple[int, ...]  # indices of the columns that are shown
    field_cells: tuple[int, ...]  # their widths
    hidden: int  # how many columns are not shown
    strip_start: int  # the cell where it begins, one after the last column
    strip_width: int  # 0: there is no strip

    @property
    def fields_start(self) -> int:
        """The first cell of the number columns."""
        return HOST_COLUMN + self.host_width + self.info_cells


def nominal_host_width(width: int) -> int:
    """The width of the host column that the design gives a terminal."""
    if width < 76:
        return 19
    if width < 120:
        return 26
    return 32 if width < 160 else 40


def fit(width: int, fields: str, *, info_cells: int = 0, strip: bool = True) -> Grid:
    """Columns for a terminal of ``width`` cells; the last screen column stays empty.

    ``fields`` are the letters of ``-o``. What does not fit goes in this order, until the host has its width and the
    strip room for a quarter of a minute: the blank field, StDev, Best, Wrst, Snt, the others from the right. Then the
    host shrinks, the strip, AS goes, and at last the strip.
    """
    shown = list(range(len(fields)))
    host = host_min = nominal_host_width(width)
    strip_min = STRIP_WANTED if width >= 76 else STRIP_WANTED_NARROW
    has_strip = strip
    order = [at for letter in DROPPED_FIRST for at, field in enumerate(fields) if field == letter]
    order += [at for at in reversed(range(len(fields))) if fields[at] not in NEVER_DROPPED | set(DROPPED_FIRST)]

    def need(strip_cells: int, host_cells: int) -> int:
        cells = sum(1 if fields[at] == " " else COLUMN_CELLS for at in shown)
        return HOST_COLUMN + host_cells + info_cells + cells + (1 + strip_cells if has_strip else 0) + 1

    while need(strip_min, host_min) > width:
        if order:
            shown.remove(order.pop(0))
        elif host_min > HOST_MIN:
            host_min -= 1
        elif has_strip and strip_min > STRIP_MIN:
            strip_min -= 1
        elif info_cells:
            info_cells = 0
        elif has_strip:
            has_strip = False
        elif host_min > 8:
            host_min -= 1
        else:
            break
    host = max(host_min, min(host, host + width - need(strip_min, host)))
    cells = tuple(1 if fields[at] == " " else COLUMN_CELLS for at in shown)
    end = HOST_COLUMN + host + info_cells + sum(cells)
    start = end + 1
    return Grid(
        width=width,
        host_width=host,
        info_cells=info_cells,
        fields=tuple(shown),
        field_cells=cells,
        hidden=sum(1 for at, field in enumerate(fields) if at not in shown and field != " "),
        strip_start=start,
        strip_width=max(0, width - 1 - start) if has_strip else 0,
    )
