"""The letters of the column prompt, with the meaning of each."""

from __future__ import annotations

from ....widgets.ink import Ink
from ....widgets.line import MUTED, TEXT, Line

MEANINGS = {
    "L": "loss in percent",
    "D": "dropped probes",
    "R": "received answers",
    "S": "sent probes",
    "N": "newest time",
    "B": "best time",
    "A": "average time",
    "W": "worst time",
    "V": "standard deviation",
    "G": "geometric mean",
    "J": "current jitter",
    "M": "mean jitter",
    "X": "worst jitter",
    "I": "interarrival jitter",
    "_": "a blank column",
}


def field_lines(text: str) -> tuple[Line, ...]:
    """All letters in two columns; those that are typed stand out."""
    typed = set(text.upper().replace(" ", "_"))
    lines = []
    letters = list(MEANINGS)
    half = (len(letters) + 1) // 2
    for row in range(half):
        line = Line()
        for at in (row, row + half):
            if at < len(letters):
                letter = letters[at]
                line.pad(3 if at == row else 38)
                line.add(letter, Ink("accent", bold=True)).add(
                    "  " + MEANINGS[letter], TEXT if letter in typed else MUTED
                )
        lines.append(line)
    return tuple(lines)
