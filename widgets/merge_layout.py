"""Several paths that meet, part and meet again, laid out from top to bottom: a graph in, rows out, rows to characters.

    ●        ●        ●      the sources, a column for each lane
    ●        ●        ●      what only one lane comes through
    │        ●────────╯      two of them meet; the line goes on in the leftmost column of those that it carries
    ●────────╯               and the third comes to them
    ├────────╮               they part
    ●        ●
    ●────────╯               the target

A column belongs to a lane; a line that carries several runs in that of the first of them. So no line ever changes its
column but where it meets others or leaves them, and no two lines share one. A line that others only pass is drawn
through theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from .glyphs import Glyphs


class Graph(NamedTuple):
    """What is laid out."""

    nodes: tuple[tuple[int, ...], ...]  # of each node the lanes that come through it, in order, one at least
    paths: tuple[tuple[int, ...], ...]  # of each lane its nodes from source to target
    apart: frozenset[int] = frozenset()  # nodes that lanes come through side by side, without meeting
    # Lanes, and places in their paths: the links that lead there lose traffic.
    losing: frozenset[tuple[int, int]] = frozenset()


class Row(NamedTuple):
    """A row of the picture. Columns are those of lanes."""

    nodes: tuple[tuple[int, int], ...] = ()  # columns, from the left, and the nodes there
    passing: frozenset[int] = frozenset()  # columns of lines that come from above and go on below
    ended: tuple[int, ...] = ()  # columns of lines that end here: they meet the only node of the row
    stem: int = -1  # column of the line that others leave here; -1: none do
    begun: tuple[int, ...] = ()  # columns of the lines that leave it
    ruled: tuple[int, ...] = ()  # columns of lines that a rule joins here, without their meeting; the node is that
    heavy: frozenset[int] = frozenset()  # columns of lines that lose traffic
    folded: tuple[int, ...] = ()  # further nodes of the same line that the row stands for


FOLDED_MIN = 3


def fold(made: Sequence[Row], graph: Graph, shown: Container[int]) -> list[Row]:
    """Rows with runs of nodes that one lane alone comes through in one row each, but for nodes that are to be shown."""
    folded: list[Row] = []
    run: list[Row] = []
    for row in [*made, Row()]:
        alone = len(row.nodes) == 1 and len(graph.nodes[row.nodes[0][1]]) == 1 and row.nodes[0][1] not in shown
        if alone and (not run or run[-1].nodes[0][0] == row.nodes[0][0]):
            run.append(row)
            continue
        folded += [run[0]._replace(folded=tuple(one.nodes[0][1] for one in run[1:]))] if len(run) >= FOLDED_MIN else run
        run = [row] if alone else []
        folded += [] if alone else [row]
    return folded[:-1]


def rows(graph: Graph, *, beside: bool) -> list[Row]:
    """The rows of a graph.

    Args:
        graph: without circles.
        beside: what different lanes come through alone stands side by side; else each node has a row of its own.

    Raises:
        ValueError: two nodes are each before the other.
    """
    return list(_Layout(graph, beside=beside).rows())


class _Layout:
    def __init__(self, graph: Graph, *, beside: bool) -> None:
        self._graph = graph
        self._beside = beside
        self._place = [0] * len(graph.paths)  # of the node that each lane comes to next
        self._tracks: dict[int, tuple[int, ...]] = {lane: (lane,) for lane in range(len(graph.paths))}
        self._drawn: set[int] = set()  # columns of lines that have begun

    def rows(self) -> Iterator[Row]:
        """From the sources to the target."""
        while self._tracks:
            alone = [column for column in sorted(self._tracks) if len(self._graph.nodes[self._next(column)]) == 1]
            if alone:
                yield self._side_by_side(alone if self._beside else alone[:1])
            else:
                yield from self._together(self._ready())

    def _next(self, column: int) -> int:
        """The node that a line comes to."""
        lane = self._tracks[column][0]
        return self._graph.paths[lane][self._place[lane]]

    def _heavy(self) -> frozenset[int]:
        losing, place = self._graph.losing, self._place
        return frozenset(
            column for column, lanes in self._tracks.items() if any((lane, place[lane]) in losing for lane in lanes)
        )

    def _side_by_side(self, columns: Sequence[int]) -> Row:
        """What lines of one lane each come through."""
        heavy = self._heavy()
        nodes = tuple((column, self._next(column)) for column in columns)
        self._drawn.update(columns)
        row = Row(nodes, frozenset(self._drawn.intersection(self._tracks).difference(columns)), heavy=heavy)
        for column in columns:
            self._go_on(column)
        return row

    def _ready(self) -> int:
        """A node that all its lanes have come to, the leftmost of such."""
        for column in sorted(self._tracks):
            node = self._next(column)
            if all(self._graph.paths[lane][self._place[lane]] == node for lane in self._graph.nodes[node]):
                return node
        raise ValueError("two nodes are each before the other")

    def _together(self, node: int) -> Iterator[Row]:
        """What several lanes come through."""
        columns = [column for column in sorted(self._tracks) if self._next(column) == node]
        heavy = self._heavy()
        self._drawn.update(columns)
        passing = frozenset(self._drawn.intersection(self._tracks).difference(columns))
        if node in self._graph.apart:
            yield Row(((columns[0], node),), passing, ruled=tuple(columns), heavy=heavy)
            parting = [column for column in columns if self._go_on(column)]
        else:
            yield Row(((columns[0], node),), passing, ended=tuple(columns[1:]), heavy=heavy)
            lanes = sorted(lane for column in columns for lane in self._tracks.pop(column))
            self._tracks[columns[0]] = tuple(lanes)
            parting = [columns[0]] if self._go_on(columns[0]) else []
        for stem in parting:
            yield self._part(stem)

    def _go_on(self, column: int) -> bool:
        """Let a line leave its node; whether its lanes part there. At the target it ends."""
        lanes = self._tracks[column]
        for lane in lanes:
            self._place[lane] += 1
        goes_on = [lane for lane in lanes if self._place[lane] < len(self._graph.paths[lane])]
        if not goes_on:
            del self._tracks[column]
            return False
        return len({self._graph.paths[lane][self._place[lane]] for lane in goes_on}) > 1

    def _part(self, stem: int) -> Row:
        """The lanes of a line go different ways."""
        groups: dict[int, list[int]] = {}
        for lane in self._tracks.pop(stem):
            groups.setdefault(self._graph.paths[lane][self._place[lane]], []).append(lane)
        others = frozenset(self._drawn.intersection(self._tracks))
        for lanes in groups.values():
            self._tracks[lanes[0]] = tuple(lanes)
        begun = tuple(sorted(lanes[0] for lanes in groups.values() if lanes[0] != stem))
        self._drawn.update(begun)
        return Row((), others, stem=stem, begun=begun, heavy=self._heavy())


class Drawn(NamedTuple):
    """The characters of a row's lines and nodes."""

    text: str  # from the first cell of the picture to the last one that is not blank
    heavy: frozenset[int]  # cells of lines that lose traffic


