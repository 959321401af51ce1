"""Chapters as the source of a man page."""

from __future__ import annotations

from hopscope.app.manual.roff import chapter, page

CHAPTER = """\
# A title

First sentence of `code` and **weight**. Second one, with [a link](path-mtu.md).

### `a-rule`

- an item - with a dash

| a | b | c |
|---|---|---|
| `x` | one | two |

    .code \\ stays
"""


def test_every_kind_of_block_has_its_macros() -> None:
    """Sections, paragraphs with a line a sentence, lists, tagged paragraphs and code."""
    assert chapter(CHAPTER) == [
        '.SH "A TITLE"',
        "First sentence of \\fBcode\\fR and \\fBweight\\fR.",
        "Second one, with \\fIa link\\fR.",
        '.SS "a\\-rule"',
        ".IP \\(bu 2",
        "an item \\- with a dash",
        ".TP",
        "\\fBx\\fR",
        "b: one; c: two",
        ".PP",
        ".RS 4",
        ".nf",
        "\\&.code \\e stays",
        ".fi",
        ".RE",
    ]


def test_a_page_has_its_head() -> None:
    """Name, section, date and version stand where men look for them."""
    assert '.TH HOPSCOPE\\-X 1 2026-01-02 "v 1" "User Commands"' in page("hopscope-x", "2026-01-02", "v 1", [])
