"""Figures as the answer and the verdicts say them: plain ASCII, no sign glued to a number."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..settings import Target


def host(target: Target) -> str:
    """What probes a target, within a sentence: this host, or the place that was named to probe from."""
    return "the vantage point" if target.vantage not in {"", "local"} else "this host"


def percent(share: float) -> str:
    """A share in percent: one decimal, whole from 10, two below 0.1."""
    value = 100 * share
    if 0 < value < 0.1:
        return f"{value:.2f}"
    return f"{value:.0f}" if value >= 99.95 else f"{value:.1f}"


def about(share: float) -> str:
    """A share of few losses, in percent: whole from 1 on, one decimal below."""
    value = 100 * share
    return f"{value:.0f}" if value >= 1 else f"{max(value, 0.1):.1f}"


def bound(share: float) -> str:
    """A bound of an interval, in percent: one decimal below 20."""
    value = 100 * share
    if 0 < value < 0.1:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 20 else f"{value:.0f}"


def milliseconds(time_us: int) -> str:
    """One decimal below a second, none from there; two below 10 ms where that says more."""
    value = time_us / 1000
    if 0 < value < 1:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def rate(bytes_per_s: float) -> str:
    """Traffic as lines are sold, in bits a second: ``640 kbit/s``, ``18.2 Mbit/s``."""
    for unit, size in (("Gbit/s", 1e9), ("Mbit/s", 1e6)):
        if 8 * bytes_per_s >= size:
            return f"{8 * bytes_per_s / size:.1f} {unit}"
    return f"{8 * bytes_per_s / 1000:.0f} kbit/s"


def count(number: int) -> str:
    """With separators."""
    return f"{number:,}"


def chance(p_value: float) -> str:
    """``p = 0.004`` or ``p < 0.0001``."""
    if p_value < 0.0001:
        return "p < 0.0001"
    return f"p = {p_value:.4f}" if p_value < 0.001 else f"p = {p_value:.3f}"


def plural(number: int, noun: str) -> str:
    """``1 probe``, ``2 probes``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """``0.3 s``, ``40 s``, ``4 min``, ``2 h``."""
    if 0.05 <= seconds < 0.95:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"


def change(time_us: int) -> str:
    """A difference with its sign: ``+12.9 ms``, ``-3.0 ms``."""
    return f"{'-' if time_us < 0 else '+'}{milliseconds(abs(time_us))} ms"


def up_to(wait_us: int, share: float) -> str:
    """How far RTTs exceed a base: ``up to +12.9 ms``; ``mostly up to ...`` where only this share of them keeps it."""
    return f"{'mostly ' if share < 1 else ''}up to {change(wait_us)}"


def of(lost: int, completed: int) -> str:
    """``12 of 1,300``."""
    return f"{count(lost)} of {count(completed)}"


def interval(low: float, high: float) -> str:
    """A confidence interval of a share, in percent: ``95 %: 1.6-11.3 %``, or ``95 %: below 9.9 %``."""
    if low < 0.001:
        return f"95 %: below {bound(high)} %"
    return f"95 %: {bound(low)}-{bound(high)} %"


def hops_longer(hops: int) -> str:
    """``one hop longer``, ``2 hops shorter``."""
    number = "one hop" if abs(hops) == 1 else f"{abs(hops)} hops"
    return f"{number} {'longer' if hops > 0 else 'shorter'}"
