"""Bufferbloat under load: whether a queue of the first link rises with this host's own traffic."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ...path.snapshot import UNKNOWN
from ...statistics.exact_tests import lasting_correlation, percentile
from ..evidence.series import recent_bounds

if TYPE_CHECKING:
    from ..answer import Numbers
    from ..evidence.gather import Evidence
    from ..evidence.series import Series

LOADED_RHO = 0.5
LOADED_CHANCE = 0.01
ROUNDS_MIN = 30
# Less than this, in bytes a second, fills no line: it is the like of a terminal that shows this very trace.
FILLS = 8_000


@dataclass(frozen=True, slots=True)
class OwnTraffic:
    """How a hop's RTTs go with what this host's interface carried just then."""

    interface: str  # its name; empty: it is hidden
    rho: float  # rank correlation of RTTs and bytes, -1 to 1
    p_value: float  # of such a correlation by chance, one-sided, 0 to 1
    rounds: int  # that were compared, ROUNDS_MIN or more
    # The median of bytes a second in slow rounds: RTT more than half way from the base to the 95th percentile.
    busy: int
    calm: int  # the median of bytes a second in the other rounds

    @property
    def loaded(self) -> bool:
        """Whether the line is filled from here."""
        return self.rho >= LOADED_RHO and self.p_value < LOADED_CHANCE and self.busy >= FILLS

    @property
    def numbers(self) -> Numbers:
        """The figures by name."""
        return (
            ("loaded", "yes" if self.loaded else "no"),
            *((("interface", self.interface),) if self.interface else ()),
            ("traffic_rho", self.rho),
            ("traffic_p_value", self.p_value),
            ("traffic_rounds", self.rounds),
            ("traffic_busy_bytes_per_s", self.busy),
            ("traffic_calm_bytes_per_s", self.calm),
        )


def own_traffic(evidence: Evidence, onset: Series) -> OwnTraffic | None:
    """How a hop's times go with the host's own traffic; None where too little is known of that."""
    snapshot = evidence.snapshot
    begin, end = recent_bounds(evidence)
    if len(snapshot.traffic) < end:
        return None
    found = _correlated(onset, snapshot.traffic[max(0, begin - 1) : end].tobytes())
    return OwnTraffic(snapshot.interface, *found) if found is not None else None


@lru_cache(maxsize=64)
def _correlated(onset: Series, rates: bytes) -> tuple[float, float, int, int, int] | None:
    """The figures of the times of a stretch and the traffic up to its end, which may begin one round sooner.

    The queue that a probe meets was filled before: it is compared with the traffic of its own round and the one before.
    """
    times, carried = onset.values().tolist(), array("q", rates).tolist()
    around = [(a + b) // 2 if a >= 0 <= b else UNKNOWN for a, b in pairwise(carried)]
    around = [UNKNOWN] * (len(times) - len(around)) + around
    pairs = [(rtt, rate) for rtt, rate in zip(times, around, strict=True) if rtt >= 0 <= rate]
    if len(pairs) < ROUNDS_MIN:
        return None
    rho, p_value = lasting_correlation([rtt for rtt, _ in pairs], [rate for _, rate in pairs])
    limit_us = (onset.base_us + onset.percentile_us(0.95)) / 2
    busy = sorted(rate for rtt, rate in pairs if rtt > limit_us)
    calm = sorted(rate for rtt, rate in pairs if rtt <= limit_us)
    if not busy or not calm:
        return None
    return rho, p_value, len(pairs), percentile(busy, 0.5), percentile(calm, 0.5)
