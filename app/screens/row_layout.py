"""Settle moments: when sizes, decimals and scales are decided, and what is decided then.

Between two of them no row moves and no column changes its width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...widgets.line import MUTED, Line
from .layout import MIN_HEIGHT, MIN_WIDTH, NO_STRIP_BELOW, arrange
from .present import views

if TYPE_CHECKING:
    from ..path.snapshot import Snapshot
    from .stage import Stage

HELD_ROUNDS = 3


class Settling:
    """Shares out the rows of a stage. ``too_small``: the terminal shows nothing but a line that says so."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._held = (0, 0)  # a number of hops, and the round since which it holds
        self._hops = -1  # the number of hops that the layout was made for
        self._rounds = -1
        self._size = (0, 0)
        self.too_small = False
        self.lan = False

    def if_due(self, snapshot: Snapshot) -> None:
        """Settle at the end of the first round, and when a number of hops has held for three rounds."""
        hops = len(snapshot.hops)
        if hops != self._held[0]:
            self._held = (hops, snapshot.rounds)
        first = self._rounds < 2 <= snapshot.rounds
        held = snapshot.rounds <= 1 or snapshot.rounds - self._held[1] >= HELD_ROUNDS
        if first or (hops != self._hops and held):
            self.settle()

    def settle(self) -> None:
        """Decide the sizes of table and panel, the decimals, and the scale of the strips."""
        stage, view = self._stage, self._stage.view
        snapshot = stage.snapshot
        self._hops = len(snapshot.hops)
        self._rounds = snapshot.rounds
        self.lan = views.lan(snapshot)
        stage.table.settle()
        width, height = self._size if any(self._size) else stage.size
        several = len(stage.source.snapshots()) > 1
        wide_body = view.view in {"chart", "graph"}
        made = arrange(
            height,
            views.rows_wanted(stage, snapshot),
            panel="closed" if wide_body and view.panel != "full" else view.panel,
            compact=view.compact,
            target_bar=several,
        )
        stage.panel.zoomed = view.panel == "full"
        shown = stage.body(view.view if view.view in {"chart", "graph", "overview"} else "table")
        for widget in stage.bodies.values():
            widget.display = widget is shown and made.table > 0
        stage.table.with_strip = not (view.compact and width < NO_STRIP_BELOW)
        for part, rows in (
            (stage.target_bar, 1 if several else 0),
            (stage.header, made.header),
            (stage.blank_above, made.blank_above),
            (shown, made.table),
            (stage.blank_below, made.blank_below),
            (stage.panel, made.panel),
        ):
            part.styles.height = rows
            if part is not shown:
                part.display = rows > 0

    def resized(self, width: int, height: int) -> None:
        """A new size is a settle moment; a terminal that is too small is told so instead."""
        stage = self._stage
        self._size = width, height
        self.too_small = width < MIN_WIDTH or height < MIN_HEIGHT
        for widget in (stage.answer, stage.footer):
            widget.display = not self.too_small
        if not self.too_small:
            stage.blank_above.paint([])
            self.settle()
            return
        for widget in (stage.target_bar, stage.header, *stage.bodies.values(), stage.blank_below, stage.panel):
            widget.display = False
        stage.blank_above.display = True
        stage.blank_above.styles.height = height
        stage.call_after_refresh(self._say_too_small)

    def _say_too_small(self) -> None:
        width, height = self._size
        text = f"Terminal too small ({width}x{height}): {MIN_WIDTH}x{MIN_HEIGHT} needed. Still measuring."
        line = Line(MUTED).pad(max(0, (width - len(text)) // 2)).add(text[:width])
        self._stage.blank_above.paint([*[Line()] * (height // 2), line])
