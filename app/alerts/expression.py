"""What an alert is about, as a user writes it.

    loss > 2% over 100                  of the latest 100 probes more than 2 % are lost
    loss > 5% for 30s                   of those of the latest 30 s more than 5 %
    rtt p95 > 80ms for 1m               the 95th percentile of the RTT; without "p95" the median
    path changed
    unreachable for 10s

All of it is meant end to end: from the host that probes to the target and back. A condition on loss or on the RTT may
end with ``clear < 1% for 5m``, which says when it is cleared; without that it is cleared once it is known to be over.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import UsageError
from ..nearest import did_you_mean
from ..sanitize import Text, composed, sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, Literal, Never, TypeVar

    Value = TypeVar("Value")
    Kind = Literal["loss", "rtt", "path", "unreachable"]

LOSS: Final = "loss"
RTT: Final = "rtt"
PATH: Final = "path"
UNREACHABLE: Final = "unreachable"
KINDS = (LOSS, RTT, PATH, UNREACHABLE)
MEDIAN = 0.5
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3_600.0}
RTT_UNITS_US = {"us": 1, "ms": 1_000, "s": 1_000_000}
PROBES_MAX = 100_000
WINDOW_MAX_S = 86_400.0
LENGTH_MAX = 200  # characters
GRAMMAR = (
    "loss > PERCENT over COUNT|for TIME [clear < PERCENT for TIME]",
    "rtt [pNN] > TIME over COUNT|for TIME [clear < TIME for TIME]",
    "path changed",
    "unreachable for TIME",
)


@dataclass(frozen=True, slots=True)
class Window:
    """The latest probes: so many, or those of so long; one of the two is 0."""

    probes: int = 0
    """How many."""
    length_us: int = 0
    """How long, in microseconds."""

    def rounds(self, interval_us: int) -> int:
        """How many probes it holds where one is sent in each interval; 0: not even one."""
        return self.probes or self.length_us // interval_us

    @property
    def words(self) -> str:
        """As it stands in an expression."""
        return f"over {self.probes}" if self.probes else f"for {duration(self.length_us)}"


@dataclass(frozen=True, slots=True)
class Clear:
    """When an alert is cleared, where the user says so."""

    below: float
    """A share from 0 to 1, or, of the RTT, microseconds."""
    length_us: int
    """For how long, in microseconds."""


@dataclass(frozen=True, slots=True)
class Expression:
    """The condition of an alert."""

    text: Text
    """As the user gave it, with single blanks; it names the alert."""
    kind: Kind
    """What is watched."""
    level: float = 0.0
    """The share of lost probes above which it is raised, from 0 to 1; of the RTT, microseconds."""
    quantile: float = MEDIAN
    """Of the RTT: which, from 0 to 1."""
    window: Window = Window()
    """What is looked at; of ``unreachable``: for how long nothing is answered."""
    clear: Clear | None = None
    """When it is cleared; None: once it is known to be over."""


class ExpressionError(UsageError):
    """An expression is wrong: what was expected, with a mark below the word in question, and the grammar."""

    def __init__(self, text: str, at: int, length: int, expected: str, remedy: str = "") -> None:
        self.at = at
        """Where the word begins, in characters."""
        shown = sanitize(text)
        mark = f"{' ' * at}{'^' * max(length, 1)}"
        lines = ["", f"    {shown}", f"    {mark}", "", "An alert is one of:", *(f"    {line}" for line in GRAMMAR)]
        what = f"'{shown}' is no alert: {expected}"
        super().__init__(what, remedy=remedy, below=[composed(line) for line in lines])


def duration(length_us: int) -> str:
    """A time as an expression has it, in the largest unit that it is a whole number of."""
    for unit, unit_us in (("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000)):
        if length_us >= unit_us and length_us % unit_us == 0:
            return f"{length_us // unit_us}{unit}"
    return f"{length_us / 1_000_000:g}s"


def parse_expression(text: str) -> Expression:
    """The expression that a text is.

    Raises:
        ExpressionError: it is none.
    """
    if len(text) > LENGTH_MAX:
        raise ExpressionError(text[:40] + "...", 0, 43, f"it has more than {LENGTH_MAX} characters")
    return _Parser(text).expression()


class _Parser:
    """Takes the words of an expression one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = list(_split(text))
        self._next = 0

    def expression(self) -> Expression:
        words = {LOSS: self._loss, RTT: self._rtt, PATH: self._path, UNREACHABLE: self._unreachable}
        word = self._take(f"it begins with {', '.join(KINDS[:-1])} or {KINDS[-1]}", among=KINDS)
        made = words[word]()
        if self._next < len(self._words):
            self._fail("it ends before this word")
        return made

    def _named(self) -> Text:
        return sanitize(" ".join(word for _, word in self._words))

    def _loss(self) -> Expression:
        self._take("loss is followed by >", among=(">",))
        level = self._value("a share such as 2%", _share)
        window = self._window()
        clear = self._clear("a share such as 1%", _share, level)
        return Expression(self._named(), LOSS, level, window=window, clear=clear)

    def _rtt(self) -> Expression:
        expected = "rtt is followed by > or by a percentile such as p95"
        word = self._take(expected)
        quantile = MEDIAN
        if word != ">":
            digits = word[1:]
            if not word.startswith("p") or not digits.isascii() or not digits.isdecimal() or not 1 <= int(digits) <= 99:
                self._fail(expected, back=True)
            quantile = int(digits) / 100
            self._take("a percentile is followed by >", among=(">",))
        level = self._value("a time such as 80ms", _rtt_us)
        window = self._window()
        clear = self._clear("a time such as 60ms", _rtt_us, level)
        return Expression(self._named(), RTT, level, quantile, window, clear)

    def _path(self) -> Expression:
        self._take("path is followed by changed", among=("changed",))
        return Expression(self._named(), PATH)

    def _unreachable(self) -> Expression:
        self._take("unreachable is followed by for", among=("for",))
        return Expression(self._named(), UNREACHABLE, window=Window(length_us=self._length_us()))

    def _window(self) -> Window:
        word = self._take("'over' with a count of probes, or 'for' with a time", among=("over", "for"))
        if word == "for":
            return Window(length_us=self._length_us())
        return Window(probes=self._value(f"a count of probes from 1 to {PROBES_MAX}", _count))

    def _length_us(self) -> int:
        return round(self._value("a time such as 30s, 5m or 1h, at most 24h", _seconds) * 1_000_000)

    def _clear(self, expected: str, convert: Callable[[str], float | None], level: float) -> Clear | None:
        if self._next == len(self._words):
            return None
        self._take("what follows is 'clear <'", among=("clear",))
        self._take("clear is followed by <", among=("<",))
        below = self._value(expected, convert)
        if below > level:
            self._fail("it is cleared below the level that raises it", back=True)
        self._take("how long: 'for' with a time", among=("for",))
        return Clear(below, self._length_us())

    def _value(self, expected: str, convert: Callable[[str], Value | None]) -> Value:
        value = convert(self._take(expected))
        if value is None:
            self._fail(expected, back=True)
        return value

    def _take(self, expected: str, among: tuple[str, ...] = ()) -> str:
        if self._next == len(self._words):
            self._fail(expected)
        word = self._words[self._next][1].lower()
        self._next += 1
        if among and word not in among:
            self._fail(expected, back=True, remedy=did_you_mean(word, among))
        return word

    def _fail(self, expected: str, *, back: bool = False, remedy: str = "") -> Never:
        self._next -= back
        if self._next < len(self._words):
            at, word = self._words[self._next]
            raise ExpressionError(self._text, at, len(word), expected, remedy)
        raise ExpressionError(self._text, len(self._text) + 1, 1, expected, remedy)


