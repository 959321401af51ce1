"""The map of branching paths, drawn from addresses and links."""

from __future__ import annotations

import pytest
from hopscope.widgets.glyphs import ASCII, UNICODE, Glyphs
from hopscope.widgets.lanes import Key, Stop, rows


def _key(text: str) -> Key:
    return int(text[0]), ord(text[1]) - ord("a")


def drawn(hops: str, links: str, glyphs: Glyphs = UNICODE) -> list[str]:
    """A map as text: ``hops`` is how many addresses each hop has, ``links`` such as ``1a>2b``."""
    shape = [
        (ttl, [Stop((ttl, at), f"{ttl}{chr(97 + at)}") for at in range(int(count))])
        for ttl, count in enumerate(hops, start=1)
    ]
    joined = [(_key(one[:2]), _key(one[3:])) for one in links.split()]
    made = []
    for row in rows(shape, joined, glyphs):
        host = row.stop.host if row.stop is not None else ""
        made.append(f"{row.ttl:1}{row.letter:1} {row.lanes:9} {host} {row.origins}".rstrip())
    return made


def test_two_ways_part_run_side_by_side_and_meet() -> None:
    """Left stays left and right stays right, without a row where nothing is joined."""
    assert drawn("12210", "1a>2a 1a>2b 2a>3a 2b>3b 3a>4a 3b>4a")[:-1] == [
        "1  ●         1a",
        "   ├─╮",
        "2a ● │       2a",
        " b │ ●       2b",
        "3a ● │       3a",
        " b │ ●       3b",
        "   ├─╯",
        "4  ●         4a",
    ]


def test_four_ways() -> None:
    """One address leads to four, and these to one."""
    assert drawn("141", "1a>2a 1a>2b 1a>2c 1a>2d 2a>3a 2b>3a 2c>3a 2d>3a") == [
        "1  ●         1a",
        "   ├─┬─┬─╮",
        "2a ● │ │ │   2a",
        " b │ ● │ │   2b",
        " c │ │ ● │   2c",
        " d │ │ │ ●   2d",
        "   ├─┴─┴─╯",
        "3  ●         3a",
    ]


def test_a_way_that_is_crossed_is_drawn_through() -> None:
    """A new branch of the left one goes past the right one without touching it."""
    assert drawn("123", "1a>2a 1a>2b 2a>3a 2a>3b 2b>3c")[4:] == [
        "   ├─│─╮",
        "3a ● │ │     3a",
        " b   ● │     3c",
        " c     ●     3b",
    ]


def test_what_a_joining_row_cannot_say_is_said_in_words() -> None:
    """Where two lead to three but not each to each, the lower ones say where they come from."""
    assert [line for line in drawn("123", "1a>2a 1a>2b 2a>3a 2a>3b 2b>3b 2b>3c") if "from" in line] == [
        "3a ● │ │     3a from 2a",
        " b   ● │     3b from 2a 2b",
        " c     ●     3c from 2b",
    ]


def test_all_to_all_needs_no_words() -> None:
    """Where each leads to each, the row says it."""
    lines = drawn("122", "1a>2a 1a>2b 2a>3a 2a>3b 2b>3a 2b>3b")
    assert lines[4] == "   ├─┤"
    assert not [line for line in lines if "from" in line]


def test_a_silent_hop_leaves_gaps_in_the_lanes() -> None:
    """Ways go on behind a hop that does not answer."""
    assert drawn("10202", "1a>3a 1a>3b 3a>5a 3b>5b") == [
        "1  ●         1a",
        "2  ┊         no reply (silent)",
        "   ├─╮",
        "3a ● │       3a",
        " b │ ●       3b",
        "4  ┊ ┊       no reply (silent)",
        "5a ● │       5a",
        " b   ●       5b",
    ]


def test_ways_of_unequal_length() -> None:
    """One way passes a hop by and joins behind it; one that ends leaves its lane."""
    assert drawn("1221", "1a>2a 1a>2b 2a>3a 2b>4a 3a>4a")[4:] == [
        "3a ● │       3a",
        " b │ │ ●     3b",
        "   ├─╯",
        "4  ●         4a",
    ]
    assert drawn("121", "1a>2a 1a>2b 2b>3a")[2:] == ["2a ● │       2a", " b   ●       2b", "3    ●       3a"]


@pytest.mark.parametrize("shape", ["141", "12210", "123", "10202"])
def test_plain_characters_draw_the_same(shape: str) -> None:
    """The map of an ASCII terminal has the same rows, of ASCII alone."""
    links = "1a>2a 1a>2b 1a>2c 1a>2d 2a>3a 2b>3b"
    plain, fine = drawn(shape, links, ASCII), drawn(shape, links)
    assert "".join(plain).isascii()
    assert [len(line) for line in plain] == [len(line) for line in fine]


def test_nothing_is_drawn_of_nothing() -> None:
    """A path of which nothing is known has no rows."""
    assert drawn("", "") == []
