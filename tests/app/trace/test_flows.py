"""Flows: what keeps the probes of a round together, and what load balancers make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.report.context import Context
from hopscope.app.report.dot import dot_report
from hopscope.app.settings import ReportSettings, TraceSettings
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.settings import Protocol


@pytest.mark.parametrize("protocol", ["icmp", "udp"])
def test_one_flow_keeps_to_one_path(protocol: Protocol) -> None:
    """In one flow, hops that balance by flow show one router; the one that balances packets shows both."""
    world = lab_world(Lab("balanced"), TraceSettings(rounds=40, flows=1, protocol=protocol), detail=True)
    snapshot = world.run()
    assert [len(hop.responders) for hop in snapshot.hops] == [1, 1, 1, 1, 1, 1, 1, 1, 2, 1]
    if protocol == "icmp":
        assert len({request.icmp_checksum for request in world.requests}) == 1
    else:
        assert len({(request.local_port, request.port) for request in world.requests}) == 1


def test_without_flows_each_probe_has_its_own() -> None:
    """By default nothing is held, as in mtr."""
    world = lab_world(Lab("balanced"), TraceSettings(rounds=40), detail=True)
    snapshot = world.run()
    assert [len(hop.responders) for hop in snapshot.hops] == [1, 1, 1, 2, 2, 1, 4, 1, 2, 1]
    assert {request.icmp_checksum for request in world.requests} == {0}


def test_flows_by_turns_tell_how_the_load_is_shared() -> None:
    """Sixteen flows show every router, tell balancing by flow from balancing by packet, and say when these are all."""
    world = lab_world(Lab("balanced"), TraceSettings(rounds=96, flows=16), detail=True)
    assessment = verdicts(world.run())
    titles = {verdict.last_ttl: verdict.title for verdict in assessment.verdicts if verdict.rule == "P1"}
    assert titles == {
        4: "Load shared over 2 addresses, by flow",
        5: "Load shared over 2 addresses, by flow",
        7: "Load shared over 4 addresses, by flow",
        9: "Load shared over 2 addresses, packet by packet",
    }
    reasons = " ".join(next(one for one in assessment.verdicts if (one.rule, one.last_ttl) == ("P1", 4)).reasons)
    assert "16 flows without another address" in reasons
    assert "P2" not in [verdict.rule for verdict in assessment.verdicts]


def test_graph_joins_what_one_flow_met() -> None:
    """The left router of one hop leads to the left one of the next, never across."""
    world = lab_world(Lab("balanced"), TraceSettings(rounds=16, flows=16), detail=True)
    graph = dot_report(
        world.run(), Context(ReportSettings(), "here", lambda _address: None, lambda _address, _kind: None)
    )
    assert graph.startswith('digraph "here to ')
    assert graph.count("{") == graph.count("}")
    assert '"4 198.51.100.17" -> "5 198.51.100.25" [label="100 %"];' in graph
    assert '"4 198.51.100.21" -> "5 198.51.100.29" [label="100 %"];' in graph
    assert '"4 198.51.100.17" -> "5 198.51.100.29"' not in graph
    assert '"source" -> "1 192.0.2.1" [label="100 %"];' in graph
