"""Chapters as text."""

from __future__ import annotations

from hopscope.app.manual.render import plain, render

CHAPTER = """\
# A title

Running text with `code`, **weight** and a
[chapter](path-mtu.md).

## A part

- one, which is longer than
  its line
- two

| name | what it is |
|---|---|
| `a` | a cell that needs more than one line to be shown |
| `b\\|c` | short |

    $ code  stays
      as it is
"""


def test_every_kind_of_block_is_shown() -> None:
    """Headings, paragraphs, lists, tables and code, wrapped to the width."""
    assert render(CHAPTER, 40) == (
        "A TITLE\n"
        "\n"
        "Running text with code, weight and a\n"
        "chapter (--manual path-mtu).\n"
        "\n"
        "A part\n"
        "------\n"
        "\n"
        "- one, which is longer than its line\n"
        "- two\n"
        "\n"
        "name  what it is\n"
        "----  ----------------------------------\n"
        "a     a cell that needs more than one\n"
        "      line to be shown\n"
        "b|c   short\n"
        "\n"
        "    $ code  stays\n"
        "      as it is\n"
    )


def test_a_link_that_leads_elsewhere_is_shown() -> None:
    """A link to a chapter says how to open it, another one where it leads."""
    assert plain("[mtr](https://mtr.example/) and [keys](keys.md)") == (
        "mtr (https://mtr.example/) and keys (--manual keys)"
    )
