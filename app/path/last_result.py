"""Results of long histories, kept for as long as what they were made of stays the same."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Data = ParamSpec("Data")
Result = TypeVar("Result")


def kept(
    places: int,
) -> Callable[[Callable[Data, Result]], Callable[Concatenate[Hashable, Data], Result]]:
    """Have a function keep its latest result at each of so many places.

    Its first argument is then the place, as a trace and a hop. The function must depend on the other arguments alone,
    which are compared with those of last time: for bytes that takes a sixth of the time of hashing them, as an
    ``lru_cache`` does, and what is out of date is kept no longer.
    """

    def decorate(function: Callable[Data, Result]) -> Callable[Concatenate[Hashable, Data], Result]:
        known: dict[Hashable, tuple[tuple[object, ...], dict[str, object], Result]] = {}

        def at(place: Hashable, /, *data: Data.args, **named: Data.kwargs) -> Result:
            entry = known.get(place)
            if entry is not None and entry[0] == data and entry[1] == named:
                return entry[2]
            made = function(*data, **named)
            if place not in known and len(known) >= places:
                del known[next(iter(known))]
            known[place] = data, named, made
            return made

        update_wrapper(at, function)
        at.cache_clear = known.clear  # type: ignore[attr-defined] # as of a function with an ``lru_cache``
        return at

    return decorate
