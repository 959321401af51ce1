"""Moments of a session as users name them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hopscope.app.recording.span import span

BERLIN = ZoneInfo("Europe/Berlin")
BEGAN = datetime(2026, 11, 28, 1, 30, tzinfo=UTC)  # 02:30 in Berlin
ENDED = datetime(2026, 11, 28, 23, 50, tzinfo=UTC)


def us(moment: datetime) -> int:
    """Microseconds since 1970."""
    return int(moment.timestamp() * 1_000_000)


def utc(*numbers: int) -> int:
    """Microseconds since 1970 of a time in UTC."""
    return us(datetime(*numbers, tzinfo=UTC))  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("03:00/04:30", utc(2026, 11, 28, 2), utc(2026, 11, 28, 3, 30)),
        ("23:30/00:30", utc(2026, 11, 28, 22, 30), utc(2026, 11, 28, 23, 30)),
        ("02:30/02:31:30", utc(2026, 11, 28, 1, 30), utc(2026, 11, 28, 1, 31, 30)),
        ("-10m/", utc(2026, 11, 28, 23, 40), us(ENDED)),
        ("-2h/-90s", utc(2026, 11, 28, 21, 50), utc(2026, 11, 28, 23, 48, 30)),
        ("/-1d", None, None),
        ("2026-11-28T02:00:00Z/2026-11-28T05:00:00+01:00", utc(2026, 11, 28, 2), utc(2026, 11, 28, 4)),
        ("2026-11-28t02:00z/", utc(2026, 11, 28, 2), us(ENDED)),
        ("/", us(BEGAN), us(ENDED)),
    ],
)
def test_moments_are_read(text: str, first: int | None, last: int | None) -> None:
    """Clock times, times before the end and RFC 3339 name the moments that one would think."""
    if first is None:
        with pytest.raises(ValueError, match="the second time is before the first"):
            span(text, us(BEGAN), us(ENDED), BERLIN)
    else:
        assert span(text, us(BEGAN), us(ENDED), BERLIN) == (first, last)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected two times"),
        ("02:10", "expected two times"),
        ("1/2/3", "expected two times"),
        ("25:00/", "no time of a day"),
        ("noon/", "noon is no time"),
        ("2026-13-01T00:00:00Z/", "is no time"),
        ("2020-01-01T00:00:00Z/2020-01-02T00:00:00Z", "nothing was recorded then"),
        ("2027-01-01T00:00:00Z/2027-01-02T00:00:00Z", "nothing was recorded then"),
        ("-1m/-5m", "before the first"),
    ],
)
def test_what_is_no_span_is_said(text: str, said: str) -> None:
    """What cannot be meant is refused with what is wrong."""
    with pytest.raises(ValueError, match=said):
        span(text, us(BEGAN), us(ENDED), BERLIN)


def test_a_clock_time_that_came_twice_is_refused() -> None:
    """On the day when clocks go back, 02:30 is ambiguous; on the one when they go forward it does not exist."""
    autumn, spring = datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC)
    with pytest.raises(ValueError, match="02:30 came twice on that day"):
        span("02:30/", us(autumn), us(autumn) + 20 * 3600 * 1_000_000, BERLIN)
    with pytest.raises(ValueError, match="02:30 came not at all on that day"):
        span("02:30/", us(spring), us(spring) + 20 * 3600 * 1_000_000, BERLIN)
