"""The titles of the hop table. No toolkit is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .line import MUTED, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .grid import Grid


def title_line(grid: Grid, titles: Sequence[str], info_title: str, above_strip: str, host_title: str = "Host") -> Line:
    """The titles of a table's columns: ``titles`` of all its fields, ``above_strip`` explains the strips."""
    line = Line(MUTED).add(f"  #   {host_title}")
    hidden = _hidden(grid.hidden, grid.host_width - len(host_title) - 2)
    line.pad(6 + grid.host_width - 1 - len(hidden)).add(hidden).pad(6 + grid.host_width)
    if grid.info_cells:
        line.add(" " + info_title).pad(grid.fields_start)
    for at, cells in zip(grid.fields, grid.field_cells, strict=True):
        line.add(titles[at].rjust(cells))
    if grid.strip_width:
        line.pad(grid.strip_start).add(above_strip)
    return line


def _hidden(columns: int, room: int) -> str:
    """How many columns have no room, as the end of the host column's title says it."""
    if not columns:
        return ""
    return next((text for text in (f"(+{columns} columns)", f"+{columns}") if len(text) <= room), "")
