"""Which of many engines a turn looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.engine import Engine
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.app.trace.sender import Order

TARGETS = tuple(Target(sanitize(f"t{number}"), f"192.0.2.{number}", 4) for number in range(1, 11))


def test_only_those_that_are_due_are_stepped(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the paths known, most turns of ten targets step one or two of them."""
    stepped: list[int] = []
    real = Engine.step

    def step(engine: Engine, now_us: int) -> list[Order]:
        stepped.append(now_us)
        return real(engine, now_us)

    monkeypatch.setattr(Engine, "step", step)
    world = World(steady(6), TraceSettings(rounds=None), TARGETS)
    world.run(until_s=10.0)
    stepped.clear()
    world.run(until_s=20.0)
    assert len(stepped) <= 3 * len(set(stepped))


def test_a_turn_that_comes_for_nothing_steps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the times that were named and without an answer, no engine is looked at; after a command, all are."""
    world = World(steady(6), TraceSettings(rounds=None), TARGETS)
    world.run(until_s=10.0)
    world.group.step(world.now_us)
    due_us = world.group.next_due_us(world.now_us)
    assert due_us is not None
    stepped: list[Engine] = []

    def step(engine: Engine, _now_us: int) -> list[Order]:
        stepped.append(engine)
        return []

    monkeypatch.setattr(Engine, "step", step)
    world.group.step(due_us - 1)
    assert stepped == []
    world.group.pause(due_us - 1)
    world.group.step(due_us - 1)
    assert stepped == world.group.engines


@pytest.mark.parametrize("count", [1, 3])
def test_a_late_turn_steps_all_that_have_become_due(count: int) -> None:
    """After a sleep each target sends, in the order of the targets."""
    world = World(steady(1), TraceSettings(rounds=None), TARGETS[:count])
    world.run(until_s=5.5)
    late_us = world.now_us + 5_000_000
    orders = world.group.step(late_us)
    assert [request.address for _, request in orders] == [target.address for target in TARGETS[:count]]
    assert world.group.step(late_us) == []
