"""The prompts of the footer row: what they ask, what they accept, what they change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ... import ranges
from ...actions import ACTIONS
from ...options import values
from ...path.columns import NO_COLUMN, chosen_letters
from ...path.minutes import MINUTE_US
from ...ranges import Range
from ...recording.span import moment
from ...sanitize import sanitize
from ..present.clock import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...replay.cursor import History
    from ...settings import TraceSettings


OF_THE_VIEW = ("fields", "find", "filter")  # what is asked for concerns the screen, not the measurement
MOMENTS = ("start", "end")


class Prompt(NamedTuple):
    """One question."""

    name: str  # that its action asks for
    label: str  # what is asked for, in words
    range_text: str  # what is accepted, in words
    initial: str  # the present value
    read: Callable[[str], dict[str, object]]  # the settings to change; ValueError: the text is not accepted
    ends: tuple[str, str] = ("set", "leave")  # what Enter and Esc do


def _columns(text: str) -> dict[str, object]:
    letters = text.upper().replace(NO_COLUMN, " ").strip()
    if not letters:
        raise ValueError(text)
    return {"fields": chosen_letters(letters)}


def prompt(name: str, settings: TraceSettings, fields: str, filtered: str = "") -> Prompt:
    """The prompt of a name, filled with the present values: ``filtered`` is the filter of the overview.

    Raises:
        KeyError: there is none.
    """
    if name == "fields":
        return Prompt(name, _label(name), "letters as shown above, in their order", fields, _columns)
    if name == "find":
        accepted = "part of a name or address; empty: the next one"
        return Prompt(name, _label(name), accepted, "", lambda text: {"find": text})
    if name == "filter":
        accepted = "part of a name, address or sentence"
        return Prompt(name, "Filter", accepted, filtered, lambda text: {"filter": text}, ("keep", "clear"))
    if name == "ticket":
        accepted = "a note for the ticket, or empty; Enter copies it, an export writes it"
        return Prompt(name, "Note", accepted, "", lambda text: {"note": sanitize(text)})
    field, accepted, read = _numbers(settings)[name]
    value = getattr(settings, field)
    initial = f"{value / 1e6:g}" if field == "interval_us" else str(value)
    return Prompt(name, _label(name), accepted, initial, lambda text: {field: read(text)})


def moment_prompt(history: History) -> Prompt:
    """The prompt for a moment that can be looked at; what it gives is monotonic."""
    offset_us = history.clock_offset_us
    first, last = (clock(one, offset_us) for one in (history.began_us, history.ended_us))
    accepted = f"{first} to {last}, -10m from the end, start, end, or as 2026-11-28T02:10:00Z"

    def read(text: str) -> dict[str, object]:
        text = text.strip()
        if text.lower() in MOMENTS:
            return {"moment": history.began_us if text.lower() == "start" else history.ended_us}
        found_us = moment(text, history.ended_us + offset_us, history.began_us + offset_us) - offset_us
        if not history.began_us - MINUTE_US <= found_us <= history.ended_us + MINUTE_US:
            raise ValueError(text)
        return {"moment": found_us}

    return Prompt("moment", _label("moment"), accepted, "", read, ("go", "leave"))


def _numbers(settings: TraceSettings) -> dict[str, tuple[str, str, Callable[[str], int]]]:
    """Of each prompt for a number: the field of the settings, what is accepted, and how it is read."""
    first = Range(ranges.TTL.low, settings.max_ttl)
    last = Range(settings.first_ttl, ranges.TTL.high)
    return {
        "size": ("size_bytes", f"{ranges.SIZE.text}, negative for random sizes up to that", values.size_bytes),
        "interval": ("interval_us", f"{ranges.INTERVAL_S.text} seconds", values.microseconds(ranges.INTERVAL_S)),
        "tos": ("tos", ranges.TOS.text, values.integer(ranges.TOS)),
        "pattern": ("bit_pattern", f"0 to {ranges.BIT_PATTERN.high}, -1 random", values.integer(ranges.BIT_PATTERN)),
        "first": ("first_ttl", first.text, values.integer(first)),
        "max": ("max_ttl", last.text, values.integer(last)),
    }


def _label(name: str) -> str:
    """What a prompt is called: as the footer or the help calls its action."""
    action = next(one for one in ACTIONS if one.call == f"prompt('{name}')")
    return action.footer or action.does[:1].upper() + action.does[1:]


@dataclass(slots=True)
class Typing:
    """A prompt being answered."""

    prompt: Prompt  # what is asked
    text: str  # as typed so far
    untouched: bool = True  # the first character that is typed replaces what stands there

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
