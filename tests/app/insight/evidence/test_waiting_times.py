"""Since when packets wait, and when they have ceased to: over histories that grow."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Status
from hopscope.app.insight.evidence.waiting_times import _spells
from hopscope.app.insight.verdicts import verdicts
from support.engines import TARGET
from support.snapshots import hop, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.insight.assessment import Assessment

HOPS, QUEUE_AT = 6, 3
SECOND_US = 1_000_000


def watched(waits: Callable[[int], bool], rounds: int, every: int = 1) -> list[Assessment]:
    """What is said after each round: a queue of 40 to 80 ms before hop 3 in some of them."""
    chance = Random(7)
    values = [
        [
            ttl * 2_000
            + int(chance.expovariate(1 / 150))
            + chance.randint(40_000, 80_000) * (ttl >= QUEUE_AT and waits(at))
            for at in range(rounds)
        ]
        for ttl in range(1, HOPS + 1)
    ]
    said = []
    for until in [*range(1, rounds, every), rounds]:
        hops = [
            hop(ttl, one[:until], TARGET.address if ttl == HOPS else f"10.0.0.{ttl}")
            for ttl, one in enumerate(values, 1)
        ]
        said.append(verdicts(snapshot(TARGET, hops)))
    return said


def seconds_ago(said: Assessment, rounds: int) -> float:
    """How long before the end of so many rounds the queue began."""
    assert said.answer.since_us is not None
    return rounds - said.answer.since_us / SECOND_US


def test_a_queue_that_was_not_there_before_is_told_with_its_beginning() -> None:
    """A transfer that began after 100 s, read 60 s later."""
    said = watched(lambda at: at >= 100, 160)[-1]
    assert said.answer.rules[0] is rules.QUEUEING
    assert said.answer.status is Status.CONFIRMED
    assert said.answer.number("lasted_us") == pytest.approx(60 * SECOND_US, abs=2 * SECOND_US)
    assert re.match(r"Queueing for (59|60|61) s: mostly up to \+7", said.sentence)


def test_a_queue_that_was_always_there_has_no_beginning() -> None:
    """It is told without a time."""
    said = watched(lambda at: at % 5 > 0, 160)[-1]
    assert said.answer.rules[0] is rules.QUEUEING
    assert said.answer.since_us is None
    assert said.sentence.startswith("Queueing: mostly up to")


def test_a_queue_that_ended_is_told_as_ended_and_then_no_more() -> None:
    """Not as present: half a minute after the last wait it has ended, and two minutes later it is no news."""
    said = watched(lambda at: 100 <= at < 160, 340)
    statuses = {at: one.answer.status for at, one in enumerate(said, 1) if one.answer.rules[0] is rules.QUEUEING}
    assert statuses[150] is Status.CONFIRMED
    assert statuses[195] is Status.ENDED
    ended = said[199]
    assert ended.severity == "note"
    assert re.match(
        r"Queueing ended (39|40|41) s ago: mostly up to \+\d+.\d ms for (59|60|61) s from hop 3 on", ended.sentence
    )
    assert said[-1].answer.rules[0] is rules.NO_LOSS


def test_it_is_known_longer_than_one_looks_back() -> None:
    """Eight minutes of load after one without: whoever watched it knows when it began."""
    said = watched(lambda at: at >= 60 and at % 7 > 0, 540, every=10)[-1]
    assert said.answer.number("lasted_us") == pytest.approx(480 * SECOND_US, abs=5 * SECOND_US)


def test_whoever_did_not_watch_says_no_beginning_that_was_not_seen() -> None:
    """The same history at once: its first minute is looked at no more."""
    _spells.cache_clear()  # type: ignore[attr-defined]
    said = watched(lambda at: at >= 60 and at % 7 > 0, 540, every=1000)[-1]
    assert said.answer.rules[0] is rules.QUEUEING
    assert said.answer.since_us is None
