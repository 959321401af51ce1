"""A line of braille dots, for where plotext cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# The dot of column x (0, 1) and row y (0 to 3, from the top) in a braille cell (Unicode 2800).
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


def curve(
    values: Sequence[float | None], width: int, height: int, low: float, high: float, *, ascii_only: bool
) -> list[str]:
    """A line through the values, two a cell; None is a gap. See ``plot.curve``."""
    rows_of_dots = height if ascii_only else 4 * height
    cells = [[0] * width for _ in range(height)]
    before: int | None = None
    for x, value in enumerate(values[: 2 * width]):
        if value is None:
            before = None
            continue
        y = round((high - value) / (high - low) * (rows_of_dots - 1))
        start, stop = (y, y) if before is None else (min(before, y), max(before, y))
        # The line reaches the value before: a vertical stroke in this column.
        for dot in range(start, stop + 1):
            if ascii_only:
                cells[dot][x // 2] = 1
            else:
                cells[dot // 4][x // 2] |= DOTS[x % 2][dot % 4]
        before = y
    if ascii_only:
        return ["".join("*" if cell else " " for cell in row) for row in cells]
    return ["".join(chr(0x2800 + cell) if cell else " " for cell in row) for row in cells]
