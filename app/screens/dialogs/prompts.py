"""The prompts of the footer row: what they ask, what they accept, what they change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...settings import TraceSettings

SIZE_MIN, SIZE_MAX = 28, 65535
INTERVAL_MIN_US = 10_000
FIELD_LETTERS = "LDRSNBAWVGJMXI "


class Prompt(NamedTuple):
    """One question.

    ``read`` turns the text into settings to change; it raises ValueError where the text is not accepted. ``initial``
    is the present value; ``range_text`` says what is accepted.
    """

    name: str
    label: str
    range_text: str
    initial: str
    read: Callable[[str], dict[str, object]]


def _whole(text: str, low: int, high: int) -> int:
    number = int(text.strip(), 0) if text.strip()[:2].lower() == "0x" else int(text)
    if not low <= number <= high:
        raise ValueError(text)
    return number


def _size(text: str) -> dict[str, object]:
    number = int(text)
    if not SIZE_MIN <= abs(number) <= SIZE_MAX:
        raise ValueError(text)
    return {"size_bytes": number}


def _interval(text: str) -> dict[str, object]:
    interval_us = int(float(text) * 1_000_000)
    if not INTERVAL_MIN_US <= interval_us < 10**12:
        raise ValueError(text)
    return {"interval_us": interval_us}


def _fields(text: str) -> dict[str, object]:
    letters = text.upper().replace("_", " ").strip()
    if not letters or len(letters) > 20 or set(letters) - set(FIELD_LETTERS):
        raise ValueError(text)
    return {"fields": letters}


def prompt(name: str, settings: TraceSettings, fields: str) -> Prompt:
    """The prompt of a name, filled with the present values.

    Raises:
        KeyError: there is none.
    """
    first, last = settings.first_ttl, settings.max_ttl
    made = {
        "size": Prompt(
            "size",
            "Packet size",
            f"{SIZE_MIN} to {SIZE_MAX}, negative for random sizes up to that",
            str(settings.size_bytes),
            _size,
        ),
        "interval": Prompt(
            "interval", "Interval", "seconds, 0.01 or more", f"{settings.interval_us / 1e6:g}", _interval
        ),
        "tos": Prompt(
            "tos", "Type of service", "0 to 255", str(settings.tos), lambda text: {"tos": _whole(text, 0, 255)}
        ),
        "pattern": Prompt(
            "pattern",
            "Bit pattern",
            "0 to 255, -1 random",
            str(settings.bit_pattern),
            lambda text: {"bit_pattern": _whole(text, -1, 255)},
        ),
        "first": Prompt(
            "first", "First TTL", f"1 to {last}", str(first), lambda text: {"first_ttl": _whole(text, 1, last)}
        ),
        "max": Prompt(
            "max", "Max TTL", f"{first} to 255", str(last), lambda text: {"max_ttl": _whole(text, first, 255)}
        ),
        "fields": Prompt("fields", "Columns", "letters as shown above, in their order", fields, _fields),
        "find": Prompt(
            "find", "Find", "part of a name or address; empty: the next one", "", lambda text: {"find": text}
        ),
    }
    return made[name]


@dataclass(slots=True)
class Typing:
    """A prompt being answered. ``untouched``: the first character typed replaces what stands there."""

    prompt: Prompt
    text: str
    untouched: bool = True

    def value(self) -> dict[str, object] | None:
        """What the text means; None where it is not accepted."""
        try:
            return self.prompt.read(self.text)
        except (ValueError, OverflowError):
            return None

    def key(self, key: str, character: str | None) -> None:
        """Take a key that is neither Enter nor Escape."""
        if key in {"backspace", "ctrl+h"}:
            self.text = "" if self.untouched and len(self.text) > 3 else self.text[:-1]
        elif key in {"ctrl+u", "delete"}:
            self.text = ""
        elif character and character.isprintable() and len(self.text) < 60:
            self.text = character if self.untouched else self.text + character
        self.untouched = False
