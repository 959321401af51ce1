"""What is counted of a hop."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING

from hopscope.app.insight.evidence.counts import Row, rows_of_burst
from support.snapshots import healthy

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Hop

LOST, RTT_US = -1, 9_000


def hops(*histories: str) -> list[Hop]:
    """Hops from the first one on, ``x`` where a probe was lost and ``.`` where it was answered."""
    made = healthy(hops=len(histories)).hops
    return [
        replace(
            hop,
            rtts_us=memoryview(array("i", [LOST if one == "x" else RTT_US for one in history])).toreadonly(),
        )
        for hop, history in zip(made, histories, strict=True)
    ]


def test_a_burst_that_begins_within_a_round_says_nothing_of_the_probes_before_it() -> None:
    """Hops 1 to 3 had been probed when it began, and hops 3 and 4 were after it had ended."""
    burst = hops("..x.", "..x.", "....", ".x..", ".x..")
    rows = rows_of_burst(burst, 1, 3)
    assert rows == [Row(1, 1, 1), Row(2, 1, 1), Row(3, 0, 0), Row(4, 1, 1), Row(5, 1, 1)]


def test_a_burst_of_whole_rounds_counts_them_whole() -> None:
    """A hop before its place has answered in each of them but the first, in which it was asked before."""
    burst = hops("....", ".xx.", ".xx.")
    assert rows_of_burst(burst, 1, 3) == [Row(1, 0, 1), Row(2, 2, 2), Row(3, 2, 2)]


def test_a_burst_within_one_round_counts_what_lies_between_its_losses() -> None:
    """Hop 3 answered in the midst of it; hops 1 and 5 may have been asked before and after."""
    burst = hops("....", ".x..", "....", ".x..", "....")
    assert rows_of_burst(burst, 1, 2) == [Row(1, 0, 0), Row(2, 1, 1), Row(3, 0, 1), Row(4, 1, 1), Row(5, 0, 0)]
