"""Waiting for several vantage points at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.vantage import connection

if TYPE_CHECKING:
    from collections.abc import Iterator


class Far:
    """A far probe process that has come, or comes once another has been asked twice."""

    eof = wants_to_write = False
    errors_closed = True

    def __init__(self, after: Far | None = None, *, is_ours: bool = True) -> None:
        self.supports = {"hopscope": is_ours}
        self.asked: list[str] = []
        self.after = after
        self.stdout, self._other_end = os.pipe()

    @property
    def ready(self) -> bool:
        """Whether it has come."""
        return self.after is None or len(self.after.asked) >= 2

    def question(self, text: str) -> int:
        """Note it."""
        self.asked.append(text)
        return len(self.asked)

    def read_answers(self) -> list[Any]:
        """Nothing."""
        return []

    def flush(self) -> None:
        """Nothing."""

    read_errors = flush

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self.stdout)
        os.close(self._other_end)


@pytest.fixture
def some(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Far]]:
    """One that has come, one that has and is no process of ours, and one that takes its time."""
    monkeypatch.setattr(connection, "BEAT_S", 0.0)
    monkeypatch.setattr(connection, "LOOK_AROUND_S", 0.001)
    early = Far()
    made = [early, Far(is_ours=False), Far(early)]
    yield made
    for one in made:
        one.close()


def test_what_has_come_is_kept_while_others_are_waited_for(some: list[Far]) -> None:
    """Our own far process ends after 10 s without a line, so it is asked the time; mtr-packet has no such question."""
    connection.await_ready(some, prompts=False)  # type: ignore[arg-type]
    early, foreign, late = some
    assert set(early.asked) == {"clock"}
    assert len(early.asked) >= 2
    assert foreign.asked == late.asked == []


def test_of_many_each_has_more_time() -> None:
    """This host starts the programs that lead there; people have their time for passwords."""
    assert connection.time_for(1, prompts=False) == connection.WAIT_S + connection.EACH_S
    assert connection.time_for(50, prompts=False) == 45
    assert connection.time_for(50, prompts=True) == connection.PROMPT_WAIT_S
