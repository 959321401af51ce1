"""By what a trace is known again: lanes to one address are traces of their own."""

from __future__ import annotations

from dataclasses import replace

from hopscope.app.insight.evidence.trace_key import trace_of
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LaneKind
from support.engines import TARGET
from support.snapshots import snapshot


def test_lanes_to_one_address_are_known_apart() -> None:
    """By protocol, by vantage point and by direction; two snapshots of one trace are the same one."""
    targets = (
        TARGET,
        replace(TARGET, kind=LaneKind("tcp", 443)),
        replace(TARGET, vantage=sanitize("fra")),
        replace(TARGET, direction="return"),
    )
    shots = [snapshot(one, []) for one in targets]
    assert len({trace_of(shot) for shot in shots}) == len(targets)
    assert trace_of(replace(shots[1], time_us=shots[1].time_us + 1)) == trace_of(shots[1])
    assert trace_of(replace(shots[0], started_us=1)) != trace_of(shots[0])
