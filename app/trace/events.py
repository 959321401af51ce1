"""What happens in a trace, as facts in the past tense: the engine makes them, path and live reports take them.

Times are integer microseconds of the monotonic clock. Rounds count from 0, TTLs from 1. ``seq`` names a probe,
unique within a trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ...probe.interface import Interface
    from ...probe.wire import Label
    from ..settings import TraceSettings
    from .checks import Check

    # By the user; by the program, which had to choose another protocol; or nothing to speak of.
    ChangeKind = Literal["settings", "fallback", ""]
    # After ``restarted`` (another probe process) and ``stalled`` (a standstill) it goes on as it was.
    NewState = Literal["running", "paused", "finished", "restarted", "stalled", "network-down", "failed"]
    # Of the one-way count: its two ends are being set up; packets are counted; it cannot be had.
    CountState = Literal["starting", "counting", "off"]


class RoundStarted(NamedTuple):
    """A new round began."""

    time_us: int  # when it began
    round: int  # from 0


class ProbeSent(NamedTuple):
    """A probe went to the probe process."""

    time_us: int  # when it was handed over
    round: int  # the round that it belongs to, from 0
    ttl: int  # of the hop it is for, 1 to 255
    seq: int  # names it, unique within a trace
    flow: int = -1  # from 0; -1: it shares its flow with no other probe


class ProbeAnswered(NamedTuple):
    """An answer came from the network."""

    time_us: int  # when the engine took it
    round: int  # that of the probe, from 0
    ttl: int  # that of the probe, 1 to 255
    seq: int  # names the probe
    word: str  # ``reply``, ``ttl-expired``, ``no-route``, ``network-down`` or ``host-down``
    address: str  # who answered
    rtt_us: int  # as the probe process measured it, 0 or more
    labels: tuple[Label, ...] = ()  # MPLS labels that the answer quotes, outermost first; empty: none
    late: bool = False  # the probe had been counted as lost before
    icmp_type: int | None = None  # of the answer; None: not known, or it is not ICMP
    icmp_code: int | None = None  # of the answer, likewise
    reply_ttl: int | None = None  # TTL of the answer as it arrived, 0 to 255; None: not known
    quoted_ttl: int | None = None  # TTL of the probe as the answer quotes it, 0 to 255; None: not known
    quoted_tos: int | None = None  # type of service of the probe as the answer quotes it, 0 to 255; None: not known
    rewritten: str | None = None  # what it quotes otherwise than it was sent, of ``wire.REWRITTEN``; None: not known
    clock: str | None = None  # which clock measured the RTT, ``kernel`` or ``user``; None: not known
    interfaces: tuple[Interface, ...] = ()  # the router's own (RFC 5837), names safe to show; empty: it says none


class ProbeDuplicated(NamedTuple):
    """A duplicate reply to a probe came, which counts nowhere else. Of one probe this is told no more than once."""

    time_us: int  # when the engine took it
    round: int  # that of the probe, from 0
    ttl: int  # that of the probe, 1 to 255
    seq: int  # names the probe
    address: str  # who sent the duplicate reply
    rtt_us: int  # from the probe to this reply, 0 or more
    elsewhere: bool = False  # the address is another than that of the first answer
    icmp_type: int | None = None  # of this reply; None: not known, or it is not ICMP
    icmp_code: int | None = None  # of this reply, likewise
    reply_ttl: int | None = None  # TTL of this reply as it arrived, 0 to 255; None: not known


@dataclass(frozen=True, slots=True)
class ProbeLost:
    """A probe is counted as lost: nothing came in time."""

    time_us: int  # when its time was up
    round: int  # that of the probe, from 0
    ttl: int  # that of the probe, 1 to 255
    seq: int  # names the probe


@dataclass(frozen=True, slots=True)
class ProbeFailed:
    """A probe was not sent: the local system refused it. It is neither sent nor lost in any count."""

    time_us: int  # when the engine learned of it
    round: int  # that of the probe, from 0
    ttl: int  # that of the probe, 1 to 255
    seq: int  # names the probe
    word: str  # the probe process's: ``network-down``, ``no-route``, ``permission-denied``, ...
    reason: str | None = None  # the value of its ``reason`` or ``errno`` pair; None: it gave none


@dataclass(frozen=True, slots=True)
class ProbeShared:
    """A hop was not probed for this target in this round: another target's probe stands for it."""

    time_us: int  # when the probe was due
    round: int  # from 0
    ttl: int  # of the hop, 1 to 255
    seq: int  # names the probe that was not sent


@dataclass(frozen=True, slots=True)
class HopForgotten:
    """What was counted at a hop was answered to another target, whose path turned out to be another: it is void."""

    time_us: int  # when that was found
    ttl: int  # of the hop, 1 to 255


