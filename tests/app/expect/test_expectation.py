"""Expectations: what they mean, and which traces meet them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.expect.expectation import judge, parse_expectation
from hopscope.app.sanitize import Text, sanitize
from hopscope.app.settings import TraceSettings
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot


class Known:
    """Names and networks of a steady path: hop 2 has a name, and all but hop 3 an AS, hop 4 two."""

    def name(self, address: str) -> Text | None:
        """The name of an address."""
        return sanitize("Core.Example") if address == "10.0.0.2" else None

    def fact(self, address: str, _kind: int) -> Text | None:
        """The AS of an address."""
        return None if address == "10.0.0.3" else sanitize("64501/64502" if address == "10.0.0.4" else "64500")


def trace(hops: int = 5, silent: tuple[int, ...] = ()) -> Snapshot:
    """A trace of so many hops."""
    return World(steady(hops, silent=silent), TraceSettings(rounds=3)).run()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("reached", ""),
        ("hops <= 5", ""),
        ("hops<6", ""),
        ("hops = 5", ""),
        ("HOPS >= 5", ""),
        ("hops <= 4", "the path has 5 hops"),
        ("hops > 5", "the path has 5 hops"),
        ("path via AS64502", ""),
        ("path via 10.0.0.3", ""),
        ("path via core.example.", ""),
        ("path not via AS6450", ""),
        ("path via AS6450", "no hop that answered is in AS6450; the AS of 1 address is not known"),
        ("path via 10.0.0.9", "no hop that answered is 10.0.0.9"),
        ("path not via as64501", "hop 4 is 10.0.0.4, in AS64501"),
        ("path not via core.example", "hop 2 is 10.0.0.2"),
    ],
)
def test_a_path_of_five_hops(text: str, found: str) -> None:
    """Each expectation is met or not, and where it is not, what was found is said."""
    judged = judge(parse_expectation(text), trace(), Known())
    assert (judged.met, judged.found) == (not found, found)


def test_a_target_that_does_not_answer() -> None:
    """Neither is it reached, nor is the length of its path known; silent hops are counted where they may matter."""
    snapshot = trace(silent=(3, 5))
    assert judge(parse_expectation("reached"), snapshot, Known()).found == "the target did not answer"
    assert not judge(parse_expectation("hops <= 255"), snapshot, Known()).met
    assert "did not answer" in judge(parse_expectation("path via AS1"), snapshot, Known()).found
    nothing = replace(snapshot, hops=(), reached=False)
    assert not judge(parse_expectation("path via AS1"), nothing, Known()).met


def test_what_must_be_looked_up() -> None:
    """An AS asks for networks, a name for names, an address and a length for nothing."""
    needs = {
        text: (parse_expectation(text).needs_networks, parse_expectation(text).needs_names)
        for text in ("path via AS1", "path via web.example", "path via 2001:DB8::1", "hops < 3", "reached")
    }
    assert list(needs.values()) == [(True, False), (False, True), (False, False), (False, False), (False, False)]
    assert parse_expectation("path via 2001:DB8:0::1").host == "2001:db8::1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an expectation is missing"),
        ("reachd", "did you mean reached"),
        ("hops", "'hops <= COUNT'"),
        ("hops <= 0", "'hops <= COUNT'"),
        ("hops <= 256", "'hops <= COUNT'"),
        ("hops ~ 3", "'hops <= COUNT'"),
        ("path by AS1", "'path via AS64501'"),
        ("reached soon", "use 'reached'"),
        ("loss < 1%", "use 'reached'"),
        ("\x1b[31mred", "is no expectation"),
    ],
)
def test_what_is_none(text: str, said: str) -> None:
    """What is no expectation is refused with what there is; nothing of it reaches a terminal as it was typed."""
    with pytest.raises(UsageError) as caught:
        parse_expectation(text)
    assert said in str(caught.value)
    assert "\x1b" not in str(caught.value)
