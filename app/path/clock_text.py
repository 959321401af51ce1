"""How a vantage point's clock goes, in words."""

from __future__ import annotations

from ..sanitize import sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text
    from ..trace.far_clock import ClockOffset


def clock_text(known: ClockOffset, *, stepped: bool) -> Text:
    """Its clock against this host's, as a sentence without its full stop; ``stepped``: it was set meanwhile."""
    ahead = "ahead of" if known.offset_us >= 0 else "behind"
    begin = "the vantage point's clock was set, and is now" if stepped else "the vantage point's clock is"
    return sanitize(f"{begin} {_length(abs(known.offset_us))} {ahead} this host's (within {_length(known.bound_us)})")


def _length(length_us: int) -> str:
    if length_us < 1_000_000:
        return f"{length_us / 1000:.1f} ms"
    return f"{length_us / 1e6:.1f} s"