def drawn(row: Row, at: Sequence[int], signs: Mapping[int, str], glyphs: Glyphs) -> Drawn:
    """The characters of a row.

    Args:
        row: what is drawn.
        at: the cell of each column, from 0.
        signs: the characters of nodes.
        glyphs: the characters of lines.
    """
    cells = [" "] * (at[-1] + 1)
    heavy: set[int] = set()
    reach = row.ended or row.begun
    if reach:
        first = row.stem if row.begun else row.nodes[0][0]
        for cell in range(at[first] + 1, at[reach[-1]] + 1):
            loses = any(column in row.heavy for column in reach if at[column] >= cell)
            cells[cell] = glyphs.heavy_axis if loses else glyphs.axis
            heavy.update({cell} if loses else ())
    if len(row.ruled) > 1:
        for cell in range(at[row.ruled[0]], at[row.ruled[-1]]):
            cells[cell] = glyphs.network_rule[0]
    for column in row.passing:
        loses = column in row.heavy
        cells[at[column]] = glyphs.heavy_lane if loses else glyphs.lane
        (heavy.add if loses else heavy.discard)(at[column])
    pieces = {column: (2, 2 if column == row.ended[-1] else 1) for column in row.ended}
    pieces |= {column: (1, 2 if column == row.begun[-1] else 1) for column in row.begun}
    if row.begun:
        pieces[row.stem] = 0, 0
    for column, (kind, side) in pieces.items():
        loses = column in row.heavy
        cells[at[column]] = (glyphs.heavy_joints if loses else glyphs.joints)[3 * kind + side]
        (heavy.add if loses else heavy.discard)(at[column])
    for column in row.ruled:
        side = 1 if column == row.ruled[0] else 3 if column == row.ruled[-1] else 2
        cells[at[column]] = glyphs.network_rule[side if len(row.ruled) > 1 else 2]
        if column in row.heavy:
            heavy.add(at[column])
    if not row.ruled:
        for column, node in row.nodes:
            cells[at[column]] = signs[node]
    return Drawn("".join(cells).rstrip(), frozenset(heavy))
