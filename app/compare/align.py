"""Which hop of one path stands beside which of the other: the cheapest way from one to the other (Needleman, Wunsch).

Hops with the same router cost nothing, a router in the place of another one less than one that went and one that came,
and one of the same network less than one of another. A silent hop may be any router.
"""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from .trace import ComparedHop

    Kind = Literal["same", "other", "new", "gone", "silent"]

SAME_SHARE = 0.5  # of the answers by the same routers, from which on two hops are the same
OTHER, OTHER_OF_NETWORK, ANY = 1.1, 0.9, 0.35
APART, APART_SILENT = 0.8, 0.4


class Pair(NamedTuple):
    """A hop beside its counterpart."""

    first: ComparedHop | None  # None: the second path alone has it
    second: ComparedHop | None  # None: the first path alone has it

    @property
    def kind(self) -> Kind:
        """``same`` or ``other`` router; ``new`` or ``gone``; ``silent``: one of both did not answer."""
        if self.first is None or self.second is None:
            return "new" if self.first is None else "gone"
        if not self.first.addresses or not self.second.addresses:
            return "silent"
        return "same" if shared(self.first, self.second) >= SAME_SHARE else "other"


def aligned(first: Sequence[ComparedHop], second: Sequence[ComparedHop], *, same_end: bool) -> list[Pair]:
    """The hops of both in their order; ``same_end``: the last one of both is the target."""
    tail: list[Pair] = []
    if same_end and first and second:
        tail = [Pair(first[-1], second[-1])]
        first, second = first[:-1], second[:-1]
    rows, columns = len(first), len(second)
    costs = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        costs[i][columns] = costs[i + 1][columns] + _apart(first[i])
    for j in range(columns - 1, -1, -1):
        costs[rows][j] = costs[rows][j + 1] + _apart(second[j])
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            costs[i][j] = min(
                costs[i + 1][j + 1] + _beside(first[i], second[j]),
                costs[i + 1][j] + _apart(first[i]),
                costs[i][j + 1] + _apart(second[j]),
            )
    return [*_walk(first, second, costs), *tail]


def shared(first: ComparedHop, second: ComparedHop) -> float:
    """Which share of their answers came from the same routers; of hosts that are named in both, by their names."""
    if first.host and first.host == second.host:
        return 1.0
    mine, others = _shares(first), _shares(second)
    return sum(min(share, others.get(address, 0.0)) for address, share in mine.items())


def _walk(first: Sequence[ComparedHop], second: Sequence[ComparedHop], costs: list[list[float]]) -> list[Pair]:
    """The pairs of a cheapest way; of several ones, what has no counterpart comes last."""
    i = j = 0
    found = []
    while i < len(first) or j < len(second):
        here = costs[i][j] + 1e-9
        if i < len(first) and j < len(second) and costs[i + 1][j + 1] + _beside(first[i], second[j]) <= here:
            found.append(Pair(first[i], second[j]))
            i, j = i + 1, j + 1
        elif i < len(first) and costs[i + 1][j] + _apart(first[i]) <= here:
            found.append(Pair(first[i], None))
            i += 1
        else:
            found.append(Pair(None, second[j]))
            j += 1
    return found


def _beside(first: ComparedHop, second: ComparedHop) -> float:
    if not first.addresses or not second.addresses:
        return 0.0 if first.addresses == second.addresses else ANY
    share = shared(first, second)
    if share >= SAME_SHARE:
        return 0.0
    of_network = first.network and first.network == second.network
    return (OTHER_OF_NETWORK if of_network else OTHER) * (1 - share)


def _apart(hop: ComparedHop) -> float:
    return APART if hop.addresses else APART_SILENT


def _shares(hop: ComparedHop) -> dict[str, float]:
    """Of each router, which share of the answers it gave; where that is not told, all the same."""
    total = sum(count for _, count in hop.addresses)
    if not total:
        return {address: 1 / len(hop.addresses) for address, _ in hop.addresses}
    return {address: count / total for address, count in hop.addresses}
