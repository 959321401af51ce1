"""What a widget of lines hands to the compositor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.widgets.glyphs import UNICODE
from hopscope.widgets.ink import Ink, Palette
from hopscope.widgets.line import Line
from hopscope.widgets.line_widget import LineWidget
from textual.app import App
from textual.filter import LineFilter
from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.segment import Segment
    from textual.color import Color
    from textual.strip import Strip
    from textual.widget import Widget

COLOURS = {"text": "#d5dbe5", "bad": "#ff7a73", "bg": "#12161d"}
WIDTH = 20


class Lines(App[None]):
    """One widget of three lines."""

    def compose(self) -> Iterator[Widget]:
        """The widget."""
        self.lines = LineWidget()
        self.lines.styles.height = 3
        yield self.lines


class Upper(LineFilter):
    """A filter that can be seen."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Write in capitals."""
        return [segment._replace(text=segment.text.upper()) for segment in segments]


def strips(widget: LineWidget) -> list[Strip]:
    """All its lines."""
    return widget.render_lines(Region(0, 0, WIDTH, 3))


def texts(made: list[Strip]) -> list[str]:
    """What they say."""
    return ["".join(segment.text for segment in strip) for strip in made]


@pytest.mark.parametrize("colours", [COLOURS, None])
async def test_lines_are_what_textual_would_make_of_them(colours: dict[str, str] | None) -> None:
    """Text, width and styles are those of the way over Textual's styles, also where the terminal's colours count."""
    app = Lines()
    async with app.run_test(size=(WIDTH, 5)):
        app.lines.dress(Palette(colours), UNICODE)
        app.lines.paint([Line().add("one ").add("red", Ink("bad", bold=True)), Line().add("wide 漢字"), Line()])
        expected = app.lines._styles_cache.render_widget(app.lines, Region(0, 0, WIDTH, 3))
        made = strips(app.lines)
        assert texts(made) == ["one red             ", "wide 漢字           ", " " * WIDTH]
        assert [strip.cell_length for strip in made] == [WIDTH] * 3
        for ours, theirs in zip(made, expected, strict=True):
            cells = [[(char, style) for text, style, _ in strip for char in text] for strip in (ours, theirs)]
            assert cells[0] == cells[1]
        assert texts(app.lines.render_lines(Region(2, 0, 5, 1))) == ["e red"]


async def test_lines_that_stay_are_not_made_again() -> None:
    """A line is made anew when it changes, and all are with new colours or another width."""
    app = Lines()
    async with app.run_test(size=(WIDTH, 5)) as pilot:
        app.lines.dress(Palette(COLOURS), UNICODE)
        app.lines.paint([Line().add("one"), Line().add("two"), Line().add("three")])
        first = strips(app.lines)
        app.lines.paint([Line().add("one"), Line().add("2"), Line().add("three")])
        second = strips(app.lines)
        assert [now is then for now, then in zip(second, first, strict=True)] == [True, False, True]
        app.lines.paint([Line().add("one")])
        assert texts(strips(app.lines)) == ["one".ljust(WIDTH), " " * WIDTH, " " * WIDTH]
        app.lines.dress(Palette(COLOURS), UNICODE)
        assert strips(app.lines)[0] is not first[0]
        await pilot.resize_terminal(WIDTH - 5, 5)
        await pilot.pause()
        assert [strip.cell_length for strip in app.lines.render_lines(Region(0, 0, WIDTH - 5, 3))] == [WIDTH - 5] * 3


async def test_filters_change_what_has_the_terminals_colours() -> None:
    """Textual's filters, as that of NO_COLOR, see lines without colours of their own."""
    app = Lines()
    async with app.run_test(size=(WIDTH, 5)):
        app.lines.dress(Palette(None), UNICODE)
        app.lines.paint([Line().add("one")])
        assert texts(strips(app.lines))[0].strip() == "one"
        app._filters.append(Upper())
        assert texts(strips(app.lines))[0].strip() == "ONE"
