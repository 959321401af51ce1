"""Firewalls that reject as a closed port does."""

from __future__ import annotations

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.rejected import as_rejected
from hopscope.probe import wire
from support.engines import TARGET, World

ROUTER = "10.0.0.2"


@pytest.mark.parametrize(("icmp_type", "icmp_code"), [(3, 3), (1, 4)])
def test_from_elsewhere_it_is_no_arrival(icmp_type: int, icmp_code: int) -> None:
    """From the probed address a closed port is an answer of the target; from another one it is a refusal."""
    for address, word in ((TARGET.address, wire.REPLY), (ROUTER, wire.NO_ROUTE)):
        answer = wire.Answer(wire.REPLY, address, 5, icmp_type=icmp_type, icmp_code=icmp_code)
        assert as_rejected(answer, TARGET.address).word == word


@pytest.mark.parametrize(("icmp_type", "icmp_code"), [(0, 0), (None, None), (3, 13)])
def test_other_answers_stay(icmp_type: int | None, icmp_code: int | None) -> None:
    """An echo reply from elsewhere is anycast or several addresses; what tells no type is left as it is."""
    answer = wire.Answer(wire.REPLY, ROUTER, 5, icmp_type=icmp_type, icmp_code=icmp_code)
    assert as_rejected(answer, TARGET.address).word == wire.REPLY


def test_the_target_is_not_reached_and_the_router_is_named() -> None:
    """The sentence says who rejects, and nothing of replies from another address."""

    def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl <= 2:
            return 5_000, wire.Answer("ttl-expired", f"10.0.0.{request.ttl}", 5_000, icmp_type=11, icmp_code=0)
        return 5_000, wire.Answer("reply", ROUTER, 5_000, icmp_type=3, icmp_code=3)

    snapshot = World(network, TraceSettings(rounds=20), detail=True).run()
    assessment = verdicts(snapshot)
    assert not snapshot.reached
    assert assessment.sentence == (
        f"The target is not reached: hop 2, {ROUTER}, rejects these packets (port unreachable)."
    )
    assert assessment.severity == "fault"
    assert rules.REPLY_FROM_ELSEWHERE not in {one.rule for one in assessment.verdicts}
