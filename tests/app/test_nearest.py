"""What was probably meant."""

from __future__ import annotations

import pytest
from hopscope.app.nearest import did_you_mean, nearest

WORDS = ("report", "report-wide", "path-mtu", "json", "flow", "no-dns", "exit-status", "0.96")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("reprot", "report"),
        ("JSON", "json"),
        ("path_mtu", "path-mtu"),
        ("jsno", "json"),
        ("--report-wid", "report-wide"),
        ("mtu", "path-mtu"),
        ("status", "exit-status"),
        ("foo", ""),
        ("o", ""),
        ("0.97", ""),
        ("", ""),
        ("nothing", ""),
    ],
)
def test_nearest(word: str, expected: str) -> None:
    """Slips of spelling, case and signs are seen through; what is like nothing, or a number, has no answer."""
    assert nearest(word, WORDS) == expected


def test_a_part_of_several_words_means_none() -> None:
    """A part is no name where more than one choice holds it."""
    assert nearest("ort", WORDS) == ""


def test_the_remedy() -> None:
    """The suggestion is a question; where there is none, the other remedy stands."""
    assert did_you_mean("jsn", WORDS, "--help lists them all", before="--") == "did you mean --json?"
    assert did_you_mean("foo", WORDS, "--help lists them all") == "--help lists them all"
