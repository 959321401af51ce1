"""The widgets of the screen, and how the rows of the terminal are given to them."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ...widgets.bars import AnswerLine, Footer, Header, TargetBar
from ...widgets.hop_table import HopTable
from ...widgets.line import MUTED, Line
from ...widgets.line_widget import LineWidget
from ...widgets.panel import TABS, Panel
from ...widgets.time_line import TimeLineView
from ..actions import first_key
from .row_heights import MIN_HEIGHT, MIN_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..actions import Action
    from .row_layout import Settled


class Blank(LineWidget):
    """A line of nothing, or the words for a terminal that is too small."""


class Parts:
    """The widgets from top to bottom; ``bodies`` holds those of the views that have been asked for, by view."""

    def __init__(self, actions: Iterable[Action]) -> None:
        actions = tuple(actions)
        self.target_bar = TargetBar(first_key("overview", actions), id="targets")
        self.header = Header(id="header")
        self.answer = AnswerLine(id="answer")
        self.blank_above = Blank(id="blank-above")
        self.table = HopTable(id="table")
        self.bodies: dict[str, Any] = {"table": self.table}
        self.blank_below = Blank(id="blank-below")
        self.panel = Panel({tab: first_key(tab, actions) for tab in TABS}, id="panel")
        self.time_line = TimeLineView(id="time-line")
        self.footer = Footer(id="footer")

    def __iter__(self) -> Iterator[LineWidget]:
        """From top to bottom, as they are mounted."""
        yield from (self.target_bar, self.header, self.answer, self.blank_above, self.table)
        yield from (self.blank_below, self.panel, self.time_line, self.footer)

    def give_rows(self, settled: Settled) -> None:
        """Show each part in the rows that were decided; the body that is shown must be there."""
        heights = settled.heights
        body = self.bodies[settled.body]
        self.table.with_strip = settled.with_strip
        self.panel.zoomed = settled.zoomed
        for widget in self.bodies.values():
            widget.display = widget is body and heights.body > 0
        body.styles.height = heights.body
        for part, rows in (
            (self.target_bar, settled.targets),
            (self.header, heights.header),
            (self.blank_above, heights.blank_above),
            (self.blank_below, heights.blank_below),
            (self.panel, heights.panel),
            (self.time_line, settled.time_line),
        ):
            part.styles.height = rows
            part.display = rows > 0
        self.answer.display = self.footer.display = True

    def clear(self) -> None:
        """Take away the words for a terminal that was too small."""
        self.blank_above.paint([])

    def hide_all(self, height: int) -> None:
        """Leave the whole screen to the words for a terminal that is too small."""
        for widget in (
            self.target_bar,
            self.header,
            self.answer,
            *self.bodies.values(),
            self.blank_below,
            self.time_line,
        ):
            widget.display = False
        self.panel.display = self.footer.display = False
        self.blank_above.display = True
        self.blank_above.styles.height = height

    def say_too_small(self, width: int, height: int) -> None:
        """The words, in the middle."""
        whole = f"Terminal too small ({width}x{height}): {MIN_WIDTH}x{MIN_HEIGHT} needed. Still measuring."
        texts = wrap(whole, max(1, width))
        lines = [Line(MUTED).pad(max(0, (width - len(text)) // 2)).add(text) for text in texts]
        self.blank_above.paint([*[Line()] * max(0, (height - len(lines) + 1) // 2), *lines])


def make_body(name: str) -> LineWidget:
    """The widget of a view that is not the table; its module is loaded when it is first asked for."""
    if name == "chart":
        from ...widgets.chart import StripChart

        return StripChart(id="chart")
    if name == "graph":
        from ...widgets.graph import GraphView

        return GraphView(id="graph")
    if name == "both":
        from ...widgets.two_ways import TwoWaysView

        return TwoWaysView(id="both")
    if name == "merged":
        from ...widgets.merged_path import MergedPathView

        return MergedPathView(id="merged")
    from ...widgets.overview import Overview

    return Overview(id="overview")
