"""The table of what checkpoints hold is whole, and what it holds comes back."""

from __future__ import annotations

from typing import Any

import pytest
from hopscope.app.path.path import Path
from hopscope.app.recording import path_state, path_table
from hopscope.app.recording.path_table import MADE, STATE
from hopscope.app.recording.values import Unfit, plain_fields
from hopscope.app.settings import Target, TraceSettings
from hopscope.probe.lab.scenario import shipped
from support.virtual import Lab, lab_world


def attributes(one: Any) -> dict[str, Any]:
    """The attributes of an object, slots or not."""
    names = [*getattr(one, "__dict__", ()), *getattr(type(one), "__slots__", ())]
    return {name: getattr(one, name) for name in names if hasattr(one, name)}


def live_objects(one: Any, seen: dict[int, Any]) -> None:
    """All objects of the path's own classes that one leads to, records aside."""
    if id(one) in seen:
        return
    kind: Any = type(one)
    if isinstance(one, dict):
        inside: list[Any] = [*one.keys(), *one.values()]
    elif isinstance(one, list | tuple | set | frozenset) or type(one).__name__ == "deque":
        inside = list(one)
    elif kind in STATE or (kind.__module__.startswith("hopscope.app") and plain_fields(kind) is None):
        inside = list(attributes(one).values())
    else:
        return
    seen[id(one)] = one
    for each in inside:
        live_objects(each, seen)


@pytest.mark.parametrize("name", ["lossy", "flap", "bufferbloat", "path-change", "balanced"])
def test_no_attribute_is_missing(name: str) -> None:
    """Each attribute of each object that a path holds stands in the table, or is made of other things."""
    assert name in shipped()
    world = lab_world(Lab(name), TraceSettings(rounds=200), detail=True)
    world.run()
    seen: dict[int, Any] = {}
    live_objects(world.paths[0], seen)
    kinds: set[Any] = {type(one) for one in seen.values() if type(one).__module__.startswith("hopscope")}
    kinds -= {kind for kind in kinds if kind not in STATE and plain_fields(kind) is not None}
    aside = {"EventLog", "LiveCuts", "HopMinutes"}  # written by hand
    assert len(kinds) > 18
    for one in seen.values():
        kind = type(one)
        if kind in kinds and kind.__name__ not in aside:
            assert {*attributes(one)} == {*STATE[kind]} | MADE.get(kind, frozenset()), kind


def test_each_class_of_the_table_has_its_attributes() -> None:
    """The table names no attribute twice."""
    for kind, names in MADE.items():
        assert not names & STATE[kind].keys()


def test_the_layout_changes_with_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """States of another version are told by a number: one attribute more makes another one."""
    before = path_table.layout()
    path_table.layout.cache_clear()
    assert path_table.layout() == before
    monkeypatch.setitem(STATE, Path, {**STATE[Path], "_more": int})
    path_table.layout.cache_clear()
    assert path_table.layout() != before
    monkeypatch.undo()
    path_table.layout.cache_clear()


@pytest.mark.parametrize("value", [None, [], [1, 2, 3, 4, 5], [[], [], None, [], []], {}, "x"])
def test_what_is_no_state_is_refused(value: object) -> None:
    """Anything else than a state is refused."""
    target = Target(TraceSettings().local_address, "192.0.2.1", 4)  # type: ignore[arg-type]
    with pytest.raises(Unfit):
        path_state.unpack(target, 0, value, None)  # type: ignore[arg-type]
