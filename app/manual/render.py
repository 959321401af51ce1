"""A chapter as plain text of a width, for terminals and pipes."""

from __future__ import annotations

import textwrap

from .markdown import Code, Heading, Items, Paragraph, Table, blocks, spans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .markdown import Block

WIDTH_MIN = 30
CELL_MIN = 8
GAP = "  "


def render(markdown: str, width: int) -> str:
    """The text, wrapped; code keeps its lines, however long."""
    return "\n".join(lines(markdown, width)) + "\n"


def lines(markdown: str, width: int) -> list[str]:
    """The text's lines."""
    width = max(width, WIDTH_MIN)
    made: list[str] = []
    for block in blocks(markdown):
        if made:
            made.append("")
        made += _lines(block, width)
    return made


def plain(text: str) -> str:
    """Running text without its marks; a link to a chapter says how to open it."""
    return "".join(_said(one.kind, one.text, one.to) for one in spans(text))


def _said(kind: str, text: str, to: str) -> str:
    if kind != "link":
        return text
    if to.endswith(".md") and "/" not in to:
        return f"{text} (--manual {to.removesuffix('.md')})"
    return f"{text} ({to})"


def _lines(block: Block, width: int) -> list[str]:
    if isinstance(block, Heading):
        text = plain(block.text)
        return [text.upper()] if block.level == 1 else [text, ("-" if block.level == 2 else ".") * len(text)]
    if isinstance(block, Code):
        return ["    " + line if line else "" for line in block.lines]
    if isinstance(block, Table):
        return _table(block, width)
    if isinstance(block, Items):
        return [line for text in block.texts for line in _wrapped(text, width, "- ", "  ")]
    assert isinstance(block, Paragraph)
    return _wrapped(block.text, width)


def _wrapped(text: str, width: int, first: str = "", later: str = "") -> list[str]:
    return textwrap.wrap(
        plain(text),
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _table(table: Table, width: int) -> list[str]:
    rows = [tuple(plain(cell) for cell in row) for row in (table.head, *table.rows)]
    widths = _widths(rows, width)
    made: list[str] = []
    for row in rows:
        cells = [
            textwrap.wrap(cell, wide, break_on_hyphens=False) or [""] for cell, wide in zip(row, widths, strict=True)
        ]
        for at in range(max(len(cell) for cell in cells)):
            shown = [(cell[at] if at < len(cell) else "").ljust(wide) for cell, wide in zip(cells, widths, strict=True)]
            made.append(GAP.join(shown).rstrip())
        if row is rows[0]:
            if not any(row):
                made.clear()
                continue
            made.append(GAP.join("-" * wide for wide in widths))
    return made


def _widths(rows: list[tuple[str, ...]], width: int) -> list[int]:
    """How wide each column is: as its text, the widest ones narrower where that is too much."""
    widths = [max(1, *(len(row[at]) for row in rows)) for at in range(len(rows[0]))]
    room = width - len(GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > CELL_MIN:
        widths[widths.index(max(widths))] -= 1
    return widths
