"""The place of a loss that is told: held while it agrees, narrowed seldom, given up where it is contradicted."""

from __future__ import annotations

from hopscope.app.insight.evidence.told_place import NOWHERE, Range, Told, narrowest, told

END, OPEN = 12, 11  # the path's end, and the hop from which on loss may be limits on replies


def found(ends: tuple[int, int], *, close: tuple[int, int] | None = None, alone: bool = False) -> Range:
    """What a look finds, the likely places being the possible ones."""
    return Range(ends, ends, close or ends, alone)


def test_what_is_found_first_is_told() -> None:
    """With the number of rounds that it was found with."""
    assert told(found((2, 7)), NOWHERE, OPEN, END, 20) == Told((2, 7), OPEN, 20)


def test_a_place_is_held_while_the_likeliest_lies_in_it() -> None:
    """Wider, narrower and shifted ranges alike, as long as nothing is sure."""
    then = Told((2, 7), OPEN, 20)
    for ends in ((1, 9), (3, 8), (4, 6)):
        assert told(found(ends), then, OPEN, END, 60) == then


def test_a_place_is_narrowed_to_one_of_twice_as_many_rounds() -> None:
    """Where one place alone is left; not before there are twice as many rounds as told the place."""
    then = Told((2, 7), OPEN, 20)
    assert told(found((4, 5), alone=True), then, OPEN, END, 39) == then
    assert told(found((4, 5), alone=True), then, OPEN, END, 40) == Told((4, 5), OPEN, 40)


def test_a_place_is_narrowed_when_rounds_are_many() -> None:
    """From 150 rounds on the range is as narrow as can be."""
    assert told(found((3, 5)), Told((2, 7), OPEN, 20), OPEN, END, 150) == Told((3, 5), OPEN, 150)


def test_a_place_is_not_narrowed_by_little() -> None:
    """A change of the sentence has to be worth it: half as wide, or one place alone."""
    then = Told((2, 7), OPEN, 20)
    assert told(found((3, 7)), then, OPEN, END, 150) == then
    assert told(found((3, 7), alone=True), then, OPEN, END, 150) == Told((3, 7), OPEN, 150)


def test_of_few_rounds_all_that_is_possible_is_told() -> None:
    """Later what is likely is."""
    range_found = Range((4, 5), (2, 7), (4, 5), alone=False)
    assert told(range_found, NOWHERE, OPEN, END, 12).ends == (2, 7)
    assert told(range_found, NOWHERE, OPEN, END, 20).ends == (4, 5)


def test_a_place_that_is_contradicted_is_given_up() -> None:
    """None of the likeliest places lies in what was told."""
    assert told(found((3, 8), close=(6, 8)), Told((2, 5), OPEN, 20), OPEN, END, 30) == Told((3, 8), OPEN, 30)


def test_whether_loss_may_be_limits_is_told_once_it_is_known() -> None:
    """A range that reached the last hops and does not any more is narrowed, at twice as many rounds, by any width."""
    then = Told((5, 12), OPEN, 20)
    assert told(found((5, 8)), then, OPEN, END, 39) == then
    assert told(found((5, 8)), then, OPEN, END, 40) == Told((5, 8), OPEN, 40)


def test_one_of_two_places_is_not_narrowed_soon() -> None:
    """Two ranges that are narrow enough are news enough, until there are many rounds."""
    then, now = Told((2, 5), OPEN, 20), found((3, 4), alone=True)
    assert told(now, then, OPEN, END, 299, several=True) == then
    assert told(now, then, OPEN, END, 300, several=True) == Told((3, 4), OPEN, 300)
    assert told(now, then, OPEN, END, 299) == Told((3, 4), OPEN, 299)
    wide = Told((2, 6), OPEN, 20)
    assert told(now, wide, OPEN, END, 40, several=True) == Told((3, 4), OPEN, 40)


def test_the_place_of_a_trace_that_is_over_is_as_narrow_as_is_likely() -> None:
    """Where that agrees with what was told; it is not widened."""
    then = Told((2, 7), OPEN, 100)
    assert narrowest(found((4, 6)), then) == Told((4, 6), OPEN, 100)
    assert narrowest(found((1, 9)), then) == then
    assert narrowest(found((8, 9)), then) == then
