"""Loss that looks find: a fault or not, at one place or two, and held where chance hides it for a while."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.evidence import loss
from hopscope.app.insight.evidence.counts import Row
from hopscope.app.insight.evidence.course import NOTHING, Found
from hopscope.app.insight.evidence.gather import gather
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.stretches import Beginning
from hopscope.app.settings import TraceSettings
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.probe import wire
    from support.engines import Network

HOPS = 8


def looked(shares: list[tuple[int, int]], then: Found = NOTHING) -> Found:
    """What a look finds in the counts of the hops from the first on."""
    rows = tuple(Row(ttl, lost, completed) for ttl, (lost, completed) in enumerate(shares, 1))
    return loss._look(rows, (), then)


def test_a_fault_stays_one_while_the_loss_is_about_as_large() -> None:
    """One percent makes it a fault, and less than 0.7 % makes it none again."""
    clean = [(0, 1000)] * 3
    small = looked([*clean, *[(9, 1000)] * 5])
    assert (bool(small.place), small.bad) == (True, False)
    fault = looked([*clean, *[(12, 1000)] * 5], small)
    assert fault.bad
    assert looked([*clean, *[(9, 1100)] * 5], fault).bad
    assert not looked([*clean, *[(9, 1400)] * 5], fault).bad


def test_an_end_that_is_lucky_for_a_while_takes_no_loss_back() -> None:
    """The hops before it lose a tenth, and so it did; that it has lost little by now is chance."""
    then = looked([*[(0, 56)] * 4, (5, 56), (7, 56), (5, 56), (4, 56), (6, 56), (10, 56), (3, 56)])
    assert then.place
    assert looked([*[(0, 64)] * 4, (6, 64), (9, 64), (5, 64), (4, 64), (7, 64), (12, 64), (2, 64)], then).place


def two_links(seed: int) -> Network:
    """12 % is lost from hop 2 on, and 30 % of the rest from hop 4 on."""
    chance = Random(seed)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lost = request.ttl >= 2 and chance.random() < 0.12
        lost = lost or (request.ttl >= 4 and chance.random() < 0.3)
        return None if lost else steady(7)(now_us, request)

    return network


@pytest.mark.parametrize("seed", [100, 111, 115, 7, 8])
def test_two_lossy_links_are_told_at_the_end_of_a_trace(seed: int) -> None:
    """Of the first of these seeds no look before the end is sure enough to tell of two."""
    judged = verdicts(World(two_links(seed), TraceSettings(rounds=120)).run())
    assert judged.answer.rules[0] is rules.PATH_LOSS
    assert judged.answer.place is not None
    assert judged.answer.further is not None
    assert (judged.answer.place.last_ttl, judged.answer.further.last_ttl) == (2, 4), judged.sentence


def test_what_is_counted_of_loss_that_began_is_without_the_rounds_that_prove_it() -> None:
    """By the first and the last of them it was told: with them few rounds would show too much."""
    chance = Random(3)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lossy = request.ttl >= 4 and now_us > 100_000_000
        return None if lossy and chance.random() < 0.1 else steady(HOPS)(now_us, request)

    evidence = gather(World(network, TraceSettings(rounds=600)).run(until_s=180))
    stretch = evidence.stretch
    assert stretch is not None
    assert stretch.loss is not None
    assert stretch.begun_by is Beginning.LOSS_BEGAN
    end = evidence.snapshot.hops[HOPS - 1]
    proof = stretch.first_round + stretch.loss.rounds - 1
    assert proof > stretch.first_round
    counted = [value for at, value in enumerate(end.rtts_us) if at > stretch.first_round and at != proof]
    assert evidence.row(HOPS).completed == sum(value >= -1 for value in counted)


def test_loss_that_was_told_keeps_its_place_when_its_growth_is_proved() -> None:
    """Loss grows at the place that is known: nothing is confirming, and the place is not told anew."""
    chance = Random(2)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        share = 0.03 if now_us < 150_000_000 else 0.5
        return None if request.ttl >= 4 and chance.random() < share else steady(HOPS)(now_us, request)

    world = World(network, TraceSettings(rounds=600))
    before = verdicts(world.run(until_s=149.3))
    assert before.answer.place is not None
    for until_s in range(150, 200):
        snapshot = world.run(until_s + 0.3)
        now = verdicts(snapshot)
        assert now.severity == "fault", now.sentence
        assert now.answer.place == before.answer.place, now.sentence
        if snapshot.stretches[-1].begun_by is Beginning.LOSS_BEGAN:
            break
    else:
        pytest.fail("the growth is never proved")
    for more_s in range(12):
        now = verdicts(world.run(until_s + more_s + 0.3))
        assert now.severity == "fault", now.sentence
        assert now.answer.place == before.answer.place, now.sentence


def test_what_is_clear_for_some_rounds_alone_is_not_told_before_the_next_look() -> None:
    """Four of 71 are clear, and four of 73 are not: the sentence changes once, with the look at 74 rounds."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lost = now_us // 1_000_000 in {21, 43, 66, 69}
        return None if lost and request.ttl >= HOPS else steady(HOPS)(now_us, request)

    world = World(network, TraceSettings(rounds=400))
    told = [verdicts(world.run(until_s + 0.3)).answer.rules[0] for until_s in range(70, 85)]
    assert told == [rules.LOSS_UNDECIDED] * 4 + [rules.TARGET_LOSS_OR_LIMIT] * 11


def test_loss_that_is_clear_waits_for_no_look() -> None:
    """Two pauses of the target, after 265 rounds without loss: 15 of 300 are not too early to tell of."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        second = now_us // 1_000_000
        away = 265 <= second < 272 or 280 <= second < 288
        return None if away and request.ttl >= HOPS else steady(HOPS)(now_us, request)

    world = World(network, TraceSettings(rounds=400))
    for until_s in (292, 295, 298):
        judged = verdicts(world.run(until_s + 0.3))
        assert judged.answer.rules[0] is rules.TARGET_LOSS_OR_LIMIT, judged.sentence
        assert "; 15 of 29" in judged.sentence
