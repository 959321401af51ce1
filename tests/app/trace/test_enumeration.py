"""When enough flows have been tried."""

from __future__ import annotations

import math
from math import comb

import pytest
from hopscope.app.trace.enumeration import ENOUGH_FLOWS, KEEPS_CHANCE_MAX, Trials, is_complete, keeps_by_chance


def _missed(routers: int, flows: int) -> float:
    """The chance that so many flows, each at one of equally likely routers, leave one or more of them out."""
    return math.fsum(
        (-1) ** (left_out + 1) * comb(routers, left_out) * (1 - left_out / routers) ** flows
        for left_out in range(1, routers)
    )


def test_the_stopping_rule_is_its_formula() -> None:
    """For each k it is the first number of flows that would have shown k + 1 routers with 95 % confidence."""
    worked = [next(flows for flows in range(1, 100) if _missed(found + 1, flows) <= 0.05) for found in range(1, 11)]
    assert list(ENOUGH_FLOWS) == worked == [6, 11, 16, 21, 27, 33, 38, 44, 51, 57]


@pytest.mark.parametrize(
    ("found", "trials", "complete"),
    [(0, 99, False), (1, 5, False), (1, 6, True), (2, 10, False), (2, 11, True), (10, 57, True), (11, 999, False)],
)
def test_what_is_complete(found: int, trials: int, complete: bool) -> None:
    """With too few flows, or more routers than the rule was worked out for, nothing is claimed."""
    assert is_complete(found, trials) is complete


def test_a_flow_that_keeps_its_router_is_told_from_chance() -> None:
    """Seven repeats between two even routers are enough, six are not; one flow that mixes settles it at once."""
    assert keeps_by_chance((5, 5), 6) > KEEPS_CHANCE_MAX > keeps_by_chance((5, 5), 7)
    trials = Trials()
    for flow in range(4):
        trials.answered(flow, f"192.0.2.{flow % 2}")
    assert not trials.told
    trials.answered(0, "192.0.2.1")
    assert trials.told


def test_a_silent_hop_is_given_up() -> None:
    """A hop that no flow gets an answer from is left alone after six."""
    trials = Trials()
    trials.uses += [1] * 5
    assert not trials.complete
    trials.uses.append(1)
    assert trials.complete