def _split(text: str) -> list[tuple[int, str]]:
    """The words of a text, each with its place: ``>`` and ``<`` are words wherever they stand."""
    words: list[tuple[int, str]] = []
    begun = False
    for at, character in enumerate(text):
        if character.isspace():
            begun = False
        elif character in "<>" or not begun:
            words.append((at, character))
            begun = character not in "<>"
        else:
            words[-1] = words[-1][0], words[-1][1] + character
    return words


def _number(digits: str) -> float | None:
    whole, _, part = digits.partition(".")
    if not (whole + part).isascii() or not (whole + part).isdecimal() or len(digits) > 12:
        return None
    return float(digits)


def _share(word: str) -> float | None:
    if not word.endswith("%"):
        return None
    percent = _number(word[:-1])
    return percent / 100 if percent is not None and 0.01 <= percent <= 99 else None


def _with_unit(word: str, units: dict[str, float] | dict[str, int]) -> float | None:
    digits = word.rstrip("abcdefghijklmnopqrstuvwxyz")
    number, unit = _number(digits), units.get(word[len(digits) :])
    return number * unit if number is not None and unit is not None else None


def _rtt_us(word: str) -> float | None:
    value = _with_unit(word, RTT_UNITS_US)
    return value if value is not None and 0 < value <= 3_600_000_000 else None


def _seconds(word: str) -> float | None:
    value = _with_unit(word, SECONDS)
    return value if value is not None and 0 < value <= WINDOW_MAX_S else None


def _count(word: str) -> int | None:
    if not word.isascii() or not word.isdecimal() or len(word) > 9:
        return None
    return int(word) if 1 <= int(word) <= PROBES_MAX else None
