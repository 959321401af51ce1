"""What this host is called, safe to show."""

from __future__ import annotations

import ast
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import hopscope.app
from hopscope.app.host.name import host_name, short_host_name

if TYPE_CHECKING:
    import pytest

APP = Path(hopscope.app.__path__[0])


def test_an_evil_name_is_shown_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Escape sequences and markup's borders that are control characters become question marks."""
    monkeypatch.setattr(socket, "gethostname", lambda: "a\x1b]0;evil\x07\x00.b c")
    assert host_name() == "a?]0;evil??.b?c"
    assert short_host_name() == "a?]0;evil??"


def test_one_module_asks_for_it_and_one_module_makes_safe_text() -> None:
    """Nobody else asks the system for the name, and nobody but the sanitizer says that a text is safe."""
    for path in APP.rglob("*.py"):
        called = {
            node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        }
        assert "gethostname" not in called or path == APP / "host" / "name.py", path
        imports_text = "import Text" in path.read_text() or "sanitize import NOTHING, Text" in path.read_text()
        assert not (imports_text and "Text" in called), path
