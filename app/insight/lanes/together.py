"""One target side by side: which lanes lose, do not arrive or are slow, and where that says the trouble is.

What a lane loses is what the trace's own answer says; that another does not lose as well, or is faster, is a test
(``pairs``). Nothing is said that the traces do not carry, and nothing where none differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .answer import LanesAnswer, answer
from .delay import about_delay
from .facts import lanes_of
from .loss import about_loss
from .pairs import Pairs
from .reach import about_reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...path.snapshot import Snapshot
    from ...sanitize import Text
    from ..assessment import Assessment
    from ..evidence.network import Owner, Shown

    Trace = tuple[Snapshot, Assessment]


def about_lanes(traces: Sequence[Trace], owner: Owner | None = None, shown: Shown | None = None) -> LanesAnswer | None:
    """What traces of one target say together; None where they are not such, or say nothing more than each alone.

    ``owner`` names the network of an address, where that is known; ``shown`` gives an address as the table shows it.
    """
    targets = [snapshot.target for snapshot, _ in traces]
    lanes = {(target.vantage, target.kind) for target in targets}
    if len(traces) < 2 or len({target.name for target in targets}) > 1 or len(lanes) < len(traces):
        return None
    made = lanes_of(traces)
    pairs = Pairs(made)
    owner, shown = owner or _nobody, shown or str
    return answer(
        [
            *about_reach(made, pairs, owner, shown),
            *about_loss(made, pairs, owner, shown),
            *about_delay(made, pairs, shown),
        ]
    )


def by_target(traces: Iterable[Trace]) -> dict[Text, list[Trace]]:
    """The traces of each target that has several lanes, in the order given."""
    found: dict[Text, list[Trace]] = {}
    for snapshot, judged in traces:
        found.setdefault(snapshot.target.name, []).append((snapshot, judged))
    return {name: some for name, some in found.items() if len(some) > 1}


def _nobody(_address: str) -> None:
    return None
