"""The paths of several lanes as one picture: the sources on top, the target at the bottom, figures at the nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from .ink import Ink
from .line import ACCENT, MUTED, TEXT, Line, cut, width_of
from .line_widget import Redrawn
from .merge_layout import Graph, Row, drawn, fold, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual import events

FIRST_CELL = 2  # of the first column: the mark of what is chosen and a blank stand before it
PITCH_MIN, PITCH_MAX = 16, 40  # cells of a column whose words stand in it
NARROW_PITCH = 2  # of one whose words stand to the right of all
TIGHT_BELOW, TIGHT_FROM = 76, 5  # terminals so narrow have columns of one cell for so many lanes and more
HOST_MIN = 10
LOSS_CELLS = 10
TIMES_CELLS, TIMES_NARROW, TIMES_WIDE_FROM = 24, 12, 100
NUMBER_CELLS = 7  # of lanes and number where words stand to the right of all, at least
LOSING = Ink("bad", bold=True)
LEGENDS = ("Letters: lanes. 4/6: the hop, and the Avg, of each in that order", "Letters: lanes. 4/6: hop of each", "")


class NodeText(NamedTuple):
    """What is said of a node."""

    key: tuple[int, int]  # a lane and a hop of it, by which a click names the node
    number: str  # the numbers of the hop in the lanes, empty: it is none
    host: str  # what it is called
    ink: Ink = TEXT  # of ``host``
    lanes: str = ""  # the lanes that come through, by their letters; empty: its column says which
    sign: str = ""  # name of a glyph, empty: a piece of the line
    sign_ink: Ink = TEXT  # of the glyph
    aside: str = ""  # its network and the like, left out first
    words: tuple[str, ...] = ()  # what is to be said of traffic there, in several lengths, the longest first
    loss: str = ""  # percent, without the sign
    loss_ink: Ink = MUTED  # of ``loss``
    times: tuple[str, ...] = ()  # milliseconds, in two widths, the longer first; empty: there are none

    @property
    def label(self) -> str:
        """Lanes and number, as they stand before the host."""
        return f"{self.lanes} {self.number}".strip()


class MergedPicture(NamedTuple):
    """What the widget shows."""

    graph: Graph = Graph((), ())  # of the lanes
    nodes: tuple[NodeText, ...] = ()  # what is said of each node of the graph
    chosen: int = -1  # the node that is selected, -1: none


class Columns(NamedTuple):
    """How a width is shared out."""

    beside: bool  # words stand in the columns of their lanes, else to the right of all
    pitch: int  # cells of a column
    end: int  # the cell where the figures begin
    times: int  # cells of the times


def columns(width: int, lanes: int) -> Columns:
    """Columns for so many lanes in a terminal of a width."""
    times = TIMES_CELLS if width >= TIMES_WIDE_FROM else TIMES_NARROW
    end = width - 1 - LOSS_CELLS - times
    pitch = min(PITCH_MAX, (end - FIRST_CELL) // max(1, lanes))
    beside = pitch >= PITCH_MIN
    narrow = 1 if width < TIGHT_BELOW and lanes >= TIGHT_FROM else NARROW_PITCH
    return Columns(beside, pitch if beside else narrow, end, times)


class MergedPathView(Redrawn):
    """Shows the graph; what is chosen stays in view."""

    least = (40, 2)

    class Picked(Message):
        """A node was clicked."""

        def __init__(self, lane: int, ttl: int) -> None:
            super().__init__()
            self.lane = lane
            self.ttl = ttl

    class Scrolled(Message):
        """The wheel was turned."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._picture = MergedPicture()
        self._laid_out: tuple[tuple[Graph, bool], list[Row]] = ((Graph((), ()), True), [])
        self._first = 0
        self._places: list[list[tuple[int, int]]] = []  # of each line the cells where words begin, and their nodes

    def show(self, picture: MergedPicture) -> None:
        """Paint a picture."""
        self._picture = picture
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        """Words stand in the columns where there is room, else to the right of them."""
        picture = self._picture
        count = len(picture.graph.paths)
        if not count:
            return []
        beside, pitch, end, times = columns(width, count)
        at = [FIRST_CELL + pitch * lane for lane in range(count)]
        made = self._rows(picture.graph, beside=beside)
        if not beside and len(made) >= height:
            told = {at for at, node in enumerate(picture.nodes) if node.sign not in {"", "gap"} or at == picture.chosen}
            made = fold(made, picture.graph, told)
        self._bring_into_view(made, height - 1)
        shown = made[self._first : self._first + height - 1]
        hidden = self._first, len(made) - self._first - len(shown)
        legend = next((one for one in LEGENDS if width_of(one) < end - 3), LEGENDS[-1])
        title = Line(MUTED).pad(FIRST_CELL).add(legend)
        for many, glyph in zip(hidden, (self.glyphs.up, self.glyphs.down), strict=True):
            if many and title.width + 14 < end:
                title.add(f"   {glyph} {many} more")
        title.pad(end).add("Loss%".rjust(LOSS_CELLS)).add("Avg ms".rjust(times))
        self._places = []
        return [title, *(self._line(row, at, end, times, beside=beside) for row in shown)]

    def _rows(self, graph: Graph, *, beside: bool) -> list[Row]:
        if self._laid_out[0] != (graph, beside):
            self._laid_out = (graph, beside), rows(graph, beside=beside)
        return self._laid_out[1]

    def _bring_into_view(self, made: Sequence[Row], room: int) -> None:
        chosen = self._picture.chosen
        at = next((at for at, row in enumerate(made) for _, node in row.nodes if node == chosen), None)
        if at is not None:
            self._first = min(self._first, max(0, at - 1))
            self._first = max(self._first, at + 2 - room)
        self._first = max(0, min(self._first, len(made) - room))

    # ---- a line -----------------------------------------------------------------------------------------------

    def _line(self, row: Row, at: Sequence[int], end: int, times: int, *, beside: bool) -> Line:
        picture, glyphs = self._picture, self.glyphs
        nodes = {node: picture.nodes[node] for _, node in row.nodes}
        if row.folded:
            nodes = {
                node: _folded(text, picture.nodes[row.folded[-1]], len(row.folded)) for node, text in nodes.items()
            }
        signs = {node: self._sign(row, column, nodes[node], beside=beside) for column, node in row.nodes}
        cells = drawn(row, at, signs, glyphs)
        inks = {at[column]: nodes[node].sign_ink for column, node in row.nodes if nodes[node].sign}
        losing = cells.heavy.union(at[column] for column in row.heavy)
        inks |= {cell: LOSING for cell in losing if cell not in inks}
        line = Line()
        places: list[tuple[int, int]] = []
        chosen = any(node == picture.chosen for node in nodes)
        line.add(glyphs.selected if chosen else " ", Ink("accent"))
        rule = MUTED if row.ruled else Ink("accent")
        for start, stop, node in self._rooms(row, at, end, beside=beside):
            _draw(line, cells.text, start, inks, rule)
            line.pad(start)
            places.append((line.width, node))
            words = self._words(nodes[node], stop - start, alone=len(nodes) == 1, beside=beside)
            line.append(words.on("selbg") if node == picture.chosen else words)
        _draw(line, cells.text, len(cells.text), inks, rule)
        self._places.append(places)
        if len(nodes) == 1:
            text = next(iter(nodes.values()))
            line = line.fit(end).add(text.loss.rjust(LOSS_CELLS), text.loss_ink)
            line.add(next((one for one in text.times if len(one) < times), "").rjust(times), TEXT)
        return line

    def _sign(self, row: Row, column: int, text: NodeText, *, beside: bool) -> str:
        if text.sign:
            return str(getattr(self.glyphs, text.sign))
        if row.ended or not beside:
            return self.glyphs.stop
        return self.glyphs.heavy_lane if column in row.heavy else self.glyphs.lane

    @staticmethod
    def _rooms(row: Row, at: Sequence[int], end: int, *, beside: bool) -> Iterator[tuple[int, int, int]]:
        """Where the words of each node begin and end."""
        used = sorted({*row.passing, *row.ruled, *row.ended, *(column for column, _ in row.nodes)})
        for column, node in row.nodes:
            if not beside:
                yield at[-1] + 2, end - 1, node
                continue
            last = max((*row.ended, *row.ruled, column))
            following = next((at[other] for other in used if other > last), end)
            start = at[last] + 2
            yield start, max(start, min(following, end) - 1), node

    def _words(self, text: NodeText, room: int, *, alone: bool, beside: bool) -> Line:
        """Number, host, and what else there is room for."""
        glyphs = self.glyphs
        line = Line()
        if not beside:
            line.pad(self._label_cells() - width_of(text.label))
        for one, ink in ((text.lanes, ACCENT), (text.number, MUTED)):
            if one:
                line.add(one, ink).add(" ")
        figures = [] if alone else [(text.loss + " %", text.loss_ink)] if text.loss_ink != MUTED else []
        if not alone and text.times and not figures:
            figures = [(text.times[-1], MUTED)]
        free = max(0, room - line.width)
        needed = min(width_of(text.host), HOST_MIN)
        words = next((one for one in text.words if alone and width_of(one) + 2 + needed <= free), "")
        behind = [*figures, (words, LOSING), (text.aside, MUTED)]
        kept: list[tuple[str, Ink]] = []
        for one, ink in behind:
            taken = sum(width_of(other) + 2 for other, _ in kept)
            least = needed if ink is LOSING else width_of(text.host)
            if one and least + taken + width_of(one) + 2 <= free:
                kept.append((one, ink))
        left = free - sum(width_of(one) + 2 for one, _ in kept)
        line.add(cut(text.host, left, glyphs.ellipsis), text.ink)
        for one, ink in kept:
            line.add("  ").add(one, ink)
        return line

    def _label_cells(self) -> int:
        """The cells of the longest label: hosts stand below each other."""
        return max([NUMBER_CELLS, *(width_of(one.label) for one in self._picture.nodes)])

    # ---- the mouse --------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Select the node whose words, or whose line, is under the mouse."""
        if 1 <= event.y <= len(self._places):
            nodes = self._places[event.y - 1]
            left = [node for start, node in nodes if start - 2 <= event.x] or [node for _, node in nodes[:1]]
            if left:
                self.post_message(self.Picked(*self._picture.nodes[left[-1]].key))

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the selection."""
        self.post_message(self.Scrolled(1))

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the selection."""
        self.post_message(self.Scrolled(-1))


def _folded(first: NodeText, last: NodeText, more: int) -> NodeText:
    """What is said of a run of hops."""
    number = f"{first.number.partition('-')[0]}-{last.number.rpartition('-')[2]}"
    host = f"{more + 1} hops, not shown"
    return NodeText(first.key, number, host, MUTED, first.lanes, sign="gap", sign_ink=MUTED)


def _draw(line: Line, text: str, stop: int, inks: dict[int, Ink], ink: Ink) -> None:
    """Write the picture's cells up to ``stop`` that are not written yet."""
    for cell in range(line.width, min(stop, len(text))):
        line.add(text[cell], inks.get(cell, ink))
