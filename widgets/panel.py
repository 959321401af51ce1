"""The lower panel: a rule that is a tab bar, and one pane below it or two side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from . import distribution, rtt_graph, words
from .line import ACCENT, MUTED, RULE, STRONG, Line, cut, width_of
from .line_widget import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events

    from .glyphs import Glyphs

TABS = {"verdict": "Verdict", "events": "Events", "rtt": "RTT", "distribution": "Distribution"}
WORDS = ("verdict", "events")
PICTURES = ("rtt", "distribution")
SPLIT_ROWS = 12
SPLIT_WIDTH = 110
STACK_ROWS = 26  # from here both pictures stand below each other


class PanelContents(NamedTuple):
    """What the panes can show."""

    findings: tuple[words.VerdictEntry, ...] = ()  # in the order of their rank
    entries: tuple[words.EventEntry, ...] = ()  # newest first
    curve: rtt_graph.Curve | None = None  # of the selected hop, None: there is no hop
    second: rtt_graph.Curve | None = None  # of the hop that is kept beside it
    subject: str = ""  # whose pictures they are: ``hop 12  www.example.net``
    note: tuple[Line, ...] = ()  # in the place of all panes, for as long as it is given


class _Label(NamedTuple):
    """Where a tab stands in the rule: line, first and last cell."""

    y: int
    start: int
    stop: int
    tab: str


class Panel(Shown[PanelContents]):
    """Shows ``PanelContents``; ``words`` and ``picture`` are the open tabs, ``single`` that of a single pane."""

    least = (20, 2)

    class TabPicked(Message):
        """A tab was clicked."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, keys: Mapping[str, str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(PanelContents(), id=id)
        self._keys = keys  # by tab, as they stand before its name
        self._labels: list[_Label] = []
        self.words = "verdict"
        self.picture = "rtt"
        self.single = "verdict"
        self.zoomed = False
        self.scrolled = 0

    @property
    def split(self) -> bool:
        """Whether there are two panes."""
        return self.size.height > SPLIT_ROWS and self.size.width >= SPLIT_WIDTH and not self.zoomed

    def open(self, tab: str) -> None:
        """Show a tab."""
        if tab != self.single:
            self.scrolled = 0
        self.single = tab
        if tab in WORDS:
            self.words = tab
        else:
            self.picture = tab

    def open_next(self) -> None:
        """Show the next tab: of the single pane, or of the pictures."""
        tabs = list(PICTURES if self.split else TABS)
        now = self.picture if self.split else self.single
        self.open(tabs[(tabs.index(now) + 1) % len(tabs)])

    def scroll_lines(self, lines: int) -> None:
        """Scroll a pane of words."""
        self.scrolled = max(0, self.scrolled + lines)
        self.redraw()

    def shows(self, tab: str) -> bool:
        """Whether a tab is open."""
        return tab in ({self.words, self.picture} if self.split else {self.single})

    def draw(self, width: int, height: int) -> list[Line]:
        """Panes depend on the size."""
        self._labels = []
        if self.shown.note:
            return [Line().pad(width, RULE, self.glyphs.rule), *self.shown.note]
        if not self.split:
            return self._pane(self.single, tuple(TABS), width, height, 0, 0)
        left = max(62, width // 2)
        right = width - left - 1
        left_lines = self._left(left, height)
        right_lines = self._right(right, height, left + 1)
        blank = Line()
        return [
            Line()
            .append((left_lines[y] if y < len(left_lines) else blank).fit(left))
            .add(" ")
            .append((right_lines[y] if y < len(right_lines) else blank).fit(right))
            for y in range(height)
        ]

    def _left(self, width: int, height: int) -> list[Line]:
        if self.words == "verdict":
            verdict = words.finding_lines(self.shown.findings, width, self.glyphs)
            if height - 1 - len(verdict) >= 4:
                lines = [self._rule(("verdict",), "verdict", (), width, 0, 0), *verdict, Line()]
                lines.append(self._rule(("events",), "events", ("newest first",), width, len(lines), 0))
                return lines + words.entry_lines(self.shown.entries, width, self.glyphs)
        return self._pane(self.words, WORDS, width, height, 0, 0)

    def _right(self, width: int, height: int, x: int) -> list[Line]:
        if height - 1 < STACK_ROWS:
            return self._pane(self.picture, PICTURES, width, height, x, 0)
        upper = (height - 1) // 2 + 1
        lines = self._pane("rtt", ("rtt",), width, upper, x, 0)[:upper]
        lines += [Line()] * (upper - len(lines))
        return lines + self._pane("distribution", ("distribution",), width, height - upper, x, upper)

    def _pane(  # noqa: PLR0917 - a pane is its place
        self, tab: str, tabs: Sequence[str], width: int, height: int, x: int, y: int
    ) -> list[Line]:
        rows = height - 1
        more_lines: tuple[str, ...] = ()
        aside = self.shown.subject if tab in PICTURES else "newest first" if tab == "events" else ""
        if tab == "verdict":
            body = words.finding_lines(self.shown.findings, width, self.glyphs)
        elif tab == "events":
            body = words.entry_lines(self.shown.entries, width, self.glyphs)
        elif tab == "rtt":
            curve = self.shown.curve
            body = rtt_graph.lines(curve, width, rows, self.glyphs, self.shown.second) if curve else []
        else:
            body = distribution.lines(self.shown.curve, width, rows, self.glyphs) if self.shown.curve else []
        if len(body) > rows:
            self.scrolled = max(0, min(self.scrolled, len(body) - rows))
            more = len(body) - rows - self.scrolled
            body = body[self.scrolled : self.scrolled + rows]
            if more and tab in WORDS:
                more_lines = (f"{more} more line{'' if more == 1 else 's'}: {self._keys[tab]}", f"{more} more")
        else:
            self.scrolled = 0
        return [self._rule(tabs, tab, more_lines or (aside,), width, x, y), *body]

    def _rule(  # noqa: PLR0917 - see above
        self, tabs: Sequence[str], active: str, asides: Sequence[str], width: int, x: int, y: int
    ) -> Line:
        names = [(tab, self._keys[tab], TABS[tab]) for tab in tabs]
        line, places = rule(names, active, asides, width, self.glyphs)
        self._labels += [_Label(y, x + start, x + stop, tab) for tab, start, stop in places]
        return line

    def on_click(self, event: events.Click) -> None:
        """Open the tab under the mouse."""
        for label in self._labels:
            if label.y == event.y and label.start <= event.x <= label.stop:
                self.post_message(self.TabPicked(label.tab))

    def on_mouse_scroll_down(self) -> None:
        """Scroll on in a pane of words."""
        self.scrolled += 1
        self.redraw()

    def on_mouse_scroll_up(self) -> None:
        """Scroll back."""
        self.scrolled = max(0, self.scrolled - 1)
        self.redraw()


def rule(
    tabs: Sequence[tuple[str, str, str]], active: str, asides: Sequence[str], width: int, glyphs: Glyphs
) -> tuple[Line, list[tuple[str, int, int]]]:
    """The rule with its tabs, ``(tab, key, name)``, and where they stand: ``(tab, first cell, last cell)``.

    Of the ``asides`` on its right, longest first, the first that fits is shown, or else the last, cut.
    """
    line = Line()
    places = []
    for tab, key, name in tabs:
        on = tab == active
        line.add(glyphs.rule + " ", RULE)
        start = line.width
        bracket = on and glyphs.rule == "-"
        line.add("[" if bracket else "", STRONG).add(key, ACCENT).add(" " if key else "")
        line.add(name, STRONG._replace(underline=True) if on else MUTED).add("]" if bracket else "", STRONG)
        places.append((tab, start, line.width - 1))
        line.add(" ")
    room = width - line.width - 4
    aside = next((one for one in asides if width_of(one) <= room), asides[-1] if asides else "")
    aside = cut(aside, room, glyphs.ellipsis) if room > 6 else ""
    line.pad(width - (width_of(aside) + 3 if aside else 0), RULE, glyphs.rule)
    if aside:
        line.add(f" {aside} ", MUTED).add(glyphs.rule, RULE)
    return line.fit(width), places
