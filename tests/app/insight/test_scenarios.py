"""The lab's scenarios are judged for what they are."""

from __future__ import annotations

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.virtual import Lab, lab_world

# Scenario, rounds, severity, beginning of the answer, and rules with their hops.
CASES = [
    ("steady", 150, "fine", "No fault found. 0 of 150 lost", {("R3", 7, 8), ("L1", 0, 0)}),
    ("datacentre", 150, "fine", "No fault found. 0 of 150 lost", {("L1", 0, 0)}),
    ("lossy", 300, "fault", "Loss on the path: ", {("L2", 5, 6), ("L3", 3, 3)}),
    ("lossy-return", 300, "fault", "Loss on the path: ", {("L2", 4, 5)}),
    ("rate-limited", 150, "fine", "No fault found. Hop 3 limits its own replies", {("L5", 3, 3)}),
    ("limited-target", 40, "note", "No fault found up to hop 6. The target probably limits ", {("L10", 7, 7)}),
    ("silent-hop", 150, "fine", "No fault found. Hops 3 and 5 never answer", {("L7", 3, 3), ("L7", 5, 5)}),
    ("silent-target", 30, "fault", "The target does not answer icmp; path is fine up to hop 5.", {("L8", 6, 6)}),
    ("prohibited", 10, "fault", "The target is not reached: hop 5, 203.0.113.1, prohibits it", {("P7", 5, 5)}),
    ("loop", 60, "fault", "Routing loop: from hop 4 on", {("P3", 4, 30)}),
    ("slow-router", 150, "fine", "No fault found. Hop 3 answers slowly", {("R2", 3, 3)}),
    ("bufferbloat", 150, "warning", "Bufferbloat, grade D: up to +", {("R7", 1, 2)}),
    ("balanced", 150, "fine", "No fault found. Hops 4, 5, 7 and 9 share the load.", {("P1", 4, 4), ("R10", 4, 4)}),
    ("path-change", 60, "changed", "Path changed ", {("P2", 4, 7)}),
    ("flap", 150, "warning", "The path flaps between routers at hop 3-4", {("P2", 3, 4)}),
    ("mpls", 150, "fine", "No fault found. ", {("P4", 4, 6)}),
    ("carrier-nat", 150, "fine", "No fault found. ", {("P5", 2, 2)}),
]


@pytest.mark.parametrize(("name", "rounds", "severity", "answer", "found"), CASES, ids=[case[0] for case in CASES])
def test_scenario(name: str, rounds: int, severity: str, answer: str, found: set[tuple[str, int, int]]) -> None:
    """Severity, answer and verdicts of a scenario are those that its author had in mind."""
    assessment = verdicts(lab_world(Lab(name), TraceSettings(rounds=rounds)).run())
    assert assessment.severity == severity
    assert assessment.answer.startswith(answer)
    assert found <= {(verdict.rule, verdict.first_ttl, verdict.last_ttl) for verdict in assessment.verdicts}
