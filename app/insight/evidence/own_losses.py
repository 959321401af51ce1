"""Hops whose unanswered probes are most likely their own: how cells look before a verdict is sure.

A verdict that a hop rate-limits its replies is asked for after every round, and has to be surer than this. A cell that
is drawn as harmless one round early, or late, misleads nobody: the answer says what is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...statistics.exact_tests import fisher_greater

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .counts import Row

LIKELY = 0.05  # so rarely later hops lose so few where a hop's losses are the path's


def _is_above(row: Row, share: float, completed: int) -> bool:
    """Whether a hop loses so much more than later hops that the exact test, which takes longer, may find it."""
    pooled = (row.lost + share * completed) / (row.completed + completed)
    variance = pooled * (1 - pooled) * (1 / row.completed + 1 / completed)
    return row.share > share and (row.share - share) ** 2 > variance


def own_losses(rows: Sequence[Row]) -> frozenset[int]:
    """The TTLs of hops that lose clearly more than all later ones together that answer."""
    found = set()
    lost = completed = 0
    for row in reversed(rows):
        if not row.answers:
            continue
        above = row.judged and completed > 0 and _is_above(row, lost / completed, completed)
        if above and fisher_greater(row.lost, row.completed, lost, completed, LIKELY) < LIKELY:
            found.add(row.ttl)
            continue
        lost, completed = lost + row.lost, completed + row.completed
    return frozenset(found)