@dataclass(frozen=True, slots=True)
class StateChanged:
    """Measuring began, paused, resumed, ended, or the probe process was started anew, or goes on after a standstill."""

    time_us: int  # when it changed
    state: NewState  # the new one
    reason: str = ""  # a sentence for the user; empty: there is nothing to say


@dataclass(frozen=True, slots=True)
class StatisticsReset:
    """The user asked to begin anew: earlier answers no longer count."""

    time_us: int  # answers before this no longer count


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """From here on the trace is made with these settings."""

    time_us: int  # since when
    settings: TraceSettings  # all of them, not only what changed
    kind: ChangeKind = "settings"  # who chose them
    reason: str = ""  # a sentence for the user; empty: the user knows


@dataclass(frozen=True, slots=True)
class CheckChanged:
    """A check beside the trace began, went on, or ended."""

    time_us: int  # when it changed
    check: Check  # as it is now


@dataclass(frozen=True, slots=True)
class TrafficRead:
    """As a round began, the byte counters of the interface that leads to the target were read."""

    time_us: int  # when they were read
    round: int  # that began, from 0
    interface: str  # its name
    total_bytes: int  # that it had carried since it came up, in and out together


@dataclass(frozen=True, slots=True)
class LinkLost:
    """The link to the machine that probes is lost, and is to be set up again; ``restarted`` tells that it has been."""

    time_us: int  # when this was so
    since_us: int  # from when on nothing is measured
    again_us: int  # when it is tried again; 0: it is being tried


class WayCount(NamedTuple):
    """What was counted of the numbered packets of one direction."""

    sent: int = 0  # that left, longer ago than they are waited for
    arrived: int = 0  # of these, in time
    late: int = 0  # of these, later than that: they count as no loss
    foreign: int = 0  # packets of others that disturbed the count; what was in flight with them is in no other figure

    @property
    def lost(self) -> int:
        """How many have not arrived."""
        return max(self.sent - self.arrived - self.late, 0)  # what is late may be of packets that are not counted

    def plus(self, other: WayCount) -> WayCount:
        """Both together."""
        return WayCount(
            self.sent + other.sent, self.arrived + other.arrived, self.late + other.late, self.foreign + other.foreign
        )


NOTHING_COUNTED = WayCount()


@dataclass(frozen=True, slots=True)
class OneWayCounted:
    """What left in a round of the one-way count has arrived or is lost, or the count's state has changed.

    It is told of the trace from this host to the other end alone.
    """

    time_us: int  # when that was known
    state: CountState  # as it is now
    reason: str = ""  # why nothing is counted, a sentence without its full stop; empty: there is nothing to say
    round: int = -1  # of the count, from 0; -1: only the state has changed
    forward: WayCount = NOTHING_COUNTED  # of the packets of that round to the other end; what is late may be older
    back: WayCount = NOTHING_COUNTED  # of those from the other end, likewise
    void: bool = False  # what was counted before is of no worth


@dataclass(frozen=True, slots=True)
class ClockCompared:
    """It is known, or known better, how far the vantage point's clock is ahead; it is told of each of its traces."""

    time_us: int  # when that was known
    offset_us: int  # added to a monotonic time of this host it gives the vantage point's wall clock
    bound_us: int  # of its error, to either side: half of the quickest exchange
    stepped: bool  # its clock was set since the last one


class SourceChanged(NamedTuple):
    """Probes leave from another address of the machine that probes than before: it was given another, or the route."""

    time_us: int  # when that was found, as a round began
    old: str  # the address until then
    new: str  # since


class AlertTurned(NamedTuple):
    """An alert that the user set was raised or cleared."""

    time_us: int  # when that was known
    alert: str  # its expression, which names it, safe to show
    raised: bool  # or cleared
    since_us: int  # when what raised it began
    hits: int = 0  # probes that were lost, or of which the RTT was above the level; of those that raised or cleared it
    probes: int = 0  # of how many; 0: it does not count probes
    lower: float = 0.0  # the lower bound of the 95 % interval of the share, 0 to 1; 0 where nothing is counted
    upper: float = 1.0  # the upper one; 1 where nothing is counted


class AlertCommandEnded(NamedTuple):
    """The command that the user set for alerts has ended."""

    time_us: int  # when that was known
    alert: str  # the alert that it told of, by its expression
    raised: bool  # that it was raised, or cleared
    text: str  # how it ended, a clause; safe to show


Event = (
    RoundStarted
    | ProbeSent
    | ProbeAnswered
    | ProbeDuplicated
    | ProbeLost
    | ProbeFailed
    | ProbeShared
    | HopForgotten
    | StateChanged
    | StatisticsReset
    | SettingsChanged
    | CheckChanged
    | TrafficRead
    | LinkLost
    | OneWayCounted
    | ClockCompared
    | SourceChanged
    | AlertTurned
    | AlertCommandEnded
)
