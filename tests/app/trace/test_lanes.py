"""Lanes in one group: each has its own protocol, shares hops with its own kind alone, comes and goes beside others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hopscope.app.errors import UnsupportedError
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LaneKind, Target, TraceSettings
from hopscope.app.trace.events import ProbeShared, SettingsChanged, StateChanged
from hopscope.app.trace.settling import Settling
from support.engines import TARGET, World, steady

ICMP, TCP = replace(TARGET, kind=LaneKind("icmp")), replace(TARGET, kind=LaneKind("tcp", 443))
OTHER = Target(sanitize("other.example"), "192.0.2.98", 4)
ALL = dict.fromkeys(("send-probe", "ip-4", "ip-6", "icmp", "udp", "tcp", "hopscope"), True)


def test_each_lane_is_probed_by_its_own_protocol() -> None:
    """As often as if it were alone, and its snapshot says how."""
    world = World(steady(3), TraceSettings(rounds=5, flows=1), (ICMP, TCP))
    world.run()
    sent = Counter((one.protocol, one.port) for one in world.requests)
    assert {name for name, _ in sent} == {"icmp", "tcp"}
    assert [path.snapshot().settings.protocol for path in world.paths] == ["icmp", "tcp"]
    assert [path.snapshot().settings.port for path in world.paths] == [0, 443]
    assert not any(isinstance(event, ProbeShared) for event in world.events)
    assert [[hop.sent for hop in path.snapshot().hops] for path in world.paths] == [[5, 5, 5], [5, 5, 5]]


def test_lanes_share_hops_with_their_own_kind_alone() -> None:
    """Two targets by two protocols: a router is probed once a round for each protocol, not once for both."""
    targets = tuple(replace(one, kind=lane.kind) for one in (TARGET, OTHER) for lane in (ICMP, TCP))
    world = World(steady(3), TraceSettings(rounds=20, flows=1), targets)
    world.run()
    by_protocol = Counter(request.protocol for request in world.requests if request.ttl == 1)
    assert 20 <= by_protocol["icmp"] < 40
    assert 20 <= by_protocol["tcp"] < 40


def test_a_change_of_all_leaves_a_lane_its_protocol() -> None:
    """What a lane names is its own; everything else is as it is for all."""
    world = World(steady(3), TraceSettings(flows=1), (TARGET, TCP))
    world.run(3)
    world.group.change(world.now_us, {"protocol": "udp", "port": 53, "tos": 8})
    world.run(6)
    plain, lane = (path.snapshot().settings for path in world.paths)
    assert (plain.protocol, plain.port, plain.tos) == ("udp", 53, 8)
    assert (lane.protocol, lane.port, lane.tos) == ("tcp", 443, 8)


def test_a_target_that_is_added_is_traced_beside_the_others() -> None:
    """It gets the next index, begins with a round of its own, and the figures of the others go on."""
    world = World(steady(3), TraceSettings(flows=1), (TARGET,))
    world.run(5)
    before = world.paths[0].snapshot().rounds
    world.add(OTHER)
    world.run(10)
    first, second = (path.snapshot() for path in world.paths)
    assert first.rounds > before >= 5
    assert 4 <= second.rounds <= 6
    assert [hop.address for hop in second.hops] == ["10.0.0.1", "10.0.0.2", OTHER.address]
    assert second.hops[-1].received >= 4


def test_a_target_that_is_removed_is_probed_no_more() -> None:
    """Nothing is told of it either; the others keep their indices and go on, and with the last one all is over."""
    world = World(steady(3), TraceSettings(flows=1), (TARGET, OTHER))
    world.run(5)
    world.group.remove(world.now_us, 0)
    world.tell()
    told, sent = world.paths[0].version, len(world.log)
    world.run(10)
    assert world.paths[0].version == told
    assert {address for _, address, _ in world.log[sent:]} == {OTHER.address}
    assert world.paths[1].snapshot().rounds >= 9
    world.group.remove(world.now_us, 1)
    assert world.group.finished


def test_what_is_added_while_all_pause_waits_with_them() -> None:
    """It begins to probe when they go on."""
    world = World(steady(3), TraceSettings(flows=1), (TARGET,))
    world.run(3)
    world.group.pause(world.now_us)
    world.add(OTHER)
    sent = len(world.log)
    world.run(8)
    assert world.log[sent:] == []
    world.group.resume(world.now_us)
    world.run(12)
    assert {address for _, address, _ in world.log[sent:]} == {TARGET.address, OTHER.address}


def test_what_is_added_while_the_probe_process_stands_still_waits_for_it() -> None:
    """Nothing is sent that would only leave in a burst."""
    world = World(steady(3), TraceSettings(flows=1), (TARGET,))
    world.run(3)
    world.group.stall(world.now_us)
    world.add(OTHER)
    sent = len(world.log)
    world.run(8)
    assert world.log[sent:] == []
    world.group.go_on(world.now_us, "it stood still")
    world.run(12)
    assert {address for _, address, _ in world.log[sent:]} == {TARGET.address, OTHER.address}


def settle(supports: dict[str, bool], *targets: Target, settings: TraceSettings | None = None) -> World:
    """A world whose group has settled with a probe process that can do this."""
    world = World(steady(3), settings or TraceSettings(flows=1), targets)
    settling = Settling(explicit=False, flows_explicit=False, called="the probe process")
    settling.settle(world.group, targets, world.group.settings, supports=supports, now_us=world.now_us)
    world.tell()
    return world


def test_a_lane_that_cannot_be_had_leaves_the_others() -> None:
    """It ends and says why; a protocol that a lane names has no stand-in."""
    world = settle({**ALL, "icmp": False}, ICMP, TCP)
    world.run(5)
    icmp, tcp = (path.snapshot() for path in world.paths)
    assert icmp.state == "failed"
    assert "ICMP is not allowed for this user" in icmp.reason
    assert tcp.rounds >= 4
    assert not [event for event in world.events if isinstance(event, StateChanged) and event.state == "restarted"]


def test_a_family_that_the_system_has_not_leaves_the_other() -> None:
    """One line for that lane."""
    sixth = Target(sanitize("target.example"), "2001:db8::1", 6, kind=LaneKind(version=6))
    world = settle({**ALL, "ip-6": False}, replace(TARGET, kind=LaneKind(version=4)), sixth)
    assert world.paths[1].snapshot().reason == "IPv6 probes cannot be sent on this system"
    assert world.paths[0].snapshot().state == "running"


def test_what_stands_in_for_one_lane_is_told_of_that_alone() -> None:
    """ICMP gives way to UDP where a lane names only a family; a lane by TCP hears nothing of it."""
    world = settle({**ALL, "icmp": False}, replace(TARGET, kind=LaneKind(version=4)), TCP)
    world.run(3)
    fallbacks = [event for event in world.events if isinstance(event, SettingsChanged) and event.kind == "fallback"]
    assert [event.settings.protocol for event in fallbacks] == ["udp"]
    assert [path.snapshot().settings.protocol for path in world.paths] == ["udp", "tcp"]


def test_where_no_lane_can_be_had_that_is_an_error() -> None:
    """The first one's."""
    with pytest.raises(UnsupportedError, match="IPv4 probes cannot be sent"):
        settle({**ALL, "ip-4": False}, ICMP, TCP)
