"""The alerts of one target, fed with the events of its trace."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import UsageError
from ..trace.events import RoundStarted, SettingsChanged, StateChanged, StatisticsReset
from .change_watch import ChangeAlert
from .expression import LOSS, PATH, PROBES_MAX, RTT
from .round_trips import LOST, RoundTrips
from .share_watch import ClearBelow, Share, ShareWatch
from .silence_watch import PROBES_MIN, SilenceWatch
from .thresholds import probes_needed, raises_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..sanitize import Text
    from ..trace.events import Event
    from .expression import Expression
    from .round_trips import RoundTrip

NOTHING_COUNTED = Share()


class Turn(NamedTuple):
    """An alert was raised or cleared."""

    time_us: int  # monotonic
    alert: Text  # its expression, which names it
    raised: bool  # or cleared
    since_us: int  # when what raised it began, monotonic
    share: Share  # what was counted, where it counts


class _Alert:
    """One expression, watched."""

    def __init__(self, expression: Expression, interval_us: int) -> None:
        self.expression = expression
        self.share: ShareWatch | None = None
        self.silence: SilenceWatch | None = None
        self.change: ChangeAlert | None = None
        clear = expression.clear
        if expression.kind == LOSS:
            below = ClearBelow(clear.below, clear.length_us) if clear is not None else None
            self.share = ShareWatch(expression.level, expression.window, interval_us, below)
        elif expression.kind == RTT:
            # No more than 1 - q of the RTTs are above a level that their quantile q does not exceed.
            below = ClearBelow(1 - expression.quantile, clear.length_us) if clear is not None else None
            self.share = ShareWatch(1 - expression.quantile, expression.window, interval_us, below)
        elif expression.kind == PATH:
            self.change = ChangeAlert()
        else:
            self.silence = SilenceWatch(expression.window)

    def turn(self, time_us: int) -> Turn:
        """As it is now."""
        watch = self.share or self.silence or self.change
        assert watch is not None
        share = self.share.share if self.share is not None else NOTHING_COUNTED
        return Turn(time_us, self.expression.text, watch.raised, watch.since_us or time_us, share)

    def take(self, trip: RoundTrip) -> bool:
        """What became of a round; whether the alert turns with it."""
        if self.silence is not None:
            return self._by_silence(self.silence, trip)
        return self._by_share(self.share, trip) if self.share is not None else False

    @staticmethod
    def _by_silence(watch: SilenceWatch, trip: RoundTrip) -> bool:
        if trip.rtt_us != LOST:
            return watch.answered()
        watch.lost()
        return False

    def _by_share(self, watch: ShareWatch, trip: RoundTrip) -> bool:
        if self.expression.kind == LOSS:
            if not trip.late:
                return watch.take(trip.time_us, hit=trip.rtt_us == LOST)
            watch.take_back(trip.time_us)
        elif trip.rtt_us != LOST:
            still = self.expression.clear is not None and trip.rtt_us >= self.expression.clear.below
            return watch.take(trip.time_us, hit=trip.rtt_us > self.expression.level, still=still)
        return False


class AlertWatch:
    """Watches what its expressions are about.

    Args:
        expressions: the conditions.
        address: of the target.
        interval_us: how often it is probed.
        changes: when the path changed since it was last asked, monotonic microseconds; the time is that of the events
            that have been taken.
    """

    def __init__(
        self,
        expressions: Sequence[Expression],
        address: str,
        interval_us: int,
        changes: Callable[[], Sequence[int]],
    ) -> None:
        self._alerts = [_Alert(one, interval_us) for one in expressions]
        self._trips = RoundTrips(address)
        self._changes = changes
        self._asks = any(one.change is not None for one in self._alerts)

    @property
    def raised(self) -> tuple[Text, ...]:
        """The alerts that are raised now, in the order of their expressions."""
        return tuple(one.expression.text for one in self._alerts if one.turn(0).raised)

    def take(self, event: Event) -> Iterator[Turn]:
        """An event of the trace; the alerts that turn with it."""
        for trip in self._trips.take(event):
            for one in self._alerts:
                if one.take(trip):
                    yield one.turn(event.time_us)
        match event:
            case RoundStarted(time_us):
                yield from self._round_started(time_us)
            case SettingsChanged(_, settings):
                for one in self._alerts:
                    if one.share is not None:
                        one.share.set_interval(settings.interval_us)
            case StatisticsReset():
                self._begin_again(counts_too=True)
            case StateChanged(_, "restarted" | "stalled" | "paused"):
                self._begin_again()

    def _round_started(self, time_us: int) -> Iterator[Turn]:
        changes = self._changes() if self._asks else ()
        for one in self._alerts:
            turned = one.silence is not None and one.silence.round_started(time_us)
            if one.change is not None:
                turned = one.change.passed(time_us)
                for changed_us in changes:
                    turned |= one.change.changed(changed_us, time_us)
            if turned:
                yield one.turn(time_us)

    def _begin_again(self, *, counts_too: bool = False) -> None:
        for one in self._alerts:
            if one.silence is not None:
                one.silence.begin_again()
            if one.share is not None and counts_too:
                one.share.reset()


def check(expression: Expression, interval_us: int) -> None:
    """See that an alert can ever be raised where a probe is sent in each interval.

    Raises:
        UsageError: its window holds too few probes.
    """
    window, every = expression.window, f"a probe every {interval_us / 1_000_000:g} s"
    if expression.kind == PATH:
        return
    held = window.rounds(interval_us)
    if expression.kind not in {LOSS, RTT}:
        if held < PROBES_MIN:
            needed = f"for {PROBES_MIN * interval_us / 1_000_000:g}s"
            raise UsageError(
                f"--alert '{expression.text}' could never be raised: {every} is too seldom",
                remedy=f"use '{needed}' or more, or a smaller -i",
            )
        return
    level = expression.level if expression.kind == LOSS else 1 - expression.quantile
    if raises_at(held, level, interval_us) is not None:
        return
    needed_probes = probes_needed(level, interval_us, PROBES_MAX)
    remedy = "use a lower level"
    if needed_probes is not None:
        remedy = (
            f"use 'over {needed_probes}' or more"
            if window.probes
            else f"use 'for {needed_probes * interval_us / 1_000_000:g}s' or more, or a smaller -i"
        )
    raise UsageError(
        f"--alert '{expression.text}' could never be raised: {held} probe{'' if held == 1 else 's'} cannot tell so much"
        f" from chance",
        remedy=remedy,
    )
