"""Checks of what a scenario file says; a message begins with the key, its reader adds where that stands."""

import contextlib
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any


# What a hop may do instead of forwarding: which error it says, or none.
PROHIBITED, HOST_UNREACHABLE, NETWORK_UNREACHABLE = "prohibited", "host-unreachable", "network-unreachable"
SILENTLY = "silent"
BLOCKS = (PROHIBITED, HOST_UNREACHABLE, NETWORK_UNREACHABLE, SILENTLY)
# What a hop of several branches chooses one by.
BY_FLOW, BY_PACKET, IN_TURN = "flow", "packet", "turn"
BALANCES = (BY_FLOW, BY_PACKET, IN_TURN)


class ScenarioError(Exception):
    """A scenario cannot be read; the message names the file and the key."""


class UnknownScenario(ScenarioError):  # noqa: N818 - it is one, which needs no second word
    """No shipped scenario has the name; the message lists those that there are."""


@contextlib.contextmanager
def where(place: str) -> "Iterator[None]":
    """Put the place before the message of a ScenarioError that is raised inside."""
    try:
        yield
    except ScenarioError as error:
        separator = "." if place.isidentifier() and not str(error).startswith("must") else ": "
        raise ScenarioError(f"{place}{separator}{error}") from None


def table_of(value: "Any", key: str) -> "dict[str, Any]":
    """A table.

    Raises:
        ScenarioError: it is none.
    """
    if not isinstance(value, dict):
        raise ScenarioError(f"{key}: must be a table, not {value!r}")
    return value


def number(value: "Any", low: float = 0, high: float = float("inf")) -> float:
    """A number within bounds.

    Raises:
        ScenarioError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        bounds = f"at least {low:g}" if high == float("inf") else f"from {low:g} to {high:g}"
        raise ScenarioError(f"must be a number {bounds}, not {value!r}")
    return value


def whole(value: "Any", low: int, high: int) -> int:
    """A whole number within bounds.

    Raises:
        ScenarioError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ScenarioError(f"must be a whole number from {low} to {high}, not {value!r}")
    return value


def boolean(value: "Any") -> bool:
    """True or false.

    Raises:
        ScenarioError: it is neither.
    """
    if not isinstance(value, bool):
        raise ScenarioError(f"must be true or false, not {value!r}")
    return value


def text(value: "Any") -> str:
    """A string.

    Raises:
        ScenarioError: it is none.
    """
    if not isinstance(value, str) or not value:
        raise ScenarioError(f"must be a string, not {value!r}")
    return value


def choice(*allowed: str) -> "Callable[[Any], str]":
    """A checker for one of some words."""

    def check(value: "Any") -> str:
        if value not in allowed:
            raise ScenarioError(f"must be one of {', '.join(allowed)}, not {value!r}")
        return str(value)

    return check


def listed(check: "Callable[[Any], Any]", *, single: bool = False) -> "Callable[[Any], tuple[Any, ...]]":
    """A checker for a list of what ``check`` checks; with ``single`` one value stands for a list of one."""

    def check_list(value: "Any") -> "tuple[Any, ...]":
        if single and not isinstance(value, list):
            value = [value]
        if not isinstance(value, list) or not value:
            raise ScenarioError(f"must be a list, not {value!r}")
        return tuple(check(entry) for entry in value)

    return check_list


def fields(
    checks: "Mapping[str, Callable[[Any], Any]]", needed: "tuple[str, ...]"
) -> "Callable[[Any], dict[str, Any]]":
    """A checker for a table with these keys, the needed ones present."""

    def check(value: "Any") -> "dict[str, Any]":
        if not isinstance(value, dict):
            raise ScenarioError(f"must be a table, not {value!r}")
        return check_table(value, checks, needed)

    return check


def check_table(
    table: "Mapping[str, Any]", checks: "Mapping[str, Callable[[Any], Any]]", needed: "tuple[str, ...]" = ()
) -> "dict[str, Any]":
    """The table's values, each checked.

    Raises:
        ScenarioError: a key is unknown or missing, or a value is not what it must be.
    """
    checked = {}
    for key, value in table.items():
        if key not in checks:
            raise ScenarioError(f"{key}: unknown key; {_known(key, checks)}")
        with where(key):
            checked[key] = checks[key](value)
    for key in needed:
        if key not in checked:
            raise ScenarioError(f"{key}: missing")
    return checked


def _known(key: str, known: "Iterable[str]") -> str:
    """The key that was probably meant, or all that there are."""
    import difflib  # where nothing is wrong it is never needed

    for near in difflib.get_close_matches(key, known, 1, 0.7):
        return f"did you mean {near}?"
    return f"expected one of {', '.join(known)}"


def address(family: int) -> "Callable[[Any], bytes]":
    """A checker for an address of a family."""

    def check(value: "Any") -> bytes:
        try:
            return socket.inet_pton(family, text(value))
        except OSError:
            version = 4 if family == socket.AF_INET else 6
            raise ScenarioError(f"must be an IPv{version} address, not {value!r}") from None

    return check
