"""The manual: chapters in Markdown, shown by ``--manual`` and by the help screen, and the source of the man pages.

The chapters use a small part of Markdown: headings, paragraphs, lists of one level, tables, indented code, ``code``,
**bold** and [links](of-a-chapter.md). ``render`` shows that part as text, ``roff`` turns it into a man page.
"""

from __future__ import annotations

import os

# What --manual calls the chapters, in the order in which they are read; each is a file NAME.md.
NAMES = (
    "examples",
    "reading-a-trace",
    "verdict-rules",
    "load-balancing",
    "path-mtu",
    "vantage-points",
    "privileges",
    "keys",
    "configuration",
    "outputs",
    "alerts",
    "recording",
    "comparing",
    "exit-status",
    "differences-from-mtr",
    "line-protocol",
    "scenarios",
    "troubleshooting",
)
FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  (pathlib costs milliseconds)


def chapters() -> tuple[tuple[str, str], ...]:
    """Name and title of each chapter, in the order in which they are read."""
    return tuple((name, text(name).partition("\n")[0].removeprefix("# ")) for name in NAMES)


def text(name: str) -> str:
    """A chapter in Markdown.

    Raises:
        KeyError: there is no such chapter.
    """
    if name not in NAMES:
        raise KeyError(name)
    with open(os.path.join(FOLDER, f"{name}.md"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        return file.read()
