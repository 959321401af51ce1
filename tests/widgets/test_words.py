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


def test_a_figure_stays_with_its_unit() -> None:
    """So do a chance with what it is compared with, and a hop with its number."""
    text = "The loss is 12.5 % at hop 4 (Fisher p < 0.0001) and RTT is 12.9 ms there."
    for width in range(24, 70):
        lines = finding_lines([VerdictEntry("note", "hop 4", "Loss", "", "", (text,))], width, UNICODE)[1:]
        told = [line.text().strip() for line in lines]
        assert " ".join(told) == text
        assert not [line for line in told if line.endswith((" 12.5", " hop", "p", "p <", " 12.9"))]


def test_a_long_place_stands_apart_from_the_title() -> None:
    """A range of hops may be wider than its column."""
    found = VerdictEntry("warning", "from one of hops 1-3 on", "Bufferbloat, grade D")
    [line] = finding_lines([found], 80, UNICODE)
    assert line.text().rstrip() == " ▲ from one of hops 1-3 on  Bufferbloat, grade D"
    [line] = finding_lines([found._replace(where="hop 7")], 80, UNICODE)
    assert line.text().index("Bufferbloat") == 15
