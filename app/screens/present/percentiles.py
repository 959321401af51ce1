"""Percentiles of a hop's RTTs, over the rounds that are kept: for the header, the overview and the pictures."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from ...statistics.exact_tests import percentile

if TYPE_CHECKING:
    from ...path.snapshot import Hop

MARKED = (50, 90, 99)


def percentile_us(hop: Hop, percent: int) -> int:
    """One of them in microseconds; 0: no answer is kept."""
    ordered = _ordered(hop.rtts_us.tobytes())
    return percentile(ordered, percent / 100) if ordered else 0


def marked_us(hop: Hop) -> tuple[tuple[str, int], ...]:
    """Those that pictures mark, by name: ``p50``; empty: no answer is kept."""
    ordered = _ordered(hop.rtts_us.tobytes())
    return tuple((f"p{percent}", percentile(ordered, percent / 100)) for percent in MARKED) if ordered else ()


@lru_cache(maxsize=8)  # several parts of a frame ask for the same hop
def _ordered(data: bytes) -> array[int]:
    """The answers of a history, the smallest first: as numbers of the machine they take little room."""
    ordered = sorted(array("i", data))
    return array("i", ordered[bisect_left(ordered, 0) :])
