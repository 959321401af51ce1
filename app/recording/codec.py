"""Values of known types as compact lists that JSON can hold, and back from what nobody has checked.

What ``values`` does for records by name, for what a file holds many of: a record is the list of its fields, without
those at its end that are as they are by default. Types are named by annotations, or by what stands below, which bounds
numbers and knows more containers. On the way back every value is checked, and nothing but these types is made.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
from collections import deque
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from .values import KINDS_WITHOUT_HINTS, NAMES, Unfit, plain_fields, simple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ITEMS_MAX = 1 << 16  # of a list or a table


@dataclass(frozen=True, slots=True)
class Whole:
    """Whole numbers within bounds, both included."""

    low: int  # the least
    high: int  # the greatest


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value, or None."""

    of: Any  # the type of the value


@dataclass(frozen=True, slots=True)
class Items:
    """Several values of one type, in their order; of a set, sorted."""

    of: Any  # the type of each
    kind: Any = list  # list, tuple, set, frozenset or deque
    most: int = ITEMS_MAX  # of them


@dataclass(frozen=True, slots=True)
class Table:
    """Keys with values, in their order."""

    keys: Any  # the type of each key
    values: Any  # that of each value
    kind: Any = dict  # dict or Counter
    most: int = ITEMS_MAX  # keys


@dataclass(frozen=True, slots=True)
class Row:
    """A tuple of so many values."""

    of: tuple[Any, ...]  # their types


TTL = Whole(0, 255)
BITS = Whole(0, (1 << 256) - 1)  # a bit a hop
ROUND = Whole(-1, 1 << 40)
COUNT = Whole(0, 1 << 40)
SUM = Whole(0, 1 << 200)
INDEX = Whole(-1, (1 << 15) - 1)
# Classes whose objects are written too, with their attributes and the types of these; what is left out of an attribute
# here has to be made by whoever reads.
OBJECTS: dict[type, Mapping[str, Any]] = {}
# Whole numbers of records by the last word of their names.
_BY_NAME = {"ttl": TTL, "round": ROUND, "rounds": ROUND}


class Codec(NamedTuple):
    """How values of one type are written, and read."""

    pack: Callable[[Any], Any]
    """Makes what JSON can hold of a value."""
    unpack: Callable[[object], Any]
    """Gives the value back; raises ``Unfit`` where there is none of this type."""


@functools.cache
def codec(hint: Any) -> Codec:
    """The codec of the values that an annotation, or one of the above, allows."""
    if isinstance(hint, Whole):
        return Codec(_same, functools.partial(_whole, hint))
    if isinstance(hint, Maybe):
        return _maybe(codec(hint.of))
    if isinstance(hint, Items | Table):
        return _many(hint) if isinstance(hint, Items) else _table(hint)
    if isinstance(hint, Row):
        return _row(tuple, tuple(codec(one) for one in hint.of), len(hint.of), ())
    return _object(hint) if hint in OBJECTS else _annotated(hint)


def _annotated(hint: Any) -> Codec:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in (int, str, bool, float, type(None)):
        return Codec(_same, simple(hint))
    if origin in (Union, types.UnionType):
        return _either(arguments)
    if origin is Literal:
        return Codec(_same, functools.partial(_one_of, arguments))
    if origin is tuple:
        is_long = len(arguments) == 2 and arguments[1] is Ellipsis
        return codec(Items(arguments[0], tuple) if is_long else Row(arguments))
    if issubclass(hint, enum.Enum):
        return Codec(_value_of, functools.partial(_member, hint))
    fields = plain_fields(hint)
    if fields is None:
        raise TypeError(f"no values of {hint}")
    hints = field_hints(hint)
    defaults = [default for _, default in fields]
    needed = next((at for at in range(len(fields), 0, -1) if defaults[at - 1] is dataclasses.MISSING), 0)
    return _row(hint, tuple(codec(hints[name]) for name, _ in fields), needed, tuple(defaults))


def field_hints(kind: type) -> Mapping[str, Any]:
    """The annotations of a record's fields, numbers of rounds and hops bounded."""
    hints = KINDS_WITHOUT_HINTS.get(kind) or get_type_hints(kind, localns=NAMES)
    return {name: _BY_NAME.get(name.rpartition("_")[2], one) if one is int else one for name, one in hints.items()}


def _same(value: Any) -> Any:
    return value


