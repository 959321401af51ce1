"""Loss events: single lost probes and chance make none, each stretch of loss makes one at either end."""

from __future__ import annotations

import random

import pytest
from hopscope.app.path.losses import ENDED, STARTED, LossNews, TargetLoss


def told(lost: str) -> list[LossNews]:
    """What is told of a row of probes: ``x`` is lost, all else answered."""
    watch = TargetLoss()
    return [news for number, mark in enumerate(lost) for news in watch.completed(number, lost=mark == "x")]


def by_chance(share: float, rounds: int, seed: int) -> list[LossNews]:
    """What is told of independent losses."""
    chance = random.Random(seed)
    return told("".join("x" if chance.random() < share else "." for _ in range(rounds)))


@pytest.mark.parametrize(
    "lost",
    [
        "." * 50,
        "." * 50 + "x" + "." * 50,
        "." * 50 + "xxx" + "." * 50,
        ("x" + "." * 40) * 3,
        ("x" + "." * 160) * 20,
        "." * 9 + "xxxx",
    ],
    ids=["none", "one", "three in a row", "three of 124", "one of 161, often", "four in a row, not yet over"],
)
def test_what_is_no_event(lost: str) -> None:
    """Nothing is told of single losses, of three, and of what a sound path loses now and then."""
    assert told(lost) == []


def test_an_outage_is_told_at_the_fifth_loss_and_the_first_answer() -> None:
    """Five in a row begin an outage, dated at the first of them; an answer ends it."""
    assert told("." * 10 + "x" * 30 + "..") == [
        LossNews(STARTED, 10, "stopped answering: 5 lost in a row", outage=True),
        LossNews(ENDED, 40, "answers again after 30 rounds", outage=True),
    ]


def test_four_losses_of_84_are_loss() -> None:
    """The fourth loss within 84 probes makes the event, dated at the first; one probe later it makes none."""
    row = "x" + "." * 27 + "x" + "." * 27 + "x" + "." * 26 + "x"
    assert told("." * 20 + row + ".") == [LossNews(STARTED, 20, "loss begins: 4 of 84 lost")]
    assert told("." * 20 + row.replace("x.", "x..", 1) + ".") == []


def test_loss_is_over_when_its_share_makes_the_answers_unlikely() -> None:
    """Of 4 lost in 31, 64 answers in a row are likelier than 1 in 10,000, 67 are not; the end is dated back."""
    row = "x" + "." * 9 + "x" + "." * 9 + "x" + "." * 9 + "x"
    needed = next(n for n in range(100) if (1 - 4 / 31) ** n < 1e-4)
    assert needed == 67
    assert [news.kind for news in told(row + "." * 66)] == [STARTED]
    assert told(row + "." * 67)[1] == LossNews(ENDED, 31, "loss ended: 4 of 31 lost, 67 clean since")


def test_an_outage_within_loss_must_be_longer_than_its_chance() -> None:
    """While every second probe is lost, five in a row are nothing new; twenty are, and are not counted as its share."""
    lossy = "x." * 30
    assert [news.outage for news in told(lossy + "xxxxx.")] == [False]
    news = told(lossy + "x" * 20 + "." * 14)
    assert [(one.kind, one.outage) for one in news] == [
        (STARTED, False),
        (STARTED, True),
        (ENDED, True),
        (ENDED, False),
    ]
    assert news[-1].text == "loss ended: 30 of 59 lost, 13 clean since"


@pytest.mark.parametrize(("share", "within"), [(0.05, 300), (0.2, 60), (0.6, 25)])
def test_loss_is_found(share: float, within: int) -> None:
    """A steady share of loss is told of within a time that fits it, whatever the order of the losses."""
    assert all(by_chance(share, within, seed) for seed in range(40))


def test_steady_loss_is_one_event() -> None:
    """Of about 4,000 probes lost in 40 runs of 2,000 rounds at 5 %, no more than two are called the last."""
    news = [by_chance(0.05, 2000, seed) for seed in range(40)]
    assert sum(one.kind == ENDED for run in news for one in run) <= 2


def test_hardly_any_loss_makes_no_event() -> None:
    """One lost probe in 1,000 makes none in 40 runs of 5,000 rounds."""
    assert not any(by_chance(0.001, 5000, seed) for seed in range(40))


def test_late_answers_are_no_loss() -> None:
    """Answers that come after all end an outage, and take back loss that was none."""
    watch = TargetLoss()
    assert [news.kind for number in range(5) for news in watch.completed(number, lost=True)] == [STARTED]
    assert list(watch.late(0)) == [LossNews(ENDED, 0, "answers again after 5 rounds", outage=True)]
    watch = TargetLoss()
    made = [news.kind for number, mark in enumerate("x.x.x.x.") for news in watch.completed(number, lost=mark == "x")]
    assert made == [STARTED]
    assert [news for number in (0, 2, 4) for news in watch.late(number)] == []
    assert list(watch.late(6)) == [LossNews(ENDED, 6, "loss ended: the answers came late")]
