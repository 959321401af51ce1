"""Events that wait to be written by a live output."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hopscope.app.report import backlog
from hopscope.app.report.backlog import Backlog
from hopscope.app.trace.events import RoundStarted


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the session is told; few events may wait."""
    monkeypatch.setattr(backlog, "WAITING_MAX", 10)
    monkeypatch.setattr(backlog, "BATCH_MAX", 2)
    return []


def backlog_of(told: list[str]) -> Backlog:
    made = Backlog()
    session: Any = SimpleNamespace(hold=lambda: told.append("hold"), release=told.append)
    made.session = session
    return made


def test_events_come_in_their_order_some_at_a_time(told: list[str]) -> None:
    """The oldest first, each once; where none waits none comes."""
    events = backlog_of(told)
    for number in range(5):
        events.put(number, RoundStarted(number, number))
    taken = []
    while events:
        batch = events.take(0)
        assert 1 <= len(batch) <= 2
        taken += batch
    assert taken == [(number, RoundStarted(number, number)) for number in range(5)]
    assert events.take(0) == []
    assert told == []


def test_while_too_many_wait_nothing_is_measured_and_that_is_told(told: list[str]) -> None:
    """It is held once, and goes on when half of them are written; and so again."""
    events = backlog_of(told)
    for _ in range(2):
        told.clear()
        for number in range(15):
            events.put(0, RoundStarted(number, number))
        assert told == ["hold"]
        while events:
            waiting = len(told) == 1
            events.take(0)
            if waiting and len(told) == 2:
                assert events
        assert told[1].startswith("lines could not be written fast enough, ")
        assert told[1].endswith(" s not measured")
        assert len(told) == 2
