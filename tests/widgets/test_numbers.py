"""Numbers in fixed cells."""

from __future__ import annotations

import pytest
from hopscope.widgets import numbers


@pytest.mark.parametrize(
    ("time_us", "decimals", "text"),
    [
        (0, 1, "  0.0"),
        (12_449, 1, " 12.4"),
        (999_900, 1, "999.9"),
        (999_960, 1, " 1000"),
        (1_013_200, 1, " 1013"),
        (310, 2, " 0.31"),
        (101_300, 2, "101.3"),
    ],
)
def test_a_time_takes_five_cells(time_us: int, decimals: int, text: str) -> None:
    """One decimal below a second and none from there; two on a LAN as long as they fit."""
    assert numbers.milliseconds(time_us, decimals) == text


@pytest.mark.parametrize(
    ("received", "completed", "text"),
    [
        (0, 0, "     "),
        (10, 10, "  0.0"),
        (4_999, 5_000, " <0.1"),
        (1, 5_000, ">99.9"),
        (0, 5, "100.0"),
        (916, 1_000, "  8.4"),
    ],
)
def test_loss_is_never_rounded_to_none_or_all(received: int, completed: int, text: str) -> None:
    """One lost probe in 5,000 is not called zero, and one answer is not called none."""
    assert numbers.loss(received, completed) == text


@pytest.mark.parametrize(
    ("time_us", "text"), [(334_000_000, "0:05:34"), (100 * 3_600_000_000, "4d 04:00"), (0, "0:00:00")]
)
def test_elapsed_time(time_us: int, text: str) -> None:
    """Hours, minutes, seconds; days from a hundred hours on."""
    assert numbers.elapsed(time_us) == text


@pytest.mark.parametrize(("number", "text"), [(99_999, "99999"), (123_456, " 123k"), (12_345_678, "  12M")])
def test_counts_keep_their_cells(number: int, text: str) -> None:
    """A count that does not fit is shown in thousands or millions."""
    assert numbers.count(number) == text


@pytest.mark.parametrize(("value", "step"), [(20, 20), (20.1, 50), (0.3, 0.5), (7, 10), (0.11, 0.2), (1, 1)])
def test_steps_are_1_2_5(value: float, step: float) -> None:
    """The next number of the series, upwards."""
    assert numbers.step_125(value) == pytest.approx(step)


@pytest.mark.parametrize(("count", "beyond"), [(1, 0), (66, 0), (67, 1), (133, 1), (134, 2), (1000, 15)])
def test_few_high_values_do_not_stretch_a_scale(count: int, beyond: int) -> None:
    """No more than 1.5 % of the values lie beyond the top of a scale."""
    assert numbers.scale_top(range(count)) == count - 1 - beyond
