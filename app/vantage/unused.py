"""Which names of a package nothing asks for, so that what they stand for need not travel.

Names are looked at without regard to where they stand: whatever is called, read or imported anywhere under a name, or
written as a text that could be one, keeps everything of that name. So more is kept than is needed, and never less.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeGuard

    # What a statement defines, and the names that are asked for once any of that is needed.
    Definition = tuple[tuple[str, ...], set[str]]

CHECKS = "TYPE_CHECKING"
_READERS_ALONE = frozenset({"annotation", "returns"})


def unused_names(modules: Iterable[ast.Module], roots: Iterable[str]) -> frozenset[str]:
    """The names that the modules define in themselves or in their classes and that are not needed for the ``roots``."""
    used = set(roots)
    waiting: list[Definition] = []
    for module in modules:
        for names, asks in _statements(module.body):
            if names:
                waiting.append((names, asks))
            else:
                used |= asks
    found = True
    while found:
        needed = [one for one in waiting if not used.isdisjoint(one[0])]
        waiting = [one for one in waiting if used.isdisjoint(one[0])]
        found = bool(needed)
        used.update(*(asks for _, asks in needed))
    return frozenset(name for names, _ in waiting for name in names)


def defined_names(statement: ast.stmt) -> tuple[str, ...]:
    """What a statement does nothing but define; empty where it does more, or what the language itself asks for."""
    names: list[str] = []
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        names = [statement.name]
    elif isinstance(statement, ast.AnnAssign):
        names = [statement.target.id] if isinstance(statement.target, ast.Name) else []
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        names = [part.id for part in parts if isinstance(part, ast.Name)]
        if len(names) < len(parts):
            return ()
    return () if any(name.startswith("__") for name in names) else tuple(names)


def is_for_checkers(node: ast.AST) -> TypeGuard[ast.If]:
    """Whether a statement begins with a block that only type checkers read; what follows ``else`` runs."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == CHECKS


def alias_name(alias: ast.alias) -> str:
    """The name that an import binds."""
    return alias.asname or alias.name.partition(".")[0]


def _statements(body: Sequence[ast.stmt]) -> Iterator[Definition]:
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                yield (alias_name(alias),), {alias.name.rpartition(".")[2]}
        elif isinstance(statement, ast.ClassDef):
            beside = [*statement.bases, *statement.keywords, *statement.decorator_list]
            yield (statement.name,), set().union(*map(_asked, beside))
            yield from _statements(statement.body)
        else:
            yield defined_names(statement), _asked(statement)


def _asked(node: ast.AST) -> set[str]:
    """The names that are asked for when a node runs. Without recursion: this is what takes the time of a bundle."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                found.add(node.id)
            continue
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                found.add(node.value)
            continue
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found.update(node.name.split("."))
        elif is_for_checkers(node):
            waiting += node.orelse
            if node.orelse:
                found.add(CHECKS)
            continue
        waiting += _inside(node)
    return found


def _inside(node: ast.AST) -> list[ast.AST]:
    """The nodes of a node, but for annotations."""
    found: list[ast.AST] = []
    for field in node._fields:
        inside = getattr(node, field, None)
        if type(inside) is list:
            found += [child for child in inside if isinstance(child, ast.AST)]
        elif field not in _READERS_ALONE and isinstance(inside, ast.AST):
            found.append(inside)
    return found
