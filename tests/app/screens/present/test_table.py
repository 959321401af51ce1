"""Rows of the hop table, made from snapshots of simulated paths."""

from __future__ import annotations

from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present.table import Look, table
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady


def test_a_router_that_refuses_is_named_with_its_reason() -> None:
    """The row says who refuses and why; where that is too long, who it is."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl >= 4:
            return 5000, wire.Answer("no-route", "10.0.0.4", 5000, icmp_type=3, icmp_code=13)
        return steady(8)(now_us, request)

    snapshot = World(network, TraceSettings(rounds=5)).run()
    names = {"10.0.0.4": "firewall.hosting.example"}
    row = table(snapshot, Look(names.get), snapshot.time_us, verdicts(snapshot)).rows[-1]
    assert (row.host, row.host_brief) == ("firewall.hosting.example (prohibited)", "firewall.hosting.example")
