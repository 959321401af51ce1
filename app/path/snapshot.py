"""The immutable picture of a trace at one moment: what screens draw and reports print.

Times are integer microseconds. Nothing here refers to live state: a snapshot can cross threads and be kept.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from ...probe.wire import REWRITTEN_CHECKSUM, REWRITTEN_ID, REWRITTEN_PORT, REWRITTEN_SOURCE, TTL_EXPIRED, Label
from ..settings import Target, TraceSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..trace.checks import Check
    from .stretches import Stretch

# Values in a history where there is no round-trip time.
UNANSWERED = -1  # lost
NOT_SENT = -2
PENDING = -3
FAILED = -4  # the local system did not send it

# The history of a host's own traffic where there is none, and a round of it that is not known.
NO_TRAFFIC = memoryview(array("q")).toreadonly()
UNKNOWN = -1
NO_MINUTES = memoryview(array("i")).toreadonly()

# In the history of addresses: nobody has answered.
NOBODY = -1
# Values in the history of flows that name none.
NO_FLOW = -1  # the probe had one of its own
OTHER_FLOW = -2  # there was no probe, or it was another target's, or flows meant something else then


@dataclass(frozen=True, slots=True)
class Statistics:
    """mtr's figures over the answers of a hop or of one address, all integers in microseconds but ``answers``.

    All are 0 while there is no answer. ``stdev`` is 0 with fewer than two answers. ``jitter_interarrival`` is
    RFC 3550's estimate (section A.8).
    """

    answers: int = 0
    last: int = 0
    best: int = 0
    worst: int = 0
    average: int = 0
    stdev: int = 0
    geometric_mean: int = 0
    jitter: int = 0
    jitter_average: int = 0
    jitter_worst: int = 0
    jitter_interarrival: int = 0


@dataclass(frozen=True, slots=True)
class Rewrites:
    """How many of ``quotes`` of a probe's header differed from what was sent.

    By the source address, the source port of UDP, its checksum, and the identification of IPv4.
    """

    quotes: int = 0
    source: int = 0
    port: int = 0
    checksum: int = 0
    identification: int = 0

    def and_one(self, rewritten: str) -> Rewrites:
        """One quote more; ``rewritten`` is the value of the line protocol's pair."""
        words = rewritten.split(",")
        return Rewrites(
            self.quotes + 1,
            self.source + (REWRITTEN_SOURCE in words),
            self.port + (REWRITTEN_PORT in words),
            self.checksum + (REWRITTEN_CHECKSUM in words),
            self.identification + (REWRITTEN_ID in words),
        )


NO_REWRITES = Rewrites()


@dataclass(frozen=True, slots=True)
class Responder:
    """One address that answered at a hop, with its own figures.

    ``labels`` are those of its latest labelled answer; ``kinds`` are ``(word, icmp_type, icmp_code, how often)``.
    ``first_us`` and ``last_us`` are when it first and last answered (monotonic). ``reply_ttl`` is the latest.
    ``rewrites`` is empty where quoted headers are not heard.
    """

    address: str
    statistics: Statistics
    labels: tuple[Label, ...] = ()
    kinds: tuple[tuple[str, int | None, int | None, int], ...] = ()
    reply_ttl: int | None = None
    quoted_ttl: int | None = None
    quoted_tos: int | None = None
    first_us: int = 0
    last_us: int = 0
    rewrites: Rewrites = NO_REWRITES

    def ends(self, target: str) -> bool:
        """Whether a path ends here: it is the target, or says that it is not a router on the path to it."""
        return self.address == target or all(word != TTL_EXPIRED for word, *_ in self.kinds)


