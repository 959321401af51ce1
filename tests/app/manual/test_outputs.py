"""The chapter on outputs names all that an event line can be."""

from __future__ import annotations

import ast
import json
from importlib import resources

import hopscope.app.path
import hopscope.app.report
import pytest

CHAPTER = (resources.files("hopscope.app.manual") / "outputs.md").read_text(encoding="utf-8")
TABLES = {line.split("|")[1] for line in CHAPTER.splitlines() if line.startswith("| `")}


def kinds() -> list[str]:
    """The kinds of entries of the log, as their type says, which is there for the type checker alone."""
    source = (resources.files(hopscope.app.path) / "snapshot.py").read_text(encoding="utf-8")
    [literal] = (
        one.value
        for one in ast.walk(ast.parse(source))
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "EntryKind"
    )
    return [str(one.value) for one in ast.walk(literal) if isinstance(one, ast.Constant)]


def events() -> list[str]:
    """The names of event lines, as their schema says."""
    text = (resources.files(hopscope.app.report) / "schemas" / "events.schema.json").read_text(encoding="utf-8")
    made = (one["properties"]["event"] for one in json.loads(text)["$defs"].values() if "event" in one["properties"])
    return [event["const"] for event in made if "const" in event]


def test_there_are_kinds_and_events() -> None:
    """Both lists are read where they stand."""
    assert len(kinds()) > 15
    assert {"start", "sent", "end"} <= set(events())


@pytest.mark.parametrize("name", [*kinds(), *events()])
def test_each_kind_and_event_is_described(name: str) -> None:
    """Whoever reads lines by their names finds each of them in a table of the chapter."""
    assert any(f"`{name}`" in cell for cell in TABLES), name
