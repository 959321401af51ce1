"""What an option's argument may be: converters that raise ValueError with a phrase for what was expected."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FIELD_LETTERS = " LDRSNBAWVGJMXI_"
FIELDS_MAX = 20
IPINFO_MAX = 6
SECONDS_MAX = 86_400.0
INT_MAX = 2**31 - 1
FLOW_WORDS = {"fixed": 1, "varied": 0}
FLOWS_MAX = 256
FLOWS_AUTO = 57  # with 95 % confidence enough for ten routers that share the load


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


def integer(low: int, high: int, *, clamp: bool = False, what: str = "a whole number") -> Callable[[str], int]:
    """A converter for whole numbers from low to high; with ``clamp`` the nearer end stands in for others from 0 on."""

    def convert(text: str) -> int:
        try:
            number = whole(text)
        except ValueError:
            number = None
        if number is not None and clamp and number >= 0:
            number = max(low, min(high, number))
        if number is None or not low <= number <= high:
            raise ValueError(f"{what} from {low} to {high}")
        return number

    return convert


def flow(text: str) -> int:
    """In how many flows probes are held: one, or none.

    Raises:
        ValueError: the text is neither word.
    """
    return FLOW_WORDS[one_of(*FLOW_WORDS)(text)]


def flows(text: str) -> int:
    """A number of flows; ``auto`` is as many as may be needed.

    Raises:
        ValueError: the text is neither.
    """
    return FLOWS_AUTO if text == "auto" else integer(0, FLOWS_MAX, what="auto, or a whole number")(text)


def microseconds(low_s: float) -> Callable[[str], int]:
    """A converter for seconds, given as decimals, into microseconds."""

    def convert(text: str) -> int:
        expected = f"seconds from {low_s:g} to {SECONDS_MAX:.0f}"
        if "_" in text:  # Python's own notation
            raise ValueError(expected)
        try:
            seconds = float(text)
        except ValueError:
            raise ValueError(expected) from None
        if not low_s <= seconds <= SECONDS_MAX:  # not a number compares false
            raise ValueError(expected)
        return round(seconds * 1_000_000)

    return convert


def size_bytes(text: str) -> int:
    """A packet size; negative ones ask for random sizes up to that."""
    expected = "bytes from 28 to 9000, negative for random sizes up to that"
    try:
        number = whole(text)
    except ValueError:
        raise ValueError(expected) from None
    if not 28 <= abs(number) <= 9000:
        raise ValueError(expected)
    return number


def fields(text: str) -> str:
    """Letters of report columns; ``_`` is taken and shows nothing."""
    if len(text) > FIELDS_MAX or set(text) - set(FIELD_LETTERS):
        raise ValueError(f"up to {FIELDS_MAX} of the letters 'LDRSNBAWVGJMXI' and blank")
    return text.replace("_", "")


def ipinfo(text: str) -> tuple[int, ...]:
    """Numbers of network facts, joined by commas."""
    expected = "up to 5 of the numbers 0 to 6, joined by commas"
    words = text.split(",")
    try:
        numbers = tuple(whole(word) for word in words)
    except ValueError:
        raise ValueError(expected) from None
    if len(numbers) > 5 or not all(0 <= number <= IPINFO_MAX for number in numbers):
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


def scale(text: str) -> tuple[int, ...]:
    """Nine rising thresholds in milliseconds, or the name of a set."""
    named = {
        "fast": (1, 2, 3, 4, 5, 10, 20, 40, 80),
        "average": (5, 15, 25, 35, 45, 55, 101, 200, 400),
        "slow": (50, 100, 150, 200, 300, 500, 750, 1000, 2000),
    }
    if text in named:
        return named[text]
    expected = "fast, average, slow, or 9 rising milliseconds joined by ':'"
    try:
        thresholds = tuple(whole(word) for word in text.split(":"))
    except ValueError:
        raise ValueError(expected) from None
    if len(thresholds) != 9 or thresholds[0] < 0 or list(thresholds) != sorted(set(thresholds)):
        raise ValueError(expected)
    return thresholds


def address(text: str) -> str:
    """A numeric address of either family, without asking any server."""
    import socket

    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text.partition("%")[0])
        except (OSError, ValueError):
            continue
        return text
    raise ValueError("a numeric IPv4 or IPv6 address of this machine")


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
