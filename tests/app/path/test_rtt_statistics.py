"""Running statistics against values worked by hand."""

from __future__ import annotations

import pytest
from hopscope.app.path.rtt_statistics import RunningStatistics
from hopscope.app.path.snapshot import Statistics

# rtts_us, and: last, best, worst, average, stdev, geometric_mean, jitter, average, worst and interarrival jitter
TABLE = [
    ([], Statistics()),
    ([5000], Statistics(1, 5000, 5000, 5000, 5000, 0, 5000, 0, 0, 0, 0)),
    # mean 3000; deviations +-1000: sqrt(2000000 / 1) = 1414; sqrt(2000 * 4000) = 2828; J = 2000/16 = 125
    ([2000, 4000], Statistics(2, 4000, 2000, 4000, 3000, 1414, 2828, 2000, 1000, 2000, 125)),
    # sum 7, mean 2.33 truncated; squares 21: (3*21 - 49) / 6 = 2.33 -> 1; cube root of 8 = 2
    ([1, 2, 4], Statistics(3, 4, 1, 4, 2, 1, 2, 2, 1, 2, 0)),
    # equal times: nothing varies
    ([700, 700, 700], Statistics(3, 700, 700, 700, 700, 0, 700, 0, 0, 0, 0)),
    # J16: 160, then 160 + 320 - (168 >> 4 = 10) = 470; 470 >> 4 = 29
    ([1000, 1160, 840], Statistics(3, 840, 840, 1160, 1000, 160, 991, 320, 160, 320, 29)),
]


@pytest.mark.parametrize(("rtts_us", "expected"), TABLE)
def test_figures(rtts_us: list[int], expected: Statistics) -> None:
    """Every figure of a short series equals the one worked by hand."""
    running = RunningStatistics()
    for rtt_us in rtts_us:
        running.add(rtt_us)
    assert running.freeze() == expected


def test_average_does_not_sink_on_a_long_trace() -> None:
    """After a hundred thousand answers the average is still the mean."""
    running = RunningStatistics()
    for number in range(100_000):
        running.add(10_000 if number % 2 else 12_000)
    figures = running.freeze()
    assert (figures.average, figures.stdev) == (11_000, 1000)


def test_interarrival_jitter_converges_on_the_jitter() -> None:
    """A constant difference of 160 us gives an interarrival jitter of 160 us, as RFC 3550 has it."""
    running = RunningStatistics()
    for number in range(500):
        running.add(1000 + 160 * (number % 2))
    assert abs(running.freeze().jitter_interarrival - 160) <= 1
