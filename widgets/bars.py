"""The one-line widgets: the answer below the header, and the footer with its keys or a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ink import SEVERITY_INKS, Ink
from .line import MUTED, Line, LineWidget, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer in up to three lengths, longest first: ``(lead phrase, rest)`` each; ``severity`` names its mark."""

    severity: str = ""
    sentences: tuple[tuple[str, str], ...] = ()


class AnswerLine(LineWidget):
    """Says in one sentence what the trace shows; the longest wording that fits, never an ellipsis."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._answer = Answer()

    def show(self, answer: Answer) -> None:
        """Paint an answer."""
        self._answer = answer
        self.redraw()

    def on_resize(self) -> None:
        """The wording depends on the width."""
        self.redraw()

    def redraw(self) -> None:
        """Paint again what is known."""
        if self.size.width:
            self.paint([answer_line(self._answer, self.size.width, self.glyphs)])


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


@dataclass(frozen=True, slots=True)
class Hint:
    """A key and what it does, as the footer shows it."""

    key: str
    label: str
    optional: bool = False


class Footer(LineWidget):
    """The keys of the moment; what does not fit is left out, Find first and Quit never."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._hints: Sequence[Hint] = ()

    def show(self, hints: Sequence[Hint]) -> None:
        """Paint these hints."""
        self._hints = hints
        self.redraw()

    def on_resize(self) -> None:
        """What fits depends on the width."""
        self.redraw()

    def redraw(self) -> None:
        """Paint again what is known."""
        if self.size.width:
            self.paint([footer_line(self._hints, self.size.width)])


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
