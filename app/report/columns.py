"""The line of numbers that columns make of a hop in a report, in mtr's layout."""

from __future__ import annotations

from ..path.columns import COLUMNS, Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..path.snapshot import Hop

_LOSS = COLUMNS["L"]
# Loss with two decimals, in a wider column.
EXACT_LOSS = Column(_LOSS.letter, _LOSS.title, 8, _LOSS.kind, _LOSS.value, _LOSS.meaning, _LOSS.help)


def columns(letters: str, *, exact_loss: bool = False) -> tuple[Column, ...]:
    """The columns of a string of letters, in its order; ``exact_loss``: loss has two decimals."""
    return tuple(EXACT_LOSS if exact_loss and letter == "L" else COLUMNS[letter] for letter in letters)


def cell(column: Column, hop: Hop) -> str:
    """What a hop shows in a column, at least as wide as the column."""
    value = column.value(hop)
    if column.kind == "blank":
        return " "
    if column.kind == "loss":
        return f" {value / 1000:6.2f}%" if column is EXACT_LOSS else f" {value / 1000:4.1f}%"
    if column.kind == "count":
        return f"{value:{column.width}d}"
    return f" {value / 1000:{column.width - 1}.1f}"


def in_columns(cells: list[tuple[str, int]]) -> str:
    """Cells side by side, each cut where the next begins; the last one is not cut."""
    return "".join(text[:width] for text, width in cells[:-1]) + (cells[-1][0] if cells else "")


def title_line(chosen: tuple[Column, ...]) -> str:
    """The titles above the numbers."""
    return in_columns([(column.title.rjust(column.width), column.width) for column in chosen])


def number_line(chosen: tuple[Column, ...], hop: Hop) -> str:
    """The numbers of a hop."""
    return in_columns([(cell(column, hop), column.width) for column in chosen])
