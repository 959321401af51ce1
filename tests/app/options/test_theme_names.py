"""Names of themes are checked as the command line is read, whatever the output is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import ConfigurationError, UsageError
from hopscope.app.options.model import read_options
from hopscope.app.options.theme_names import ANSI, DARK, LIGHT, TOOLKIT
from hopscope.app.screens.themes import themes
from textual.theme import BUILTIN_THEMES

if TYPE_CHECKING:
    from pathlib import Path

EVERY_MODE = [[], ["-r"], ["-j"], ["--csv"], ["--jsonl"], ["--raw"], ["--mtu", "-r"], ["--doctor"]]


def test_the_names_are_those_that_the_screen_knows() -> None:
    """The list, which spares reports the toolkit, is that of the toolkit and of our own themes."""
    assert sorted(BUILTIN_THEMES) == list(TOOLKIT)
    assert {theme.name for theme in themes()} == {DARK, LIGHT, ANSI}


@pytest.mark.parametrize("mode", EVERY_MODE)
def test_an_unknown_theme_is_an_error_in_every_mode(mode: list[str]) -> None:
    """A wrong name is refused by reports, too, though they have no colours."""
    with pytest.raises(UsageError, match="option --theme: unknown theme 'nope'; expected one of"):
        read_options([*mode, "--theme", "nope", "host"], {})
    with pytest.raises(UsageError, match=r"unknown theme 'darcula'; did you mean dracula\?"):
        read_options([*mode, "--theme", "darcula", "host"], {})


def test_a_theme_of_ones_own_is_known(tmp_path: Path) -> None:
    """What the configuration file defines can be named, and a wrong name there is an error as well."""
    folder = tmp_path / "hopscope"
    folder.mkdir()
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    file = folder / "config.toml"
    file.write_text('[options]\ntheme = "mine"\n[themes.mine]\ndark = false\n')
    assert read_options(["-r", "host"], environ).look.theme == "mine"
    file.write_text('[options]\ntheme = "yours"\n[themes.mine]\ndark = false\n')
    with pytest.raises(ConfigurationError, match="unknown theme 'yours'"):
        read_options(["-r", "host"], environ)
