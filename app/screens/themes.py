"""Themes: our own two, Textual's, and the terminal's own colours."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import styles
from ...widgets.ink import Palette
from ...widgets.tokens import BY_NAME, TOKENS
from ..options.theme_names import ANSI, DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textual.theme import Theme

    from .terminal.capabilities import Terminal

PREFIX = "hop-"


@cache
def _own() -> Mapping[str, Mapping[str, Any]]:
    with Path(styles.__file__).with_name("themes.toml").open("rb") as file:
        return tomllib.load(file)


def _tokens(more: Sequence[tuple[str, Sequence[tuple[str, object]]]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Our own themes and the user's, as tokens and ``dark``; what a user's leaves out is our dark one's."""
    yield from _own().items()
    for name, tokens in more:
        given = dict(tokens)
        yield name, {**_own()[DARK if given.get("dark", True) else LIGHT], **given}


def themes(more: Sequence[tuple[str, Sequence[tuple[str, object]]]] = ()) -> Iterator[Theme]:
    """Our own themes and the user's, as Textual's."""
    for name, tokens in _tokens(more):
        yield from_tokens(name, tokens, dark=bool(tokens["dark"]))
    yield _ansi()


def chosen(terminal: Terminal, wanted: str) -> str:
    """The theme of a screen that opens on a terminal; ``wanted`` is empty where the user named none."""
    if terminal.colours != "rgb" or (terminal.remote and not wanted):
        return ANSI
    return wanted or DARK


def first_palette(
    terminal: Terminal, wanted: str, more: Sequence[tuple[str, Sequence[tuple[str, object]]]]
) -> Palette | None:
    """What can be painted with before the toolkit is loaded; None under a theme of the toolkit's."""
    name = chosen(terminal, wanted)
    if name == ANSI:
        return Palette(None, mono=terminal.colours == "none")
    tokens = dict(_tokens(more)).get(name)
    return None if tokens is None else Palette({token: tokens[token] for token in TOKENS})


def from_tokens(name: str, tokens: Mapping[str, Any], *, dark: bool) -> Theme:
    """A theme from a colour for each token."""
    from textual.theme import Theme

    return Theme(
        name=name,
        dark=dark,
        primary=tokens["accent"],
        secondary=tokens["change"],
        warning=tokens["warn"],
        error=tokens["bad"],
        success=tokens["ok"],
        accent=tokens["accent"],
        foreground=tokens["text"],
        background=tokens["bg"],
        surface=tokens["dlg"],
        panel=tokens["headbg"],
        variables={PREFIX + token: tokens[token] for token in TOKENS},
    )


def _ansi() -> Theme:
    from textual.theme import BUILTIN_THEMES

    base = BUILTIN_THEMES["ansi-dark"]
    from dataclasses import replace

    return replace(base, name=ANSI)


def palette(theme: Theme, *, mono: bool = False) -> Palette:
    """What the widgets paint with under a theme; ``mono``: no colours at all."""
    if mono or theme.ansi:
        return Palette(None, mono=mono)
    own = {token: theme.variables.get(PREFIX + token) for token in TOKENS}
    if all(own.values()):
        return Palette({token: str(colour) for token, colour in own.items()})
    from textual.color import Color

    generated = theme.to_color_system().generate()
    ground = Color.parse(generated["background"])
    made = {
        token.name: ground.blend(Color.parse(generated[token.textual]), token.share).hex6 for token in BY_NAME.values()
    }
    return Palette(made)
