"""A comparison with a baseline in pictures: an entry among the verdicts, marked rows, and a band in graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...compare.baseline import baseline_sentence
from ...compare.sentence import ALONE, row_words
from ...statistics.exact_tests import percentile

if TYPE_CHECKING:
    from ....widgets.words import VerdictEntry
    from ...compare.comparison import Comparison, Row

BAND = (0.1, 0.9)  # of the RTTs of the baseline


def entry(made: Comparison | None) -> tuple[VerdictEntry, ...]:
    """The entry, with what its sentence does not say of rows below; none where there is no baseline."""
    if made is None:
        return ()
    from ....widgets.words import VerdictEntry

    rows = tuple(f"Hop {row.ttl}: {row_words(made, row)}." for row in made.rows if _stands_alone(made, row))
    severity = "note" if made.differs else "fine"
    return (VerdictEntry(severity, "baseline", baseline_sentence(made).removesuffix("."), reasons=rows),)


def differing_ttls(made: Comparison | None) -> frozenset[int]:
    """The hops of the present path that differ, by their TTLs."""
    if made is None:
        return frozenset()
    return frozenset(row.ttl for row in made.rows if row.pair.second is not None and _differs(made, row))


def band_us(made: Comparison | None, ttl: int) -> tuple[int, int] | None:
    """Between which RTTs four fifths of the baseline's answers of a hop lay; None: not known."""
    if made is None:
        return None
    row = next((row for row in made.rows if row.pair.second is not None and row.pair.second.ttl == ttl), None)
    if row is None or row.pair.first is None or not row.pair.first.rtts_us:
        return None
    ordered = sorted(row.pair.first.rtts_us)
    return percentile(ordered, BAND[0]), percentile(ordered, BAND[1])


def _stands_alone(made: Comparison, row: Row) -> bool:
    """Whether a row differs otherwise than all later ones do, which the sentence says."""
    return row.pair.kind in {"other", "new", "gone"} or row_words(made, row).endswith(ALONE)


def _differs(made: Comparison, row: Row) -> bool:
    return row_words(made, row) != "="
