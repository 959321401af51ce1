"""The part of Markdown that the manual uses, as blocks."""

from __future__ import annotations

import re
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LIST_ITEM = re.compile(r"- +")
CODE_INDENT = "    "
RULE_CELL = re.compile(r":?-+:?")
INLINE = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`|\[(?P<label>[^\]]+)\]\((?P<to>[^)]+)\)")


class Heading(NamedTuple):
    """A heading."""

    level: int  # 1 (the chapter's own) to 6
    text: str  # without its marks


class Paragraph(NamedTuple):
    """Running text, its lines joined."""

    text: str  # in one line


class Items(NamedTuple):
    """A list of one level."""

    texts: tuple[str, ...]  # one an item, in one line


class Code(NamedTuple):
    """Lines that stay as they are."""

    lines: tuple[str, ...]  # without their indent


class Table(NamedTuple):
    """Rows of cells, all of one length."""

    head: tuple[str, ...]  # titles of the columns; may be all empty
    rows: tuple[tuple[str, ...], ...]  # from the top


Block = Heading | Paragraph | Items | Code | Table


class Span(NamedTuple):
    """A piece of a line."""

    kind: str  # ``text``, ``bold``, ``code`` or ``link``
    text: str  # as it is read
    to: str = ""  # where a link leads; empty: it is none


def blocks(markdown: str) -> Iterator[Block]:
    """What a text consists of, in its order."""
    lines = markdown.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        if line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            yield Heading(level, line[level:].strip())
            at += 1
            continue
        end = at
        if line.startswith(CODE_INDENT):
            while end < len(lines) and (lines[end].startswith(CODE_INDENT) or not lines[end].strip()):
                end += 1
            while not lines[end - 1].strip():
                end -= 1
            yield Code(tuple(one[len(CODE_INDENT) :] for one in lines[at:end]))
        else:
            while end < len(lines) and lines[end].strip() and not (end > at and lines[end].startswith("#")):
                end += 1
            yield _prose(lines[at:end])
        at = end


def spans(line: str) -> Iterator[Span]:
    """The pieces of running text."""
    at = 0
    for found in INLINE.finditer(line):
        if found.start() > at:
            yield Span("text", line[at : found.start()])
        if found["bold"]:
            yield Span("bold", found["bold"])
        elif found["code"]:
            yield Span("code", found["code"])
        else:
            yield Span("link", found["label"], found["to"])
        at = found.end()
    if at < len(line):
        yield Span("text", line[at:])


def _prose(lines: list[str]) -> Block:
    """A table, a list or a paragraph: lines without a blank one between."""
    if lines[0].startswith("|"):
        rows = [_cells(line) for line in lines]
        return Table(rows[0], tuple(row for row in rows[1:] if not all(RULE_CELL.fullmatch(cell) for cell in row)))
    if LIST_ITEM.match(lines[0]):
        texts: list[str] = []
        for line in lines:
            begin = LIST_ITEM.match(line)
            if begin:
                texts.append(line[begin.end() :].strip())
            else:
                texts[-1] += " " + line.strip()
        return Items(tuple(texts))
    return Paragraph(" ".join(line.strip() for line in lines))


def _cells(line: str) -> tuple[str, ...]:
    """The cells of a table's line; a stroke after a backslash is one within a cell."""
    return tuple(cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))
