"""The answer below the header: where is the trouble? No toolkit is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .ink import SEVERITY_INKS, WORDS_INKS, Ink
from .line import Line

if TYPE_CHECKING:
    from .glyphs import Glyphs


class AnswerText(NamedTuple):
    """The answer as the line shows it."""

    severity: str = ""  # names its mark, empty: none
    sentences: tuple[tuple[str, str], ...] = ()  # ``(lead phrase, rest)`` in up to three lengths, longest first


def answer_line(answer: AnswerText, width: int, glyphs: Glyphs) -> Line:
    """The longest sentence that fits; the shortest where none does."""
    line = Line()
    if not answer.sentences:
        return line
    room = width - 4
    lead, rest = next(
        (pair for pair in answer.sentences if len(f"{pair[0]} {pair[1]}".strip()) <= room), answer.sentences[-1]
    )
    ink = Ink(WORDS_INKS[answer.severity], bold=True)
    line.add(" ").add(glyphs.mark(answer.severity) + " ", Ink(SEVERITY_INKS[answer.severity]))
    line.add(lead, ink)
    if rest:
        line.add(" " + rest)
    return line
