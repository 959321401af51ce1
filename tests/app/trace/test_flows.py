"""Flows: what keeps probes together, how many are tried, and what load balancers make of it."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.flows import OWN, Flows
from hopscope.probe import wire
from support.engines import TARGET, World, steady
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.protocols import ProtocolName

UNEQUAL = """
title = "One branch is a hop longer than the other"
hop = [
    { address = "192.0.2.1", rtt_ms = 1 },
    { address = ["198.51.100.1", "198.51.100.5"], rtt_ms = 5, branch_ms = [0, 20] },
    { address = "203.0.113.80", rtt_ms = 9 },
]
"""


def flows(settings: TraceSettings, target: Target = TARGET, *, detail: bool = True) -> Flows:
    """Flows of a target's trace, always with the same numbers."""
    made = Flows(target, settings, Random(1))
    made.detail = detail
    return made


@pytest.mark.parametrize("protocol", ["icmp", "udp"])
def test_one_flow_keeps_to_one_path(protocol: ProtocolName) -> None:
    """In one flow, hops that balance by flow show one router; the one that balances packets shows both."""
    world = lab_world(Lab("balanced"), TraceSettings(rounds=100, flows=1, protocol=protocol), detail=True)
    snapshot = world.run()
    assert [len(hop.responders) for hop in snapshot.hops] == [1, 1, 1, 1, 1, 1, 1, 1, 2, 1]
    assert [entry for entry in snapshot.log_entries if entry.kind == "path-changed"] == []
    if protocol == "icmp":
        assert len({request.icmp_checksum for request in world.requests}) == 1
    else:
        assert len({(request.local_port, request.port) for request in world.requests}) == 1


def test_without_flows_each_probe_has_its_own() -> None:
    """With no flows nothing is held, as in mtr, and balanced hops show no change of the path."""
    world = lab_world(Lab("balanced"), TraceSettings(rounds=100), detail=True)
    snapshot = world.run()
    assert [len(hop.responders) for hop in snapshot.hops] == [1, 1, 1, 2, 2, 1, 4, 1, 2, 1]
    assert [entry for entry in snapshot.log_entries if entry.kind == "path-changed"] == []
    assert {request.icmp_checksum for request in world.requests} == {0}
    assert {flow for hop in snapshot.hops for flow in hop.flows} == {OWN}


@pytest.mark.parametrize("protocol", ["icmp", "udp", "tcp"])
def test_flows_side_by_side_tell_how_the_load_is_shared(protocol: ProtocolName) -> None:
    """Flows are added until all routers are known, and tell balancing by flow from balancing by packet."""
    world = lab_world(Lab("balanced"), TraceSettings(rounds=96, flows=57, protocol=protocol), detail=True)
    snapshot = world.run()
    about_flows = {rules.LOAD_BALANCING, rules.ALL_ADDRESSES_FOUND}
    titles = {one.last_ttl: one for one in verdicts(snapshot).verdicts if one.rule in about_flows}
    assert {ttl: verdict.title for ttl, verdict in titles.items()} == {
        4: "Load balancing over 2 addresses, per flow",
        5: "Load balancing over 2 addresses, per flow",
        7: "Load balancing over 4 addresses, per flow",
        9: "Load balancing over 2 addresses, per packet",
        10: "All addresses found",
    }
    for ttl, least in ((4, 11), (7, 21)):
        assert dict(titles[ttl].numbers)["trials"] in range(least, least + 3)
    assert "flows without another address: with 95 % confidence these are all" in " ".join(titles[4].reasons)
    assert rules.PATH_CHANGE not in [verdict.rule for verdict in verdicts(snapshot).verdicts]
    assert [entry for entry in snapshot.log_entries if entry.kind == "path-changed"] == []
    tried = [len({flow for flow in hop.flows if flow >= 0}) for hop in snapshot.hops]
    fewest = [6, 6, 11, 11, 11, 21, 21, 21, 11, 11]  # a hop beside follows, so that ways can be joined
    assert all(least <= count <= least + 3 for least, count in zip(fewest, tried, strict=True))


def test_paths_of_unequal_length_in_time_are_no_jitter() -> None:
    """Two modes of round trips that go with the flow are two paths (R10), as flows side by side show."""
    world = lab_world(Lab(UNEQUAL), TraceSettings(rounds=60, flows=16), detail=True)
    assert {rules.LOAD_BALANCING, rules.UNEQUAL_COST_PATHS} <= {
        verdict.rule for verdict in verdicts(world.run()).verdicts
    }


