"""The table of a comparison: what stands in its cells, for text, Markdown and the screen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from ...compare.sentence import measured, row_chance, row_words
from ...sanitize import composed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...compare.comparison import Comparison, Row
    from ...compare.trace import ComparedHop, ComparedTrace
    from ...sanitize import Text

NOBODY = "???"


class Cells(NamedTuple):
    """A row of the table; a cell is empty where there is nothing to say."""

    first: str  # the hop of the first trace: ``4 fra.east``
    first_network: str  # its AS
    second: str  # the hop of the second trace
    second_network: str  # its AS
    first_loss: str  # in percent
    second_loss: str  # likewise
    first_rtt: str  # in milliseconds
    second_rtt: str  # likewise
    what: str  # what differs; ``=`` where nothing does
    chance: str  # the p-value of that


def table(made: Comparison) -> list[Cells]:
    """The rows of the table."""
    return [_cells(made, row) for row in made.rows]


def rtt_title(made: Comparison) -> str:
    """What the RTTs in the table are: medians, or means where a trace has no others."""
    return "Avg ms" if made.by_totals else "Median ms"


def differs(made: Comparison, row: Row) -> bool:
    """Whether a row is to be marked."""
    return row_words(made, row) != "="


def when(trace: ComparedTrace) -> str:
    """The time that a trace took, by the local clock: ``2026-11-28 21:04 to 21:14 CET``; empty: not known."""
    if trace.started_us is None:
        return ""
    start = _local(trace.started_us)
    if trace.ended_us is None:
        return f"{start:%Y-%m-%d %H:%M %Z}"
    end = _local(trace.ended_us)
    day = "" if end.date() == start.date() else f"{end:%Y-%m-%d} "
    return f"{start:%Y-%m-%d %H:%M} to {day}{end:%H:%M %Z}"


def origin(trace: ComparedTrace) -> Text:
    """Of what a trace was made, when and where."""
    return composed(measured(trace, when(trace)))


def _local(time_us: int) -> datetime:
    return datetime.fromtimestamp(time_us / 1_000_000, UTC).astimezone()


def _cells(made: Comparison, row: Row) -> Cells:
    first, second = row.pair.first, row.pair.second
    return Cells(
        _host(first),
        first.network if first is not None else "",
        _host(second),
        second.network if second is not None else "",
        _loss(first),
        _loss(second),
        _rtt(row, first, 0, by_totals=made.by_totals),
        _rtt(row, second, 1, by_totals=made.by_totals),
        row_words(made, row),
        row_chance(row),
    )


def _host(hop: ComparedHop | None) -> str:
    return "" if hop is None else f"{hop.ttl} {hop.host or NOBODY}"


def _loss(hop: ComparedHop | None) -> str:
    return "" if hop is None or not hop.completed else f"{100 * hop.loss_share:.1f}"


def _rtt(row: Row, hop: ComparedHop | None, at: int, *, by_totals: bool) -> str:
    if hop is None or not hop.received:
        return ""
    if row.delay is not None and (row.delay.basis == "totals" or not by_totals):
        return _milliseconds((row.delay.first_us, row.delay.second_us)[at])
    if hop.rtts_us and not by_totals:
        return _milliseconds(sorted(hop.rtts_us)[(len(hop.rtts_us) - 1) // 2])
    return "" if hop.average_us is None else _milliseconds(hop.average_us)


def _milliseconds(time_us: int) -> str:
    return f"{time_us / 1000:.1f}"
