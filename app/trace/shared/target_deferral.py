"""What one of several targets defers: its side of the sharing of its IP version."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .sharing import Sharing


class TargetDeferral:
    """A ``deferral.Deferral``. ``sharings`` are those of the group by IP version, the present ones at each call."""

    def __init__(self, sharings: Mapping[int, Sharing], target: int, version: int) -> None:
        self._sharings = sharings
        self._target = target
        self._version = version

    def may_send(self, ttl: int, seq: int, now_us: int) -> bool:
        """Whether a probe is to be sent."""
        return self._sharings[self._version].may_send(self._target, ttl, seq, now_us)

    def defers_loss(self, ttl: int, seq: int, now_us: int) -> bool:
        """Whether a lost probe is deferred."""
        return self._sharings[self._version].defers_loss(self._target, ttl, seq, now_us)

    def waits(self) -> bool:
        """Whether deferred probes are waited for."""
        return self._sharings[self._version].deferred.waits(self._target)
