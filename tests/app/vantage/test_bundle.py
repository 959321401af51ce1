"""The probe process as one string of bytes."""

from __future__ import annotations

import ast
import subprocess
import zlib
from pathlib import Path
from typing import TypeGuard

import pytest
from hopscope import probe
from hopscope.app.vantage.bundle import FIRST_CODE, LEFT_OUT, ROOTS, bundle, modules
from hopscope.app.vantage.far_program import FarProgram
from hopscope.app.vantage.shorten import shortened
from hopscope.app.vantage.unused import unused_names
from support.old_pythons import PYTHONS, needs_old_python

WIRE_MAX_BYTES = 40_000


def unpacked() -> dict[str, tuple[bool, str]]:
    """What the loader makes of it."""
    words, *parts = zlib.decompress(bundle()).decode("latin-1").split("\0")
    meant = dict(enumerate(words.split(), FIRST_CODE))
    parts = [part.translate(meant) for part in parts]
    return {parts[at]: (parts[at + 1] == "1", parts[at + 2]) for at in range(0, len(parts), 3)}


def sources() -> dict[str, str]:
    """The text of each module that travels, by name."""
    return {name: path.read_text() for name, path in _paths().items()}


def _paths() -> dict[str, Path]:
    folder = Path(probe.__file__).parent
    return {
        ".".join(["hopscope.probe", *path.relative_to(folder).with_suffix("").parts]).removesuffix(".__init__"): path
        for path in folder.rglob("*.py")
        if not LEFT_OUT & set(path.relative_to(folder).parts)
    }


def test_it_is_the_installed_package() -> None:
    """Every module of the probe process but for the lab, the engine that needs a library, and the command line."""
    found = unpacked()
    assert found.pop("hopscope") == (True, "")
    assert found == {name: (is_package, text) for name, is_package, text in modules()}
    assert {name: is_package for name, (is_package, _) in found.items()} == {
        name: path.name == "__init__.py" for name, path in _paths().items()
    }


def test_sources_have_none_of_the_bytes_that_stand_for_words() -> None:
    """They are ASCII, without control characters but the ends of lines."""
    for name, _, text in modules():
        assert text.isascii(), name
        assert text.replace("\n", "").isprintable(), name


def test_what_nobody_there_asks_for_stays_at_home() -> None:
    """The client's side of the line protocol does; no name that is left out is asked for by what travels."""
    texts = {name: text for name, _, text in modules()}
    trees = [ast.parse(text) for text in sources().values()]
    unused = unused_names(trees, ROOTS)
    assert {"parse_answer", "format_request"} <= unused
    assert "serve" in {node.name for node in ast.parse(texts["hopscope.probe.process"]).body if _is_function(node)}
    for name, text in texts.items():
        asked = {word for node in ast.walk(ast.parse(text)) for word in _names(node)}
        assert not asked & unused, name


def _is_function(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef)


def _names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Attribute):
        return {node.attr}
    return set(node.name.split(".")) if isinstance(node, ast.alias) else set()


def test_it_is_small_enough_to_travel() -> None:
    """With the loader it is at most 40 kB on the wire."""
    assert len(FarProgram(1024).input) <= WIRE_MAX_BYTES


def _only_for_readers(node: object) -> bool:
    """Whether a statement is a docstring, an annotation alone, or a block for type checkers."""
    if isinstance(node, ast.If) and not node.orelse:
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return isinstance(node, ast.AnnAssign) and node.value is None


def _unannotated(node: object) -> object:
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return ast.Assign(targets=[node.target], value=node.value)
    if isinstance(node, ast.arg):
        node.annotation = None
    if isinstance(node, ast.FunctionDef):
        node.returns = None
    return node


