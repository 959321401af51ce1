"""Where in a TOML file something stands: the line of a key, for messages about what the file says.

Python's reader gives values without places. It is asked again here, statement by statement, so that keys in quotes,
with escapes or with dots are those that it found.
"""

from __future__ import annotations

import tomllib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

STATEMENT_MAX = 200  # lines of one value; of a longer one the end is not looked for


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line, from 1, of the statement that gives the value of a path of keys, or else most of its tables."""
    best, found = 0, 1
    table: tuple[str, ...] = ()
    for number, header, said in _statements(text.replace("\r\n", "\n").split("\n")):
        if header:
            table = _keys(said)
            matched = _common(table, path)
        elif path[: len(table)] == table:
            matched = len(table) + _depth(said, path[len(table) :])
        else:
            continue
        if matched > best:
            best, found = matched, number
    return found


def _statements(lines: list[str]) -> Iterator[tuple[int, bool, object]]:
    """Each header and assignment: its line, whether it is a header, and what it says alone."""
    at = 0
    while at < len(lines):
        for end in range(at + 1, min(at + STATEMENT_MAX, len(lines)) + 1):
            try:
                said = tomllib.loads("\n".join(lines[at:end]))
            except tomllib.TOMLDecodeError:
                continue
            if said:
                yield at + 1, lines[at].lstrip().startswith("["), said
            break
        else:
            return
        at = end


def _keys(said: object) -> tuple[str, ...]:
    """The path of a header's table, ``[[...]]`` too."""
    found: list[str] = []
    while said:
        if isinstance(said, list):
            said = said[0]
        elif isinstance(said, dict):
            [(key, said)] = said.items()
            found.append(key)
    return tuple(found)


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many keys of a table's path lead to another; 0 where it is another table."""
    return len(one) if other[: len(one)] == one else 0


def _depth(said: object, path: tuple[str, ...]) -> int:
    """How many keys of a path a statement has."""
    depth = 0
    for key in path:
        if not isinstance(said, dict) or key not in said:
            break
        said, depth = said[key], depth + 1
    return depth
