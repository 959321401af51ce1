"""Which traces of two sides belong together."""

from __future__ import annotations

from hopscope.app.compare.pairing import paired
from hopscope.app.compare.trace import ComparedTrace
from hopscope.app.sanitize import NOTHING, sanitize


def trace(target: str, source: str = "", address: str = "") -> ComparedTrace:
    return ComparedTrace(NOTHING, sanitize(target), address, sanitize(source), NOTHING, (), reached=False, rounds=0)


def test_one_each() -> None:
    """One trace beside one other is compared with it, whatever it is called."""
    assert paired([trace("a")], [trace("b")]) == ([(trace("a"), trace("b"))], [])


def test_by_name_source_and_address() -> None:
    """The same target from the same place comes first, then by name, then by address; the rest is left."""
    first = [trace("a", "x"), trace("a", "y"), trace("b"), trace("c", address="192.0.2.1"), trace("d")]
    second = [trace("a", "y"), trace("a", "z"), trace("b"), trace("e", address="192.0.2.1")]
    pairs, left = paired(first, second)
    assert [(one.target, one.source, other.target, other.source) for one, other in pairs] == [
        ("a", "x", "a", "z"),
        ("a", "y", "a", "y"),
        ("b", "", "b", ""),
        ("c", "", "e", ""),
    ]
    assert left == [trace("d")]
