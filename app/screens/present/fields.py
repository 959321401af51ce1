"""The letters of the column prompt, with the meaning of each."""

from __future__ import annotations

from ....widgets.ink import Ink
from ....widgets.line import MUTED, TEXT, Line
from ...path.columns import COLUMNS, NO_COLUMN


def field_lines(text: str) -> tuple[Line, ...]:
    """All letters in two columns; those that are typed stand out."""
    typed = set(text.upper().replace(NO_COLUMN, " "))
    lines = []
    columns = list(COLUMNS.values())
    half = (len(columns) + 1) // 2
    for row in range(half):
        line = Line()
        for start, column in ((3, columns[row]), *((38, one) for one in columns[row + half : row + half + 1])):
            line.pad(start).add(column.letter.replace(" ", NO_COLUMN), Ink("accent", bold=True))
            line.add("  " + column.meaning, TEXT if column.letter in typed else MUTED)
        lines.append(line)
    return tuple(lines)
