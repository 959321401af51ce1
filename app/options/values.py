"""What an option's argument may be: converters that raise ValueError with a phrase for what was expected."""

from __future__ import annotations

from .. import ranges
from ..path.columns import COLUMNS, chosen_letters
from ..resolve.facts import FACTS, SHOWN_MAX
from ..settings import KeepLimits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..alerts.expression import Expression
    from ..expect.expectation import Expectation
    from ..ranges import Range
    from ..settings import LaneKind
    from ..vantage.where import Where

UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}
AMOUNT_DIGITS_MAX = 15
DAYS_MAX = 3650
FLOW_WORDS = {"fixed": 1, "varied": 0}
FLOWS_AUTO = 57  # with 95 % confidence enough for load balancing over ten routers


def whole(text: str) -> int:
    """A whole number in C's notations: 100, 0x64, 0144.

    Raises:
        ValueError: the text is none.
    """
    digits = text.strip().lower()
    sign = -1 if digits[:1] == "-" else 1
    digits = digits[1:] if digits[:1] in {"-", "+"} else digits
    base, digits = (
        (16, digits[2:]) if digits.startswith("0x") else (8, digits) if digits.startswith("0") else (10, digits)
    )
    if not digits.isascii() or not digits.isalnum():
        raise ValueError("a whole number")
    return sign * int(digits, base)


def integer(within: Range, *, clamp: bool = False) -> Callable[[str], int]:
    """A converter for whole numbers in a range; with ``clamp`` the nearer end stands in for others from 0 on."""

    def convert(text: str) -> int:
        try:
            number = whole(text)
        except ValueError:
            raise ValueError(within.expected) from None
        if clamp and number >= 0:
            number = max(int(within.low), min(int(within.high), number))
        if number not in within:
            raise ValueError(within.expected)
        return number

    return convert


def amount(text: str) -> int:
    """A number of bytes, with ``K``, ``M`` or ``G`` for thousands of them, millions or milliards.

    Raises:
        ValueError: the text is none.
    """
    digits, unit = (text[:-1], text[-1].upper()) if text and text[-1].upper() in UNITS else (text, "")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > AMOUNT_DIGITS_MAX or not int(digits):
        raise ValueError("a number of bytes, such as 500K, 100M or 2G")
    return int(digits) * UNITS[unit]


def alert(text: str) -> Expression:
    """The condition of an alert.

    Raises:
        UsageError: the text is none.
    """
    from ..alerts.expression import parse_expression

    return parse_expression(text)


def keep_limits(text: str) -> KeepLimits:
    """How much is kept of sessions.

    Raises:
        ValueError: the text does not say that.
    """
    days, comma, size = text.partition(",")
    digits = days.removesuffix("d")
    if not comma or digits == days or not digits.isascii() or not digits.isdecimal() or not 0 < int(digits) <= DAYS_MAX:
        raise ValueError("days and bytes, such as 7d,200M")
    return KeepLimits(int(digits), amount(size))


def expectation(text: str) -> Expectation:
    """What a path must be like.

    Raises:
        UsageError: the text is no expectation.
    """
    from ..expect.expectation import parse_expectation

    return parse_expectation(text)


def where(text: str) -> Where:
    """A vantage point.

    Raises:
        ValueError: the text names none.
    """
    from ..vantage.where import parse_where

    return parse_where(text)


def near_where(text: str) -> str:
    """What was probably meant by a text that names no vantage point, as a remedy."""
    from ..vantage.where import near_kind

    return near_kind(text)


def lanes(text: str) -> tuple[LaneKind, ...]:
    """By which protocols and families a target is traced side by side.

    Raises:
        ValueError: the text is no list of such.
    """
    from .lanes import parse_lanes

    return parse_lanes(text)


def near_lanes(text: str) -> str:
    """What was probably meant by a text that is no list of lanes, as a remedy."""
    from .lanes import near_lanes

    return near_lanes(text)


def flow(text: str) -> int:
    """In how many flows probes are kept: in one, or each in its own (0).

    Raises:
        ValueError: the text is neither word.
    """
    return FLOW_WORDS[one_of(*FLOW_WORDS)(text)]


def flows(text: str) -> int:
    """A number of flows; ``auto`` is as many as may be needed.

    Raises:
        ValueError: the text is neither.
    """
    return FLOWS_AUTO if text == "auto" else integer(ranges.FLOWS)(text)


def microseconds(within_s: Range) -> Callable[[str], int]:
    """A converter for seconds, given as decimals, into microseconds."""

    def convert(text: str) -> int:
        if "_" in text:  # Python's own notation
            raise ValueError(within_s.expected)
        try:
            seconds = float(text)
        except ValueError:
            raise ValueError(within_s.expected) from None
        if seconds not in within_s:
            raise ValueError(within_s.expected)
        return round(seconds * 1_000_000)

    return convert


def size_bytes(text: str) -> int:
    """A packet size; negative ones ask for random sizes up to that."""
    expected = f"{ranges.SIZE.expected}, negative for random sizes up to that"
    try:
        number = whole(text)
    except ValueError:
        raise ValueError(expected) from None
    if abs(number) not in ranges.SIZE:
        raise ValueError(expected)
    return number


