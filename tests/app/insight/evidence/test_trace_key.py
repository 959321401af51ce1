"""By what a trace is known again: lanes to one address are traces of their own."""

from __future__ import annotations

from dataclasses import replace

from hopscope.app.insight.evidence.trace_key import trace_of
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LaneKind, TraceSettings
from support.engines import TARGET, World, steady
from support.snapshots import snapshot
from support.virtual import Lab, lab_world


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


def test_traces_to_one_target_from_one_moment_on_are_known_apart() -> None:
    """What is remembered of the first, a queue and its place, changes nothing of what is said of the second."""
    settings = TraceSettings(rounds=150)
    said: dict[str, set[str]] = {}
    for order in (("steady", "bufferbloat"), ("bufferbloat", "steady")):
        for name in order:
            shot = replace(lab_world(Lab(name), settings).run(), target=TARGET)
            said.setdefault(name, set()).add(verdicts(shot).sentence)
    assert {name: len(sentences) for name, sentences in said.items()} == {"steady": 1, "bufferbloat": 1}
    first, second = (World(steady(3)).run(), World(steady(3)).run())
    assert (first.target, first.started_us) == (second.target, second.started_us)
    assert trace_of(first) != trace_of(second)
