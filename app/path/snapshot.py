"""The immutable picture of a trace at one moment: what screens draw and reports print.

Times are integer microseconds. Nothing here refers to live state: a snapshot can cross threads and be kept.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ...probe.wire import REWRITTEN_CHECKSUM, REWRITTEN_ID, REWRITTEN_PORT, REWRITTEN_SOURCE, TTL_EXPIRED, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from ...probe.interface import Interface
    from ..settings import Target, TraceSettings
    from ..trace.checks import Check
    from ..trace.events import LinkLost
    from ..trace.far_clock import ClockOffset
    from .bursts import Burst
    from .cuts import Unreachable
    from .one_way import OneWay
    from .stretches import Stretch

    State = Literal["starting", "running", "paused", "finished", "network-down", "failed"]
    EntryKind = Literal[
        "start",
        "paused",
        "resumed",
        "finished",
        "failed",
        "restarted",  # the probe process
        "stalled",  # this host stood still, or the probe process did
        "network-down",
        "path-changed",
        "path-flap",  # the path begins to go to and fro
        "path-flap-change",  # one of the changes while it does
        "path-flap-ended",
        "loss-started",
        "loss-ended",
        "rtt-shifted",
        "settings",
        "fallback",  # other settings stand in for those that were asked for
        "reset",
        "check",  # one beside the trace has ended
        "clock",  # the vantage point's goes otherwise than this host's
        "not-shared",  # a hop is counted anew
        "source-changed",  # the host that probes has another address
        "alert-raised",
        "alert-cleared",
        "alert-command",  # the user's, that tells of one, has ended
    ]
    ShiftStatus = Literal["seeming", "uneven", "confirmed", "back"]

# Values in a history where there is no RTT.
UNANSWERED = -1  # lost
NOT_SENT = -2
PENDING = -3
FAILED = -4  # the local system did not send it
UNREACHABLE = -5  # lost: a router before the hop reported that it cannot reach the target


def lost_in(values: Sequence[int]) -> int:
    """How many probes of a piece of a history are lost."""
    return values.count(UNANSWERED) + values.count(UNREACHABLE)


# The history of a host's own traffic where there is none, and a round of it that is not known.
NO_TRAFFIC = memoryview(array("q")).toreadonly()
UNKNOWN = -1
NO_MINUTES = memoryview(array("i")).toreadonly()
NO_CUTS = memoryview(array("B")).toreadonly()

# In the history of addresses: nobody has answered.
NOBODY = -1
# Values in the history of flows that name none.
NO_FLOW = -1  # the probe had one of its own
OTHER_FLOW = -2  # there was no probe, or it was another target's, or flows meant something else then


class Statistics(NamedTuple):
    """mtr's figures over the answers of a hop or of one address: integers, all 0 while there is no answer.

    Those of which nothing else is said are in microseconds. Jitter is the change from one answer to the next.
    """

    answers: int = 0  # how many; all else is in microseconds
    last: int = 0  # RTT of the latest answer
    best: int = 0  # the smallest RTT
    worst: int = 0  # the largest RTT
    average: int = 0  # the mean RTT, truncated
    stdev: int = 0  # of the sample; 0 with fewer than two answers
    geometric_mean: int = 0  # of the RTTs
    jitter: int = 0  # the latest; 0 with fewer than two answers
    jitter_average: int = 0  # the mean, in which the first answer counts as one of jitter 0
    jitter_worst: int = 0  # the largest
    jitter_interarrival: int = 0  # RFC 3550's estimate (section A.8)


class Rewrites(NamedTuple):
    """How many quotes of a probe's header differed from what was sent."""

    quotes: int = 0  # that were compared; 0: there were none, or they are not heard
    source: int = 0  # of these, with another source address
    port: int = 0  # with another UDP source port
    checksum: int = 0  # with another UDP checksum
    identification: int = 0  # with another IPv4 identification

    def and_one(self, rewritten: str) -> Rewrites:
        """One quote more; ``rewritten`` is the value of the line protocol's pair."""
        source, port, checksum, identification = _are_in(rewritten)
        return Rewrites(
            self.quotes + 1,
            self.source + source,
            self.port + port,
            self.checksum + checksum,
            self.identification + identification,
        )


@lru_cache(64)
def _are_in(rewritten: str) -> tuple[bool, bool, bool, bool]:
    """Whether what was rewritten was source address, port, checksum and identification."""
    words = rewritten.split(",")
    return REWRITTEN_SOURCE in words, REWRITTEN_PORT in words, REWRITTEN_CHECKSUM in words, REWRITTEN_ID in words


NO_REWRITES = Rewrites()


