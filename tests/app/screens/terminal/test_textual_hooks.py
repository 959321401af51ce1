"""Textual's private parts: all in one module, each still there, and none touched elsewhere."""

from __future__ import annotations

import ast
import importlib
from functools import cache
from pathlib import Path

import hopscope.app.screens
import hopscope.widgets
import pytest
from hopscope.app.screens.terminal.textual_hooks import HOOKS, Hook, is_known, to_check
from textual.app import App
from textual.binding import BindingsMap
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.widget import Widget

FOLDERS = [Path(package.__file__ or "").parent.resolve() for package in (hopscope.app.screens, hopscope.widgets)]
MODULES = sorted(path for folder in FOLDERS for path in folder.rglob("*.py") if path.name != "textual_hooks.py")


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _of_os(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "os"


@cache
def _private_names() -> set[str]:
    """Names that Textual keeps to itself: of its classes, and of what their methods set."""
    names = set()
    for owner in (App, Screen, Widget, LinuxDriver, BindingsMap):
        for base in owner.__mro__[:-1]:
            if base.__module__.startswith("textual"):
                names |= set(vars(base))
                source = Path(importlib.import_module(base.__module__).__file__ or "").read_text()
                names |= {
                    node.attr
                    for node in ast.walk(ast.parse(source))
                    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
                }
    return {name for name in names if _is_private(name)}


def test_textual_is_the_version_that_the_hooks_were_read_in() -> None:
    """Whoever raises Textual is shown what to check."""
    assert is_known(), to_check()


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: f"{hook.owner}.{hook.name}")
def test_each_hook_is_still_there(hook: Hook) -> None:
    """The owner exists, and its methods set or define the name."""
    module, _, name = hook.owner.partition(":")
    owner = importlib.import_module(module)
    assert hasattr(owner, name)
    if hook.name and not hasattr(getattr(owner, name), hook.name):
        bases = [base.__module__ for base in getattr(owner, name).__mro__[:-1]]
        assert any(
            f"self.{hook.name}" in Path(importlib.import_module(one).__file__ or "").read_text() for one in bases
        )


def test_each_private_name_in_the_module_is_listed() -> None:
    """What the module touches of Textual is in the list of what to check."""
    source = (FOLDERS[0] / "terminal" / "textual_hooks.py").read_text()
    tree = ast.parse(source)
    touched = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_private(node.attr)}
    touched |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _is_private(node.name)}
    assert touched - {"_own_writer"} == {hook.name for hook in HOOKS if hook.name}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_other_module_touches_private_parts(path: Path) -> None:
    """No private module is imported, and no class of ours reads, sets or overrides a private name of Textual's."""
    tree = ast.parse(path.read_text())
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    assert not [name for name in imported if name.startswith("textual") and "._" in name]
    private = _private_names()
    for owner in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.bases):
        names = {node.attr for node in ast.walk(owner) if isinstance(node, ast.Attribute) and not _of_os(node)}
        names |= {node.name for node in owner.body if isinstance(node, ast.FunctionDef)}
        assert not {name for name in names if _is_private(name)} & private
