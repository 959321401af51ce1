"""What one of several targets defers: its side of the sharing of those that are probed alike."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...settings import LaneKind, Target
    from .sharing import Sharing

    # What targets have in common that share hops: the IP version, and what makes a lane of its own.
    Alike = tuple[int, LaneKind | None]


def alike(target: Target) -> Alike:
    """What is to be the same of two targets, so that one's probe can stand for the other's."""
    return target.version, target.kind


class TargetDeferral:
    """A ``deferral.Deferral``. ``sharings`` are those of the group by what is alike, the present ones at each call."""

    def __init__(self, sharings: Mapping[Alike, Sharing], index: int, target: Target) -> None:
        self._sharings = sharings
        self._target = index
        self._alike = alike(target)

    def may_send(self, ttl: int, seq: int, now_us: int) -> bool:
        """Whether a probe is to be sent."""
        return self._sharings[self._alike].may_send(self._target, ttl, seq, now_us)

    def defers_loss(self, ttl: int, seq: int, now_us: int) -> bool:
        """Whether a lost probe is deferred."""
        return self._sharings[self._alike].defers_loss(self._target, ttl, seq, now_us)

    def waits(self) -> bool:
        """Whether deferred probes are waited for."""
        return self._sharings[self._alike].deferred.waits(self._target)
