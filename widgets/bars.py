"""The one-line widgets: the answer below the header, and the footer with its keys or a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from .ink import SEVERITY_INKS, Ink
from .line import ACCENT, MUTED, STRONG, Line, Redrawn, Shown, cut, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from .glyphs import Glyphs


class Answer(NamedTuple):
    """The answer in up to three lengths, longest first: ``(lead phrase, rest)`` each; ``severity`` names its mark."""

    severity: str = ""
    sentences: tuple[tuple[str, str], ...] = ()


class AnswerLine(Shown[Answer]):
    """Says in one sentence what the trace shows; the longest wording that fits, never an ellipsis."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(Answer(), id=id)

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 - one line
        """The wording depends on the width."""
        return [answer_line(self.shown, width, self.glyphs)]


def answer_line(answer: Answer, width: int, glyphs: Glyphs) -> Line:
    """The longest sentence that fits; the shortest where none does."""
    line = Line()
    if not answer.sentences:
        return line
    room = width - 4
    lead, rest = next(
        (pair for pair in answer.sentences if len(f"{pair[0]} {pair[1]}".strip()) <= room), answer.sentences[-1]
    )
    ink = Ink(SEVERITY_INKS[answer.severity], bold=True)
    line.add(" ").add(glyphs.mark(answer.severity) + " ", Ink(ink.fg))
    line.add(lead, ink)
    if rest:
        line.add(" " + rest)
    return line


class Hint(NamedTuple):
    """A key and what it does, as the footer shows it."""

    key: str
    label: str
    optional: bool = False


class Question(NamedTuple):
    """A prompt in place of the footer: label, what is typed, what is accepted, and whether it is."""

    label: str
    text: str
    range_text: str
    valid: bool


class Footer(Redrawn):
    """The keys of the moment; what does not fit is left out, Find first and Quit never. A prompt takes its place."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._hints: Sequence[Hint] = ()
        self._question: Question | None = None

    def show(self, hints: Sequence[Hint], question: Question | None = None) -> None:
        """Paint these hints, or a question."""
        self._hints = hints
        self._question = question
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 - one line
        """What fits depends on the width."""
        question = self._question
        return [question_line(question, width, self.glyphs) if question else footer_line(self._hints, width)]


def footer_line(hints: Sequence[Hint], width: int) -> Line:
    """Hints in one line."""
    shown = list(hints)

    def need() -> int:
        return sum(width_of(hint.key) + 1 + width_of(hint.label) for hint in shown) + 2 * (len(shown) - 1) + 2

    while len(shown) > 1 and need() > width:
        at = next((index for index, hint in enumerate(shown) if hint.optional), len(shown) - 2)
        shown.pop(at)
    line = Line()
    for at, hint in enumerate(shown):
        line.add(" " if at == 0 else "  ").add(hint.key, Ink("accent", bold=True)).add(" " + hint.label, MUTED)
    return line


def question_line(question: Question, width: int, glyphs: Glyphs) -> Line:
    """A prompt: the range is muted while the text is accepted, and coloured when it is not."""
    line = Line().add(f" {question.label}: ", Ink("accent", bold=True)).add(question.text, Ink("strong"))
    line.add(" ", Ink("strong", reverse=True)).add("  ")
    room = width - 1 - line.width
    if question.valid:
        return line.add(cut(question.range_text, room, glyphs.ellipsis), MUTED)
    return line.add(cut(f"{glyphs.fault} {question.range_text}", room, glyphs.ellipsis), Ink("bad"))


class TargetBar(Redrawn):
    """One tab a target, the one that is shown underlined; as many as fit around it."""

    class Picked(Message):
        """A target was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._tabs: Sequence[tuple[str, str]] = ()
        self._active = 0
        self._all = False
        self._places: list[tuple[int, int, int]] = []

    def show(self, tabs: Sequence[tuple[str, str]], active: int, all_shown: bool) -> None:  # noqa: FBT001
        """Paint marks and names; ``all_shown``: the overview is open."""
        self._tabs, self._active, self._all = tabs, active, all_shown
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 - one line
        """What fits depends on the width."""
        cells = [width_of(cut(name, 24, self.glyphs.ellipsis)) + 4 for _, name in self._tabs]
        first = 0
        while first < self._active and sum(cells[first : self._active + 1]) > width - 10:
            first += 1
        line = Line(MUTED).add(" ").add("0", ACCENT).add(" ")
        line.add("all", STRONG._replace(underline=True) if self._all else MUTED).add("  ")
        self._places = []
        for at in range(first, len(self._tabs)):
            mark, name = self._tabs[at]
            if line.width + cells[at] > width - 1:
                break
            start = line.width
            line.add(self.glyphs.mark(mark) + " ", Ink(SEVERITY_INKS[mark]))
            on = at == self._active and not self._all
            line.add(cut(name, 24, self.glyphs.ellipsis), STRONG._replace(underline=True) if on else MUTED)
            self._places.append((start, line.width, at))
            line.add("  ")
        return [line]

    def on_click(self, event: events.Click) -> None:
        """Show the target under the mouse."""
        for start, stop, at in self._places:
            if start <= event.x < stop:
                self.post_message(self.Picked(at))
