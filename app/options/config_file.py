"""What a configuration file says: defaults for options, other keys, and themes of one's own.

What it says of options goes through the parser of the command line, so the same values are accepted and refused.
"""

from __future__ import annotations

import re
import tomllib

from ...widgets.tokens import TOKENS
from ..actions import ACTIONS, KEYS, is_key
from ..errors import ConfigurationError, UsageError
from ..nearest import did_you_mean
from .configuration import Configuration, NamedPlace
from .file_lines import line_of
from .parse import parse
from .table import OPTIONS

TABLES = ("options", "keys", "themes", "vantage")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def parse_configuration(text: str, name: str, *, trusted: bool = True) -> Configuration:
    """The configuration that a text holds; ``name`` is what errors call the file, ``trusted`` as in ``Configuration``.

    Raises:
        ConfigurationError: it is not TOML, or says what is not understood.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{name}: {error}") from None
    except (RecursionError, ValueError) as error:  # Python's limits of nesting, and of digits
        raise ConfigurationError(f"{name}: {_limit(error)}") from None
    file = _File(name, text)
    for table in tables:
        if any(table == option.long for option in OPTIONS) and not isinstance(tables[table], dict):
            raise file.error((table,), "an option, which belongs below a line [options]")
        if table in TABLES and not isinstance(tables[table], dict):
            raise file.error((table,), f"expected a table, begun by a line [{table}]")
        if table not in TABLES:
            hint = did_you_mean(table, TABLES, f"expected one of {', '.join(TABLES)}")
            raise file.error((table,), f"unknown table; {hint}")
    words: list[str] = []
    for key, value in tables.get("options", {}).items():
        words += _words(file, key, value)
    keys = []
    actions = {action.name for action in ACTIONS}
    for key, value in tables.get("keys", {}).items():
        if key not in actions:
            raise file.error(
                ("keys", key), f"no such action; {did_you_mean(key, actions, '--print-config lists them')}"
            )
        if not isinstance(value, str):
            raise file.error(("keys", key), 'expected a text such as "x" or "F2, Ctrl-E"')
        wrong = next((one.strip() for one in value.split(",") if one.strip() and not is_key(one)), "")
        if wrong:
            known = did_you_mean(wrong, KEYS, 'expected a character, a name such as "F2" or "Home", or "Ctrl-E"')
            raise file.error(("keys", key), f"no such key {wrong!r}; {known}")
        keys.append((key, value))
    themes = tuple((theme, _theme(file, theme, colours)) for theme, colours in tables.get("themes", {}).items())
    places = tuple(_place(file, place, value) for place, value in tables.get("vantage", {}).items())
    return Configuration(name, trusted, tuple(words), tuple(keys), themes, places)


def _limit(error: Exception) -> str:
    return "tables or lists are nested too deeply" if isinstance(error, RecursionError) else "a number is too long"


class _File:
    """A configuration file by name and text, to say where in it something stands."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text

    def error(self, path: tuple[str, ...], what: str) -> ConfigurationError:
        """An error that names file, line and the path of keys."""
        return ConfigurationError(f"{self._name}:{line_of(self._text, path)}: {'.'.join(path)}: {what}")


def _words(file: _File, key: str, value: object) -> list[str]:
    """An entry of the options as words of the command line, checked by its parser."""
    option = next((one for one in OPTIONS if one.long == key and one.in_files), None)
    if option is None:
        names = [one.long for one in OPTIONS if one.in_files]
        hint = did_you_mean(key, names, "use the long names of --help")
        raise file.error(("options", key), f"no such option; {hint}")
    if isinstance(value, bool):
        if option.metavar and not option.optional:
            raise file.error(("options", key), f"expected {option.metavar}")
        words = [f"--{key}"] if value else []
    elif isinstance(value, str | int | float):
        words = [f"--{key}={value}"]
    elif isinstance(value, list) and option.many:
        words = [f"--{key}={one}" for one in value]
    else:
        raise file.error(("options", key), "expected a text, a number, true or false")
    try:
        list(parse(words))
    except UsageError as error:
        raise file.error(("options", key), str(error)) from None
    return words


def _place(file: _File, name: str, value: object) -> NamedPlace:
    from ..vantage.where import LOCAL, is_name, parse_where

    table = ("vantage", name)
    if not is_name(name) or name == LOCAL:
        raise file.error(table, "expected a name of letters, digits, '.', '_' and '-'")
    if not isinstance(value, dict) or "where" not in value:
        raise file.error(table, 'expected a table with where = "ssh:HOST" or the like')
    for key in value:
        if key not in {"where", "groups"}:
            raise file.error(
                (*table, key), f"unknown key; {did_you_mean(key, ('where', 'groups'), 'expected where or groups')}"
            )
    if not isinstance(value["where"], str):
        raise file.error((*table, "where"), 'expected a text such as "ssh:HOST"')
    groups = value.get("groups", [])
    if not isinstance(groups, list) or not all(isinstance(group, str) and is_name(group) for group in groups):
        raise file.error((*table, "groups"), 'expected a list of names such as ["europe"]')
    try:
        where = parse_where(value["where"])
        if where.is_named:
            raise ValueError("a place, not another name")  # noqa: TRY301 - it is said as the others are
    except ValueError as error:
        raise file.error((*table, "where"), f"invalid value {value['where']!r}, expected {error}") from None
    return NamedPlace(name, where, tuple(groups))


def _theme(file: _File, name: str, colours: object) -> tuple[tuple[str, object], ...]:
    if not isinstance(colours, dict):
        raise file.error(("themes", name), "expected a table of colours")
    expected = f"expected one of {', '.join(TOKENS)}"
    for token, colour in colours.items():
        if token == "dark":  # noqa: S105 - a token of colour
            if not isinstance(colour, bool):
                raise file.error(("themes", name, token), "expected true or false")
        elif token not in TOKENS:
            raise file.error(("themes", name, token), f"unknown colour; {did_you_mean(token, TOKENS, expected)}")
        elif not isinstance(colour, str) or not COLOUR.fullmatch(colour):
            raise file.error(("themes", name, token), 'expected a colour such as "#7db7ff"')
    return tuple(colours.items())
