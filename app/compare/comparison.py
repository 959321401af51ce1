"""Two traces compared: their hops side by side, and what of their differences traffic would feel.

The end of the path is asked first: its loss and its RTT are two tests, corrected for these two. The hops only say from
where on, so theirs are corrected for the number of all.

What a router alone shows (it answers fewer probes, or answers them later) is told in its row, and makes no difference:
only what lasts from a hop to the end of the path does, and another path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..insight.place import Place
from ..sanitize import NOTHING
from ..statistics.dependence import holm
from .align import Pair, aligned
from .difference import delay_difference, loss_difference
from .trace import ComparedHop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .difference import DelayDifference, LossDifference
    from .trace import ComparedTrace

LEVEL = 0.05  # of all tests of two traces together
LASTING = 0.5  # of the difference at the end: so much of it a hop must show for it to lie before that hop


@dataclass(frozen=True, slots=True)
class Row:
    """A hop beside its counterpart, with what differs."""

    pair: Pair  # both hops, of which one may be missing
    loss: LossDifference | None = None  # None: that cannot be compared
    delay: DelayDifference | None = None  # None: likewise
    loss_p: float = 1.0  # adjusted for the number of tests
    delay_p: float = 1.0  # likewise

    @property
    def loses_differently(self) -> bool:
        """Whether its loss differs by more than chance makes."""
        return self.loss is not None and self.loss_p <= LEVEL

    @property
    def takes_differently(self) -> bool:
        """Whether its RTT differs by more than chance makes, and by enough to matter."""
        return self.delay is not None and self.delay_p <= LEVEL and self.delay.is_large

    @property
    def ttl(self) -> int:
        """That of the second trace; where that lacks the hop, of the first."""
        hop = self.pair.second or self.pair.first
        assert hop is not None
        return hop.ttl


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two traces say together."""

    first: ComparedTrace  # the earlier one, or the one named first
    second: ComparedTrace  # the other one
    rows: tuple[Row, ...]  # in the order of the paths
    end: Row | None  # the row of the target, or else of the last hop that answered in both; None: there is none
    other_path: bool  # whether other routers answer, or more of them, or fewer
    no_longer_reached: bool = False  # the first trace reaches the target, the second one does not
    reached_again: bool = False  # the other way round
    loss_place: Place | None = None  # where the loss begins that the end shows; None: it shows none that differs
    delay_place: Place | None = None  # likewise of the RTT

    @property
    def differs(self) -> bool:
        """Whether anything differs that traffic would feel, or the path does."""
        return bool(self.other_path or self.no_longer_reached or self.reached_again or self.slower or self.lossier)

    @property
    def slower(self) -> int:
        """1 where the second one is slower, -1 where it is faster, 0 where neither is shown."""
        if self.end is None or not self.end.takes_differently or self.end.delay is None:
            return 0
        return 1 if self.end.delay.step_us > 0 else -1

    @property
    def lossier(self) -> int:
        """1 where the second one loses more, -1 where it loses less, 0 where neither is shown."""
        if self.end is None or not self.end.loses_differently or self.end.loss is None:
            return 0
        return 1 if self.end.loss.points > 0 else -1

    @property
    def by_totals(self) -> bool:
        """Whether RTTs could be compared by totals alone."""
        return any(row.delay is not None and row.delay.basis == "totals" for row in self.rows)


def compared(first: ComparedTrace, second: ComparedTrace) -> Comparison:
    """Compare two traces of one target."""
    both = first.reached and second.reached
    pairs = aligned(first.hops, second.hops, same_end=both)
    rows = _tested(pairs)
    end = _end(rows, both=both)
    if end is not None:
        asked_first = _corrected([end])[0]
        rows[rows.index(end)] = end = asked_first
    lost = first.reached and not second.reached and _matters(first, second)
    again = second.reached and not first.reached and _matters(second, first)
    other_path = _other_path(rows, both=both)
    made = Comparison(first, second, tuple(rows), end, other_path, no_longer_reached=lost, reached_again=again)
    return replace(
        made,
        loss_place=_onset(rows, end, _points) if made.lossier else None,
        delay_place=_onset(rows, end, _step) if made.slower else None,
    )


def _tested(pairs: Sequence[Pair]) -> list[Row]:
    """Rows with their tests, corrected for the number of all of them."""
    rows = []
    for pair in pairs:
        if pair.first is None or pair.second is None:
            rows.append(Row(pair))
        else:
            rows.append(Row(pair, loss_difference(*_both(pair)), delay_difference(*_both(pair))))
    return _corrected(rows)


def _corrected(rows: Sequence[Row]) -> list[Row]:
    """Rows with p-values that are corrected for the number of the tests of these rows."""
    chances = [test.p_value for row in rows for test in (row.loss, row.delay) if test is not None]
    adjusted = iter(holm(chances))
    return [
        replace(
            row,
            loss_p=next(adjusted) if row.loss is not None else 1.0,
            delay_p=next(adjusted) if row.delay is not None else 1.0,
        )
        for row in rows
    ]


def _both(pair: Pair) -> tuple[ComparedHop, ComparedHop]:
    assert pair.first is not None
    assert pair.second is not None
    return pair.first, pair.second


def _end(rows: Sequence[Row], *, both: bool) -> Row | None:
    if both:
        return rows[-1]
    answered = (row for row in reversed(rows) if row.pair.first is not None and row.pair.second is not None)
    return next((row for row in answered if all(hop.received for hop in _both(row.pair))), None)


def _matters(reached: ComparedTrace, other: ComparedTrace) -> bool:
    """Whether that a target is not reached is no chance: as if so many probes to it had been lost."""
    end = reached.hops[-1]
    silent = ComparedHop(end.ttl, NOTHING, (), "", other.rounds, 0)
    difference = loss_difference(end, silent)
    return difference is not None and difference.p_value <= LEVEL


def _other_path(rows: Sequence[Row], *, both: bool) -> bool:
    """Whether the paths differ; where one was not reached, only as far as both were followed."""
    kinds = [row.pair.kind for row in rows]
    if not both:
        while kinds and kinds[-1] in {"new", "gone", "silent"}:
            kinds.pop()
    return any(kind in {"other", "new", "gone"} for kind in kinds)


def _points(row: Row) -> float | None:
    return row.loss.points if row.loss is not None and row.pair.kind != "silent" else None


def _step(row: Row) -> float | None:
    return row.delay.step_us if row.delay is not None else None


def _onset(rows: Sequence[Row], end: Row | None, size: Callable[[Row], float | None]) -> Place | None:
    """Where a difference begins that is seen at the end: all later rows show most of it, as far as they tell."""
    whole = size(end) if end is not None else None
    if end is None or not whole:
        return None
    first_ttl, last_ttl = 0, end.ttl
    for row in reversed(rows[: rows.index(end)]):
        here = size(row)
        if here is None:
            continue
        if here / whole < LASTING:
            first_ttl = row.ttl
            break
        last_ttl = row.ttl
    return Place(min(first_ttl, last_ttl - 1), last_ttl)
