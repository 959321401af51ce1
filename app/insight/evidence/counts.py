"""Lost and completed probes of a hop."""

from __future__ import annotations

from dataclasses import dataclass

# Fewer completed probes than this say nothing.
PROBES_MIN = 8


@dataclass(frozen=True, slots=True)
class Row:
    """What is counted of a hop."""

    ttl: int  # 1 to 255; 0: several hops together
    lost: int  # of ``completed``
    completed: int  # probes that were answered or lost, 0 or more

    @property
    def answers(self) -> bool:
        """Whether any was answered."""
        return self.lost < self.completed

    @property
    def share(self) -> float:
        """Lost of completed."""
        return self.lost / self.completed if self.completed else 0.0

    @property
    def judged(self) -> bool:
        """Whether it can be judged: enough probes, and not silent."""
        return self.completed >= PROBES_MIN and self.answers

    def plus(self, other: Row | None) -> Row:
        """Both together, as one hop's."""
        return self if other is None else Row(self.ttl, self.lost + other.lost, self.completed + other.completed)