@dataclass(frozen=True, slots=True)
class Hop:
    """One TTL of the path.

    ``sent`` counts all probes that went out, ``pending`` those of them that may still be answered, so ``completed``
    (sent - pending) is what loss is measured on. ``responders`` are in the order of their first answer, ``latest``
    indexes the one that answered last (-1: none has). ``error`` is the latest answer's word where that is neither
    ``reply`` nor ``ttl-expired``, else empty. ``waiting``: the latest probe has no answer yet, or got none.

    ``rtts_us`` holds a value a round, oldest first, ending with round ``last_round`` of the snapshot: a round-trip
    time, or UNANSWERED, NOT_SENT, PENDING, FAILED. ``answered_by`` runs beside it: index into ``responders``, -1 for
    none; and ``flows``: the flow of the probe, from 0, or NO_FLOW, OTHER_FLOW. All are read-only and may be sliced; all
    hops of a snapshot have histories of one length. ``others`` counts answers of addresses beyond the number kept.
    ``duplicates`` counts probes with a duplicate reply, which no other figure counts; at
    ``duplicates_elsewhere`` of them the duplicate reply was another address's. ``minute_worst_us`` and ``minute_lost``
    are the worst time (-1: no answer) and the lost probes of each minute of about a day, the snapshot's
    ``first_minute`` first. ``base_us`` is the best time since the path, or the level of its RTT, is what it is now,
    however long ago; -1 where it is not known.
    """

    ttl: int
    sent: int
    received: int
    pending: int
    statistics: Statistics
    responders: tuple[Responder, ...]
    latest: int
    error: str
    waiting: bool
    rtts_us: memoryview
    answered_by: memoryview
    flows: memoryview
    shared: bool = False
    others: int = 0
    duplicates: int = 0
    duplicates_elsewhere: int = 0
    minute_worst_us: memoryview = NO_MINUTES
    minute_lost: memoryview = NO_MINUTES
    base_us: int = -1

    @property
    def completed(self) -> int:
        """Probes that were answered or lost."""
        return self.sent - self.pending

    @property
    def dropped(self) -> int:
        """Probes that are lost."""
        return self.sent - self.pending - self.received

    @property
    def loss_milli_percent(self) -> int:
        """Loss in thousandths of a percent, as mtr counts it: truncated, 0 while nothing is known."""
        if self.completed <= 0:
            return 0
        return int(1000 * (100 - 100.0 * self.received / self.completed))

    @property
    def address(self) -> str | None:
        """The address that answered last."""
        return self.responders[self.latest].address if self.latest >= 0 else None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of the event log.

    ``kind`` is ``start``, ``path-changed``, ``loss-started``, ``loss-ended``, ``restarted``, ``network-down``,
    ``paused``, ``resumed``, ``reset``, ``fallback`` or another noun; the rest is for people.
    ``time_us`` is monotonic, ``round`` the round it happened in; ``first_ttl`` and ``last_ttl`` are 0 where it
    concerns no hop.
    """

    time_us: int
    round: int
    kind: str
    text: str
    first_ttl: int = 0
    last_ttl: int = 0
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RttShift:
    """The RTT of the far end moved to another level while the same routers answer."""

    round: int  # the first at the new level
    time_us: int  # when that round began, monotonic
    before_us: int  # the median before
    after_us: int  # the median since
    first_ttl: int  # the nearest hop at which it may begin, 1 or more
    last_ttl: int  # the farthest: the first hop that is known to have moved
    status: str  # "seeming" (it may still go away), "confirmed", or "back" (the level before the last shift again)
    since_us: int  # where it is back: when it had left; else ``time_us``

    @property
    def step_us(self) -> int:
        """By how much the median moved; negative where it fell."""
        return self.after_us - self.before_us


@dataclass(frozen=True, slots=True)
class EpochHop:
    """A hop of a path that has been left; ``addresses`` are those that answered, each with how often."""

    ttl: int
    sent: int
    received: int
    statistics: Statistics
    addresses: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Epoch:
    """A path that has been left, with its figures from ``first_round`` to ``last_round``."""

    first_round: int
    last_round: int
    hops: tuple[EpochHop, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A trace at one moment.

    ``hops`` run from first-ttl to the end of the path as mtr shows it. ``state`` is ``starting``, ``running``,
    ``paused``, ``finished``, ``network-down`` or ``failed``, ``reason`` its sentence. ``clock_offset_us`` added to a
    monotonic time gives wall-clock microseconds since 1970. ``version`` rises with every change.
    ``log_entries_forgotten`` counts the older entries of the log that are no longer in it. ``epochs`` are the paths
    before the latest change, oldest first. ``refused`` are probes that the local system did not send, by cause: the
    probe process's word and its reason (an error number), how many, and when last. ``checks`` are those that are done,
    and the one that runs, which is the last. ``traffic`` is what this host's ``interface`` to the target carried, in
    bytes a second, in and out together: a value a round, as long as the hops' histories, UNKNOWN where it is not known;
    or NO_TRAFFIC. ``first_minute`` is the number of the oldest minute that the hops hold, ``minutes_from_us`` when
    minute 0 began (monotonic). ``rtt_shift`` is the latest shift of the RTT on this path, None where there was none.
    """

    target: Target
    settings: TraceSettings
    state: str
    reason: str
    started_us: int
    time_us: int
    clock_offset_us: int
    rounds: int
    last_round: int
    hops: tuple[Hop, ...]
    reached: bool
    log_entries: tuple[LogEntry, ...] = ()
    log_entries_forgotten: int = 0
    restarted_us: int | None = None
    local_address: str = ""
    note: str = ""
    icmp_refused: bool = False  # the trace uses UDP because ICMP is not allowed for this user
    version: int = 0
    epochs: tuple[Epoch, ...] = ()
    refused: tuple[tuple[str, str, int, int], ...] = ()
    checks: tuple[Check, ...] = ()
    traffic: memoryview = NO_TRAFFIC
    interface: str = ""
    first_minute: int = 0
    rtt_shift: RttShift | None = None
    minutes_from_us: int = 0
    stretches: tuple[Stretch, ...] = ()  # the oldest first; the last one goes on
