"""The one list of a theme's colours, by meaning; inks, themes and the configuration name them. No toolkit is needed.

Our own themes are in ``styles/themes.toml``, a colour for each token.
"""

from __future__ import annotations

from typing import NamedTuple


class Token(NamedTuple):
    """A colour of a theme."""

    name: str  # by which inks and the configuration call it
    textual: str  # what a theme of Textual's calls the like
    share: float = 1.0  # of that colour, mixed into such a theme's background
    # One of the terminal's own sixteen colours; empty: its own text. Never bright black, Solarized's background.
    ansi: str = ""
    bold: bool = False  # where colours are the terminal's own
    dim: bool = False  # where colours are the terminal's own


_TABLE = (
    Token("text", "foreground"),
    Token("strong", "foreground", bold=True),
    Token("muted", "foreground", 0.65, dim=True),
    Token("accent", "primary", bold=True),
    Token("ok", "success", ansi="green"),
    Token("note", "accent", ansi="cyan"),
    Token("warn", "warning", ansi="yellow"),
    Token("bad", "error", ansi="red"),
    Token("change", "secondary", ansi="magenta"),
    Token("strip", "primary", 0.7, ansi="cyan"),
    Token("faint", "foreground", 0.5, dim=True),
    Token("rule", "foreground", 0.25, dim=True),
    Token("bg", "background"),
    Token("headbg", "panel"),
    Token("dlg", "surface"),
    Token("selbg", "primary", 0.3),
    Token("chbg", "secondary", 0.3),
)
BY_NAME = {token.name: token for token in _TABLE}
TOKENS = tuple(BY_NAME)
