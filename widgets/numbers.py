"""Numbers in fixed cells: the point of a time never moves below a second, and no column ever glues to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CELLS = 5


def milliseconds(time_us: int, decimals: int = 1) -> str:
    """A time in five cells: one decimal below 1000 ms, none from there.

    With ``decimals`` 2, for paths within one building, two decimals as long as they fit (``0.31``, then ``101.3``).
    """
    value = time_us / 1000
    if decimals == 2 and value < 99.995:
        return f"{value:5.2f}"
    if value < 999.95:
        return f"{value:5.1f}"
    if value < 99_999.5:
        return f"{value:5.0f}"
    return f"{value / 1000:4.0f}s" if value < 9_999_500 else ">9999"


def bare_milliseconds(time_us: int) -> str:
    """A time without padding, as it stands in a sentence: ``12.4``, ``1013``."""
    return milliseconds(time_us).strip()


def loss(received: int, completed: int) -> str:
    """Loss in percent in five cells without the sign; one lost probe in many is not called zero."""
    if completed <= 0:
        return " " * CELLS
    percent = 100 * (completed - received) / completed
    if 0 < percent < 0.05:
        return " <0.1"
    if 99.95 <= percent < 100:
        return ">99.9"
    return f"{percent:5.1f}"


def count(number: int) -> str:
    """A count in five cells, in thousands or millions where it does not fit."""
    if number <= 99_999:
        return f"{number:5d}"
    if number <= 9_999_999:
        return f"{number // 1000:4d}k"
    return f"{number // 1_000_000:4d}M"


def grouped(number: int) -> str:
    """A count in a sentence: ``2,338``."""
    return f"{number:,}"


def elapsed(time_us: int) -> str:
    """A duration: ``0:05:34``, from a hundred hours on ``4d 03:12``."""
    seconds = max(0, time_us) // 1_000_000
    hours, rest = divmod(seconds, 3600)
    if hours >= 100:
        return f"{hours // 24}d {hours % 24:02d}:{rest // 60:02d}"
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"


def seconds(time_us: int) -> str:
    """An interval in seconds without trailing zeros: ``1``, ``0.25``."""
    return f"{time_us / 1_000_000:g}"


def step_125(value: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, ... (and 0.5, 0.2, ...) that is at least ``value``."""
    if value <= 0:
        return 1.0
    power = 1.0
    while power < value:
        power *= 10
    while power / 10 >= value:
        power /= 10
    for factor in (0.2, 0.5):
        if power * factor >= value:
            return power * factor
    return power


def scale_top(ordered: Sequence[int]) -> int:
    """The value that a scale has to reach: the few highest, 1.5 % of the ordered values, do not stretch it."""
    return ordered[-1 - len(ordered) * 3 // 200]
