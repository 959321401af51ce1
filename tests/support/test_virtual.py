"""Traces of lab scenarios in virtual time say what the simulator did."""

from __future__ import annotations

import pytest
from hopscope.app.settings import TraceSettings
from hopscope.probe.lab import scenario
from support.virtual import Lab, lab_world


@pytest.mark.parametrize("name", scenario.shipped())
def test_trace_equals_what_the_simulator_did(name: str) -> None:
    """Loss, counts and best and worst round trip of every hop equal the simulator's own account, in every scenario."""
    lab = Lab(name)
    snapshot = lab_world(lab, TraceSettings(rounds=40)).run()
    assert snapshot.state == "finished"
    assert snapshot.hops
    for hop in snapshot.hops:
        journeys = [journey for _, ttl, journey in lab.journeys if ttl == hop.ttl]
        rtts_us = [round(journey.rtt_us) for journey in journeys if journey.fate == "answered"]
        assert (hop.sent, hop.received, hop.pending) == (len(journeys), len(rtts_us), 0), hop.ttl
        if rtts_us:
            assert (hop.statistics.best, hop.statistics.worst) == (min(rtts_us), max(rtts_us))


def test_path_change_is_noticed() -> None:
    """A route that moves shows in the event log."""
    snapshot = lab_world(Lab("path-change"), TraceSettings(rounds=50)).run()
    assert "path-changed" in {happening.kind for happening in snapshot.log_entries}