def test_a_trace_for_finding_routers_ends_when_they_are_found() -> None:
    """A path without balancing takes six flows; one with four routers at a hop takes 21 and some repeats."""
    for scenario, least, most in (("steady", 6, 8), ("balanced", 21, 30)):
        settings = TraceSettings(rounds=114, flows=57, until_enumerated=True)
        snapshot = lab_world(Lab(scenario), settings, detail=True).run()
        assert least <= snapshot.rounds <= most, scenario
        assert snapshot.state == "finished"


def test_a_change_in_one_flow_is_told_within_five_rounds() -> None:
    """When a router of the flow's path is replaced, five rounds later that is logged, and nothing before."""
    for seed in range(20):
        world = lab_world(Lab("path-change", seed), TraceSettings(rounds=60, flows=1), detail=True, seed=seed)
        world.run()
        changes = [entry for entry in world.paths[0].snapshot().log_entries if entry.kind == "path-changed"]
        assert len(changes) == 1
        told_us = min(entry.time_us for entry in changes)
        assert told_us - changes[0].round * 1_000_000 - world.start_us <= 5_000_000


def test_another_protocol_may_be_sent_by_other_routers() -> None:
    """That balancers send the flow of another protocol elsewhere is no change of the path."""
    world = lab_world(Lab("balanced", 3), TraceSettings(rounds=60, flows=1), detail=True)
    world.run(20)
    before = [hop.address for hop in world.paths[0].snapshot().hops]
    world.group.change(world.now_us, {"protocol": "udp"})
    snapshot = world.run()
    assert [entry for entry in snapshot.log_entries if entry.kind == "path-changed"] == []
    assert len(before) == len(snapshot.hops)


def test_tcp_takes_no_port_that_an_attempt_still_has() -> None:
    """Where a hop is silent, its flow is not used again before its attempt is over."""
    settings = TraceSettings(rounds=30, flows=8, protocol="tcp", interval_us=200_000)
    world = World(steady(6, 30_000, silent=(2, 3)), settings, detail=True)
    world.run()
    under_way: dict[int, int] = {}
    for (sent_us, _, ttl), request in zip(world.log, world.requests, strict=True):
        if request.local_port:
            assert under_way.get(request.local_port, 0) <= sent_us
            under_way[request.local_port] = sent_us + (1_000_000 if ttl in {2, 3} else 30_000)
    assert len(under_way) == 8


@pytest.mark.parametrize(
    ("settings", "detail", "held"),
    [
        (TraceSettings(flows=1), True, 1),
        (TraceSettings(flows=1), False, 0),
        (TraceSettings(flows=1, size_bytes=29), True, 0),
        (TraceSettings(flows=1, size_bytes=-100), True, 1),
        (TraceSettings(flows=1, protocol="udp"), False, 1),
        (TraceSettings(flows=9, protocol="udp", port=53, local_port=5353), True, 1),
        (TraceSettings(flows=1, protocol="tcp"), True, 0),
        (TraceSettings(flows=9, protocol="tcp"), True, 9),
        (TraceSettings(flows=9, protocol="tcp"), False, 0),
        (TraceSettings(flows=9, protocol="sctp"), True, 0),
    ],
)
def test_what_can_be_held(settings: TraceSettings, detail: bool, held: int) -> None:
    """Each protocol holds what it can, and no size is changed for it."""
    made = flows(settings, detail=detail)
    assert made.most == held
    assert (made.choose(1) == OWN) is (held == 0)


def test_fields_differ_by_flow_alone() -> None:
    """The user's ports are kept; of two flows something differs that balancers look at; IPv6 has a label."""
    six = Target(sanitize("t"), "2001:db8::1", 6)
    for settings in (
        TraceSettings(flows=9),
        TraceSettings(flows=9, protocol="udp"),
        TraceSettings(flows=9, protocol="udp", port=53),
        TraceSettings(flows=9, protocol="udp", local_port=5353),
        TraceSettings(flows=9, protocol="tcp"),
    ):
        made = flows(settings)
        assert made.fields(0) == made.fields(0)
        assert made.fields(0) != made.fields(1)
        assert made.fields(OWN) == {}
        labels = {flows(settings, six).fields(number)["flow_label"] for number in range(9)}
        assert len(labels) == 9
        assert all(0 < label < 1 << 20 for label in labels)
        assert "flow_label" not in made.fields(0)


