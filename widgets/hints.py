"""The last row: the keys of the moment, or a prompt in their place. No toolkit is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .ink import Ink
from .line import MUTED, Line, cut, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .glyphs import Glyphs


class Hint(NamedTuple):
    """A key and what it does, as the footer shows it."""

    key: str  # as it is written on the keyboard, or a glyph
    label: str  # what it does, in a word or two
    optional: bool = False  # the first to go where there is no room


class Question(NamedTuple):
    """A prompt in place of the footer."""

    label: str  # what is asked for
    text: str  # as typed so far
    range_text: str  # what is accepted
    valid: bool  # whether the text is
    ends: tuple[str, str] = ("set", "leave")  # what Enter and Esc do


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


class CheckProgress(NamedTuple):
    """How far a check is, in place of the footer's keys."""

    text: str  # a sentence
    hint: Hint  # the key that ends it


def progress_line(progress: CheckProgress, width: int, glyphs: Glyphs) -> Line:
    """How far a check is; the key that ends it is always there."""
    key, label, _ = progress.hint
    room = width - width_of(key) - width_of(label) - 6
    line = Line().add(" ").add(cut(progress.text, room, glyphs.ellipsis), Ink("strong")).add("   ")
    return line.add(key, Ink("accent", bold=True)).add(f" {label}", MUTED)


def question_line(question: Question, width: int, glyphs: Glyphs) -> Line:
    """A prompt with its range, muted while the text is accepted and coloured when not, and the keys that end it."""
    line = Line().add(f" {question.label}: ", Ink("accent", bold=True)).add(question.text, Ink("strong"))
    line.add(" ", Ink("strong", reverse=True)).add("  ")
    room = width - 1 - line.width
    ends = (Hint(glyphs.enter, question.ends[0]), Hint("Esc", question.ends[1]))
    wide = sum(width_of(hint.key) + width_of(hint.label) + 3 for hint in ends)
    text = question.range_text if question.valid else f"{glyphs.fault} {question.range_text}"
    line.add(cut(text, room, glyphs.ellipsis), MUTED if question.valid else Ink("bad"))
    if width_of(text) + wide + 1 <= room:
        line.pad(width - 1 - wide)
        for hint in ends:
            line.add("  ").add(hint.key, Ink("accent", bold=True)).add(f" {hint.label}", MUTED)
    return line
