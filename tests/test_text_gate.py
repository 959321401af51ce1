"""Only the sanitizer makes what may be shown: the type checker finds ways around it, all but those sought here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GATE = ROOT / "app" / "sanitize.py"
TYPES = {"Text", "Document"}
# What the package brings along is written as it is.
OWN = {"app/options/about.py", "app/manual/show.py"}


def modules() -> list[Path]:
    return [path for folder in ("app", "widgets", "probe") for path in sorted((ROOT / folder).rglob("*.py"))]


def calls(source: str) -> list[tuple[str, ast.Call]]:
    """The calls in a module by the last word of what is called."""
    nodes = ast.walk(ast.parse(source))
    return [(ast.unparse(node.func).rpartition(".")[2], node) for node in nodes if isinstance(node, ast.Call)]


def forged(source: str) -> list[int]:
    """Lines that make a type of the gate from anything."""
    lines = []
    for name, call in calls(source):
        cast = name == "cast" and any(word in ast.unparse(call.args[0]) for word in TYPES)
        if name in TYPES or cast:
            lines.append(call.lineno)
    return lines


@pytest.mark.parametrize("source", ['Text("x")', 'cast("Text", x)', 'cast(Document, "x")'])
def test_a_way_around_is_found(source: str) -> None:
    """Each of the ways to make a text without the gate is seen."""
    assert forged(source) == [1]


def test_nothing_else_makes_a_text() -> None:
    """No module calls the types themselves or casts to them."""
    assert {str(path): lines for path in modules() if path != GATE and (lines := forged(path.read_text()))} == {}


def test_only_the_package_s_own_files_pass_unseen() -> None:
    """Help, chapters and completions alone are documents without having passed."""
    users = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if path != GATE and any(name == "own_document" for name, _ in calls(path.read_text()))
    }
    assert users == OWN


def test_standard_streams_are_written_to_in_two_places() -> None:
    """Whatever is written goes through the module that asks for documents, or is a line of progress made of numbers."""
    writers = set()
    for path in modules():
        source = path.read_text()
        if "/probe/" in path.as_posix():
            continue
        for name, call in calls(source):
            text = ast.unparse(call.func)
            if name == "print" or text in {"sys.stdout.write", "sys.stderr.write"}:
                writers.add(path.relative_to(ROOT).as_posix())
    assert writers == {"app/process/streams.py", "app/process/status_line.py"}