@dataclass(frozen=True, slots=True)
class Responder:
    """One address that answered at a hop, with its own figures."""

    address: str  # IPv4 or IPv6, as text
    statistics: Statistics  # over its own answers
    labels: tuple[Label, ...] = ()  # MPLS labels of its latest labelled answer, outermost first; empty: none
    # Word, ICMP type and code (None: not known), how often.
    kinds: tuple[tuple[str, int | None, int | None, int], ...] = ()
    reply_ttl: int | None = None  # of its latest answer as it arrived, 0 to 255; None: not known
    quoted_ttl: int | None = None  # of the probe, as its latest answer quotes it, 0 to 255; None: not known
    quoted_tos: int | None = None  # type of service, likewise
    first_us: int = 0  # when it first answered (monotonic)
    last_us: int = 0  # when it last answered (monotonic)
    rewrites: Rewrites = NO_REWRITES  # over all its answers; NO_REWRITES: quoted headers are not heard
    interfaces: tuple[Interface, ...] = ()  # what it last said of its own (RFC 5837), in its order; empty: nothing

    def ends(self, target: str) -> bool:
        """Whether a path ends here: it is the target, or says that it is not a router on the path to it."""
        finals = [word != TTL_EXPIRED for word, *_ in self.kinds]
        return all(finals) or (self.address == target and any(finals))


@dataclass(frozen=True, slots=True)
class Hop:
    """One TTL of the path.

    Histories hold a value a round, oldest first, and end with round ``last_round`` of the snapshot; those of all hops
    have one length. Those of minutes begin with the snapshot's ``first_minute`` and go on for about a day. All are
    read-only and may be sliced.
    """

    ttl: int  # 1 to 255
    sent: int  # probes that went out
    received: int  # of ``sent``: answered, be it late
    pending: int  # of ``sent``: those that may still be answered; loss is measured on the others
    statistics: Statistics  # over the answers of all addresses
    responders: tuple[Responder, ...]  # in the order of their first answer
    latest: int  # index into ``responders`` of the one that answered last; -1: none has
    error: str  # the latest answer's word; empty: it is ``reply`` or ``ttl-expired``, or there is none
    waiting: bool  # the latest probe has no answer yet, or got none
    rtts_us: memoryview  # history: RTTs, or UNANSWERED, UNREACHABLE, NOT_SENT, PENDING, FAILED
    answered_by: memoryview  # history: indices into ``responders``; -1: nobody, or one of ``others``
    flows: memoryview  # history: flows of the probes, from 0, or NO_FLOW, OTHER_FLOW
    shared: bool = False  # probes of another target stand for some of its own
    others: int = 0  # answers of addresses beyond the number that is kept
    duplicates: int = 0  # probes with a duplicate reply, which no other figure counts
    duplicates_elsewhere: int = 0  # of these, those where it was another address's
    minute_worst_us: memoryview = NO_MINUTES  # the longest RTT of each minute; -1: no answer
    minute_lost: memoryview = NO_MINUTES  # the lost probes of each minute
    # The best RTT since the path, or the level of its RTT, is what it is now, however long ago; -1: not known.
    base_us: int = -1
    cut_off: int = 0  # of those that are lost: a router before this hop reported that it cannot reach the target
    # Probes that this host did not send, in no other figure; those that were withdrawn are not among them.
    failed: int = 0
    # What routers that answer here reported of the target, which had answered before, to probes of this and later hops.
    unreachables: tuple[Unreachable, ...] = ()

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
    """An entry of the event log."""

    time_us: int  # when it happened (monotonic)
    round: int  # the round it happened in, from 0
    kind: EntryKind  # what happened
    text: str  # for people; may be empty where the kind says it all
    first_ttl: int = 0  # the first hop that it concerns; 0: none
    last_ttl: int = 0  # the last hop that it concerns; 0: none
    # Of a path change: the routers from ``first_ttl`` on that differ, of the path before. Empty text: nobody answered.
    # Of a source that has changed: the address before.
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()  # those of the path since, which may be more, or fewer; or the address since
    returned: bool = False  # a path change: to a path that was in use before
    circles: bool = False  # a path change: routers answer again on the new path, and the target no longer does
    outage: bool = False  # loss: nothing at all was answered


class RaisedAlert(NamedTuple):
    """An alert that is raised."""

    alert: str  # its expression, which names it
    raised_us: int  # when it was raised, monotonic
    since_us: int  # when what raised it began, monotonic


@dataclass(frozen=True, slots=True)
class SeemingChange:
    """A path change that is likely, and may still turn out to be none."""

    round: int  # the first in which a new router answered
    time_us: int  # when it answered, monotonic
    first_ttl: int  # the nearest hop that differs
    last_ttl: int  # the farthest
    old: tuple[str, ...]  # by hop the latest address before; empty text: it has not changed
    new: tuple[str, ...]  # and since


@dataclass(frozen=True, slots=True)
class PathFlap:
    """A path that goes to and fro between some routes."""

    first_round: int  # that of the first of its changes
    time_us: int  # when that began, monotonic
    first_ttl: int  # the nearest hop that differs
    last_ttl: int  # the farthest
    changes: int  # at least so many
    latest_us: int  # when the latest of them began
    ended_us: int | None = None  # when the last one was; None: it goes on
    last_round: int | None = None  # that of the last one; None: it goes on
    # Those of the latest changes from the one on that made it a flap, where the path before had lasted some rounds.
    rounds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RttShift:
    """The RTT of the far end moved to another level while the same routers answer."""

    round: int  # the first at the new level
    time_us: int  # when that round began, monotonic
    before_us: int  # the median before
    after_us: int  # the median since
    first_ttl: int  # the nearest hop at which it may begin, 1 or more
    last_ttl: int  # the farthest: the first hop that is known to have moved
    # "seeming": it may still go away; "uneven": as that, and its times are not those of one level; "back": to the level
    # before the last shift, or before what only seemed to be one.
    status: ShiftStatus
    since_us: int  # where it is back: when it had left; else ``time_us``

    @property
    def step_us(self) -> int:
        """By how much the median moved; negative where it fell."""
        return self.after_us - self.before_us


