"""Many look-ups, with a resolver and a clock of the test's own."""

from __future__ import annotations

import threading

import pytest
from hopscope.app.errors import ResolveError
from hopscope.app.launch import targets
from hopscope.app.launch.look_ups import SLOTS, LookUps
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target
from support.engines import TARGET

DEAD = ResolveError("no answer")
NONE = ResolveError("not known")


class Resolver:
    """Answers for some numbers; look-ups of others last as long as ``waits_s`` of its clock."""

    def __init__(self, answered: range, waits_s: float = 8.0) -> None:
        self.answered = answered
        self.waits_s = waits_s
        self.asked: list[int] = []
        self._clock = threading.local()
        self._lock = threading.Lock()

    def now_s(self) -> float:
        """The clock of a thread: that of one look-up."""
        return getattr(self._clock, "now_s", 0.0)

    def look_up(self, number: int) -> Target | ResolveError:
        """The target, or no answer after a while."""
        with self._lock:
            self.asked.append(number)
        if number in self.answered:
            return TARGET
        self._clock.now_s = self.now_s() + self.waits_s
        return DEAD

    def run(self, count: int) -> dict[int, Target | ResolveError]:
        """Look up so many numbers."""
        return LookUps(self.look_up, lambda found: found is DEAD, self.now_s).run(range(count))


def test_all_are_looked_up() -> None:
    """Of many names each is asked for once."""
    resolver = Resolver(range(500))
    assert resolver.run(500) == dict.fromkeys(range(500), TARGET)
    assert sorted(resolver.asked) == list(range(500))


def test_dead_name_servers_are_not_asked_for_ever() -> None:
    """After two times as many look-ups in vain as run at once, the rest is given up."""
    resolver = Resolver(range(0))
    found = resolver.run(3000)
    assert 2 * SLOTS <= len(found) <= len(resolver.asked) <= 4 * SLOTS
    assert set(found.values()) == {DEAD}


def test_failures_that_come_at_once_end_nothing() -> None:
    """Refused queries cost no time, so each name is asked for."""
    resolver = Resolver(range(0), waits_s=0.01)
    assert len(resolver.run(300)) == 300


@pytest.mark.parametrize("answered", [range(100, 2000), range(1000)])
def test_one_dead_zone_in_a_sorted_list_is_no_end(answered: range) -> None:
    """Names from all over the list are tried before the rest is given up: those that are answered all are."""
    resolver = Resolver(answered)
    found = resolver.run(2000)
    assert {number for number, one in found.items() if one is TARGET} >= set(answered)


def test_what_is_given_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that was not looked up has an error of its own; an address needs no look-up."""
    monkeypatch.setattr(LookUps, "run", lambda _self, numbers: dict.fromkeys(list(numbers)[:1], NONE))
    first, second, third = targets.resolve_targets(["a.example", "b.example\x1b", "192.0.2.1"])
    assert first is NONE
    assert str(second) == f"cannot resolve b.example?: {targets.GIVEN_UP}"
    assert third == Target(sanitize("192.0.2.1"), "192.0.2.1", 4)
