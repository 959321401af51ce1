"""Themes have a colour for each token."""

from __future__ import annotations

import pytest
from hopscope.app.options.theme_names import DARK, LIGHT
from hopscope.app.screens import themes
from hopscope.widgets.ink import Ink
from hopscope.widgets.tokens import TOKENS
from textual.theme import BUILTIN_THEMES, Theme

OWN = {theme.name: theme for theme in themes.themes()}


@pytest.mark.parametrize("name", [DARK, LIGHT])
def test_our_own_name_every_token(name: str) -> None:
    """Each token that an ink may name has a colour of its own there."""
    for token in TOKENS:
        assert OWN[name].variables[themes.PREFIX + token].startswith("#")


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=lambda theme: theme.name)
def test_textuals_are_understood(theme: Theme) -> None:
    """Any ink can be painted under a theme of Textual's, and what is muted differs from its text."""
    palette = themes.palette(theme)
    styles = {token: palette.style(Ink(token)) for token in TOKENS if token not in {"headbg", "dlg", "selbg", "chbg"}}
    assert styles["muted"] != styles["text"]
