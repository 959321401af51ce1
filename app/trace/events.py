"""What happens in a trace, as facts in the past tense: the engine makes them, path and live reports take them.

Times are integer microseconds of the monotonic clock. Rounds count from 0, TTLs from 1. ``seq`` names a probe,
unique within a trace.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...probe.wire import Label
from ..settings import TraceSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .checks import Check


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """A new round began."""

    time_us: int
    round: int


@dataclass(frozen=True, slots=True)
class ProbeSent:
    """A probe went to the probe process; ``flow`` counts from 0 and is -1 where the probe shares its flow with none."""

    time_us: int
    round: int
    ttl: int
    seq: int
    flow: int = -1


@dataclass(frozen=True, slots=True)
class ProbeAnswered:
    """An answer came from the network.

    ``word`` is ``reply``, ``ttl-expired``, ``no-route``, ``network-down`` or ``host-down``. ``late``: the probe had
    been counted as lost before. ``reply_ttl``, ``icmp_type``, ``icmp_code`` and ``clock`` are None where not known.
    """

    time_us: int
    round: int
    ttl: int
    seq: int
    word: str
    address: str
    rtt_us: int
    labels: tuple[Label, ...] = ()
    late: bool = False
    icmp_type: int | None = None
    icmp_code: int | None = None
    reply_ttl: int | None = None
    quoted_ttl: int | None = None
    quoted_tos: int | None = None
    rewritten: str | None = None
    clock: str | None = None


@dataclass(frozen=True, slots=True)
class ProbeDuplicated:
    """A duplicate reply to a probe came, which counts nowhere else. Of one probe this is told no more than once.

    ``elsewhere``: it is of another address than the first. ``reply_ttl``, ``icmp_type`` and ``icmp_code`` are None
    where not known.
    """

    time_us: int
    round: int
    ttl: int
    seq: int
    address: str
    rtt_us: int
    elsewhere: bool = False
    icmp_type: int | None = None
    icmp_code: int | None = None
    reply_ttl: int | None = None


@dataclass(frozen=True, slots=True)
class ProbeLost:
    """A probe is counted as lost: nothing came in time."""

    time_us: int
    round: int
    ttl: int
    seq: int


@dataclass(frozen=True, slots=True)
class ProbeFailed:
    """A probe was not sent: the local system refused it. It is neither sent nor lost in any count.

    ``word`` is the probe process's: ``network-down``, ``no-route``, ``permission-denied``, ...
    """

    time_us: int
    round: int
    ttl: int
    seq: int
    word: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ProbeShared:
    """A hop was not probed for this target in this round: another target's probe stands for it."""

    time_us: int
    round: int
    ttl: int
    seq: int


@dataclass(frozen=True, slots=True)
class HopForgotten:
    """What was counted at a hop was answered to another target, whose path turned out to be another: it is void."""

    time_us: int
    ttl: int


@dataclass(frozen=True, slots=True)
class StateChanged:
    """Measuring began, paused, resumed, ended, or the probe process was started anew.

    ``state`` is ``running``, ``paused``, ``finished``, ``restarted``, ``network-down`` or ``failed``; ``reason`` is a
    sentence for the user, empty where there is nothing to say.
    """

    time_us: int
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StatisticsReset:
    """The user asked to begin anew: earlier answers no longer count."""

    time_us: int


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """From here on the trace is made with these settings.

    ``kind`` is ``fallback`` where the program itself had to choose another protocol, empty where that is nothing to
    speak of, else ``settings``; ``reason`` is a sentence for the user, empty where the user knows.
    """

    time_us: int
    settings: TraceSettings
    kind: str = "settings"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CheckChanged:
    """A check beside the trace began, went on, or ended."""

    time_us: int
    check: Check


@dataclass(frozen=True, slots=True)
class TrafficRead:
    """As a round began, the interface that leads to the target had carried so many bytes, in and out together."""

    time_us: int
    round: int
    interface: str
    total_bytes: int


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
)
