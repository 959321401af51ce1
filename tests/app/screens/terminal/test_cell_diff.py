"""The cell diff: what a terminal shows after it equals what Textual's own painting shows."""

from __future__ import annotations

import io
import random

import pyte
from hopscope.app.screens.terminal.cell_diff import CellDiff
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.strip import Strip

WIDTH, HEIGHT = 30, 6
STYLES = [
    Style(color="#ff7a73", bgcolor="#12161d"),
    Style(color="#d5dbe5", bgcolor="#12161d", bold=True),
    Style(color="#d5dbe5", bgcolor="#24324a"),
    Style(color="green"),
    Style(bold=True, underline=True),
    Style(reverse=True),
    Style(dim=True),
]


def console() -> Console:
    """A console of true colour that writes nowhere."""
    return Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=WIDTH)


def update(rows: dict[int, list[Segment]]) -> ChopsUpdate:
    """An update of whole rows."""
    chops = [{0: Strip(rows[y]) if y in rows else None} for y in range(HEIGHT)]
    return ChopsUpdate(chops, [(y, 0, WIDTH) for y in sorted(rows)], [[WIDTH]] * HEIGHT)


def shown(stream: pyte.Stream, screen: pyte.Screen, text: str) -> list[list[tuple[object, ...]]]:
    """Feed a terminal; its cells with colours and attributes."""
    stream.feed(text.replace("\n", "\r\n"))
    return [
        [
            (cell.data, cell.fg, cell.bg, cell.bold, cell.underscore, cell.reverse)
            for cell in (screen.buffer[y][x] for x in range(WIDTH))
        ]
        for y in range(HEIGHT)
    ]


def test_the_same_picture_in_fewer_bytes() -> None:
    """Two hundred random updates leave the same cells, wide characters included, and cost less."""
    chance = random.Random(5)
    diff = CellDiff()
    terminals = []
    for _ in range(2):
        screen = pyte.Screen(WIDTH, HEIGHT)
        terminals.append((pyte.Stream(screen), screen))
    rows = {y: [Segment(" " * WIDTH, STYLES[0])] for y in range(HEIGHT)}
    stock_bytes = diff_bytes = 0
    for _ in range(200):
        changed = {}
        for y in chance.sample(range(HEIGHT), 2):
            text = "".join(chance.choice("ab▁█│.") for _ in range(WIDTH - 2)) + chance.choice(["xy", "漢"])
            if chance.random() < 0.3:
                at = chance.randrange(WIDTH - 4)
                text = text[:at] + "界" + text[at + 2 :]
            cut = chance.randrange(1, WIDTH - 3)
            changed[y] = [Segment(text[:cut], chance.choice(STYLES)), Segment(text[cut:], chance.choice(STYLES))]
            if chance.random() < 0.6:
                changed[y] = rows[y]
        rows.update(changed)
        one = update(changed)
        stock = one.render_segments(console())
        mine = diff.encode(one, WIDTH, HEIGHT, console())
        assert mine is not None
        stock_bytes += len(stock)
        diff_bytes += len(mine)
        assert shown(*terminals[0], stock) == shown(*terminals[1], mine)
    assert diff_bytes < stock_bytes / 2


def test_forgetting_repaints() -> None:
    """After a redraw is asked for, what is shown already is sent again."""
    diff = CellDiff()
    one = update({0: [Segment("x" * WIDTH, STYLES[0])]})
    assert diff.encode(one, WIDTH, HEIGHT, console())
    assert diff.encode(one, WIDTH, HEIGHT, console()) == ""
    diff.forget()
    assert diff.encode(one, WIDTH, HEIGHT, console())
