"""How the rows of the screen are shared out; decided only at settle moments."""

from __future__ import annotations

from typing import NamedTuple

MIN_WIDTH, MIN_HEIGHT = 60, 10
AIRY_HEIGHT = 30  # from here blank lines set table and panel apart
PANEL_MIN = 6
NO_STRIP_BELOW = 100  # columns of a compact screen


class RowHeights(NamedTuple):
    """How many rows each part of the screen has, from the top; 0: it is not shown."""

    header: int  # 1 in a compact screen, else 2
    blank_above: int  # 0 or 1
    body: int  # table, chart, graph or overview, with its titles
    blank_below: int  # 0 or 1
    panel: int  # with its rule


def arrange(height: int, rows: int, *, panel: str, compact: bool = False, target_bar: bool = False) -> RowHeights:
    """Share out ``height`` rows among ``rows`` rows of the body and the panel.

    ``panel`` is ``auto`` (opens by itself where at least six rows are left below the hops, of which its rule is one),
    ``open``, ``closed`` or ``full`` (all below the answer).
    """
    header = 1 if compact else 2
    room = height - header - 1 - 1 - (1 if target_bar else 0)  # the answer and the footer
    if panel == "full":
        return RowHeights(header, 0, 0, 0, room)
    airy = 1 if height >= AIRY_HEIGHT and not compact else 0
    need = 1 + max(rows, 1)
    if compact or panel == "closed":
        return RowHeights(header, airy, room - airy, 0, 0)
    left = room - airy - need - airy
    if left >= PANEL_MIN:
        return RowHeights(header, airy, need, airy, left)
    left = room - airy - need  # without the blank line between
    if left >= PANEL_MIN:
        return RowHeights(header, airy, need, 0, left)
    if panel == "open":
        least = min(PANEL_MIN + 1, max(0, room - 6))
        return RowHeights(header, 0, room - least, 0, least)
    return RowHeights(header, airy, room - airy, 0, 0)
