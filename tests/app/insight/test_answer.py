"""Figures of an answer by name: what nobody wrote is no figure."""

from __future__ import annotations

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Answer, figures
from hopscope.app.insight.place import Place

ANSWER = Answer((rules.PATH_LOSS,), figures=figures((("share", 0.5), ("kind", "bursts"), ("early", "no"))))


@pytest.mark.parametrize(
    ("ends", "words"),
    [((3, 4), "hop 4"), ((2, 4), "hop 3 or 4"), ((0, 2), "hop 1 or 2"), ((1, 4), "one of hops 2-4")],
)
def test_an_onset_names_the_hops_that_may_have_it(ends: tuple[int, int], words: str) -> None:
    """The last hop before it is none of them."""
    assert Place(*ends).onset == words


def test_figures_are_found_by_name() -> None:
    """Numbers, words, and whether something holds."""
    assert ANSWER.number("share") == 0.5
    assert ANSWER.word("kind") == "bursts"
    assert not ANSWER.holds("early")


def test_a_name_that_nobody_wrote_is_an_error() -> None:
    """It would be told as 0 %; only where a figure may be absent is there something in its place."""
    for ask in (ANSWER.number, ANSWER.word, ANSWER.holds):
        with pytest.raises(KeyError, match="shar is no figure of path-loss"):
            ask("shar")
    assert ANSWER.number("ago_us", 0) == 0
    assert ANSWER.word("unclear", "") == ""
    assert not ANSWER.holds("loaded", "no")


def test_a_word_is_no_number() -> None:
    """A figure is asked for as what it is."""
    with pytest.raises(KeyError, match="kind is a word"):
        ANSWER.number("kind")
    with pytest.raises(KeyError, match="share is a number"):
        ANSWER.word("share")
