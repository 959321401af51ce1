"""The titles of the hop table. No toolkit is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .line import MUTED, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .grid import Grid


def title_line(grid: Grid, titles: Sequence[str], info_title: str, above_strip: str, host_title: str = "Host") -> Line:
    """The titles of a table's columns: ``titles`` of all its fields, ``above_strip`` explains the strips."""
    line = Line(MUTED).add(f"  #   {host_title}").pad(6 + grid.host_width)
    if grid.info_cells:
        line.add(" " + info_title).pad(grid.fields_start)
    for at, cells in zip(grid.fields, grid.field_cells, strict=True):
        line.add(titles[at].rjust(cells))
    line.add(f" +{grid.hidden}" if grid.hidden else "")
    if grid.strip_width:
        room = grid.strip_start + grid.strip_width - line.width
        if line.width > grid.strip_start:  # the count of hidden columns took some of its cells
            above_strip = above_strip.strip().rjust(room) if len(above_strip.strip()) < room else ""
        line.pad(grid.strip_start).add(above_strip)
    return line
