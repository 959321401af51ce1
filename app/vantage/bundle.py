"""The probe process as one string of bytes, for machines on which nothing is installed.

It is the installed package itself, built when it is needed and kept in memory alone: a file of it could be poisoned,
and would run on another machine. What only readers need (docstrings, comments, annotations, blocks for type checkers)
is cut out of the text at the positions that its syntax tree has. Never ``ast.unparse``: from 3.12 on it writes
f-strings that older Pythons cannot read.
"""

from __future__ import annotations

import ast
import functools
import io
import tokenize
import zlib
from importlib.resources import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    # From a position (line from 1, byte from 0) to another, and what stands there instead.
    Cut = tuple[tuple[int, int], tuple[int, int], bytes]

PACKAGE = "hopscope.probe"
# The simulated network, the engine that needs a library, and the command line stay at home.
LEFT_OUT = frozenset({"lab", "icmplib_engine.py", "__main__.py", "launch.py", "options.py"})
_LEVEL = 9


@functools.lru_cache(maxsize=1)
def bundle() -> bytes:
    """The modules, compressed by zlib: name, ``1`` if it is a package else ``0``, and source of each, joined by NUL."""
    parts = ["hopscope", "1", ""]
    for name, is_package, text in _modules(files(PACKAGE), PACKAGE):
        parts += [name, str(int(is_package)), stripped(text)]
    return zlib.compress("\0".join(parts).encode(), _LEVEL)


def _modules(folder: Traversable, name: str) -> Iterator[tuple[str, bool, str]]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.name in LEFT_OUT:
            continue
        if one.name == "__init__.py":
            yield name, True, one.read_text(encoding="utf-8")
        elif one.name.endswith(".py"):
            yield f"{name}.{one.name[: -len('.py')]}", False, one.read_text(encoding="utf-8")
        elif one.is_dir() and one.joinpath("__init__.py").is_file():
            yield from _modules(one, f"{name}.{one.name}")


def stripped(text: str) -> str:
    """A module's text without what does nothing when it runs; line numbers change."""
    lines = [line.encode() for line in text.splitlines(keepends=True)]  # positions of syntax trees count bytes
    for begin, end, instead in reversed(_outermost(_cuts(text))):
        first, last = begin[0] - 1, end[0] - 1
        lines[first : last + 1] = [lines[first][: begin[1]] + instead + lines[last][end[1] :]]
    kept = (line.rstrip() for line in b"".join(lines).decode().split("\n"))
    return "".join(f"{_dedented(line)}\n" for line in kept if line.strip())


def _outermost(cuts: Iterator[Cut]) -> list[Cut]:
    """In their order, without those that lie in another."""
    kept: list[Cut] = []
    for cut in sorted(cuts, key=lambda cut: (cut[0], (-cut[1][0], -cut[1][1]))):
        if not kept or cut[0] >= kept[-1][1]:
            kept.append(cut)
    return kept


def _dedented(line: str) -> str:
    """A line with one blank a level of indentation; continuation lines may be anything."""
    text = line.lstrip(" ")
    return " " * -(-(len(line) - len(text)) // 4) + text


def _cuts(text: str) -> Iterator[Cut]:
    encoded = [line.encode() for line in text.splitlines(keepends=True)]
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield from _docstring(node)
        if (
            isinstance(node, ast.If)
            and isinstance(node.test, ast.Name)
            and node.test.id == "TYPE_CHECKING"
            and not node.orelse
        ):
            yield (node.lineno, node.col_offset), _end(node), b"pass"
        elif isinstance(node, ast.FunctionDef):
            yield from _annotations(node, encoded)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield _end(node.target), _end(node.annotation), b""
        elif isinstance(node, ast.AnnAssign):
            yield (node.lineno, node.col_offset), _end(node), b"pass"
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            begin = len(token.line[:column].encode())
            yield (line, begin), (line, begin + len(token.string.encode())), b""


def _docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> Iterator[Cut]:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        alone = len(node.body) == 1 and not isinstance(node, ast.Module)
        yield (first.lineno, first.col_offset), _end(first), b"pass" if alone else b""


def _annotations(node: ast.FunctionDef, lines: list[bytes]) -> Iterator[Cut]:
    """Those of parameters and of what is returned."""
    given = node.args
    for argument in [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]:
        if argument is not None and argument.annotation is not None:
            begin = argument.lineno, argument.col_offset + len(argument.arg.encode())
            yield begin, _end(argument.annotation), b""
    if node.returns is not None:
        line = lines[node.returns.lineno - 1]
        arrow = line.rindex(b"->", 0, node.returns.col_offset)
        yield (node.returns.lineno, arrow), _end(node.returns), b""


def _end(node: ast.stmt | ast.expr) -> tuple[int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset
