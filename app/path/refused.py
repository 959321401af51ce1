"""The probes of a path that the local system did not send, counted by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...probe import wire

if TYPE_CHECKING:
    from ..trace.events import ProbeFailed

# So many causes are told apart, each with so much of its reason.
CAUSES_MAX, REASON_MAX = 16, 80
WORDS = frozenset(
    {
        wire.NETWORK_DOWN,
        wire.NO_ROUTE,
        wire.HOST_DOWN,
        wire.PERMISSION_DENIED,
        wire.INVALID_ARGUMENT,
        wire.ADDRESS_IN_USE,
        wire.ADDRESS_NOT_AVAILABLE,
        wire.PROBES_EXHAUSTED,
        wire.UNEXPECTED_ERROR,
        wire.UNREADABLE,
    }
)


class RefusedProbes:
    """Counts them, and remembers when each cause was last met; of too many causes, the one met longest ago goes."""

    def __init__(self) -> None:
        self._causes: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, event: ProbeFailed) -> None:
        """Count a probe that failed, if it was refused."""
        if event.word not in WORDS:
            return
        cause = (event.word, (event.reason or "")[:REASON_MAX])
        self._causes[cause] = (self._causes.pop(cause, (0, 0))[0] + 1, event.time_us)
        if len(self._causes) > CAUSES_MAX:
            del self._causes[next(iter(self._causes))]

    def clear(self) -> None:
        """Count anew."""
        self._causes.clear()

    def freeze(self) -> tuple[tuple[str, str, int, int], ...]:
        """Of each cause: word, reason, how many, and when last (monotonic microseconds); the latest one last."""
        return tuple((*cause, *often) for cause, often in self._causes.items())
