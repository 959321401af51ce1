"""The detector of loss: soon where many hops show it, silent where nothing changes."""

from __future__ import annotations

import random
from collections.abc import Callable
from statistics import median

import pytest
from hopscope.app.path.loss_changes import LossChange, LossChanges, LossTurn

END = 10
ALL = sum(1 << ttl for ttl in range(1, END + 1))
# Which hops' probes a round loses, as bits.
Fate = Callable[[int, random.Random], int]


def independent(share: float, first_ttl: int, last_ttl: int = END) -> Fate:
    """Each hop of a range loses its own probe with a chance."""
    return lambda _, chance: sum(1 << ttl for ttl in range(first_ttl, last_ttl + 1) if chance.random() < share)


def both(*fates: Fate) -> Fate:
    """What one or another loses."""

    def fate(number: int, chance: random.Random) -> int:
        lost = 0
        for one in fates:
            lost |= one(number, chance)
        return lost

    return fate


def between(begin: int, end: int, fate: Fate) -> Fate:
    """Some rounds alone."""
    return lambda number, chance: fate(number, chance) if begin <= number < end else 0


def told(rounds: int, fate: Fate, seed: int = 1) -> list[tuple[int, LossTurn]]:
    """What is told, each with the round in which it is."""
    changes, chance = LossChanges(), random.Random(seed)
    return [
        (number, turn)
        for number in range(rounds)
        for turn in changes.round(number, 1_000_000 * number, fate(number, chance), ALL, END)
    ]


@pytest.mark.parametrize(
    ("share", "first_ttl", "within"),
    [(0.05, 5, 40), (0.02, 5, 150), (0.2, 5, 10), (0.05, END, 180)],
    ids=["5 % from hop 5 on", "2 % from hop 5 on", "20 % from hop 5 on", "5 % at the last hop alone"],
)
def test_loss_after_a_clean_hour_is_told_soon(share: float, first_ttl: int, within: int) -> None:
    """Half of the runs tell it within so many rounds, all with its beginning and not far from its place."""
    delays = []
    for seed in range(9):
        turns = told(4200, between(3600, 4200, independent(share, first_ttl)), seed)
        began = [(number, turn) for number, turn in turns if turn.change is LossChange.BEGAN]
        assert began, seed
        assert 3600 <= began[0][1].round <= began[0][0]
        assert began[0][1].time_us == 1_000_000 * began[0][1].round
        delays.append(began[0][0] - 3600)
    assert median(delays) <= within


def test_the_share_that_a_beginning_is_told_with_is_near_the_true_one() -> None:
    """It is told in a round that loses, which makes it look larger: the median of fifteen is off by half at most."""
    shares = []
    for seed in range(15):
        turns = told(4200, between(3600, 4200, independent(0.05, 5)), seed)
        first = next(turn for _, turn in turns if turn.change is LossChange.BEGAN)
        shares.append(first.lost / first.probes)
    assert 0.05 / 1.5 <= median(shares) <= 0.05 * 1.5


@pytest.mark.parametrize(
    "fate",
    [
        independent(0.0, 1),
        independent(0.003, 1),
        independent(0.003, 5),
        independent(0.05, 5),
        independent(0.2, 3),
        independent(0.4, 4, 4),
        both(independent(0.4, 4, 4), independent(0.2, 9, 9)),
        between(1000, 3600, independent(0.5, 5, 5)),
        between(1000, 3600, independent(0.08, 4, 6)),
        between(1000, 1300, independent(0.15, 5, END - 1)),
        between(0, 300, independent(0.15, 5, END - 1)),
    ],
    ids=[
        "none",
        "stray",
        "stray from 5 on",
        "5 %",
        "20 %",
        "limiter",
        "two limiters",
        "a limit that begins",
        "three limits that begin",
        "all limit but the end, for a while",
        "all limit but the end, at first",
    ],
)
def test_nothing_is_told_where_nothing_changes_on_the_path(fate: Fate) -> None:
    """In five hours of each no more than one change is told: losses by chance, steady loss, routers that limit."""
    assert sum(len(told(3600, fate, seed)) for seed in range(5)) <= 1


def test_the_end_is_told_when_silence_would_be_rare() -> None:
    """5 % from hop 5 on for five minutes: half of the ends are told within a minute, dated back to the last loss."""
    delays = []
    for seed in range(9):
        turns = told(1300, between(600, 900, independent(0.05, 5)), seed)
        number, turn = next((number, turn) for number, turn in turns if turn.change is LossChange.ENDED)
        delays.append(number - 900)
        assert turn.round <= 900
        assert turn.lost / turn.probes == pytest.approx(0.05, abs=0.03)
    assert median(delays) <= 60


def test_a_single_bad_second_is_no_beginning() -> None:
    """All hops lose two rounds in a row, once."""
    assert told(1000, between(500, 502, lambda _number, _chance: ALL)) == []


def test_loss_in_bursts_is_said_to_end_once_at_most() -> None:
    """Three bad seconds each minute: after the second of them, a quiet minute is no end."""

    def fate(number: int, _chance: random.Random) -> int:
        return ALL >> 5 << 5 if number > 600 and number % 60 < 3 else 0

    assert sum(turn.change is LossChange.ENDED for _, turn in told(2400, fate)) <= 1


def test_a_late_answer_is_taken_back() -> None:
    """Probes that are answered after all count as if they had been in time."""
    changes = LossChanges()
    for number in range(100):
        assert list(changes.round(number, number, 0, ALL, END)) == []
    for number in range(100, 130):
        lost = ALL >> 5 << 5 if number % 8 == 0 else 0
        assert list(changes.round(number, number, lost, ALL, END)) == [] or number > 104
        for ttl in range(5, END + 1):
            changes.late(number, ttl)
    assert not changes.lossy


def test_a_path_change_begins_anew() -> None:
    """What the path before lost is not what the new one is compared with."""
    changes, chance = LossChanges(), random.Random(3)
    fate = independent(0.05, 5)
    for number in range(1000):
        assert not list(changes.round(number, number, 0, ALL, END))
    changes.restart()
    assert not [
        turn for number in range(1000, 1200) for turn in changes.round(number, number, fate(number, chance), ALL, END)
    ]


def test_a_growth_of_loss_is_told() -> None:
    """2 % from hop 5 on become 20 % from hop 8 on: the second is told beside it, about its own round."""
    fate = both(independent(0.02, 5), between(2000, 2400, independent(0.2, 8)))
    began = [turn for _, turn in told(2400, fate) if turn.change is LossChange.BEGAN]
    assert any(1990 <= turn.round < 2030 and turn.first_ttl >= 5 for turn in began)
