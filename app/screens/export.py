"""Exports: the same bytes that a report of the same trace has, written in one step or not at all."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from ..report import formats as reports
from ..report.context import Context
from ..report.formats import EXPORTS
from ..sanitize import document_of, joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..path.snapshot import Snapshot
    from ..sanitize import Document, Text
    from .options import ScreenOptions
    from .source import Source
    from .state import ViewState


@dataclass(frozen=True, slots=True)
class Format:
    """A format of the export."""

    name: str  # of the registry of reports, or ``svg``
    title: str  # what it is called on the screen
    use: str  # what it is for, in a few words
    ending: str  # of its files, without the dot


SVG = Format("svg", "SVG", "picture of this screen", "svg")
FORMATS = (*(Format(one.name, one.title, one.export, one.extension) for one in EXPORTS), SVG)


def file_name(target: str, ending: str, epoch_s: float) -> str:
    """The file that is proposed, ``hopscope-TARGET-TIME.ending``, of characters that shells and paths leave alone."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", target).strip("._") or "trace"
    return f"hopscope-{safe}-{time.strftime('%Y%m%dT%H%M%S', time.localtime(epoch_s))}.{ending}"


def context(view: ViewState, options: ScreenOptions, source: Source) -> Context:
    """What reports need to know beside the trace: the columns and names of the screen."""
    settings = replace(
        options.report,
        fields=view.fields if view.fields_changed else options.report.fields,
        mpls=view.mpls,
        ipinfo=() if view.network_field is None else (view.network_field,),
    )

    def fact(address: str, kind: int) -> Text | None:
        origin = source.origin(address)
        return origin.fact(kind) if origin is not None else None

    return Context(
        settings=settings,
        local_host=source.privacy.local_host(options.host_name),
        name=source.name,
        fact=fact,
        note=view.ticket_note,
    )


def report(snapshots: Sequence[Snapshot], made: Context, name: str) -> Document:
    """A report of snapshots in a format."""
    return joined(reports.FORMATS[name].texts(snapshots, made))


def picture(svg: str) -> Document:
    """A picture of the screen, as Textual makes it, in a form that keeps its columns in every viewer.

    Nothing in it points outside: it is drawn with the fonts of whoever opens it, and no server hears of that.
    Blanks at the ends of texts are kept, and braille, which few fonts have as wide as the rest, stands cell by cell.
    """
    svg = FONT_FROM_OUTSIDE.sub("", svg)
    svg = BRAILLE_TEXT.sub(_cell_by_cell, _named_by_use(svg))
    return document_of(svg.replace("<text ", '<text xml:space="preserve" '))


def _named_by_use(svg: str) -> str:
    """With styles called by the order in which texts use them, and a name of the picture that follows from it alone.

    Styles of blanks count there too, and the name is made of what is not seen: equal pictures would differ.
    """
    found = PICTURE_NAME.search(svg)
    if found is None:
        return svg
    name = found[0]
    rules = dict(re.findall(rf"\.{name}-r(\d+) (\{{[^}}]*\}})", svg))
    used = list(dict.fromkeys(re.findall(rf'class="{name}-r(\d+)"', svg)))
    numbers = {old: new for new, old in enumerate(used, 1)}
    sheet = "\n".join(f".{name}-r{numbers[old]} {rules[old]}" for old in used)
    svg = re.sub(rf'class="{name}-r(\d+)"', lambda one: f'class="{name}-r{numbers[one[1]]}"', svg)
    svg = re.sub(rf"(?:\.{name}-r\d+ \{{[^}}]*\}}\s*)+", lambda _: f"{sheet}\n    ", svg, count=1)
    svg = svg.replace(name, "terminal")
    return svg.replace("terminal-", f"terminal-{crc32(svg.encode())}-")


PICTURE_NAME = re.compile(r"terminal-\d+")
FONT_FROM_OUTSIDE = re.compile(r"@font-face\s*\{[^}]*\}\s*")
BRAILLE_TEXT = re.compile(
    r'<text class="([^"]*)" x="([0-9.]+)" y="([0-9.]+)" textLength="([0-9.]+)"([^>]*)>'
    r"([^<]*[\u2801-\u28ff][^<]*)</text>"
)


def _cell_by_cell(found: re.Match[str]) -> str:
    style, x, y, length, rest, text = found.groups()
    cells = unescape(text)
    step = float(length) / len(cells)
    made = []
    for at, cell in enumerate(cells):
        if cell not in " \xa0":
            place = f'x="{float(x) + at * step:.1f}" y="{y}" textLength="{step:.1f}"'
            made.append(f'<text class="{style}" {place}{rest}>{escape(cell)}</text>')
    return "".join(made)


class Situation(NamedTuple):
    """What writing a file would meet."""

    words: str  # for the user
    possible: bool  # whether it can be written
    exists: bool = False  # whether there is one


def situation(path: Path) -> Situation:
    """Look at the place of a file that is to be written."""
    try:
        return _situation(path)
    except (OSError, ValueError) as error:  # a folder that may not be entered, a name that is too long
        return Situation(reason(error), possible=False)


def _situation(path: Path) -> Situation:
    folder, exists = path.parent, path.exists()
    refusals = (
        (not path.name.strip() or path.is_dir(), "a folder, not a file"),
        (not folder.is_dir(), "folder does not exist"),
        (exists and not path.is_file(), "a device or a pipe, not a file"),
        (not os.access(folder, os.W_OK), "folder cannot be written to"),
    )
    for refused, words in refusals:
        if refused:
            return Situation(words, possible=False)
    if exists:
        return Situation("exists: you are asked before it is replaced", possible=True, exists=True)
    return Situation(f"new file in {folder.resolve()}", possible=True)


def reason(error: OSError | ValueError) -> str:
    """Why something did not work, in a few words."""
    return ((error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__).lower()


def size_text(size_bytes: int) -> str:
    """A size as toasts say it: ``12 KB``."""
    return f"{size_bytes} bytes" if size_bytes < 2000 else f"{size_bytes / 1000:.0f} KB"
