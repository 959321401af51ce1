"""The test of losses that come too evenly for chance, held against counting and against chance itself."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest
from hopscope.app.statistics import regularity
from hopscope.app.statistics.regularity import evenness


def marks(places: tuple[int, ...], length: int) -> list[bool]:
    return [place in places for place in range(length)]


@pytest.mark.parametrize(
    "places",
    [
        (0, 5, 10, 15),
        (0, 4, 10, 15),
        (0, 3, 6, 10, 13),
        (2, 4, 7, 9, 12, 14),
        (0, 1, 3, 5, 7, 9, 12),
        (0, 5, 8, 12, 14, 19),
        (0, 3, 9, 13, 18),
    ],
)
@pytest.mark.parametrize("counted", [True, False], ids=["counted", "bounded"])
def test_the_chance_is_that_of_all_ways(
    places: tuple[int, ...], counted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The p-value is the exact one, from all ways to place the same losses; where it is a bound, not below it."""
    if not counted:
        monkeypatch.setattr(regularity, "COUNTED_GAPS", 0)
    gaps = [later - first for first, later in pairwise(places)]
    span = places[-1] - places[0]
    squares = sum(gap * gap for gap in gaps)
    inner = [
        sum((later - first) ** 2 for first, later in pairwise((0, *others, span)))
        for others in combinations(range(1, span), len(gaps) - 1)
    ]
    exact = sum(total <= squares for total in inner) / len(inner)
    found = evenness(marks(places, 2 * places[-1]))
    if counted:
        assert found.p_value == pytest.approx(exact)
    else:
        assert exact <= found.p_value * 1.0001
        assert found.p_value < 25 * exact


def test_chance_is_seldom_taken_for_a_beat() -> None:
    """Independent losses of any share come out as even as the level says, at most."""
    chance = random.Random(5)
    values = [
        evenness([chance.random() < share for _ in range(100)]).p_value
        for share in (0.05, 0.2, 0.5, 0.8)
        for _ in range(500)
    ]
    assert sum(value < 0.05 for value in values) <= 0.05 * len(values)


def test_what_is_lost_before_counts_from_the_first_loss() -> None:
    """A bucket that was full at first does not hide its beat, and the fewer kind of the two is what is looked at."""
    some = [False] * 40 + [place % 4 == 0 for place in range(40)]
    most = [False] * 40 + [place % 4 != 0 for place in range(40)]
    assert evenness(some).p_value < 1e-6
    assert evenness(most).p_value < 1e-6
    assert (evenness(some).lost, evenness(some).probes) == (10, 40)


@pytest.mark.parametrize("lost", [[], [False] * 50, [True] * 50, marks((3,), 50), marks((3, 9, 15), 50)])
def test_too_little_is_no_beat(lost: list[bool]) -> None:
    """Nothing lost, all lost, and fewer than four losses tell nothing."""
    assert evenness(lost).p_value == 1.0
