"""Frozen records as plain values that JSON can hold, and back from values that nobody has checked.

Which fields a record has, and of which types, is read from its annotations, so a record that gains a field needs
nothing here. On the way back every value is checked against them: a file may come from anyone.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ...probe.interface import Interface
from ...probe.wire import Label
from ..protocols import PROTOCOLS
from ..sanitize import composed
from ..settings import LaneKind, Target, TraceSettings
from ..trace import checks, events
from ..trace.mtu import path_mtu

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEXT_MAX = 4096  # characters
ITEMS_MAX = 4096  # of a tuple
NUMBER_MAX = 1 << 62  # either way: microseconds since 1970 are below a thousandth of it


class Unfit(ValueError):  # noqa: N818 - it is caught where the line is known, and becomes an error there
    """A value is not what its place asks for; the text says what was expected."""


# The fields of the records of the probe process, which have no annotations.
KINDS_WITHOUT_HINTS: dict[type, dict[str, Any]] = {
    Label: {"label": int, "tc": int, "bottom": int, "ttl": int},
    Interface: {"role": str, "name": str, "index": int | None, "address": str, "mtu": int | None},
}
_KINDS = (Label, Interface, LaneKind, Target, TraceSettings, checks.Check, path_mtu.PathMtu, events.WayCount)
# What annotations name and modules import for the type checker alone.
NAMES: dict[str, Any] = {
    **{kind.__name__: kind for kind in _KINDS},
    "Text": str,
    "Literal": Literal,
    "ProtocolName": Literal[tuple(PROTOCOLS)],
    "ChangeKind": Literal["settings", "fallback", ""],
    "CountState": Literal["starting", "counting", "off"],
    "Direction": Literal["", "forward", "return"],
    "EntryKind": Literal[
        "start",
        "paused",
        "resumed",
        "finished",
        "failed",
        "restarted",
        "stalled",
        "network-down",
        "path-changed",
        "path-flap",
        "path-flap-change",
        "path-flap-ended",
        "loss-started",
        "loss-ended",
        "rtt-shifted",
        "settings",
        "fallback",
        "reset",
        "check",
        "clock",
        "not-shared",
        "source-changed",
        "alert-raised",
        "alert-cleared",
        "alert-command",
    ],
    "State": Literal["starting", "running", "paused", "finished", "network-down", "failed"],
    "ShiftStatus": Literal["seeming", "uneven", "confirmed", "back"],
    "NewState": Literal["running", "paused", "finished", "restarted", "stalled", "network-down", "failed"],
}


def plain(value: Any) -> Any:
    """A record, or what one holds, as JSON has it; fields that are empty by default are left out where they are."""
    if isinstance(value, enum.Enum):
        return value.value
    fields = _fields_of(value)
    if fields is not None:
        held = ((name, getattr(value, name), default) for name, default in fields)
        return {name: plain(one) for name, one, default in held if default is _NEEDED or default or one != default}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value


def record(kind: type, value: object) -> Any:
    """The record of a kind that ``plain`` made a value of. What it does not know is skipped.

    Raises:
        Unfit: the value is none of this kind.
    """
    return _reader(kind)(value)


_NEEDED = dataclasses.MISSING


def _fields_of(value: object) -> tuple[tuple[str, object], ...] | None:
    return plain_fields(type(value))  # type: ignore[arg-type] # mypy takes types for what cannot be hashed


def simple(kind: Any) -> Callable[[object], Any]:
    """What takes a value for a number, a text, a truth value or None; it raises ``Unfit`` where it is none."""
    return _nothing if kind is type(None) else _SIMPLE[kind]


@functools.cache
def plain_fields(kind: Any) -> tuple[tuple[str, object], ...] | None:
    """The fields of a kind of record with their defaults, or ``MISSING``; None of what is no record."""
    if kind in KINDS_WITHOUT_HINTS:
        return tuple((name, _NEEDED) for name in KINDS_WITHOUT_HINTS[kind])
    if dataclasses.is_dataclass(kind):
        return tuple(
            (one.name, _NEEDED if one.default is dataclasses.MISSING else one.default)
            for one in dataclasses.fields(kind)
        )
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        defaults: Mapping[str, object] = kind._field_defaults
        return tuple((name, defaults.get(name, _NEEDED)) for name in kind._fields)
    return None


@functools.cache
def _reader(hint: Any) -> Callable[[object], Any]:  # noqa: PLR0911 - a table by the form of an annotation
    """What takes a value for one that an annotation allows."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in (int, str, bool, float):
        return _SIMPLE[hint]
    if hint is type(None):
        return _nothing
    if origin in (Union, types.UnionType):
        return _any_of(tuple(_reader(one) for one in arguments))
    if origin is Literal:
        return functools.partial(_one_of, arguments)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return functools.partial(_many, _reader(arguments[0]))
        return functools.partial(_each, tuple(_reader(one) for one in arguments))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return functools.partial(_member, hint)
    if isinstance(hint, type) and (fields := plain_fields(hint)) is not None:
        hints = KINDS_WITHOUT_HINTS.get(hint) or get_type_hints(hint, localns=NAMES)
        return functools.partial(
            _record, hint, tuple((name, _reader(hints[name]), default is _NEEDED) for name, default in fields)
        )
    raise TypeError(f"no values of {hint}")


