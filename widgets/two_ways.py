"""Two paths side by side, one of them upside down, and the one-way count below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from textual.message import Message

from .ink import SEVERITY_INKS, Ink
from .line import MUTED, STRONG, TEXT, Line, cut
from .line_widget import Redrawn

if TYPE_CHECKING:
    from textual import events

Join = Literal["", "router", "network"]

SELECTED_CELLS = 2
NUMBER_CELLS, MARK_CELLS = 3, 2
NETWORK_CELLS, NETWORK_HOST_MIN = 10, 18  # the network is shown where the host keeps so many cells
FIGURE_CELLS = 6
HOST_MIN = 14  # where the host has fewer, the mean RTT goes
JOIN_CELLS = 7
ASIDE_CELLS, ASIDE_FROM = 18, 110
ROWS_BELOW = 2  # a blank one, and the count


class WayHop(NamedTuple):
    """A hop of one of the paths."""

    ttl: int  # 0: the host that probes
    mark: str  # a severity; empty: none
    host: str  # what it is called
    ink: Ink = TEXT  # of ``host``
    network: str = ""  # its network; empty: not known
    loss: str = ""  # percent, without the sign; empty: none is known
    loss_ink: Ink = MUTED  # of ``loss``
    average: str = ""  # the mean RTT in milliseconds; empty: there is none
    chosen: bool = False  # it is selected


class SidesRow(NamedTuple):
    """A row: hops that stand side by side."""

    left: WayHop | None  # of the path from here; None: nothing stands there
    right: WayHop | None  # of the path back
    join: Join = ""  # what both are: the same router, in the same network, or neither
    aside: str = ""  # what is to be said of the right one


class TwoWays(NamedTuple):
    """What the widget shows."""

    left: str = ""  # the title of the path from here
    right: str = ""  # that of the path back
    rows: tuple[SidesRow, ...] = ()  # from here to there
    one_way: tuple[tuple[str, Ink], ...] = ()  # the count, in pieces; empty: there is none


class TwoWaysView(Redrawn):
    """Shows both paths; what is selected stays in view, and the count below them always does."""

    least = (40, 3)

    class Picked(Message):
        """A hop was clicked."""

        def __init__(self, ttl: int, *, back: bool) -> None:
            super().__init__()
            self.ttl = ttl
            self.back = back

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._shown = TwoWays()
        self._first = 0
        self._side = 0  # cells of a side

    def show(self, shown: TwoWays) -> None:
        """Paint it."""
        self._shown = shown
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        """The sides share the width; networks, and then times, go where there is no room."""
        shown = self._shown
        aside = ASIDE_CELLS if width >= ASIDE_FROM else 0
        self._side = side = (width - 1 - SELECTED_CELLS - JOIN_CELLS - aside) // 2
        below = ROWS_BELOW if shown.one_way else 0
        room = max(1, height - 2 - below)
        chosen = next((at for at, row in enumerate(shown.rows) for hop in row[:2] if hop and hop.chosen), self._first)
        self._first = max(chosen - room + 1, min(self._first, chosen, max(0, len(shown.rows) - room)))
        lines = [self._heads(side), self._titles(side)]
        lines += [self._row(row, side, width) for row in shown.rows[self._first : self._first + room]]
        if shown.one_way:
            lines += [Line(), self._count(width)]
        return lines

    def _heads(self, side: int) -> Line:
        glyphs, shown = self.glyphs, self._shown
        line = Line().pad(SELECTED_CELLS).add(cut(shown.left, side, glyphs.ellipsis), STRONG)
        line.pad(SELECTED_CELLS + side + JOIN_CELLS).add(cut(shown.right, side, glyphs.ellipsis), STRONG)
        return line

    def _titles(self, side: int) -> Line:
        line = Line(MUTED).pad(SELECTED_CELLS)
        for start in (SELECTED_CELLS, SELECTED_CELLS + side + JOIN_CELLS):
            host, network, average = _cells(side)
            line.pad(start).add("#".rjust(NUMBER_CELLS)).pad(start + NUMBER_CELLS + MARK_CELLS + 1).add("Host")
            line.pad(start + NUMBER_CELLS + MARK_CELLS + 1 + host)
            line.add("AS" if network else "").pad(line.width + (network - 2 if network else 0))
            line.add("Loss%".rjust(FIGURE_CELLS)).add("Avg".rjust(FIGURE_CELLS) if average else "")
        return line

    def _row(self, row: SidesRow, side: int, width: int) -> Line:
        chosen = any(hop is not None and hop.chosen for hop in row[:2])
        line = Line().add(self.glyphs.selected if chosen else " ", Ink("accent")).pad(SELECTED_CELLS)
        line.append(self._hop(row.left, side)).pad(SELECTED_CELLS + side)
        rule = self.glyphs.network_rule[0] if row.join == "router" else self.glyphs.axis
        line.add("  " + rule * (JOIN_CELLS - 4) + "  " if row.join else " " * JOIN_CELLS, Ink("accent"))
        line.append(self._hop(row.right, side)).pad(SELECTED_CELLS + 2 * side + JOIN_CELLS)
        if row.aside and line.width + len(row.aside) + 3 <= width:
            line.add("  ").add(row.aside, Ink("note-words"))
        return line

    def _hop(self, hop: WayHop | None, side: int) -> Line:
        line = Line()
        if hop is None:
            return line.pad(side)
        host, network, average = _cells(side)
        line.add((str(hop.ttl) if hop.ttl else "").rjust(NUMBER_CELLS), MUTED).add(" ")
        line.add(self.glyphs.mark(hop.mark), Ink(SEVERITY_INKS.get(hop.mark, "muted"))).add(" ")
        line.add(cut(hop.host, host - 1, self.glyphs.ellipsis), hop.ink).pad(NUMBER_CELLS + MARK_CELLS + 1 + host)
        if network:
            line.add(cut(hop.network, network - 1, self.glyphs.ellipsis), MUTED)
            line.pad(NUMBER_CELLS + MARK_CELLS + 1 + host + network)
        line.add(hop.loss.rjust(FIGURE_CELLS), hop.loss_ink)
        line.add(hop.average.rjust(FIGURE_CELLS) if average else "", TEXT)
        return line.on("selbg") if hop.chosen else line

    def _count(self, width: int) -> Line:
        line = Line().pad(SELECTED_CELLS).add("one-way", MUTED)
        for text, ink in self._shown.one_way:
            line.add("   ").add(text if line.width + len(text) + 3 < width else text.partition(" (")[0], ink)
        return line

    def on_click(self, event: events.Click) -> None:
        """Select the hop under the mouse."""
        at = self._first + event.y - 2
        if event.y >= 2 and at < len(self._shown.rows):
            back = event.x >= SELECTED_CELLS + self._side + JOIN_CELLS
            hop = self._shown.rows[at].right if back else self._shown.rows[at].left
            if hop is not None and hop.ttl:
                self.post_message(self.Picked(hop.ttl, back=back))


def _cells(side: int) -> tuple[int, int, int]:
    """Cells of host, network and mean RTT in a side; 0: it is not shown."""
    left = side - NUMBER_CELLS - MARK_CELLS - 1 - FIGURE_CELLS
    if left - FIGURE_CELLS - NETWORK_CELLS >= NETWORK_HOST_MIN:
        return left - FIGURE_CELLS - NETWORK_CELLS, NETWORK_CELLS, FIGURE_CELLS
    if left - FIGURE_CELLS >= HOST_MIN:
        return left - FIGURE_CELLS, 0, FIGURE_CELLS
    return left, 0, 0
