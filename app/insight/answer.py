"""The answer to "where is the trouble?": what it rests on, as data. ``sentences`` puts it into words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .place import Place
    from .rules import Rule, Severity

# Figures by name: shares from 0 to 1, times in microseconds, "yes" or "no" where something is or is not so.
Numbers = tuple[tuple[str, float | int | str], ...]


class Status(Enum):
    """How far a verdict can be relied on."""

    PROVISIONAL = "provisional"  # it may still be withdrawn: too few probes, or a cause that is only likely
    CONFIRMED = "confirmed"
    ENDED = "ended"  # it was so, and is over


@dataclass(frozen=True, slots=True)
class Figure:
    """A named number that a verdict rests on, or a word in its place."""

    name: str  # unique within a verdict, stable: JSON carries it
    value: float | int | str  # in ``unit``
    unit: str  # "us", "s", "ms", "bytes", "bytes/s", "share" (0 to 1); empty: a count, an index, a statistic or a word


@dataclass(frozen=True, slots=True)
class Clause:
    """What a reader of the table might take for a fault, and is none."""

    rule: Rule  # the rule that says so
    ttls: tuple[int, ...]  # the hops that it is said of, in order
    addresses: int = 0  # how many routers share the one hop; 0: it is said of several hops, or of no balancing


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer, free of words."""

    rules: tuple[Rule, ...] = ()  # those that it rests on, the one that leads first; empty: nothing is judged yet
    severity: Severity = ""  # that of the leading rule; empty: nothing is judged yet
    place: Place | None = None  # None: it is of the path as a whole, or of this host
    since_us: int | None = None  # when it began, on the clock of the snapshot; None: not known, or since the start
    status: Status = Status.PROVISIONAL  # how certain it is
    figures: tuple[Figure, ...] = ()  # those of the leading rule; empty: none
    clauses: tuple[Clause, ...] = ()  # what is harmless beside it; only where no fault was found
    network: str = ""  # the network that it names, as "AS64501 transit.example"; empty: not known
    addresses: tuple[str, ...] = ()  # the routers that it names
    further: Place | None = None  # of what is at two places, the second; None: it is at one, as far as is known
    quoted: str = ""  # words from elsewhere: the reason of a failure, a target's name
    host: str = "this host"  # what probes, as it stands within a sentence
    second: Answer | None = None  # another trouble that is told beside it; None: there is none

    @property
    def where(self) -> str:
        """Its place in words; the path as a whole where it has none."""
        return self.place.words if self.place is not None else "to target"

    @property
    def onset(self) -> str:
        """Where something may begin whose place is from the last hop before it to the first that shows it."""
        return self.host if self.place is None else self.place.onset

    def number(self, name: str, default: float | None = None) -> float | int:
        """A figure by name; the default where not every verdict of the rule has it.

        Raises:
            KeyError: no verdict wrote it, nor may it be absent: a sentence without it would say what nobody found.
        """
        value = self._value(name, default)
        if isinstance(value, str):
            raise KeyError(f"{name} is a word")
        return value

    def word(self, name: str, default: str | None = None) -> str:
        """A figure that is a word, which may be empty; the default where not every verdict of the rule has it.

        Raises:
            KeyError: as ``number``.
        """
        value = self._value(name, default)
        if not isinstance(value, str):
            raise KeyError(f"{name} is a number")
        return value

    def holds(self, name: str, default: str | None = None) -> bool:
        """Whether a figure says "yes"; ``default`` is what it would say where it may be absent.

        Raises:
            KeyError: as ``number``.
        """
        return self._value(name, default) == "yes"

    def _value(self, name: str, default: float | str | None) -> float | int | str:
        value = next((one.value for one in self.figures if one.name == name), default)
        if value is None:
            raise KeyError(f"{name} is no figure of {self.rules[0].id if self.rules else 'an empty answer'}")
        return value


def figures(numbers: Iterable[tuple[str, float | int | str]]) -> tuple[Figure, ...]:
    """Numbers with their units."""
    return tuple(Figure(name, value, unit(name)) for name, value in numbers)


def yes(holds: bool) -> str:  # noqa: FBT001 - it is the word for a truth value
    """``yes`` or ``no``."""
    return "yes" if holds else "no"


_UNIT_OF_ENDING = (("_bytes_per_s", "bytes/s"), ("_us", "us"), ("_s", "s"))
_UNITS = {
    **dict.fromkeys(
        ("share", "low", "high", "not_excluded", "late_share", "lost_share", "excess_share", "queue_share"), "share"
    ),
    **dict.fromkeys(("larger", "smaller", "said", "mtu", "only_bytes"), "bytes"),
}


def unit(name: str) -> str:
    """The unit of a figure; names carry it at their end, but for shares and sizes."""
    return _UNITS.get(name) or next((found for ending, found in _UNIT_OF_ENDING if name.endswith(ending)), "")