def fields(text: str) -> str:
    """Letters of report columns; ``_`` is taken and shows nothing."""
    return chosen_letters(text)


def scale_of_word(text: str) -> str:
    """The set of thresholds that was probably meant, as a remedy; empty: none was."""
    from ..nearest import did_you_mean

    return did_you_mean(text, SCALES)


def letters_of_words(text: str) -> str:
    """The letters that were probably meant where columns were named by words, as a remedy; or which letter is none."""
    from ..nearest import nearest

    named = {name: column.letter for column in COLUMNS.values() for name in (column.title, column.help) if name}
    words = text.replace(",", " ").split()
    none = [letter for letter in text if letter not in COLUMNS]
    if len(words) == 1 and text.isupper() and len(none) < len(text):
        return f"no column is called {none[0]!r}" if none else ""
    letters = [named.get(nearest(word, named), "") for word in words]
    return f"did you mean -o {''.join(letters)}?" if letters and all(letters) else ""


def facts_of_words(text: str) -> str:
    """The numbers that were probably meant where network facts were named by words, as a remedy; empty: none were."""
    from ..nearest import nearest

    named = {name: fact.number for fact in FACTS for name in (fact.title, fact.help, fact.key)} | {"asn": 0, "as": 0}
    numbers = [named.get(nearest(word, named), -1) for word in text.split(",")]
    return f"did you mean -y {','.join(map(str, numbers))}?" if min(numbers) >= 0 else ""


def port_of_service(text: str) -> str:
    """The port of a service (services(5)), as a remedy; empty: it is none."""
    import socket

    try:
        return f"did you mean {socket.getservbyname(text)}?"
    except (OSError, ValueError):
        return ""


def flows_of_word(text: str) -> str:
    """``auto``, where it is misspelled, as a remedy; empty: it is not."""
    from ..nearest import did_you_mean

    return did_you_mean(text, ("auto",))


def seconds_of(convert: Callable[[str], object]) -> Callable[[str], str]:
    """What was probably meant by a time with a unit, as a remedy; empty: it has none, or not one to take."""

    def near(text: str) -> str:
        for unit, divisor in (("ms", 1000), ("s", 1), ("sec", 1)):
            try:
                seconds = f"{float(text.removesuffix(unit)) / divisor:g}"
                convert(seconds)
            except (ValueError, OverflowError):
                continue
            if text.endswith(unit):
                return f"did you mean {seconds}?"
        return ""

    return near


def ipinfo(text: str) -> tuple[int, ...]:
    """Numbers of network facts, joined by commas."""
    expected = f"up to {SHOWN_MAX} of the numbers 0 to {len(FACTS) - 1}, joined by commas"
    words = text.split(",")
    try:
        numbers = tuple(whole(word) for word in words)
    except ValueError:
        raise ValueError(expected) from None
    if len(numbers) > SHOWN_MAX or not all(0 <= number < len(FACTS) for number in numbers):
        raise ValueError(expected)
    return numbers


def server(text: str) -> tuple[str, int]:
    """The address and port of a name server."""
    from ..resolve.servers import parse_server

    return parse_server(text)


def zone(text: str) -> str:
    """The name of a DNS zone: letters, digits, hyphens and underscores in labels of at most 63."""
    labels = text.removesuffix(".").split(".")
    allowed = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    if len(text) > 180 or not all(0 < len(label) <= 63 and allowed.issuperset(label) for label in labels):
        raise ValueError("the name of a DNS zone, such as origin.asn.cymru.com")
    return text.removesuffix(".")


SCALES = {
    "fast": (1, 2, 3, 4, 5, 10, 20, 40, 80),
    "average": (5, 15, 25, 35, 45, 55, 101, 200, 400),
    "slow": (50, 100, 150, 200, 300, 500, 750, 1000, 2000),
}


def scale(text: str) -> tuple[int, ...]:
    """Nine rising thresholds in milliseconds, or the name of a set."""
    if text in SCALES:
        return SCALES[text]
    expected = "fast, average, slow, or 9 rising milliseconds joined by ':'"
    try:
        thresholds = tuple(whole(word) for word in text.split(":"))
    except ValueError:
        raise ValueError(expected) from None
    if len(thresholds) != 9 or thresholds[0] < 0 or list(thresholds) != sorted(set(thresholds)):
        raise ValueError(expected)
    return thresholds


def address_of(whom: str) -> Callable[[str], str]:
    """A converter for numeric addresses of either family, without asking any server."""

    def convert(text: str) -> str:
        import socket

        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                socket.inet_pton(family, text.partition("%")[0])
            except (OSError, ValueError):
                continue
            return text
        raise ValueError(f"a numeric IPv4 or IPv6 address of {whom}")

    return convert


address = address_of("this machine")


def one_of(*words: str) -> Callable[[str], str]:
    """A converter for a choice of words."""

    def convert(text: str) -> str:
        if text not in words:
            raise ValueError(" or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0])
        return text

    return convert


def not_empty(what: str) -> Callable[[str], str]:
    """A converter for any text but none."""

    def convert(text: str) -> str:
        if not text.strip():
            raise ValueError(what)
        return text

    return convert
