"""Two paths that take turns are told from load balancing by how hops move together."""

from __future__ import annotations

import random

import pytest
from hopscope.app.path.alternation import alternation

ROUNDS = 64


@pytest.mark.parametrize("hops", [1, 2, 4])
@pytest.mark.parametrize("ways", [2, 3])
def test_load_balancing_takes_no_turns(hops: int, ways: int) -> None:
    """In 200 traces whose probes are sent at random nothing takes turns."""
    for seed in range(200):
        chance = random.Random(seed)
        answers = {ttl: [chance.randrange(ways) for _ in range(ROUNDS)] for ttl in range(3, 3 + hops)}
        assert alternation(answers) is None, seed


def test_a_path_that_changes_each_round() -> None:
    """Strict turns at two hops are found, with the addresses of each path, though either came first at its hop."""
    found = alternation({3: [0, 1] * 16, 4: [5, 7] * 16, 5: [-1, *[2, 1] * 15, 2]})
    assert found is not None
    assert found.sides == {3: (0, 1), 4: (5, 7), 5: (1, 2)}
    assert (found.first, found.changes) == (1, 31)


def test_a_path_that_stays_for_some_rounds() -> None:
    """Stretches of five rounds at one hop alone are no order that chance makes."""
    found = alternation({3: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1] * 6})
    assert found is not None
    assert found.sides == {3: (0, 1)}


def test_one_hop_that_alternates_strictly_may_balance() -> None:
    """Of one hop that answers from two addresses in turn it is not known whether the path changes."""
    assert alternation({3: [0, 1] * 32}) is None


def test_too_few_answers() -> None:
    """Five answers of an address are too few."""
    assert alternation({3: [0, 1] * 5, 4: [0, 1] * 5}) is None


def test_one_hop_whose_path_is_the_slower_one() -> None:
    """Where the hop beyond is slower whenever the other router answers, one hop that alternates is a path that does."""
    chance = random.Random(1)
    sides = [chance.randrange(2) for _ in range(ROUNDS)]
    delays_us = [9_000 + 4_000 * side + chance.randrange(500) for side in sides]
    found = alternation({3: sides}, delays_us)
    assert found is not None
    assert sorted(found.sides[3]) == [0, 1]


def test_delays_that_do_not_go_with_the_router() -> None:
    """Paths of unequal delay whose probes are sent at random take no turns: a probe says nothing of the next one."""
    for seed in range(200):
        chance = random.Random(seed)
        sides = [chance.randrange(2) for _ in range(ROUNDS)]
        assert alternation({3: sides}, [chance.choice((9_000, 13_000)) for _ in sides]) is None, seed


@pytest.mark.parametrize("period", [2.7, 3.05, 3.5, 4.3])
def test_one_hop_with_a_beat(period: float) -> None:
    """A path that turns at fixed times, not in step with the rounds, is known by its period at one hop alone."""
    assert alternation({3: [int(number / period * 2) % 2 for number in range(ROUNDS)]}) is not None