def _behaviour(text: str) -> str:
    """What a module does: its syntax tree without docstrings, annotations and blocks for type checkers."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                kept = [_unannotated(one) for one in value if not _only_for_readers(one)]
                setattr(node, name, kept or [ast.Pass()] if value and not isinstance(node, ast.Module) else kept)
            else:
                _unannotated(value)
    return ast.dump(tree)


@pytest.mark.parametrize("name", sorted(sources()))
def test_shortening_changes_nothing_that_runs(name: str) -> None:
    """The syntax trees of a module and of its short form are equal but for what only readers need."""
    source = sources()[name]
    short = shortened(source, ast.parse(source))
    assert _behaviour(short) == _behaviour(source)


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ('"""Doc."""\nx = 1  # one\n', "x=1\n"),
        (
            'def f(a: "int", *b: "str", c: "int" = 2) -> "int":\n    """Doc."""\n    return a\n',
            "def f(a,*b,c=2):\n return a\n",
        ),
        ('class A:\n    """Doc."""\n', "class A:\n pass\n"),
        ("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import x  # note\n", "TYPE_CHECKING=False\n"),
        (
            "if TYPE_CHECKING:\n    from x import y\n    z = y\nelse:\n    y = 1\n",
            "if TYPE_CHECKING:\n pass\nelse:\n y=1\n",
        ),
        ("def f():\n    if TYPE_CHECKING:\n        import x\n", "def f():\n pass\n"),
        ("class A:\n    b: int\n    c: int = 1\n", "class A:\n c=1\n"),
        ('é = "ü"  # ö\nä = "#"\n', 'é="ü"\nä="#"\n'),
        ("x = [\n    1,\n    # two\n    2,\n]\n", "x=[1,2,]\n"),
        ("if x:\n    y = 1\n\n    # z\nelse:\n    z = f'{x!r} {y}'\n", "if x:\n y=1\nelse:\n z=f'{x!r} {y}'\n"),
        ("a = 1 if b else 2\nc = a is not None and a in (1, 2)\n", "a=1 if b else 2\nc=a is not None and a in(1,2)\n"),
    ],
)
def test_what_only_readers_need_is_cut(source: str, short: str) -> None:
    """Docstrings, comments, annotations, blanks, blocks for type checkers, wherever letters of several bytes stand."""
    assert shortened(source, ast.parse(source)) == short


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("def unused():\n    pass\n\n\ndef used():\n    pass\n", "def used():\n pass\n"),
        ("@decorator(1)\ndef unused(): ...\n\nx = 1\n", "x=1\n"),
        ("class Used:\n    @property\n    def unused(self):\n        pass\n", "class Used:\n pass\n"),
        ("from a import unused, used as use\nfrom b import unused\nimport unused.c\n", "from a import used as use\n"),
        ("unused, used = 1, 2\nunused = 3\n", "unused,used=1,2\n"),
        ("def used():\n    unused = 1\n    return unused\n", "def used():\n unused=1\n return unused\n"),
    ],
)
def test_definitions_of_unused_names_are_cut(source: str, short: str) -> None:
    """Of modules and classes, with their decorators; what stands in a function stays."""
    assert shortened(source, ast.parse(source), {"unused"}) == short


@pytest.mark.parametrize(
    ("source", "unused"),
    [
        ("def main():\n    return helper()\n\ndef helper(): ...\n\ndef other(): ...\n", {"other"}),
        ("def main(): ...\n\ndef one():\n    two()\n\ndef two():\n    one()\n", {"one", "two"}),
        ("class A:\n    def b(self): ...\n    def __c__(self): ...\n\ndef main():\n    return A()\n", {"b"}),
        ("def main(x):\n    return getattr(x, 'b')\n\ndef b(): ...\n", set()),
        ("X = 1\nY = 2\nprint(X)\n", {"Y"}),
        ("X: int = 1\ndef main(a: X) -> X: ...\n", {"X"}),
    ],
)
def test_a_name_is_unused_where_nothing_needed_asks_for_it(source: str, unused: set[str]) -> None:
    """From the roots and from what runs at once; names in texts count, those in annotations do not."""
    assert unused_names([ast.parse(source)], {"main"}) == unused


@needs_old_python
def test_every_old_python_compiles_it() -> None:
    """Each Python from 3.6 on that is installed reads the short form."""
    program = "import sys\nfor text in sys.stdin.read().split(chr(0)): compile(text, '', 'exec')"
    texts = "\0".join(text for _, _, text in modules()).encode()
    for version, python in PYTHONS.items():
        done = subprocess.run([python, "-I", "-S", "-c", program], input=texts, check=False, capture_output=True)
        assert done.returncode == 0, (version, done.stderr)
