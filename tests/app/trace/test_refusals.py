"""What the probe process's words mean: every word that refuses a probe is explained, and in one place."""

from __future__ import annotations

import errno

import pytest
from hopscope.app.trace.refusals import REFUSALS, at_hop, cause, hopeless
from hopscope.probe import wire


@pytest.mark.parametrize("word", REFUSALS)
def test_each_word_has_a_cause(word: str) -> None:
    """A cause is a phrase of its own; words that nobody knows are an error of the system."""
    assert cause(word, "") == REFUSALS[word].cause != cause("frobnicated", "") == "an error of the system"


def test_a_number_is_told_as_the_system_tells_it() -> None:
    """What the kernel says in numbers is told by its own text; only what will not pass is hopeless."""
    assert cause(wire.UNEXPECTED_ERROR, str(errno.ENOBUFS)).endswith(f"(errno {errno.ENOBUFS})")
    assert hopeless(wire.Answer(wire.UNEXPECTED_ERROR, reason=str(errno.EAFNOSUPPORT)))
    assert not hopeless(wire.Answer(wire.UNEXPECTED_ERROR, reason=str(errno.ENOBUFS)))
    assert not hopeless(wire.Answer(wire.PROBES_EXHAUSTED))


def test_words_of_hops_are_those_of_mtr() -> None:
    """In place of an address stands what a hop said, for the words that hops say and no other."""
    said = {word: at_hop(word) for word in (*REFUSALS, wire.REPLY) if at_hop(word)}
    assert said == {
        wire.NETWORK_DOWN: "(network is down)",
        wire.NO_ROUTE: "(no route to host)",
        wire.HOST_DOWN: "(host is down)",
    }


def test_a_number_beyond_all_numbers_is_no_error() -> None:
    """A far probe process may say any number: it is told in words, not raised."""
    assert cause(wire.UNEXPECTED_ERROR, "9" * 11) == cause(wire.UNEXPECTED_ERROR, "")
