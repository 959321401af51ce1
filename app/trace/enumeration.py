"""When enough flows have been tried to know all the routers that share the load at a hop, and how they share it.

The stopping rule of multipath detection (Augustin, Friedman and Teixeira, 2007): k routers are all there are, with 95 %
confidence, once so many flows have met no further one that k + 1 equally likely ones would have shown themselves.
That each flow keeps to one router is known once so many repeated answers agreed with the flow's first as would not by
chance, were packets balanced one by one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

CONFIDENCE_PERCENT = 95
KEEPS_CHANCE_MAX = 0.01
# Flows, for k = 1, 2, ... routers.
ENOUGH_FLOWS = (6, 11, 16, 21, 27, 33, 38, 44, 51, 57)


def is_complete(found: int, trials: int) -> bool:
    """Whether ``trials`` flows, of which each met one of ``found`` routers, have met all there are."""
    return 0 < found <= len(ENOUGH_FLOWS) and trials >= ENOUGH_FLOWS[found - 1]


def keeps_by_chance(answers: Iterable[int], repeats: int) -> float:
    """The chance that ``repeats`` answers all agree with the first one of their flow, were packets balanced one by one.

    ``answers`` is how often each router answered.
    """
    counts = list(answers)
    total = sum(counts)
    return float(sum((count / total) ** 2 for count in counts) ** repeats) if total else 1.0


class Trials:
    """What the flows that were tried at one TTL have met."""

    __slots__ = ("_answers", "_first", "_mixed", "_own_ports", "_repeats", "uses")

    def __init__(self) -> None:
        # How often each flow was sent here; its length is how many flows have been tried.
        self.uses: list[int] = []
        self._answers: dict[str, int] = {}
        self._first: dict[int, str] = {}
        self._repeats = 0
        self._mixed = False
        # Answers to probes with ports of their own, each another flow.
        self._own_ports = 0

    def answered(self, flow: int, address: str) -> None:
        """A router has answered; ``flow`` is negative where the probe had one of its own."""
        self._answers[address] = self._answers.get(address, 0) + 1
        if flow < 0:
            self._own_ports += 1
        elif flow not in self._first:
            self._first[flow] = address
        elif self._first[flow] == address:
            self._repeats += 1
        else:
            self._mixed = True

    @property
    def enough(self) -> int:
        """How many flows are enough for the routers found so far; of a hop that never answers, the fewest."""
        return ENOUGH_FLOWS[min(max(len(self._answers), 1), len(ENOUGH_FLOWS)) - 1]

    @property
    def complete(self) -> bool:
        """Whether no more flows are to be tried for this hop's sake."""
        if not self._answers:
            return len(self.uses) >= ENOUGH_FLOWS[0]
        return is_complete(len(self._answers), len(self._first) + self._own_ports)

    @property
    def told(self) -> bool:
        """Whether it is known how the load is shared here, if it is; it never is where probes have their own ports."""
        if len(self._answers) < 2 or self._mixed or not self._first:
            return True
        return keeps_by_chance(self._answers.values(), self._repeats) < KEEPS_CHANCE_MAX
