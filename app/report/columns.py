"""The columns of reports, named by mtr's letters, and the line of numbers they make of a hop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ..path.snapshot import Hop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["blank", "loss", "count", "time"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, its width in a report, and the integer it shows of a hop.

    The integer is a count, microseconds, or thousandths of a percent, by ``kind``.
    """

    letter: str
    title: str
    width: int
    kind: Kind
    value: Callable[[Hop], int]


COLUMNS = {
    column.letter: column
    for column in (
        Column(" ", "", 1, "blank", lambda hop: hop.dropped),
        Column("L", "Loss%", 6, "loss", lambda hop: hop.loss_milli_percent),
        Column("D", "Drop", 5, "count", lambda hop: hop.dropped),
        Column("R", "Rcv", 6, "count", lambda hop: hop.received),
        Column("S", "Snt", 6, "count", lambda hop: hop.completed),
        Column("N", "Last", 6, "time", lambda hop: hop.statistics.last),
        Column("B", "Best", 6, "time", lambda hop: hop.statistics.best),
        Column("A", "Avg", 6, "time", lambda hop: hop.statistics.average),
        Column("W", "Wrst", 6, "time", lambda hop: hop.statistics.worst),
        Column("V", "StDev", 6, "time", lambda hop: hop.statistics.stdev),
        Column("G", "Gmean", 6, "time", lambda hop: hop.statistics.geometric_mean),
        Column("J", "Jttr", 5, "time", lambda hop: hop.statistics.jitter),
        Column("M", "Javg", 5, "time", lambda hop: hop.statistics.jitter_average),
        Column("X", "Jmax", 5, "time", lambda hop: hop.statistics.jitter_worst),
        Column("I", "Jint", 5, "time", lambda hop: hop.statistics.jitter_interarrival),
    )
}


EXACT_LOSS = replace(COLUMNS["L"], width=8)


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
