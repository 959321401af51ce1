"""How a vantage point's clock goes, and in words."""

from __future__ import annotations

from ..sanitize import NOTHING, sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text
    from ..trace.events import ClockCompared
    from ..trace.far_clock import ClockOffset


class LiveFarClock:
    """What is known of it; ``known`` is None where nothing is, or where the trace is from this host."""

    def __init__(self) -> None:
        self.known: ClockOffset | None = None

    def compared(self, event: ClockCompared, clock_offset_us: int) -> Text:
        """It is known (better); what the log tells of a clock that goes otherwise than this host's: once, and when set.

        ``clock_offset_us`` makes this host's wall clock of its monotonic one.
        """
        from ..trace.far_clock import ClockOffset

        first = self.known is None
        self.known = ClockOffset(event.offset_us - clock_offset_us, event.bound_us)
        if event.stepped or (first and abs(self.known.offset_us) > event.bound_us):
            return clock_text(self.known, stepped=event.stepped)
        return NOTHING


def clock_text(known: ClockOffset, *, stepped: bool) -> Text:
    """Its clock against this host's, as a sentence without its full stop; ``stepped``: it was set meanwhile."""
    ahead = "ahead of" if known.offset_us >= 0 else "behind"
    begin = "the vantage point's clock was set, and is now" if stepped else "the vantage point's clock is"
    return sanitize(f"{begin} {_length(abs(known.offset_us))} {ahead} this host's (within {_length(known.bound_us)})")


def _length(length_us: int) -> str:
    if length_us < 1_000_000:
        return f"{length_us / 1000:.1f} ms"
    return f"{length_us / 1e6:.1f} s"
