"""How verdicts are written into a pane."""

from __future__ import annotations

from hopscope.widgets.glyphs import UNICODE
from hopscope.widgets.words import VerdictEntry, finding_lines


def test_a_name_is_not_broken_at_its_hyphens() -> None:
    """Lines break between words, so that a router's name can be read and copied."""
    name = "ae-12-0.edge-4.ams-3.transit.example"
    finding = VerdictEntry("changed", "hop 4", "Path changed", "", "", (f"Was one router that is gone; now {name}.",))
    lines = [line.text().strip() for line in finding_lines([finding], 44, UNICODE)]
    assert f"{name}." in lines
