"""Verdicts on addresses, over simulated paths of which the truth is known."""

from __future__ import annotations

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.probe import wire
from support.engines import World


@pytest.mark.parametrize(
    ("router", "target", "told"),
    [
        ("192.168.0.{}", "192.0.2.99", True),
        ("192.168.0.{}", "10.77.3.2", False),  # the path is private as a whole
        ("fd00::{}", "2001:db8::99", False),  # nobody has to translate
    ],
)
def test_two_private_routers_are_a_double_nat_before_a_public_target(router: str, target: str, *, told: bool) -> None:
    """NAT is what private IPv4 routers do towards a public target, and no other routers need to."""

    def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl >= 4:
            return 9_000, wire.Answer("reply", request.address, 9_000)
        return 9_000, wire.Answer("ttl-expired", router.format(request.ttl), 9_000)

    named = Target(sanitize("target.example"), target, 6 if ":" in target else 4)
    assessment = verdicts(World(network, TraceSettings(rounds=20), (named,)).run())
    assert (rules.DOUBLE_NAT in {one.rule for one in assessment.verdicts}) is told