def _integer(value: object) -> int:
    if type(value) is not int or not -NUMBER_MAX <= value <= NUMBER_MAX:
        raise Unfit("not a whole number")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str) or len(value) > TEXT_MAX:
        raise Unfit("not a text")
    return composed(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit("neither true nor false")
    return value


def _fraction(value: object) -> float:
    if type(value) not in (int, float) or not abs(value) <= NUMBER_MAX:  # type: ignore[arg-type]
        raise Unfit("not a number")
    return float(value)  # type: ignore[arg-type]


_SIMPLE: dict[Any, Callable[[object], Any]] = {int: _integer, str: _string, bool: _truth, float: _fraction}


def _nothing(value: object) -> None:
    if value is not None:
        raise Unfit("not null")


def _any_of(readers: tuple[Callable[[object], Any], ...]) -> Callable[[object], Any]:
    def read(value: object) -> Any:
        problem = None
        for reader in readers:
            try:
                return reader(value)
            except Unfit as error:
                problem = problem or error
        raise problem or Unfit("nothing fits")

    return read


def _one_of(known: tuple[object, ...], value: object) -> object:
    if not isinstance(value, str | int) or isinstance(value, bool) or value not in known:
        raise Unfit("not one of the known words")
    return value


def _member(kind: type[enum.Enum], value: object) -> enum.Enum:
    try:
        return kind(value)
    except ValueError:
        raise Unfit("not one of the known words") from None


def _many(reader: Callable[[object], Any], value: object) -> tuple[Any, ...]:
    if not isinstance(value, list) or len(value) > ITEMS_MAX:
        raise Unfit("not a list")
    return tuple(reader(one) for one in value)


def _each(readers: tuple[Callable[[object], Any], ...], value: object) -> tuple[Any, ...]:
    if not isinstance(value, list) or len(value) != len(readers):
        raise Unfit(f"not a list of {len(readers)}")
    return tuple(reader(one) for reader, one in zip(readers, value, strict=True))


def _record(kind: type, fields: tuple[tuple[str, Callable[[object], Any], bool], ...], value: object) -> Any:
    if not isinstance(value, dict):
        raise Unfit("not an object")
    found: dict[str, Any] = {}
    for name, reader, needed in fields:
        if name in value:
            try:
                found[name] = reader(value[name])
            except Unfit as error:
                raise Unfit(f"{name}: {error}") from None
        elif needed:
            raise Unfit(f"{name} is missing")
    return kind(**found)
