"""The lab's scenarios are judged for what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.insight.rules import Rule

# Scenario, rounds, severity, beginning of the answer, and rules with their hops.
CASES = [
    ("steady", 150, "fine", "No fault found. 0 of 150 lost", {(rules.LATENCY_STEP, 7, 8), (rules.NO_LOSS, 0, 0)}),
    ("datacentre", 150, "fine", "No fault found. 0 of 150 lost", {(rules.NO_LOSS, 0, 0)}),
    ("lossy", 300, "fault", "Loss on the path: ", {(rules.PATH_LOSS, 5, 6), (rules.REPLY_LIMIT, 3, 3)}),
    ("lossy-return", 300, "fault", "Loss on the path: ", {(rules.PATH_LOSS, 4, 5)}),
    (
        "rate-limited",
        150,
        "fine",
        "No fault found. Hop 3 rate-limits its replies",
        {(rules.REPLY_LIMIT_CONFIRMED, 3, 3)},
    ),
    (
        "limited-target",
        40,
        "warning",
        "The target answers only some probes (",
        {(rules.TARGET_REPLY_LIMIT, 7, 7)},
    ),
    (
        "silent-hop",
        150,
        "fine",
        "No fault found. Hops 3 and 5 never answer",
        {(rules.SILENT_HOP, 3, 3), (rules.SILENT_HOP, 5, 5)},
    ),
    (
        "silent-target",
        30,
        "fault",
        "Nothing answers beyond hop 5: the path ends there, ",
        {(rules.TARGET_SILENT, 6, 6)},
    ),
    (
        "prohibited",
        10,
        "fault",
        "The target is not reached: hop 4, 203.0.113.1, prohibits these packets",
        {(rules.PROHIBITED, 4, 4)},
    ),
    ("loop", 60, "fault", "Routing loop for 44 s: from hop 4 on", {(rules.ROUTING_LOOP, 4, 30)}),
    ("slow-router", 150, "fine", "No fault found. Hop 3 answers slowly", {(rules.SLOW_REPLIES, 3, 3)}),
    ("bufferbloat", 150, "warning", "Bufferbloat, grade D: mostly up to +", {(rules.BUFFERBLOAT, 1, 2)}),
    (
        "balanced",
        150,
        "fine",
        "No fault found. Hops 4, 5, 7 and 9 balance load.",
        {(rules.LOAD_BALANCING, 4, 4), (rules.UNEQUAL_COST_PATHS, 4, 4)},
    ),
    ("path-change", 60, "changed", "Path changed ", {(rules.PATH_CHANGE, 4, 6)}),
    ("flap", 150, "warning", "The path flaps at hops 3-4: ", {(rules.PATH_FLAP, 3, 4)}),
    ("mpls", 150, "fine", "No fault found. ", {(rules.MPLS_TUNNEL, 4, 6)}),
    ("carrier-nat", 150, "fine", "No fault found. ", {(rules.CARRIER_NAT, 2, 2)}),
]


@pytest.mark.parametrize(("name", "rounds", "severity", "answer", "found"), CASES, ids=[case[0] for case in CASES])
def test_scenario(name: str, rounds: int, severity: str, answer: str, found: set[tuple[Rule, int, int]]) -> None:
    """Severity, answer and verdicts of a scenario are those that its author had in mind."""
    assessment = verdicts(lab_world(Lab(name), TraceSettings(rounds=rounds)).run())
    assert assessment.severity == severity
    assert assessment.sentence.startswith(answer)
    assert found <= {(verdict.rule, verdict.first_ttl, verdict.last_ttl) for verdict in assessment.verdicts}
