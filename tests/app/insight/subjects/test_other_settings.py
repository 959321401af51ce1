"""Verdicts on a trace whose probes were changed: what fared otherwise before is neither an outage nor an answer now."""

from __future__ import annotations

from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.virtual import Lab, lab_world


def test_each_protocol_is_judged_by_its_own_probes() -> None:
    """A target that filters all but TCP: the answer speaks of the present protocol, never of an outage."""
    world = lab_world(Lab("filtered-target"), TraceSettings(rounds=600))
    world.run(until_s=100)
    seen = []
    for protocol, port, until_s in (
        ("udp", 0, 104),
        ("udp", 0, 140),
        ("tcp", 443, 200),
        ("udp", 0, 208),
        ("udp", 0, 215),
    ):
        if world.paths[0].settings.protocol != protocol:
            world.group.change(world.now_us, {"protocol": protocol, "port": port}, "settings")
        assessment = verdicts(world.run(until_s=until_s))
        assert rules.OUTAGE not in {one.rule for one in assessment.verdicts}
        seen.append(assessment.sentence)
    assert seen[0] == "The target has not answered yet. 3 probes so far."
    assert seen[1].startswith("Nothing answers beyond hop 5:")
    assert "UDP" in seen[1]
    assert seen[2].startswith("No fault found. 0 of 60 lost")
    assert seen[3].startswith("Too early to tell:")
    assert seen[4].startswith("Nothing answers beyond hop 5:")