class EpochHop(NamedTuple):
    """A hop of a path that has been left."""

    ttl: int  # 1 to 255
    sent: int  # probes that were answered or lost
    received: int  # of these, answered
    statistics: Statistics  # over the answers
    addresses: tuple[tuple[str, int], ...]  # those that answered, each with how often


class Epoch(NamedTuple):
    """A path that has been left, with its figures."""

    first_round: int  # that the figures count
    last_round: int  # that the figures count
    hops: tuple[EpochHop, ...]  # in order of their TTLs, those that had probes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A trace at one moment."""

    target: Target  # whose trace it is
    settings: TraceSettings  # that it is made with now
    state: State  # what the trace is at
    reason: str  # the sentence of ``state``; empty: there is nothing to say
    started_us: int  # when measuring, or counting anew, began (monotonic)
    time_us: int  # when the latest event happened (monotonic)
    clock_offset_us: int  # added to a monotonic time, it gives wall-clock microseconds since 1970
    rounds: int  # that were begun, since counts began
    last_round: int  # number of the latest round, which histories end with; -1: none yet
    hops: tuple[Hop, ...]  # from first-ttl to the end of the path as mtr shows it; empty: none answered yet
    reached: bool  # the last hop ends the path without an error: the target answers there
    log_entries: tuple[LogEntry, ...] = ()  # the event log, oldest first
    log_entries_forgotten: int = 0  # older entries of the log that are no longer in it
    restarted_us: int | None = None  # when the probe process was last started anew (monotonic); None: never
    local_address: str = ""  # that probes come from; empty: not known
    note: str = ""  # why other settings stand in for those that were asked for, a sentence; empty: none do
    icmp_refused: bool = False  # the trace uses UDP because ICMP is not allowed for this user
    version: int = 0  # rises with every change
    epochs: tuple[Epoch, ...] = ()  # the paths before the latest change, oldest first
    # Probes that the local system did not send, by cause: word, reason, how many, and when last (monotonic).
    refused: tuple[tuple[str, str, int, int], ...] = ()
    probes_sent: int = 0  # that went out, to all hops, shown or not
    checks: tuple[Check, ...] = ()  # those that are done, and as the last one, one that runs
    # History of this host's own traffic by ``interface``, in and out, bytes a second, or UNKNOWN; or NO_TRAFFIC.
    traffic: memoryview = NO_TRAFFIC
    interface: str = ""  # that leads to the target; empty: its traffic is not known
    # History of what cut the target off: the TTL at which the router answers that reported it in a round; 0: none did.
    cut_by: memoryview = NO_CUTS
    first_minute: int = 0  # number of the oldest minute that the hops hold
    rtt_shift: RttShift | None = None  # the latest shift of the RTT on this path; None: there was none
    level_round: int = 0  # the first round of the RTT level in use; 0: it is that of the whole path
    minutes_from_us: int = 0  # when minute 0 began (monotonic)
    stretches: tuple[Stretch, ...] = ()  # the oldest first; the last one goes on
    bursts: tuple[Burst, ...] = ()  # of loss, on the present path, the oldest first; the last one may go on
    path_round: int = 0  # the round with which the present path began; while it flaps: with which that began
    seeming_change: SeemingChange | None = None  # None: nothing speaks for one
    flap: PathFlap | None = None  # the latest one, while it goes on and when it is over
    # With --both, of the trace from this host: what was counted one way between the ends. None: nothing is.
    one_way: OneWay | None = None
    link_lost: LinkLost | None = None  # that to the vantage point; None: it holds, or the trace is from this host
    # How far the vantage point's clock is ahead of this host's, and the bound of the error. None: not known, or it is
    # this host.
    far_clock: ClockOffset | None = None
    alerts: tuple[RaisedAlert, ...] = ()  # the user's alerts that are raised now, the longest ago first
    settings_known: bool = True  # False: a report does not say how it was made, and ``settings`` stand in
    trace: int = field(default=0, compare=False)  # which trace of this process it is, from 1; 0: of none


def starting(target: Target, settings: TraceSettings, started_us: int, clock_offset_us: int) -> Snapshot:
    """A trace before anything has happened; the settings are those of all."""
    return Snapshot(
        target=target,
        settings=target.own(settings),
        state="starting",
        reason="",
        started_us=started_us,
        time_us=started_us,
        clock_offset_us=clock_offset_us,
        rounds=0,
        last_round=-1,
        hops=(),
        reached=False,
        local_address=settings.local_address or target.source,
    )
