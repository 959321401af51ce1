"""The help text."""

from __future__ import annotations

from hopscope.app.options.help import help_text
from hopscope.app.options.table import OPTIONS


def test_help_fits_80_columns_and_names_every_option() -> None:
    """No line is longer than a terminal, and no option is left out."""
    text = help_text("mtr")
    assert max(map(len, text.splitlines())) <= 80
    assert all(f"--{option.long}" in text for option in OPTIONS)
    assert text.startswith("usage: mtr ")
