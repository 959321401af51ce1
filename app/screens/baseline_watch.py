"""What the screen says of a baseline: looked at anew every few rounds, for it costs more than a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..compare.of_snapshot import of_snapshot
from ..resolve.facts import AS_NUMBER
from ..sanitize import sanitize

if TYPE_CHECKING:
    from ..compare.baseline import Baseline
    from ..compare.comparison import Comparison
    from ..path.snapshot import Snapshot
    from ..sanitize import Text
    from ..settings import Target
    from .source import Source

EVERY_ROUNDS = 10
FIRST_ROUNDS = 5  # before, next to nothing can be told


class BaselineWatch:
    """Keeps the latest comparison of each target.

    Args:
        baseline: None: there is none.
        source: what is measured now.
    """

    def __init__(self, baseline: Baseline | None, source: Source) -> None:
        self._baseline = baseline
        self._source = source
        self._kept: dict[Target, tuple[tuple[int, ...], Comparison | None]] = {}

    def beside(self, snapshot: Snapshot) -> Comparison | None:
        """A trace beside the baseline's; None: that has none of its target, or it is too early."""
        if self._baseline is None or snapshot.rounds < FIRST_ROUNDS:
            return None
        key = (snapshot.rounds // EVERY_ROUNDS, len(snapshot.hops), snapshot.started_us, self._source.known_version)
        kept = self._kept.get(snapshot.target)
        if kept is not None and kept[0] == key:
            return kept[1]
        trace = of_snapshot(snapshot, sanitize("now"), snapshot.target.vantage, self._named, self._fact)
        made = self._baseline.compare(trace, len(self._source.snapshots()))
        self._kept[snapshot.target] = key, made
        return made

    def _named(self, address: str) -> Text:
        return self._source.name(address) or sanitize(address)

    def _fact(self, address: str, kind: int) -> str | None:
        origin = self._source.origin(address) if kind == AS_NUMBER else None
        return origin.fact(kind) if origin is not None else None
