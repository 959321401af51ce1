"""The one table of columns: what is shown of a hop, named by mtr's letters, for reports, screen and ``--order``.

Imported before ``--help`` is answered, so nothing costly is.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from .snapshot import Hop

    Kind = Literal["blank", "loss", "count", "time"]


class Column:
    """One column.

    Args:
        letter: what ``-o`` calls it; a blank is a column without a title.
        title: above the numbers, and the key in mtr's JSON, XML and CSV.
        width: characters in a report.
        kind: of the value: a count, a time in microseconds, or loss in thousandths of a percent. That of ``blank`` is
            shown by CSV alone.
        value: the integer that it shows of a hop.
        meaning: in the prompt that chooses columns.
        help: in the list of ``--help``.
    """

    __slots__ = ("help", "kind", "letter", "meaning", "title", "value", "width")

    def __init__(  # noqa: PLR0917 - a row of the table
        self,
        letter: str,
        title: str,
        width: int,
        kind: Kind,
        value: Callable[[Hop], int],
        meaning: str,
        help: str,  # noqa: A002
    ) -> None:
        self.letter = letter
        self.title = title
        self.width = width
        self.kind = kind
        self.value = value
        self.meaning = meaning
        self.help = help


# A table is read by its rows, so the formatter leaves it alone.
# fmt: off
_TABLE = (
    Column("L", "Loss%", 6, "loss", lambda hop: hop.loss_milli_percent, "loss in percent", "loss"),
    Column("D", "Drop", 5, "count", lambda hop: hop.dropped, "dropped probes", "drop"),
    Column("R", "Rcv", 6, "count", lambda hop: hop.received, "received answers", "received"),
    Column("S", "Snt", 6, "count", lambda hop: hop.completed, "sent probes", "sent"),
    Column("N", "Last", 6, "time", lambda hop: hop.statistics.last, "newest RTT", "last"),
    Column("B", "Best", 6, "time", lambda hop: hop.statistics.best, "best RTT", "best"),
    Column("A", "Avg", 6, "time", lambda hop: hop.statistics.average, "average RTT", "average"),
    Column("W", "Wrst", 6, "time", lambda hop: hop.statistics.worst, "worst RTT", "worst"),
    Column("V", "StDev", 6, "time", lambda hop: hop.statistics.stdev, "standard deviation", "deviation"),
    Column("G", "Gmean", 6, "time", lambda hop: hop.statistics.geometric_mean, "geometric mean", "geometric mean"),
    Column("J", "Jttr", 5, "time", lambda hop: hop.statistics.jitter, "current jitter", "jitter"),
    Column("M", "Javg", 5, "time", lambda hop: hop.statistics.jitter_average, "mean jitter", "its mean"),
    Column("X", "Jmax", 5, "time", lambda hop: hop.statistics.jitter_worst, "worst jitter", "its worst"),
    Column("I", "Jint", 5, "time", lambda hop: hop.statistics.jitter_interarrival, "interarrival jitter",
           "interarrival jitter"),
    Column(" ", "", 1, "blank", lambda hop: hop.dropped, "a blank column", ""),
)
# fmt: on
COLUMNS = {column.letter: column for column in _TABLE}
NO_COLUMN = "_"  # typed in a place where a blank cannot be: taken by ``-o``, and shows nothing there
LETTERS = "".join(COLUMNS)
SHOWN_MAX = 20


def chosen_letters(text: str) -> str:
    """The letters that a user typed for columns.

    Raises:
        ValueError: it holds others, or too many; says what is expected.
    """
    if len(text) > SHOWN_MAX or set(text) - set(LETTERS + NO_COLUMN):
        raise ValueError(f"up to {SHOWN_MAX} of the letters '{LETTERS.strip()}' and blank")
    return text.replace(NO_COLUMN, "")
