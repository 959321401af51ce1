"""What is said some rounds after a reset of the statistics is what a trace says that began then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.probe.wire import Answer
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.probe.wire import ProbeRequest
    from support.engines import Network

HOPS = 8
ROUND_US = 1_000_000


def losing(every: int, from_ttl: int = 1, to_ttl: int = 255, pattern: int = 7) -> Network:
    """Of probes to some hops about one in ``every`` is lost, the same ones in each trace of as many rounds."""
    answers = steady(HOPS)

    def network(now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
        number = now_us // ROUND_US
        chosen = (number * number * pattern + number // 3 + request.ttl * number) % every == 0
        return None if chosen and from_ttl <= request.ttl <= to_ttl else answers(now_us, request)

    return network


def even_at_target(now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
    """Every other probe to the target is lost."""
    lost = request.ttl >= HOPS and (now_us // ROUND_US) % 2 == 0
    return None if lost else steady(HOPS)(now_us, request)


def queue(now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
    """From hop 5 on probes of some rounds wait, and some are lost."""
    made = steady(HOPS)(now_us, request)
    number = now_us // ROUND_US
    if made is None or request.ttl < 5 or number % 5 > 1:
        return made
    if number % 10 == 1:
        return None
    rtt_us = made[0] + 40_000 + number % 7 * 5_000
    return rtt_us, Answer(made[1].word, made[1].address, rtt_us)


@pytest.mark.parametrize(
    "network",
    [steady(HOPS), losing(9, 4), losing(3, 4, 4), losing(12, 1), even_at_target, queue],
    ids=["fine", "loss-from-hop-4", "limited-hop", "loss-from-hop-1", "even-at-target", "queue"],
)
def test_the_answer_after_a_reset_is_that_of_a_fresh_trace(network: Network) -> None:
    """At every round, whatever is told and whatever was told before."""
    reset_after = 8
    settings = TraceSettings(rounds=None)
    fresh = World(network, settings)
    begun_us = 0
    world = World(lambda now_us, request: network(now_us - begun_us, request), settings)
    for number in range(1, reset_after):
        verdicts(world.run(number + 0.5))
    world.run(reset_after + 0.25)
    begun_us = int((reset_after + 0.25) * 1e6)
    world.group.reset(world.now_us)
    for number in (*range(5, 36), 61, 130, 330):
        new = verdicts(fresh.run(number + 0.5))
        again = verdicts(world.run(reset_after + number + 0.75))
        assert (number, again.sentence) == (number, new.sentence)
        assert [(one.rule, one.figures) for one in again.verdicts] == [(one.rule, one.figures) for one in new.verdicts]
