"""The probe process as one string of bytes."""

from __future__ import annotations

import ast
import subprocess
import zlib
from pathlib import Path

import pytest
from hopscope import probe
from hopscope.app.vantage.bundle import LEFT_OUT, bundle, stripped
from hopscope.app.vantage.far_program import FarProgram
from support.old_pythons import PYTHONS, needs_old_python

WIRE_MAX_BYTES = 40_000


def modules() -> dict[str, tuple[bool, str]]:
    parts = zlib.decompress(bundle()).decode().split("\0")
    return {parts[at]: (parts[at + 1] == "1", parts[at + 2]) for at in range(0, len(parts), 3)}


def test_it_is_the_installed_package() -> None:
    """Every module of the probe process but for the lab, the engine that needs a library, and the command line."""
    folder = Path(probe.__file__).parent
    expected = {
        ".".join(["hopscope.probe", *path.relative_to(folder).with_suffix("").parts]).removesuffix(".__init__")
        for path in folder.rglob("*.py")
        if not LEFT_OUT & set(path.relative_to(folder).parts)
    }
    assert set(modules()) == expected | {"hopscope"}


def test_it_is_small_enough_to_travel() -> None:
    """With the loader it is at most 40 kB on the wire."""
    assert len(FarProgram(1024).input) <= WIRE_MAX_BYTES


def _without_types(node: object) -> object:
    """A statement without what only type checkers read."""
    if isinstance(node, ast.AnnAssign):
        return ast.Pass() if node.value is None else ast.Assign(targets=[node.target], value=node.value)
    for_checkers = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return ast.Pass() if for_checkers and not node.orelse else node  # type: ignore[attr-defined]


def _behaviour(text: str) -> str:
    """What a module does: its syntax tree without docstrings, annotations and blocks for type checkers."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or ([] if isinstance(node, ast.Module) else [ast.Pass()])
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            given = node.args
            for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
                if argument is not None:
                    argument.annotation = None
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(node, name, [_without_types(one) for one in value])
    return ast.dump(tree)


@pytest.mark.parametrize("name", sorted(modules()))
def test_stripping_changes_nothing_that_runs(name: str) -> None:
    """The syntax trees of a module and of its short form are equal but for what only readers need."""
    is_package, text = modules()[name]
    if name == "hopscope":
        assert text == ""
        return
    path = Path(probe.__file__).parent.joinpath(*name.split(".")[2:])
    source = (path / "__init__.py" if is_package else path.with_suffix(".py")).read_text()
    assert _behaviour(text) == _behaviour(source)
    assert "#" not in text or any("#" in ast.unparse(node) for node in ast.walk(ast.parse(text)))


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ('"""Doc."""\nx = 1  # one\n', "x = 1\n"),
        (
            'def f(a: "int", *b: "str", c: "int" = 2) -> "int":\n    """Doc."""\n    return a\n',
            "def f(a, *b, c = 2) :\n return a\n",
        ),
        ('class A:\n    """Doc."""\n', "class A:\n pass\n"),
        ("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import x  # note\n", "TYPE_CHECKING = False\npass\n"),
        ('é = "ü"  # ö\nä = "#"\n', 'é = "ü"\nä = "#"\n'),
    ],
)
def test_what_only_readers_need_is_cut(source: str, short: str) -> None:
    """Docstrings, comments, annotations and blocks for type checkers, wherever letters of several bytes stand."""
    assert stripped(source) == short


@needs_old_python
def test_every_old_python_compiles_it() -> None:
    """Each Python from 3.6 on that is installed reads the short form."""
    program = (
        "import sys, zlib\n"
        "for text in zlib.decompress(sys.stdin.buffer.read()).decode().split(chr(0))[2::3]: compile(text, '', 'exec')"
    )
    for version, python in PYTHONS.items():
        done = subprocess.run([python, "-I", "-S", "-c", program], input=bundle(), check=False, capture_output=True)
        assert done.returncode == 0, (version, done.stderr)
