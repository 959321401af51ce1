"""What has been heard of a probe process, and what was written to it late."""

from __future__ import annotations

import pytest
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.group import Group
from hopscope.app.trace.hearing import LATE_US, TOGETHER_US, Hearing
from hopscope.probe import wire
from support.engines import TARGET

SECOND_US = 1_000_000


def test_a_past_time_that_has_not_been_heard_is_asked_for() -> None:
    """A silence is judged up to what has been heard; what is past beyond that is asked for, what is to come is not."""
    hearing = Hearing()
    hearing.heard(100, 100)
    assert hearing.has_heard(100, 500)
    assert not hearing.has_heard(600, 500)
    assert not hearing.asks
    assert not hearing.has_heard(101, 500)
    assert hearing.asks


@pytest.mark.parametrize(("after_us", "left_us"), [(LATE_US, 200), (LATE_US + 1, 300 + LATE_US + 1)])
def test_what_was_read_late_left_late(after_us: int, left_us: int) -> None:
    """What was written since the last time heard of left as late as it was read, if that is much later."""
    hearing = Hearing()
    hearing.heard(100, 100)
    hearing.heard(300, 300 + after_us)
    assert [hearing.left_us(sent_us) for sent_us in (100, 200, 301)] == [100, left_us, 301]


def test_what_left_late_is_remembered_for_long() -> None:
    """However many answers come from a probe process that is late all the time, it is known when each probe left."""
    hearing = Hearing()
    for time_us in range(0, 20 * SECOND_US, 1_000):
        hearing.heard(time_us, time_us + SECOND_US)
    for sent_us in range(500, 20 * SECOND_US, 100_000):
        assert sent_us + SECOND_US <= hearing.left_us(sent_us) <= sent_us + SECOND_US + 2 * TOGETHER_US


def test_of_one_turn_each_probe_may_leave_last() -> None:
    """The answer to one of many probes that were written at one time says nothing of when the others left."""
    hearing = Hearing()
    group = Group((TARGET,), TraceSettings(rounds=1, max_ttl=2, timeout_s=1), hearing=hearing)
    group.start(0)
    [(first, _), _] = group.step(0)
    group.answer(first, wire.Answer("ttl-expired", "10.0.0.1", 3_000), SECOND_US)
    hearing.heard(100, 5 * SECOND_US)
    assert hearing.left_us(0) == 5 * SECOND_US


def _lost(group: Group) -> int:
    return sum(type(event).__name__ == "ProbeLost" for _, event in group.take_events())


def test_a_probe_is_lost_only_when_what_was_said_has_been_read() -> None:
    """A late reader takes no silence for loss: the probe process is asked first, and what it said before counts."""
    hearing = Hearing()
    group = Group((TARGET,), TraceSettings(rounds=1, max_ttl=2, timeout_s=1, gracetime_us=SECOND_US), hearing=hearing)
    group.start(0)
    [(first, _), (second, _)] = group.step(0)
    assert group.next_due_us(1) is not None
    late_us = 20 * SECOND_US
    assert group.step(late_us) == []
    assert hearing.asks
    assert group.next_due_us(late_us) is None
    group.answer(first, wire.Answer("ttl-expired", "10.0.0.1", 3_000), late_us)
    assert _lost(group) == 0
    group.answer(second, wire.Answer("reply", TARGET.address, 3_000), late_us)
    group.heard(late_us, late_us + 10)
    group.step(late_us + 10)
    assert group.finished
    assert _lost(group) == 0


def test_a_probe_that_left_late_is_waited_for_from_then() -> None:
    """What the probe process read only after standing still has all its time from that moment."""
    hearing = Hearing()
    group = Group((TARGET,), TraceSettings(rounds=2, max_ttl=1), hearing=hearing)
    group.start(0)
    group.step(0)
    group.step(5 * SECOND_US)
    assert hearing.asks
    group.heard(5 * SECOND_US, 30 * SECOND_US)
    group.step(30 * SECOND_US)
    group.step(30 * SECOND_US + 900_000)
    assert _lost(group) == 0
    group.step(31 * SECOND_US)
    group.heard(31 * SECOND_US, 31 * SECOND_US)
    group.step(31 * SECOND_US)
    assert _lost(group) >= 1
