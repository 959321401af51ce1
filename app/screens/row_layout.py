"""Settle moments: when the sizes of table and panel and the decimals are decided.

Between two of them no row moves and no column changes its width. When: at the end of the first round, when a number
of hops has held for three rounds, when the terminal's size changes, and when a key asks for another view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .present import table
from .row_heights import MIN_HEIGHT, MIN_WIDTH, NO_STRIP_BELOW, RowHeights, arrange

if TYPE_CHECKING:
    from ..path.snapshot import Snapshot
    from .state import ViewState

HELD_ROUNDS = 3
TIME_LABELS_FROM = 16  # rows, for a time line with its labels
WITHOUT_PANEL = frozenset({"chart", "graph"})  # views that have the room of the panel too


class Settled(NamedTuple):
    """What was decided."""

    heights: RowHeights  # rows of each part
    targets: int  # rows of the target bar: 0 or 1
    time_line: int  # rows of the time line: 0 to 2
    body: str  # the view that fills the body
    with_strip: bool  # whether rows end in a history strip
    zoomed: bool  # whether the panel fills the screen


class Settling:
    """Decides, and remembers for what it has decided."""

    def __init__(self) -> None:
        self._held = (0, 0)  # a number of hops, and the round since which it holds
        self._hops = -1  # the number of hops that was decided for
        self._rounds = -1
        self._size = (0, 0)  # of the terminal: columns, rows
        self.lan = False  # times have two decimals: the path is within one building

    @property
    def too_small(self) -> bool:
        """Whether the terminal shows nothing but a line that says so."""
        return any(self._size) and (self._size[0] < MIN_WIDTH or self._size[1] < MIN_HEIGHT)

    def resized(self, width: int, height: int) -> None:
        """Take the terminal's new size."""
        self._size = width, height

    def is_due(self, snapshot: Snapshot) -> bool:
        """Whether the first round has ended, or another number of hops has held for three rounds."""
        hops = len(snapshot.hops)
        if hops != self._held[0]:
            self._held = (hops, snapshot.rounds)
        first = self._rounds < 2 <= snapshot.rounds
        held = snapshot.rounds <= 1 or snapshot.rounds - self._held[1] >= HELD_ROUNDS
        return first or (hops != self._hops and held)

    def begin(self, snapshot: Snapshot) -> None:
        """A settle moment: decide the decimals, by which rows are then written."""
        self._hops = len(snapshot.hops)
        self._rounds = snapshot.rounds
        self.lan = table.lan(snapshot)

    def settle(self, view: ViewState, size: tuple[int, int], *, rows: int, several: bool, back: bool) -> Settled:
        """Share out the rows of a screen of ``size`` for a body of ``rows`` rows.

        ``several``: targets; ``back``: another moment than the present is looked at.
        """
        width, height = self._size if any(self._size) else size
        panel = "closed" if view.view in WITHOUT_PANEL and view.panel != "full" else view.panel
        time_line = (2 if height >= TIME_LABELS_FROM else 1) if back else 0
        return Settled(
            heights=arrange(height - time_line, rows, panel=panel, compact=view.compact, target_bar=several),
            targets=1 if several else 0,
            time_line=time_line,
            body=view.view,
            with_strip=not (view.compact and width < NO_STRIP_BELOW),
            zoomed=view.panel == "full",
        )
