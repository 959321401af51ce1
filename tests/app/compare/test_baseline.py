"""A running trace against a measurement of before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hopscope.app.compare.baseline import LATEST, Baseline, baseline_sentence
from hopscope.app.compare.comparison import compared
from hopscope.app.compare.trace import ComparedHop, ComparedTrace
from hopscope.app.sanitize import NOTHING, sanitize

NOW = datetime(2026, 11, 28, 21, 0, tzinfo=UTC)  # a Saturday


def trace(target: str = "t", *, rtt_us: int = 10_000, rounds: int = 100, routers: str = "a b t") -> ComparedTrace:
    """A trace whose RTTs vary by 1 %."""
    hops = tuple(
        ComparedHop(
            ttl,
            sanitize(name),
            ((name, rounds),),
            "",
            rounds,
            rounds,
            tuple(rtt_us + at * 37 % 100 for at in range(rounds)),
            (False,) * rounds,
        )
        for ttl, name in enumerate(routers.split(), 1)
    )
    return ComparedTrace(sanitize("monday"), sanitize(target), "", NOTHING, NOTHING, hops, reached=True, rounds=rounds)


def moment(when: datetime) -> int:
    return int(when.timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(hours=3, minutes=15), "at 17:45"),
        (timedelta(days=1), "on Friday"),
        (timedelta(days=5), "on Monday"),
        (timedelta(days=8), "on 2026-11-20"),
        (None, "in monday"),
    ],
)
def test_the_day_is_named_by_its_age(ago: timedelta | None, said: str) -> None:
    """Of today the time, of the last days the weekday, of older ones the date; without a time the file."""
    before = replace(trace(), started_us=None if ago is None else moment(NOW - ago))
    now = replace(trace(rtt_us=24_000), ended_us=moment(NOW))
    assert baseline_sentence(compared(before, now), UTC) == f"Slower than {said}: +14.0 ms from hop 1 on."


def test_the_same_and_another_path() -> None:
    """What does not differ is said as well, and another path."""
    same = compared(trace(), trace())
    assert baseline_sentence(same).startswith("As in monday: neither the path nor RTT nor loss differs")
    other = compared(trace(), trace(routers="a b c t"))
    assert baseline_sentence(other) == "Another path than in monday: it is one hop longer."


def test_the_trace_of_the_target_counts() -> None:
    """Of several traces that of the target is taken; a single one counts whatever it is called."""
    several = Baseline([trace("x"), trace("t", rtt_us=20_000)])
    made = several.compare(trace("t"), 1)
    assert made is not None
    assert made.slower == -1
    assert several.compare(trace("z"), 1) is None
    assert Baseline([trace("x")]).compare(trace("t"), 1) is not None
    assert Baseline([trace("x")]).compare(trace("t"), 2) is None


def test_what_is_latest_counts() -> None:
    """Of a long trace the latest values are compared: as it is now."""
    long = trace(rounds=LATEST + 200)
    hops = tuple(
        replace(hop, rtts_us=tuple(50_000 if at < 200 else rtt for at, rtt in enumerate(hop.rtts_us)))
        for hop in long.hops
    )
    made = Baseline([trace()]).compare(replace(long, hops=hops), 1)
    assert made is not None
    assert not made.differs
    assert made.second.hops[0].completed == LATEST
