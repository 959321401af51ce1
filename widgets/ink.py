"""Colours by meaning: an ink names a token of the design, the palette knows what a terminal can show of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style

from .tokens import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

# The token of each severity.
SEVERITY_INKS = {
    "fault": "bad",
    "warning": "warn",
    "changed": "change",
    "note": "note",
    "fine": "ok",
    "": "text",
}


# Yellow and cyan cannot be read as sentences on a white terminal: there these tokens leave words in its own colour.
WORDS = "-words"
WORDS_INKS = {**SEVERITY_INKS, "warning": "warn" + WORDS, "note": "note" + WORDS}


class Ink(NamedTuple):
    """How a run of text looks: tokens for both colours, and attributes."""

    fg: str = "text"  # token of the text
    bg: str = "bg"  # token of the background
    bold: bool = False  # attribute, where the terminal has it
    underline: bool = False  # likewise
    reverse: bool = False  # likewise, both colours swapped

    def on(self, bg: str) -> Ink:
        """The same ink on another background."""
        return self._replace(bg=bg)


class Palette:
    """Styles for inks.

    ``colours`` maps tokens to colour values; None leaves colours to the terminal: its own sixteen, or none at all
    where ``mono`` is set. ``coloured`` tells that every style has colours of its own, ``reverses`` that a selected row
    can only be shown by reversing it.
    """

    def __init__(self, colours: Mapping[str, str] | None, *, mono: bool = False) -> None:
        self._colours = colours
        self._mono = mono
        self._styles: dict[Ink, Style] = {}
        self.coloured = colours is not None
        self.reverses = not self.coloured

    def style(self, ink: Ink) -> Style:
        """The style for an ink; one object for each ink, so that equal runs compare fast."""
        style = self._styles.get(ink)
        if style is None:
            style = self._styles[ink] = self._make(ink)
        return style

    def _make(self, ink: Ink) -> Style:
        if self._colours is not None:
            return Style(
                color=self._colours[ink.fg.removesuffix(WORDS)],
                bgcolor=self._colours[ink.bg],
                bold=ink.bold,
                underline=ink.underline,
                reverse=ink.reverse,
            )
        reverse = ink.reverse or ink.bg == "selbg"
        token = BY_NAME.get(ink.fg)  # None: words that are left in the terminal's colour
        return Style(
            color=None if self._mono or reverse or token is None else token.ansi or None,
            bold=ink.bold or (token is not None and token.bold) or None,
            dim=(token is not None and token.dim and not reverse) or None,
            underline=ink.underline or None,
            reverse=reverse or None,
        )
