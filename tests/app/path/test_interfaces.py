"""Interfaces of routers in words."""

from __future__ import annotations

import pytest
from hopscope.app.path.interfaces import brief, listed, whole
from hopscope.probe.interface import INCOMING, NEXT_HOP, OUTGOING, SUB_IP, Interface

LINK, BUNDLE = Interface(SUB_IP, "et-0/0/7", index=518), Interface(INCOMING, "ae3.100", index=526)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((), ""),
        ((LINK, BUNDLE), "ae3.100 in"),
        ((LINK,), "et-0/0/7 in, below IP"),
        ((Interface(OUTGOING, "xe-1"), LINK), "xe-1 out"),
        ((Interface(NEXT_HOP, "xe-2"),), "xe-2 next hop"),
        ((Interface(INCOMING, index=7), Interface(NEXT_HOP, address="192.0.2.1")), ""),
    ],
)
def test_the_row_names_the_interface_that_says_most(told: tuple[Interface, ...], expected: str) -> None:
    """The incoming interface comes first; where none has a name, the row says nothing."""
    assert brief(told) == expected


def test_details_say_all() -> None:
    """Each part that a router says has its words, and what it does not say has none."""
    assert whole(Interface(INCOMING, "ae3.100", index=526, address="198.51.100.9", mtu=9100)) == (
        "ae3.100 in  index 526  198.51.100.9  MTU 9100"
    )
    assert whole(Interface(NEXT_HOP, address="203.0.113.1")) == "next hop  203.0.113.1"


def test_a_list_has_all_of_all() -> None:
    """Interfaces are parted by semicolons, and what is said of one by commas."""
    assert (
        listed((BUNDLE, Interface(NEXT_HOP, address="203.0.113.1"))) == "ae3.100 in, index 526; next hop, 203.0.113.1"
    )
    assert listed(()) == ""