def _value_of(value: enum.Enum) -> Any:
    return value.value


def _whole(bounds: Whole, value: object) -> int:
    if type(value) is not int or not bounds.low <= value <= bounds.high:
        raise Unfit("not a whole number within its bounds")
    return value


def _one_of(known: tuple[object, ...], value: object) -> object:
    if not isinstance(value, str | int) or isinstance(value, bool) or value not in known:
        raise Unfit("not one of the known words")
    return value


def _member(kind: type[enum.Enum], value: object) -> enum.Enum:
    try:
        return kind(value)
    except ValueError:
        raise Unfit("not one of the known words") from None


def _either(hints: tuple[Any, ...]) -> Codec:
    """None, or one kind of value; words may be of several lists. There is nothing else among what is packed."""
    kinds = [hint for hint in hints if hint is not type(None)]
    if len(kinds) == len(hints) or len(kinds) > 1:
        return Codec(_same, functools.partial(_one_of, tuple(word for one in kinds for word in get_args(one))))
    return _maybe(codec(kinds[0]))


def _maybe(one: Codec) -> Codec:
    return Codec(
        lambda value: None if value is None else one.pack(value),
        lambda value: None if value is None else one.unpack(value),
    )


def _row(kind: Any, parts: tuple[Codec, ...], needed: int, defaults: tuple[object, ...]) -> Codec:
    fields = plain_fields(kind) if kind is not tuple else None
    names = None if fields is None else [name for name, _ in fields]

    def pack(value: Any) -> list[Any]:
        values = list(value) if names is None else [getattr(value, name) for name in names]
        while len(values) > needed and values[-1] == defaults[len(values) - 1]:
            values.pop()
        return [part.pack(one) for part, one in zip(parts, values, strict=False)]

    def unpack(value: object) -> Any:
        if not isinstance(value, list) or not needed <= len(value) <= len(parts):
            raise Unfit(f"not a list of {needed} to {len(parts)}")
        values = [part.unpack(one) for part, one in zip(parts, value, strict=False)]
        return tuple(values) if names is None else kind(**dict(zip(names, values, strict=False)))

    return Codec(pack, unpack)


def _many(items: Items) -> Codec:
    kind, part, most = items.kind, codec(items.of), items.most
    is_set = kind in (set, frozenset)

    def pack(values: Any) -> list[Any]:
        return [part.pack(one) for one in (sorted(values) if is_set else values)]

    def unpack(value: object) -> Any:
        return kind(part.unpack(one) for one in _listed(value, most))

    return Codec(pack, unpack)


def _table(hint: Table) -> Codec:
    kind, keys, values, most = hint.kind, codec(hint.keys), codec(hint.values), hint.most

    def pack(table: Any) -> list[Any]:
        return [[keys.pack(key), values.pack(one)] for key, one in table.items()]

    def unpack(value: object) -> Any:
        made = kind()
        for pair in _listed(value, most):
            if not isinstance(pair, list) or len(pair) != 2:
                raise Unfit("not a pair")
            made[keys.unpack(pair[0])] = values.unpack(pair[1])
        return made

    return Codec(pack, unpack)


def _listed(value: object, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise Unfit(f"not a list of {most} at most")
    return value


def _object(kind: Any) -> Codec:
    names = tuple(OBJECTS[kind])

    def pack(one: Any) -> list[Any]:
        return [codec(OBJECTS[kind][name]).pack(getattr(one, name)) for name in names]

    def unpack(value: object) -> Any:
        made = kind.__new__(kind)
        fill(made, kind, value)
        return made

    return Codec(pack, unpack)


def fill(one: Any, kind: type, value: object) -> None:
    """Give an object the attributes that its kind's ``pack`` wrote; objects among them are filled where they stand.

    Raises:
        Unfit: they are none of this kind.
    """
    hints = OBJECTS[kind]
    if not isinstance(value, list) or len(value) != len(hints):
        raise Unfit(f"not a list of {len(hints)}")
    for (name, hint), each in zip(hints.items(), value, strict=True):
        there = getattr(one, name, None)
        if hint in OBJECTS and there is not None:
            fill(there, hint, each)
        elif isinstance(there, deque):  # which may be bounded
            there.clear()
            there.extend(codec(hint).unpack(each))
        else:
            setattr(one, name, codec(hint).unpack(each))
