"""The fields of public records are documented where they are."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for package in ("app", "widgets", "probe") for path in (ROOT / package).rglob("*.py"))


def is_record(node: ast.ClassDef) -> bool:
    """Whether a class is a public dataclass or NamedTuple."""
    made_by = [ast.unparse(one) for one in (*node.decorator_list, *node.bases)]
    return not node.name.startswith("_") and any("dataclass" in one or "NamedTuple" in one for one in made_by)


def fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.AnnAssign, ast.stmt | None]]:
    """Name and definition of each public field, and the statement after it."""
    for at, one in enumerate(node.body):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            name = one.target.id
            if not name.startswith("_") and "ClassVar" not in ast.unparse(one.annotation):
                yield name, one, node.body[at + 1] if at + 1 < len(node.body) else None


def is_text(node: ast.stmt | None) -> bool:
    """Whether a statement is a string and nothing else."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def undocumented(source: str) -> list[str]:
    """The fields, as ``Class.field``, with no comment beside or above them and no string below."""
    lines = source.splitlines()
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef) or not is_record(node):
            continue
        for name, field, after in fields(node):
            assert field.end_lineno is not None
            beside = lines[field.end_lineno - 1].encode()[field.end_col_offset :]
            above = lines[field.lineno - 2].strip()
            if b"#" not in beside and not above.startswith("#") and not is_text(after):
                found.append(f"{node.name}.{name}")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_fields_are_documented(path: Path) -> None:
    """Each field of a public dataclass or NamedTuple says at its place what it holds."""
    assert not undocumented(path.read_text(encoding="utf-8"))


def test_undocumented_field_is_found() -> None:
    """A field counts as documented by a comment beside or above it, or by a string below, and by nothing else."""
    source = '''
@dataclass
class Record:
    """Of a, b, c and d."""
    a: int  # beside
    # above
    b: str = "#"
    c: int
    """below"""
    d: str = "#"
'''
    assert undocumented(source) == ["Record.d"]
