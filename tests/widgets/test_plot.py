"""The one module that touches plotext, and what stands in for it."""

from __future__ import annotations

import math

import pytest
from hopscope.widgets import braille, plot


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Load plotext."""
    plot.load()


def test_plotext_is_used() -> None:
    """Its kernel loads here."""
    assert plot.loaded()
    assert plot.failure == ""


@pytest.mark.parametrize("values", [[math.nan, 1.0], [math.inf, 1.0], [None, None], [], [1.0], [5.0, 5.0, None, 5.0]])
def test_what_would_abort_the_process_is_a_gap(values: list[float | None]) -> None:
    """NaN, infinity and nothing at all never reach the compiled kernel."""
    rows = plot.curve(values, 20, 5, 0.0, 10.0)
    assert [len(row) for row in rows] == [20] * 5


@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_curve_stands_at_its_value(ascii_only: bool) -> None:
    """A constant at the top fills the top row, at the bottom the bottom row, two values a cell."""
    for curve in (plot.curve, braille.curve):
        top = curve([10.0] * 40, 20, 5, 0.0, 10.0, ascii_only=ascii_only)
        assert top[0].strip()
        assert not "".join(top[1:]).strip(" \u2800")
        bottom = curve([0.0] * 40, 20, 5, 0.0, 10.0, ascii_only=ascii_only)
        assert len(bottom[4].replace("\u2800", " ").strip()) == 20


def test_a_gap_is_not_bridged() -> None:
    """No line runs across a lost round."""
    values: list[float | None] = [5.0] * 10 + [None] * 20 + [5.0] * 10
    for curve in (plot.curve, braille.curve):
        rows = curve(values, 20, 5, 0.0, 10.0, ascii_only=False)
        assert not "".join(row[6:14] for row in rows).strip(" \u2800")
