"""A module's text without what does nothing when it runs on another machine.

What only readers need goes (docstrings, comments, annotations, blocks for type checkers), what nobody there asks for
(see ``unused``), and blanks. All is cut out of the text at the positions that its syntax tree has. Never
``ast.unparse``: from 3.12 on it writes f-strings that older Pythons cannot read.
"""

from __future__ import annotations

import ast
import re

from .unused import alias_name, defined_names, is_for_checkers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    # From a position (line from 1, byte from 0) to another, and what stands there instead.
    Cut = tuple[tuple[int, int], tuple[int, int], bytes]

_LEVEL = 4  # blanks a level of indentation
# The pieces of a text that Python 3.6 can read: there, a text with values in it is one piece.
_PIECE = re.compile(
    r"""
    (?P<text> [bBfFrRuU]{0,2} (?: \"\"\"(?:[^\\]|\\.)*?\"\"\" | '''(?:[^\\]|\\.)*?'''
                                | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' ))
    | (?P<comment> \#[^\n]*)
    | (?P<word> \w+)
    | (?P<line> \n[ ]*)
    | (?P<blank> (?:[ ]|\\\n)+)
    | (?P<sign> .)
    """,
    re.VERBOSE | re.DOTALL,
)


def shortened(text: str, tree: ast.Module, unused: Collection[str] = ()) -> str:
    """A module's text, of which ``tree`` is the syntax tree, without the definitions of unused names."""
    lines = [line.encode() for line in text.splitlines(keepends=True)]  # positions of syntax trees count bytes
    for begin, end, instead in reversed(_outermost(_cuts(tree.body, lines, unused, required=False))):
        first, last = begin[0] - 1, end[0] - 1
        lines[first : last + 1] = [lines[first][: begin[1]] + instead + lines[last][end[1] :]]
    return _without_blanks(b"".join(lines).decode())


def _without_blanks(text: str) -> str:
    """One line a statement, one blank a level of indentation, and none between signs; no comments."""
    done: list[str] = []
    indent, depth, before = "", 0, ""
    for found in _PIECE.finditer(text):
        kind, piece = found.lastgroup, found[0]
        if kind == "line":
            if not depth:
                indent = " " * ((len(piece) - 1) // _LEVEL)
                before = "\n"
            continue
        if kind in {"blank", "comment"}:
            continue
        if before == "\n":
            done.append("\n" + indent if done else indent)
        elif kind in {"word", "text"} and (before[-1:].isalnum() or before[-1:] == "_"):
            done.append(" ")
        depth += (piece in "([{") - (piece in ")]}")
        done.append(piece)
        before = piece
    return "".join([*done, "\n"]) if done else ""


def _outermost(cuts: Iterator[Cut]) -> list[Cut]:
    """In their order, without those that lie in another."""
    kept: list[Cut] = []
    for cut in sorted(cuts, key=lambda cut: (cut[0], (-cut[1][0], -cut[1][1]))):
        if not kept or cut[0] >= kept[-1][1]:
            kept.append(cut)
    return kept


def _cuts(
    body: Sequence[ast.stmt], lines: Sequence[bytes], unused: Collection[str], *, required: bool = True
) -> Iterator[Cut]:
    """Of a list of statements; ``required``: one of them must stay."""
    idle = [statement for statement in body if _is_idle(statement, unused)]
    for number, statement in enumerate(idle, start=1):
        yield _begin(statement), _end(statement), b"pass" if required and number == len(body) else b""
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield from _imports(statement, unused)
        elif isinstance(statement, ast.AnnAssign):
            yield _end(statement.target), _end(statement.annotation), b""
        elif is_for_checkers(statement):
            yield _begin(statement.body[0]), _end(statement.body[-1]), b"pass"
        elif isinstance(statement, ast.FunctionDef):
            yield from _annotations(statement, lines)
        below = unused if isinstance(statement, ast.ClassDef) else ()
        for part in ("body", "orelse", "finalbody"):
            yield from _cuts(getattr(statement, part, ()), lines, below)
        for handler in getattr(statement, "handlers", ()):
            yield from _cuts(handler.body, lines, below)


def _is_idle(statement: ast.stmt, unused: Collection[str]) -> bool:
    """Whether a statement does nothing that is needed."""
    if isinstance(statement, ast.Expr):  # a docstring, or a sentence after a field
        return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return True
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return all(alias_name(alias) in unused for alias in statement.names)
    if is_for_checkers(statement):
        return not statement.orelse
    names = defined_names(statement)
    return bool(names) and all(name in unused for name in names)


def _imports(statement: ast.Import | ast.ImportFrom, unused: Collection[str]) -> Iterator[Cut]:
    """The names of an import that nobody asks for."""
    kept = [alias for alias in statement.names if alias_name(alias) not in unused]
    if kept and len(kept) < len(statement.names):
        names = ", ".join(alias.name + (f" as {alias.asname}" if alias.asname else "") for alias in kept)
        begin = (
            f"from {'.' * statement.level}{statement.module or ''} " if isinstance(statement, ast.ImportFrom) else ""
        )
        yield _begin(statement), _end(statement), f"{begin}import {names}".encode()


def _annotations(node: ast.FunctionDef, lines: Sequence[bytes]) -> Iterator[Cut]:
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


def _begin(node: ast.stmt) -> tuple[int, int]:
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    if decorators:
        return decorators[0].lineno, decorators[0].col_offset - 1  # the @
    return node.lineno, node.col_offset


def _end(node: ast.stmt | ast.expr) -> tuple[int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset
