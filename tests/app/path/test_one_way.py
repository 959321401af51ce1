"""What was counted one way between two hosts, as a snapshot has it."""

from __future__ import annotations

import pytest
from hopscope.app.path.one_way import BLOCKED_FROM, ROUNDS_MAX, OneWay, is_blocked
from hopscope.app.path.path import Path
from hopscope.app.path.privacy import Privacy
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.events import OneWayCounted, StatisticsReset, WayCount
from support.engines import TARGET


def counting(*rounds: tuple[WayCount, WayCount]) -> Path:
    """A path with a count whose rounds were these, a second each."""
    path = Path(TARGET, TraceSettings())
    path.record(OneWayCounted(0, "starting"))
    for number, (forward, back) in enumerate(rounds):
        path.record(OneWayCounted(number * 1_000_000, "counting", "", number, forward, back))
    return path


def test_without_both_there_is_none() -> None:
    """A trace alone is no one-way count."""
    assert Path(TARGET, TraceSettings()).snapshot().one_way is None


def test_rounds_add_up_by_direction() -> None:
    """What comes late is neither in time nor lost, and may be of a round before."""
    path = counting((WayCount(10, 9), WayCount(10, 7)), (WayCount(10, 10, 1), WayCount(9, 9, 2)))
    counted = path.snapshot().one_way
    assert counted is not None
    assert (counted.forward, counted.forward.lost) == (WayCount(20, 19, 1), 0)
    assert (counted.back, counted.back.lost) == (WayCount(19, 16, 2), 1)
    assert [(one.round, one.time_us, one.back.sent) for one in counted.rounds] == [(0, 0, 10), (1, 1_000_000, 9)]
    assert (counted.state, counted.reason) == ("counting", "")


def test_the_state_changes_without_a_round() -> None:
    """What was counted before stays."""
    path = counting((WayCount(10, 9), WayCount(10, 7)))
    path.record(OneWayCounted(5_000_000, "off", "the far side cannot count"))
    counted = path.snapshot().one_way
    assert counted == OneWay(
        "off", "the far side cannot count", WayCount(10, 9), WayCount(10, 7), counted.rounds if counted else ()
    )
    assert counted is not None
    assert len(counted.rounds) == 1


def test_a_count_that_is_void_is_forgotten() -> None:
    """An end that counts nonsense has done so before."""
    path = counting((WayCount(10, 9), WayCount(10, 7)))
    path.record(OneWayCounted(5_000_000, "off", "the far side counts nonsense", void=True))
    assert path.snapshot().one_way == OneWay("off", "the far side counts nonsense")


def test_a_reset_begins_anew() -> None:
    """As the figures of hops do; the state stays."""
    path = counting((WayCount(10, 9), WayCount(10, 7)))
    path.record(StatisticsReset(2_000_000))
    assert path.snapshot().one_way == OneWay("counting")


def test_old_rounds_are_forgotten_and_still_counted() -> None:
    """Memory is bounded; totals are of all."""
    path = counting(*[(WayCount(1, 1), WayCount(1, 0))] * (ROUNDS_MAX + 7))
    counted = path.snapshot().one_way
    assert counted is not None
    assert (len(counted.rounds), counted.rounds[0].round, counted.back.lost) == (ROUNDS_MAX, 7, ROUNDS_MAX + 7)


@pytest.mark.parametrize(
    ("way", "blocked"),
    [
        (WayCount(BLOCKED_FROM - 1, 0), False),
        (WayCount(BLOCKED_FROM, 0), True),
        (WayCount(BLOCKED_FROM, 1), False),
        (WayCount(BLOCKED_FROM, 0, 1), False),
    ],
)
def test_blocked_is_what_has_never_let_anything_through(way: WayCount, blocked: bool) -> None:
    """Of enough packets; one that came late is one that came."""
    assert is_blocked(way) is blocked


def test_hidden_addresses_are_hidden_in_the_reason() -> None:
    """As in every sentence of a trace that is shown to others."""
    path = counting()
    path.record(OneWayCounted(5_000_000, "off", f"nothing goes to {TARGET.address}"))
    shown = Privacy(3).snapshot(path.snapshot()).one_way
    assert shown is not None
    assert shown.reason == "nothing goes to hidden-target"
