"""Verdicts on who answers where."""

from __future__ import annotations

import random

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady


def alternating(period: int, rounds: int, *, chance: random.Random | None = None) -> tuple[set[rules.Rule], str]:
    """What is said of hop 4, whose address is another after every ``period`` rounds or by chance, and the answer."""
    answers = iter(range(rounds + 1))

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl != 4:
            return steady(8)(now_us, request)
        at = next(answers)
        other = chance.random() < 0.5 if chance else at // period % 2
        return 10_000, wire.Answer("ttl-expired", "10.9.9.9" if other else "10.0.0.4", 10_000)

    assessment = verdicts(World(network, TraceSettings(rounds=rounds)).run())
    return {one.rule for one in assessment.verdicts if one.last_ttl == 4}, assessment.sentence


@pytest.mark.parametrize("rounds", [10, 30, 100])
def test_two_addresses_by_turns_are_neither_a_flap_nor_several_routers(rounds: int) -> None:
    """One hop whose address is another in every other round is told as that, in the answer too."""
    found, sentence = alternating(1, rounds)
    assert found == {rules.ADDRESSES_BY_TURNS}
    assert "op 4 answers from two addresses by turns" in sentence


@pytest.mark.parametrize(("period", "told"), [(2, rules.PATH_FLAP), (5, rules.PATH_FLAP)])
def test_slower_turns_are_a_path_that_flaps(period: int, told: rules.Rule) -> None:
    """An address that holds for some rounds is a route."""
    assert told in alternating(period, 60)[0]


def test_addresses_by_chance_are_load_balancing() -> None:
    """Where no order is in them, several routers share the load."""
    assert alternating(1, 60, chance=random.Random(5))[0] == {rules.LOAD_BALANCING}


@pytest.mark.parametrize("often", [2, 4])
def test_a_router_that_sometimes_passes_on_what_has_no_ttl_left(often: int) -> None:
    """The next hop's address at a hop is no load balancing: the next router got the packet."""
    answers = iter(range(1000))

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        passed_on = request.ttl == 3 and random.Random(next(answers)).randrange(often) > 0
        answer = steady(8)(now_us, request)
        return (answer[0], wire.Answer("ttl-expired", "10.0.0.4", answer[0])) if answer and passed_on else answer

    judged = verdicts(World(network, TraceSettings(rounds=60)).run())
    assert "balance" not in judged.sentence
    [twice] = [one for one in judged.verdicts if one.first_ttl == 3 or one.last_ttl == 3]
    assert (twice.rule, twice.figures) == (rules.REPEATED_ROUTER, "10.0.0.4, in some rounds")
