"""What is found out about a path as a whole, as snapshots carry it."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .bursts import Burst
    from .snapshot import Epoch, PathFlap, RttShift, SeemingChange
    from .stretches import Stretch


class Findings(NamedTuple):
    """Paths that were in use, stretches of loss, and shifts of the RTT; as it is given, before the first answer."""

    epochs: tuple[Epoch, ...] = ()  # the paths before the latest change, oldest first
    path_round: int = 0  # the round with which the present path began; while it flaps: with which that began
    seeming_change: SeemingChange | None = None  # None: nothing speaks for one
    flap: PathFlap | None = None  # the latest one; None: there was none
    stretches: tuple[Stretch, ...] = ()  # the oldest first; the last one goes on
    bursts: tuple[Burst, ...] = ()  # of loss, on the present path, the oldest first
    rtt_shift: RttShift | None = None  # the latest one on this path; None: there was none
    level_round: int = 0  # the first round of the RTT level in use; 0: it is that of the whole path


NOTHING_FOUND = Findings()
