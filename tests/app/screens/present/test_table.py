"""Rows of the hop table, made from snapshots of simulated paths."""

from __future__ import annotations

from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present.table import Look, table
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady
from support.virtual import Lab, lab_world


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


def test_a_routing_loop_is_rolled_up_after_its_second_turn() -> None:
    """Its hops are marked, one row stands for the later turns, and selecting one of those shows them all."""
    snapshot = lab_world(Lab("loop"), TraceSettings()).run(until_s=30)
    assessment = verdicts(snapshot)
    rows = table(snapshot, Look(str), snapshot.time_us, assessment).rows
    assert [row.number for row in rows] == ["1", "2", "3", "4", "5", "6", "7", ""]
    assert [row.mark for row in rows[2:]] == ["", *["changed"] * 5]
    assert rows[-1].host == "4-5 repeat to hop 30"
    for shown in (
        table(snapshot, Look(str), snapshot.time_us, assessment, selected=9),
        table(snapshot, Look(str, all_unfolded=True), snapshot.time_us, assessment),
        table(snapshot, Look(str), snapshot.time_us, assessment, rolled=False),
    ):
        assert [row.number for row in shown.rows if row.number] == [str(ttl) for ttl in range(1, 31)]