def test_ports_stay_where_no_service_is() -> None:
    """Whatever is drawn: source ports below those that kernels choose, target ports those of traceroute."""
    for seed in range(200):
        made = Flows(TARGET, TraceSettings(flows=256, protocol="udp"), Random(seed))
        for flow in (0, 255):
            fields = made.fields(flow)
            assert 20_000 <= fields["local_port"] < 32_000
            assert 33_434 <= fields["port"] < 33_498


def _short(quoting: set[int]) -> World:
    """A path on which some routers quote too little: a probe of a flow of theirs is called ambiguous, then answered."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        made = steady(6, 40_000)(now_us, request)
        if made is not None and request.ttl in quoting:
            if request.local_port:
                return 40_000, wire.Answer(wire.AMBIGUOUS, "10.0.0.9", 0)
            made[1].unnumbered = 1
        return made

    return World(network, TraceSettings(rounds=10, flows=1, protocol="udp"), detail=True)


def test_what_cannot_be_told_apart_gets_ports_of_its_own() -> None:
    """A hop whose router quotes too little is probed anew at once, and from then on with its own ports; no loss."""
    world = _short({2, 4})
    snapshot = world.run()
    for hop in snapshot.hops:
        assert (hop.sent, hop.received, hop.dropped) == (10, 10, 0)
        assert hop.address == ("192.0.2.99" if hop.ttl == 6 else f"10.0.0.{hop.ttl}")
        assert set(hop.flows) == ({OWN} if hop.ttl in {2, 4} else {0})
    sent = Counter(
        (ttl, bool(request.local_port)) for (_, _, ttl), request in zip(world.log, world.requests, strict=True)
    )
    assert sent[2, True] == sent[4, True] == 1
    assert sent[3, False] == 0
    notes = [verdict for verdict in verdicts(snapshot).verdicts if verdict.rule is rules.PER_PROBE_PORTS]
    assert [(note.first_ttl, note.last_ttl, note.figures) for note in notes] == [(2, 4, "hops 2 and 4")]
    assert "balance" not in verdicts(snapshot).sentence


def test_a_hop_comes_back_to_the_flow() -> None:
    """Once an answer quotes enough, the hop is probed in the flow again."""
    quoting = {3}
    world = _short(quoting)
    world.run(5)
    quoting.clear()
    hop = world.run().hops[2]
    assert list(hop.flows)[-3:] == [0, 0, 0]
    assert hop.received == 10


def test_given_ports_at_both_ends_make_no_loss() -> None:
    """Where ports of their own cannot be had, a probe that may have been answered counts nowhere."""
    world = _short({2})
    world.group.change(world.now_us, {"port": 33500, "local_port": 5555})
    for path in world.paths:
        assert path.snapshot().hops == ()
    snapshot = world.run()
    assert [hop.dropped for hop in snapshot.hops] == [0] * 6
    assert {(request.port, request.local_port) for request in world.requests[2:]} == {(33500, 5555)}


def test_a_port_in_use_is_not_insisted_on() -> None:
    """A source port that another program has is given up for another one, and nothing is lost by that."""
    taken: set[int] = set()

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if not taken:
            taken.add(request.local_port)
        if request.local_port in taken:
            return 0, wire.Answer(wire.ADDRESS_IN_USE)
        return steady(5)(now_us, request)

    world = World(network, TraceSettings(rounds=5, flows=1, protocol="udp"), detail=True)
    snapshot = world.run()
    assert snapshot.state == "finished"
    assert [(hop.sent, hop.dropped) for hop in snapshot.hops] == [(5, 0)] * 5


def test_a_restart_keeps_the_flow() -> None:
    """The numbers of a flow are the trace's, not the probe process's."""
    world = lab_world(Lab("steady"), TraceSettings(rounds=10, flows=1, protocol="udp"), detail=True)
    world.run(4)
    world.group.probe_process_restarted(world.now_us, "it died")
    world.run()
    assert len({(request.local_port, request.port) for request in world.requests}) == 1


def test_random_packets_keep_the_flow() -> None:
    """Sizes and patterns drawn anew each round leave the flow as it is, and room for what holds the checksum."""
    settings = TraceSettings(rounds=20, flows=1, size_bytes=-60, bit_pattern=-1)
    world = lab_world(Lab("balanced"), settings, detail=True)
    snapshot = world.run()
    assert [len(hop.responders) for hop in snapshot.hops[:8]] == [1] * 8
    assert {request.size for request in world.requests} > {min(request.size for request in world.requests)}
    assert min(request.size for request in world.requests) >= 30
