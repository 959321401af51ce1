"""The widgets of few rows: target bar, header, the answer below it, and the footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from .answer import AnswerText, answer_line
from .header import GROUND, Head, first_row, second_row
from .hints import CheckProgress, Hint, Question, footer_line, progress_line, question_line
from .ink import SEVERITY_INKS, Ink
from .line import ACCENT, MUTED, STRONG, Line, cut_lane, width_of
from .line_widget import Redrawn, Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events


class Header(Shown[Head]):
    """Two rows, or one in the compact layout."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(Head(), id=id)
        self.ground = GROUND

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 - a second row that is not seen costs little
        """Words depend on the width."""
        return [first_row(self.shown, width, self.glyphs), second_row(self.shown, width, self.glyphs)]


class AnswerLine(Shown[AnswerText]):
    """Says in one sentence what the trace shows; the longest wording that fits, never an ellipsis."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(AnswerText(), id=id)

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 - one line
        """The wording depends on the width."""
        return [answer_line(self.shown, width, self.glyphs)]


class Footer(Redrawn):
    """The keys of the moment; what does not fit is left out, Find first and Quit never.

    A prompt takes their place, or a check that runs.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._hints: Sequence[Hint] = ()
        self._instead: Question | CheckProgress | None = None

    def show(self, hints: Sequence[Hint], instead: Question | CheckProgress | None = None) -> None:
        """Paint these hints, or what stands there instead of them."""
        self._hints = hints
        self._instead = instead
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 - one line
        """What fits depends on the width."""
        instead = self._instead
        if isinstance(instead, Question):
            return [question_line(instead, width, self.glyphs)]
        if instead is not None:
            return [progress_line(instead, width, self.glyphs)]
        return [footer_line(self._hints, width)]


class TargetBar(Redrawn):
    """One tab a target, the one that is shown underlined; as many as fit around it."""

    class Picked(Message):
        """A target was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, all_key: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._all_key = all_key  # that opens the overview
        self._tabs: Sequence[tuple[str, str]] = ()
        self._active = 0
        self._all = False
        self._places: list[tuple[int, int, int]] = []

    def show(self, tabs: Sequence[tuple[str, str]], active: int, all_shown: bool) -> None:  # noqa: FBT001
        """Paint marks and names; ``all_shown``: the overview is open."""
        self._tabs, self._active, self._all = tabs, active, all_shown
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 - one line
        """What fits depends on the width; how many are hidden is said on both sides."""
        glyphs = self.glyphs
        names = [cut_lane(name, 24, glyphs.ellipsis) for _, name in self._tabs]
        line = Line(MUTED).add(" ").add(self._all_key, ACCENT).add(" ")
        line.add("all", STRONG._replace(underline=True) if self._all else MUTED).add("  ")
        first, last = shown_tabs([width_of(name) + 4 for name in names], self._active, width - 1 - line.width)
        if first:
            line.add(f"{glyphs.before}{first}  ")
        self._places = []
        for at in range(first, last):
            mark, _ = self._tabs[at]
            start = line.width
            line.add(glyphs.mark(mark) + " ", Ink(SEVERITY_INKS[mark]))
            on = at == self._active and not self._all
            line.add(names[at], STRONG._replace(underline=True) if on else MUTED)
            self._places.append((start, line.width, at))
            line.add("  ")
        hidden = len(names) - last
        return [line.add(f"{hidden}{glyphs.after}") if hidden else line]

    def on_click(self, event: events.Click) -> None:
        """Show the target under the mouse."""
        for start, stop, at in self._places:
            if start <= event.x < stop:
                self.post_message(self.Picked(at))


def shown_tabs(cells: Sequence[int], active: int, room: int) -> tuple[int, int]:
    """The first tab that is shown, and the one after the last: as many as fit around the one that is active.

    Args:
        cells: of each tab, with the blanks behind it.
        active: the tab that has to be seen.
        room: cells for all of them, and for how many are hidden on either side.
    """
    count = len(cells)
    first = 0
    while True:
        last, left = first, room - (len(str(first)) + 3 if first else 0)
        while last < count:
            more = len(str(count - last - 1)) + 1 if last + 1 < count else -2
            if cells[last] + more > left:
                break
            left -= cells[last]
            last += 1
        if last > active or first >= active:
            return first, max(last, first + 1)
        first += 1
