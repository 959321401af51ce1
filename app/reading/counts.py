"""What a report of a trace holds once the trace is over: counts and figures of each hop, and no history."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text

MOMENT_MAX = 40  # characters
_FINE = re.compile(r"(\.\d{6})\d+")  # of a fraction of a second, what is beyond microseconds


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
    # RTTs of single answers in microseconds, in the order of the report; empty: it has totals alone.
    rtts_us: tuple[int, ...] = ()
    networks: tuple[
        Text, ...
    ] = ()  # of ``hosts``, as ``AS64501``, in their order; empty text: not told; empty: none is


@dataclass(frozen=True, slots=True)
class CountedReport:
    """One target's rows."""

    source: Text  # the host that measured, as the report names it; empty where it does not
    target: Text  # the target as the report names it; empty where it does not
    hops: tuple[CountedHop, ...]  # by rising TTL, each once; empty: no hop answered
    started_us: int | None = None  # when measuring began, microseconds since 1970; None: the report does not say


def received_of(sent: int, loss_percent: float) -> int:
    """Answers of so many probes, from a loss that was rounded when it was printed."""
    return max(0, min(sent, sent - round(sent * loss_percent / 100)))


def moment_us(text: object) -> int | None:
    """A time as reports write it, ISO 8601 with its zone, in microseconds since 1970; None: it is none."""
    if not isinstance(text, str) or len(text) > MOMENT_MAX:
        return None
    try:
        moment = datetime.fromisoformat(_FINE.sub(r"\1", text))
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    try:
        return round(moment.timestamp() * 1_000_000)
    except (OverflowError, ValueError):
        return None


def microseconds(milliseconds: float) -> int:
    """A time as reports print it, in microseconds."""
    return round(milliseconds * 1000)
