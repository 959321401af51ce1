"""Names that a vantage point tells: asked for once, bounded, and asked for again where the link broke."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from hopscope.app.resolve.names import Names
from hopscope.app.sanitize import sanitize
from hopscope.app.vantage.far_names import AGAIN_S, ANSWER_S, IN_FLIGHT_MAX, WAITING_MAX, FarNames

if TYPE_CHECKING:
    from hopscope.app.trace.child import Pairs
    from hopscope.app.trace.far_child import FarChild


class Far:
    """A far side that answers what it is told to."""

    def __init__(self, *, ours: bool = True) -> None:
        self.supports = {"hopscope": ours}
        self.questions: list[str] = []
        self.answers: dict[int, Pairs] = {}

    def question(self, text: str) -> int:
        """Note it."""
        self.questions.append(text)
        return len(self.questions)

    def told(self, token: int) -> Pairs | None:
        """What has come."""
        return self.answers.pop(token, None)

    def answer(self, token: int, name: str) -> None:
        """A name comes; empty: the name servers do not answer."""
        pair = ("name", sanitize(name)) if name else ("reason", sanitize("timeout"))
        self.answers[token] = ("resolved" if name else "not-resolved"), [pair]


class Place:
    """A vantage point, its clock, and what is known of names."""

    def __init__(self, *, ours: bool = True) -> None:
        self.far: Far | None = Far(ours=ours)
        self.now_s = 100.0
        self.names = Names(asker=None, hosts=None, at_vantage=True)
        self.far_names = FarNames(lambda: cast("FarChild | None", self.far), lambda: self.now_s)

    def see(self, *addresses: str) -> None:
        """They answer."""
        for address in addresses:
            self.far_names.see(address, self.names)

    @property
    def asked(self) -> list[str]:
        """What the far side was asked."""
        assert self.far is not None
        return self.far.questions


@pytest.fixture
def place() -> Place:
    """One that is reached."""
    return Place()


def test_an_address_is_asked_for_once(place: Place) -> None:
    """However often it answers; its name is there when it has come."""
    place.see("192.0.2.1", "192.0.2.1", "2001:db8::1%eth0")
    assert place.asked == ["resolve ip-4 192.0.2.1", "resolve ip-6 2001:db8::1"]
    assert place.names.name("192.0.2.1") is None
    assert place.far is not None
    place.far.answer(1, "r1.example")
    before = place.names.version
    place.see("192.0.2.1")
    assert place.names.name("192.0.2.1") == "r1.example"
    assert place.names.version > before
    assert len(place.asked) == 2
    assert place.far_names.is_waiting()


def test_few_at_once_and_not_without_end(place: Place) -> None:
    """The far side is not flooded, and what waits is bounded."""
    place.see(*(f"10.0.{at // 256}.{at % 256}" for at in range(WAITING_MAX + 100)))
    assert len(place.asked) == IN_FLIGHT_MAX
    assert len(place.far_names._waiting) == WAITING_MAX


@pytest.mark.parametrize("name", ["192.0.2.77", "192-0-2-77", "::1", ""])
def test_what_looks_like_an_address_is_no_name(place: Place, name: str) -> None:
    """Whoever writes names could show any address as a router's."""
    place.see("192.0.2.1")
    assert place.far is not None
    place.far.answer(1, name)
    place.see("192.0.2.1")
    shown = place.names.name("192.0.2.1")
    assert shown is None or shown == "192-0-2-77"


def test_silent_name_servers_are_asked_again_later(place: Place) -> None:
    """Not at once."""
    place.see("192.0.2.1")
    assert place.far is not None
    place.far.answer(1, "")
    place.see("192.0.2.1")
    assert len(place.asked) == 1
    place.now_s += AGAIN_S
    place.see("192.0.2.1")
    assert len(place.asked) == 2


def test_after_a_break_it_is_asked_again(place: Place) -> None:
    """What the process before was asked, the next one is; an answer that never comes is asked for again, too."""
    place.see("192.0.2.1")
    place.far = None
    place.see("192.0.2.2")
    place.far = Far()
    place.see("192.0.2.1")
    assert sorted(place.asked) == ["resolve ip-4 192.0.2.1", "resolve ip-4 192.0.2.2"]
    place.now_s += ANSWER_S
    place.see("192.0.2.1")
    assert len(place.asked) == 4


def test_names_that_are_off_are_not_asked_for(place: Place) -> None:
    """Nor are addresses that no name server knows, nor is mtr-packet."""
    place.names.set_on(on=False)
    place.see("192.0.2.1")
    place.names.set_on(on=True)
    place.see("fe80::1", "169.254.1.1")
    assert place.asked == []
    assert not place.far_names.is_waiting()
    other = Place(ours=False)
    other.see("192.0.2.1")
    assert other.asked == []
    assert not other.far_names.is_waiting()


def test_an_address_that_this_host_named_keeps_its_name(place: Place) -> None:
    """The first that has a name for an address is believed, and what was not asked of a place it cannot name."""
    place.names.told("192.0.2.9", sanitize("unasked.example"))
    assert place.names.name("192.0.2.9") is None
    place.names.elsewhere("192.0.2.1")
    place.names.told("192.0.2.1", sanitize("one.example"))
    place.names.told("192.0.2.1", sanitize("two.example"))
    assert place.names.name("192.0.2.1") == "one.example"
