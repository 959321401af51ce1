"""What was counted one way, between the two ends of a path: only such a count tells forward from return loss.

A trace knows round trips alone. For ``--both`` each end also sends numbered packets to the other, and counts what
arrives. The snapshot of the forward trace has the count of both directions.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from ..trace.events import NOTHING_COUNTED, WayCount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..trace.events import CountState, OneWayCounted

ROUNDS_MAX = 300
# So many packets of a direction, and none of them arrived: something blocks them, or nothing at all comes through.
BLOCKED_FROM = 20


class OneWayRound(NamedTuple):
    """The packets that left in one round of the count. Its rounds are its own, and no round of a trace."""

    round: int  # from 0
    time_us: int  # when the fate of its packets was known (monotonic)
    forward: WayCount  # from this host to the other end
    back: WayCount  # from the other end to this host


@dataclass(frozen=True, slots=True)
class OneWay:
    """The count until now, in both directions. Packets that may still arrive are in no figure."""

    state: CountState
    """What the count is at."""
    reason: str = ""
    """Why nothing is counted, a sentence without its full stop; empty: it is being counted."""
    forward: WayCount = NOTHING_COUNTED
    """Of the packets from this host to the other end, since counts began."""
    back: WayCount = NOTHING_COUNTED
    """Of the packets from the other end to this host, since counts began."""
    rounds: tuple[OneWayRound, ...] = ()
    """The newest rounds of the count, at most ``ROUNDS_MAX``, the oldest first."""

    @property
    def forward_blocked(self) -> bool:
        """Whether nothing has ever arrived at the other end."""
        return is_blocked(self.forward)

    @property
    def back_blocked(self) -> bool:
        """Whether nothing of the other end has ever arrived here."""
        return is_blocked(self.back)


def is_blocked(way: WayCount) -> bool:
    """Whether nothing has ever arrived: that is a filter, NAT, or loss of all; a count cannot tell which."""
    return way.sent >= BLOCKED_FROM and way.lost == way.sent


class LiveOneWay:
    """Adds up what events tell of the count."""

    def __init__(self) -> None:
        self._rounds: deque[OneWayRound] = deque(maxlen=ROUNDS_MAX)
        self._forward = self._back = NOTHING_COUNTED
        self._state: CountState | None = None
        self._reason = ""

    def counted(self, event: OneWayCounted) -> None:
        """A round of the count is over, or its state has changed."""
        self._state, self._reason = event.state, event.reason
        if event.void:
            self.reset()
        if event.round >= 0:
            self._forward, self._back = self._forward.plus(event.forward), self._back.plus(event.back)
            self._rounds.append(OneWayRound(event.round, event.time_us, event.forward, event.back))

    def reset(self) -> None:
        """Begin to count anew."""
        self._rounds.clear()
        self._forward = self._back = NOTHING_COUNTED

    def freeze(self) -> OneWay | None:
        """The count as it is now; None: nothing is counted one way."""
        if self._state is None:
            return None
        return OneWay(self._state, self._reason, self._forward, self._back, tuple(self._rounds))
