"""What the engine of one target among several asks before it sends a probe, or counts one as lost."""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Deferral(Protocol):
        """Says which probes of a target are deferred. Times are monotonic microseconds."""

        def may_send(self, ttl: int, seq: int, now_us: int) -> bool:
            """Whether a probe is to be sent; else it is deferred: another target's stands for it, or will."""

        def defers_loss(self, ttl: int, seq: int, now_us: int) -> bool:
            """Whether a probe that was not answered in time is deferred: that may say nothing about the hop."""

        def waits(self) -> bool:
            """Whether, when all rounds are over, deferred probes are still waited for."""


class Again(Enum):
    """Whether a deferred probe of which no other probe tells is asked for once more."""

    NO = "no"  # it counts nowhere: there is nothing at its hop, or nothing will be known of it
    OWED = "owed"  # where so many rounds are promised, for its row would have one probe fewer
    NOW = "now"  # it is to be sent


class NoDeferral:
    """A target that is traced alone: every probe is its own."""

    def may_send(self, ttl: int, seq: int, now_us: int) -> bool:  # noqa: ARG002 - all are
        """Whether a probe is to be sent."""
        return True

    def defers_loss(self, ttl: int, seq: int, now_us: int) -> bool:  # noqa: ARG002 - none is
        """Whether a lost probe is deferred."""
        return False

    def waits(self) -> bool:
        """Whether deferred probes are waited for."""
        return False
