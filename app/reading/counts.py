"""What a report of a trace holds once the trace is over: counts and figures of each hop, and no history."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text


@dataclass(frozen=True, slots=True)
class CountedHop:
    """A row of a report."""

    ttl: int  # 1 to 255
    hosts: tuple[Text, ...]  # names or addresses as the report shows them, the first one first; empty: nobody answered
    sent: int  # probes, 0 where nothing in the report tells
    received: int  # of them answered, 0 to sent
    last_us: int | None = None  # RTTs in microseconds; None: the report does not say
    best_us: int | None = None  # likewise
    average_us: int | None = None  # likewise
    worst_us: int | None = None  # likewise
    stdev_us: int | None = None  # likewise


@dataclass(frozen=True, slots=True)
class CountedReport:
    """One target's rows."""

    source: Text  # the host that measured, as the report names it; empty where it does not
    target: Text  # the target as the report names it; empty where it does not
    hops: tuple[CountedHop, ...]  # by rising TTL, each once; empty: no hop answered


def received_of(sent: int, loss_percent: float) -> int:
    """Answers of so many probes, from a loss that was rounded when it was printed."""
    return max(0, min(sent, sent - round(sent * loss_percent / 100)))


def microseconds(milliseconds: float) -> int:
    """A time as reports print it, in microseconds."""
    return round(milliseconds * 1000)
