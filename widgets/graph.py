"""The graph view: RTTs of one hop or two, jitter below, distribution and figures beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import distribution, rtt_graph
from .ink import Ink
from .line import MUTED, RULE, TEXT, Line, cut, width_of
from .line_widget import Shown
from .numbers import grouped, step_125

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .glyphs import Glyphs

SIDE_CELLS = 40
SIDE_FROM = 110
JITTER_FROM = 36 - 4  # rows of the body in a screen of 36
JITTER_ROWS = 7
FIGURE_END = 26


class Graph(NamedTuple):
    """What the view shows."""

    hop: str = ""  # the first word of the curve's title: ``hop 12``
    curve: rtt_graph.Curve | None = None  # None: there is no hop
    second_hop: str = ""  # likewise of the second curve's; empty: there is none
    second: rtt_graph.Curve | None = None  # of the hop that is kept beside it, None: there is none
    figures: tuple[tuple[str, str], ...] = ()  # labels and values


def figures(curve: rtt_graph.Curve, jitter_us: int, stdev_us: int) -> tuple[tuple[str, str], ...]:
    """The numbers beside the graph, times with three decimals."""
    values = [value for value in curve.rtts_us if value >= rtt_graph.UNANSWERED]
    answered = sorted(value for value in values if value >= 0)
    if not answered:
        return (("answered", f"0 of {grouped(len(values))}"),)
    lost = len(values) - len(answered)
    made = [
        ("answered", f"{grouped(len(answered))} of {grouped(len(values))}"),
        ("lost", f"{grouped(lost)} {100 * lost / len(values):5.1f} %"),
        ("best", _exact(answered[0])),
    ]
    made += [(name, _exact(value_us)) for name, value_us in curve.percentiles_us]
    made += [("worst", _exact(answered[-1])), ("mean jitter", _exact(jitter_us)), ("stdev", _exact(stdev_us))]
    return tuple(made)


def _exact(time_us: int) -> str:
    return f"{time_us / 1000:.3f}"


class GraphView(Shown[Graph]):
    """Shows a ``Graph``."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(Graph(), id=id)

    def draw(self, width: int, height: int) -> list[Line]:
        """The parts depend on the size."""
        graph = self.shown
        if graph.curve is None or width < 20 or height < 6:
            return []
        wide = width >= SIDE_FROM
        left = width - SIDE_CELLS if wide else width
        lines = self._left(graph, graph.curve, left, height)
        if wide:
            side = self._side(graph, graph.curve, SIDE_CELLS - 1, height)
            bar = Line().add(self.glyphs.bar, RULE)
            blank = Line()
            lines = [
                Line()
                .append((lines[row] if row < len(lines) else blank).fit(left - 1))
                .append(bar)
                .append((side[row] if row < len(side) else blank).fit(SIDE_CELLS))
                for row in range(height)
            ]
        return lines

    def _left(self, graph: Graph, curve: rtt_graph.Curve, width: int, height: int) -> list[Line]:
        glyphs = self.glyphs
        below = JITTER_ROWS if height >= JITTER_FROM else 0
        title = Line().add(glyphs.rule + " ", RULE)
        room = width - 12
        first = cut(f"{graph.hop} {curve.title}", room // (2 if graph.second else 1), glyphs.ellipsis)
        title.add(first, Ink("accent", bold=True)).add(" " + glyphs.rule, RULE)
        if graph.second is not None:
            title.add(glyphs.rule + " ", RULE)
            second = cut(f"{graph.second_hop} {graph.second.title}", room - width_of(first), glyphs.ellipsis)
            title.add(second, Ink("note-words")).add(" ")
        title.add(" ms ", MUTED).pad(width, RULE, glyphs.rule)
        lines = [title, *rtt_graph.lines(curve, width, height - 1 - below, glyphs, graph.second)]
        if below:
            lines += [Line()] * (height - below - len(lines))
            lines += jitter_bars(curve, width, below, glyphs)
        return lines

    def _side(self, graph: Graph, curve: rtt_graph.Curve, width: int, height: int) -> list[Line]:
        glyphs = self.glyphs
        rows = height - len(graph.figures) - 3
        lines = [Line().add(" Distribution ", MUTED).pad(width, RULE, glyphs.rule)]
        lines += distribution.lines(curve, width, min(rows, 16), glyphs)
        lines += [Line()] * (2 if len(lines) + len(graph.figures) + 2 <= height else 1)
        for label, value in graph.figures:
            line = Line().add(f" {label}", MUTED)
            lines.append(line.pad(max(line.width + 1, FIGURE_END - len(value))).add(value, TEXT))
        return lines


def jitter_bars(curve: rtt_graph.Curve, width: int, height: int, glyphs: Glyphs) -> list[Line]:
    """Bars of the change from one answer to the next, two rounds a cell, below a rule of their own."""
    title = Line().add(glyphs.rule + " ", RULE).add("jitter: change from one answer to the next, ms ", MUTED)
    cells = rtt_graph.plot_width(width)
    changes = _changes(rtt_graph.window(curve, width), cells)
    top = step_125(max([change for change in changes if change is not None], default=0) / 1000 or 1.0)
    rows = height - 1
    lines = [title.pad(width, RULE, glyphs.rule)]
    eighths = [None if change is None else round(change / 1000 / top * rows * 8) for change in changes]
    for row in range(rows):
        label = f"{top:g}" if row == 0 else "0" if row == rows - 1 else ""
        line = Line().add(label.rjust(6), MUTED).add(" " + glyphs.bar, RULE)
        base = (rows - 1 - row) * 8
        for eighth in eighths:
            if eighth is None or (eighth <= base and not (base == 0 and eighth == 0)):
                line.add(" ")
            else:
                line.add(glyphs.ramp[max(0, min(7, eighth - base - 1))], Ink("strip"))
        lines.append(line)
    return lines


def _changes(values: Sequence[int], cells: int) -> list[int | None]:
    """The largest change of each cell's two rounds; None where there is none."""
    made: list[int | None] = [None] * cells
    first = 2 * cells - len(values)
    before = None
    for at, value in enumerate(values):
        if value < 0:
            continue
        if before is not None:
            cell = (first + at) // 2
            change = abs(value - before)
            known = made[cell]
            made[cell] = change if known is None else max(known, change)
        before = value
    return made
