"""What the interfaces of several vantage points have carried."""

from __future__ import annotations

from ..sanitize import sanitize
from .point import host_question

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from ..settings import Target, TraceSettings
    from ..trace.far_child import FarChild
    from .point import VantagePoint

    class Traffic(Protocol):
        """The counters of one vantage point's interfaces."""

        def read(self, index: int) -> tuple[str, int] | None:
            """The interface that leads to a target, and the bytes it has carried; None: not known."""

        def source(self, index: int) -> str:
            """The address that packets to a target leave from, after ``read``; empty: not known."""

        def close(self) -> None:
            """Read no more."""


class FarTraffic:
    """The counters of the interfaces there that lead to its targets. What is read was asked for a round before."""

    def __init__(self, point: VantagePoint, targets: Sequence[Target], settings: TraceSettings) -> None:
        self._point = point
        self._questions = [host_question(target, settings) for target in targets]
        self._asked: dict[int, tuple[FarChild, int]] = {}
        self._sources: dict[int, str] = {}

    def read(self, index: int) -> tuple[str, int] | None:
        """The interface that leads to a target, and the bytes it has carried, in and out; None: not known (yet)."""
        child = self._point.child
        if child is None:
            return None
        before, token = self._asked.get(index, (None, 0))
        told = child.told(token) if before is child else None
        self._asked[index] = child, child.question(self._questions[index])
        facts = dict(told[1]) if told is not None else {}
        self._sources[index] = self._point.own_address(facts)
        carried = facts.get("carried", "")
        name = sanitize(facts.get("interface", ""))
        return (name, int(carried)) if carried.isdecimal() and len(carried) < 20 and name else None

    def source(self, index: int) -> str:
        """The address that packets to a target leave from there, as of the latest reading; empty: not known."""
        return self._sources.get(index, "")

    def close(self) -> None:
        """Read no more."""
        self._asked.clear()


class SeveralTraffics:
    """The counters of each vantage point, for all targets.

    Args:
        traffics: each with the indices of its targets among all, in its own order.
    """

    def __init__(self, traffics: Sequence[tuple[Traffic, Sequence[int]]]) -> None:
        self._traffics = [traffic for traffic, _ in traffics]
        self._places = {index: (traffic, local) for traffic, indices in traffics for local, index in enumerate(indices)}

    def read(self, index: int) -> tuple[str, int] | None:
        """See ``FarTraffic.read``."""
        traffic, local = self._places[index]
        return traffic.read(local)

    def source(self, index: int) -> str:
        """See ``FarTraffic.source``."""
        traffic, local = self._places[index]
        return traffic.source(local)

    def close(self) -> None:
        """Read no more."""
        for traffic in self._traffics:
            traffic.close()
