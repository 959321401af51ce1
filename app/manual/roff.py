"""Chapters as the source of a man page: the macros of man(7), one sentence a line, no line longer than 80 bytes."""

from __future__ import annotations

import re
import textwrap

from .markdown import Code, Heading, Items, Paragraph, Table, blocks, spans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .markdown import Block

WIDTH = 76
SENTENCE_END = re.compile(r"(?<=[.!?]) +")
FONTS = {"bold": "\\fB", "code": "\\fB", "link": "\\fI"}


def escape(text: str) -> str:
    """Text that the formatter takes as it is; hyphens can be copied into a shell."""
    made = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "".join(sign if ord(sign) < 128 else f"\\[u{ord(sign):04X}]" for sign in made)


def inline(text: str) -> str:
    """Running text with its marks as fonts."""
    made = []
    for one in spans(text):
        font = FONTS.get(one.kind)
        said = escape(one.text)
        made.append(f"{font}{said}\\fR" if font else said)
        if one.kind == "link" and not one.to.endswith(".md"):
            made.append(f" ({escape(one.to)})")
    return "".join(made)


def prose(text: str) -> list[str]:
    """Running text as lines: a new one for each sentence."""
    lines: list[str] = []
    for sentence in SENTENCE_END.split(inline(text)):
        lines += textwrap.wrap(sentence, WIDTH, break_on_hyphens=False, break_long_words=False)
    return ["\\&" + line if line.startswith((".", "'")) else line for line in lines]


def tagged(tag: str, text: str) -> list[str]:
    """An entry of a list with a tag, which is running text too."""
    return [".TP", inline(tag), *(prose(text) or ["\\&"])]


def chapter(markdown: str) -> list[str]:
    """A chapter as a section."""
    made: list[str] = []
    headed = False
    for block in blocks(markdown):
        lines = _lines(block)
        # A paragraph begins by itself below a heading.
        made += lines[1:] if headed and lines[0] == ".PP" else lines
        headed = isinstance(block, Heading)
    return made


def page(name: str, date: str, version: str, sections: Iterable[Sequence[str]]) -> str:
    """A whole man page of section 1."""
    head = [
        '.\\" Made by python -m hopscope.app.documents; changes belong into the table of options and app/manual.',
        f'.TH {escape(name.upper())} 1 {date} "{escape(version)}" "User Commands"',
    ]
    return "\n".join([*head, *(line for section in sections for line in section)]) + "\n"


def _lines(block: Block) -> list[str]:
    if isinstance(block, Heading):
        title = "".join(one.text for one in spans(block.text))
        title = title.upper() if block.level == 1 else title
        return [f'{".SH" if block.level == 1 else ".SS"} "{escape(title)}"']
    if isinstance(block, Code):
        lines = [escape(line) for line in block.lines]
        return [
            ".PP",
            ".RS 4",
            ".nf",
            *("\\&" + line if line[:1] in {".", "\\"} else line for line in lines),
            ".fi",
            ".RE",
        ]
    if isinstance(block, Items):
        return [line for text in block.texts for line in (".IP \\(bu 2", *prose(text))]
    if isinstance(block, Table):
        return [line for row in block.rows for line in tagged(row[0], _described(block.head, row))]
    assert isinstance(block, Paragraph)
    return [".PP", *prose(block.text)]


def _described(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    """What a table says of the thing in its first column."""
    if len(row) == 2:
        return row[1]
    return "; ".join(f"{title}: {cell}" for title, cell in zip(head[1:], row[1:], strict=True))
