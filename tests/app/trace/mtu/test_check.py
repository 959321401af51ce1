"""The search for the path MTU beside a running trace, in virtual time on simulated paths."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight.checks.offers import path_mtu
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.events import CheckChanged
from support.mtu import find
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment, Verdict
    from hopscope.app.protocols import ProtocolName
    from hopscope.app.trace.checks import Check
    from support.engines import World

HOLE = "mtu-black-hole"
NARROW = "narrow-links"


def begun(
    name: str, *, protocol: ProtocolName = "icmp", version: int = 4, detail: bool = True, at_s: float = 10.2
) -> World:
    """A trace beside which the search has begun."""
    world = lab_world(Lab(name), TraceSettings(protocol, flows=1), version, detail=detail)
    plan = path_mtu(world.run(until_s=at_s))
    assert plan is not None
    world.group.check(world.now_us, 0, plan)
    world.tell()
    return world


def states(world: World) -> list[Check]:
    return [event.check for event in world.events if isinstance(event, CheckChanged)]


def about(assessment: Assessment) -> list[Verdict]:
    return [verdict for verdict in assessment.verdicts if verdict.rule.group == "MTU"]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["icmp", "udp"])
@pytest.mark.parametrize("name", [NARROW, HOLE])
def test_it_finds_what_the_survey_finds(name: str, protocol: ProtocolName, version: int) -> None:
    """Sizes and falls of every hop are those that ``--mtu`` reports, and the trace counts none of its probes."""
    world = begun(name, protocol=protocol, version=version)
    snapshot = world.run(until_s=90)
    check = states(world)[-1]
    assert check.state == "done"
    assert check.mtu is not None
    alone = find(name, version, TraceSettings(protocol, size_bytes=9000, rounds=5))
    sizes = [hop.mtu for hop in check.mtu.hops]
    assert sizes == ([1500, 1500, 1492, 1492, 1400, 1400] if name == NARROW else [1500, 1500, 1500, 1400, 1400])
    assert check.mtu.hops == alone.hops
    places = [
        [(fall.after_ttl, fall.ttl, fall.larger, fall.smaller, fall.cause, fall.reporter) for fall in one.falls]
        for one in (check.mtu, alone)
    ]
    assert places[0] == places[1]
    assert {hop.dropped for hop in snapshot.hops} == {0}
    assert len({hop.sent for hop in snapshot.hops}) <= 2
    sent = [request for request in world.requests if request.size != 64]
    assert sent
    assert all(request.dont_fragment and request.protocol == protocol for request in sent)


def test_one_probe_at_a_time() -> None:
    """While it searches, what is being tried is told; the answer names where larger packets vanish."""
    world = begun(HOLE)
    snapshot = world.run(until_s=90)
    told = [check.doing for check in states(world) if check.state == "running"]
    assert told[0] == "hop 1, 9000 bytes"
    assert {"hop 5, 1500 bytes", "hop 4, 1500 bytes"} <= set(told)
    judged = verdicts(snapshot)
    hole, summary = about(judged)
    assert (hole.severity, hole.where) == ("fault", "hops 3-4")
    assert judged.sentence == "Packets above 1400 bytes vanish between hops 3 and 4. No router reports it."
    assert judged.severity == "fault"
    assert (summary.title, summary.where, summary.severity) == ("Path MTU 1400 bytes", "to target", "note")
    assert [entry.text for entry in snapshot.log_entries if entry.kind == "check"] == ["path MTU: 1400 bytes"]


def test_reported_links_are_notes() -> None:
    """Where routers say what passes nothing is wrong, and the answer is another."""
    judged = verdicts(begun(NARROW).run(until_s=90))
    assert [(one.severity, one.where) for one in about(judged)] == [
        ("note", "hops 2-3"),
        ("note", "hops 4-5"),
        ("note", "to target"),
    ]
    assert dict(about(judged)[-1].numbers)["mtu"] == 1400
    assert judged.sentence.startswith("No fault found.")


def test_another_path_makes_it_void() -> None:
    """What was found on a path that has been left is no verdict any more."""
    world = begun("path-change", at_s=5.2)
    found = [about(verdicts(world.run(until_s=until_s))) != [] for until_s in (12, 200)]
    changes = [one.time_us for one in world.paths[0].snapshot().log_entries if one.kind == "path-changed"]
    assert states(world)[-1].state == "done"
    assert states(world)[-1].time_us < changes[0]
    assert found == [True, False]


def test_another_probe_process_cannot() -> None:
    """One that would let packets be cut is not asked; the check ends at once, and says why."""
    world = begun(NARROW, detail=False)
    assert [(check.state, check.reason) for check in states(world)] == [
        ("ended", "this probe process cannot set Don't Fragment")
    ]
    snapshot = world.run(until_s=20)
    assert snapshot.checks == ()
    assert {request.size for request in world.requests} == {64}


def test_it_can_be_ended_and_paused() -> None:
    """A pause sends nothing, and it goes on from there; an end leaves no verdict."""
    world = begun(HOLE)
    world.run(until_s=12)
    world.group.pause(world.now_us)
    before = len(world.requests)
    world.run(until_s=60)
    assert len(world.requests) == before
    world.group.resume(world.now_us)
    world.run(until_s=150)
    assert states(world)[-1].state == "done"
    assert [hop.mtu for hop in states(world)[-1].mtu.hops] == [1500, 1500, 1500, 1400, 1400]  # type: ignore[union-attr]
    world = begun(HOLE)
    world.run(until_s=12)
    world.group.end_check(world.now_us, "by the user")
    snapshot = world.run(until_s=40)
    assert snapshot.checks == ()
    assert about(verdicts(snapshot)) == []


def test_protocols_of_one_size_alone_have_none() -> None:
    """TCP probes have one size, so nothing is offered; nor before any hop has answered."""
    tcp = lab_world(Lab(NARROW), TraceSettings("tcp", port=443)).run(until_s=5)
    silent = lab_world(Lab(NARROW), TraceSettings()).paths[0].snapshot()
    assert path_mtu(tcp) is None
    assert path_mtu(silent) is None


def test_a_host_that_does_not_hear_routers_says_so() -> None:
    """What looks like a black hole may be the host's own setting."""
    world = begun(HOLE)
    snapshot = world.run(until_s=90)
    [check] = snapshot.checks
    deaf = replace(snapshot, checks=(replace(check, plan=replace(check.plan, discards=3)),))
    assert "ip_no_pmtu_disc" in about(verdicts(deaf))[0].reasons[-1]
    assert "ip_no_pmtu_disc" not in " ".join(about(verdicts(snapshot))[0].reasons)
