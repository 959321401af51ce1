"""Every string that a user sees keeps to one vocabulary: tests/words.toml says what is not said, and what instead."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.manual import chapters, text
from hopscope.app.options.config_text import print_config
from hopscope.app.options.help import help_text
from hopscope.app.path.path import Path as TracedPath
from hopscope.app.report.context import Context
from hopscope.app.report.writers.explain import explanation
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings, TraceSettings
from hopscope.app.trace.events import RoundStarted
from hopscope.probe.lab.scenario import shipped
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
DOCUMENTS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


class Word(NamedTuple):
    """A pattern of what is not said, what is said instead, and where alone it counts (empty: everywhere)."""

    pattern: re.Pattern[str]
    say: str
    only: str


@cache
def words() -> tuple[Word, ...]:
    entries = tomllib.loads((ROOT / "tests" / "words.toml").read_text(encoding="utf-8"))["word"]
    return tuple(Word(re.compile(one["pattern"], re.IGNORECASE), one["say"], one.get("only", "")) for one in entries)


def breaches(said: str, kind: str) -> list[str]:
    """What a text says that is not to be said, with what to say instead."""
    flat = re.sub(r"\s+", " ", said)
    return [
        f"{flat[max(0, found.start() - 40) : found.end() + 30]!r}: say {word.say!r}"
        for word in words()
        if word.only in {"", kind}
        for found in word.pattern.finditer(flat)
    ]


def strings_of(path: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module that are no docstring; what an f-string fills in is ``{}``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            inside.add(id(node.body[0].value))  # type: ignore[attr-defined]
        elif isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in node.values)
            parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield node.lineno, "".join(parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


@pytest.mark.parametrize("room", ["app", "widgets", "probe"])
def test_strings_of_the_program(room: str) -> None:
    """No string of a module says what is not to be said."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {breach}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for line, said in strings_of(path)
        for breach in breaches(said, "code")
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents(name: str) -> None:
    """Nor does a document."""
    found = breaches((ROOT / name).read_text(encoding="utf-8"), "text")
    assert not found, "\n".join(found)


def test_manual_help_and_configuration() -> None:
    """Nor do the manual, the help, and the configuration file with its comments."""
    said = {name: text(name) for name, _ in chapters()}
    said |= {"--help": help_text("hopscope"), "--help of mtr": help_text("mtr"), "--print-config": print_config()}
    found = [f"{name}: {breach}" for name, one in said.items() for breach in breaches(one, "text")]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", shipped())
def test_what_scenarios_say(name: str) -> None:
    """Nor do the answer, the verdicts and the log of a simulated network, early and late."""
    settings = TraceSettings(rounds=60, flows=1)
    lab = Lab(name)
    world = lab_world(lab, settings)
    world.run()
    path = TracedPath(lab.target(), settings)
    context = Context(ReportSettings(explain=True), sanitize("host"))
    for event in world.events:
        path.record(event)
        if isinstance(event, RoundStarted) and event.round in {3, 12, 30}:
            _check(name, path, context)
    _check(name, path, context)


def _check(name: str, path: TracedPath, context: Context) -> None:
    snapshot = path.snapshot()
    said = [" ".join(explanation(snapshot, context))]
    said += [" ".join(pair) for pair in verdicts(snapshot).sentences]
    said += [entry.text for entry in snapshot.log_entries]
    found = [f"{name}: {breach}" for one in said for breach in breaches(one, "verdicts")]
    assert not found, "\n".join(found)


def test_a_planted_word_is_found() -> None:
    """The patterns are held against what is said, whatever its case and wherever its line breaks."""
    assert breaches("Loss on the way\nthere", "code")
    assert breaches("No Answer any  more", "text")
    assert not breaches("Loss on the forward path", "code")
