"""Checks beside a trace: their probes, their pace, and that the trace does not feel them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.checks import Arm, Check, CheckKind, CheckPlan
from hopscope.app.trace.events import CheckChanged
from hopscope.probe import wire
from support.engines import TARGET, Network, World, steady

if TYPE_CHECKING:
    from collections.abc import Callable

HALF = CheckPlan(
    CheckKind.HALF_RATE,
    3,
    (Arm("half rate", 3, 5, 2_000_000, delay_us=2_000_000),),
    "probe hop 3",
    "it tells",
    exclusive=True,
)
OTHERS = CheckPlan(
    CheckKind.OTHER_PROTOCOLS,
    8,
    (
        Arm("tcp 443", 64, 3, 1_000_000, "tcp", 443),
        Arm("udp 53", 64, 4, 1_000_000, "udp", 53, patience=2, delay_us=150_000),
    ),
    "try others",
    "it tells",
)


def states(world: World) -> list[Check]:
    return [event.check for event in world.events if isinstance(event, CheckChanged)]


def run_check(network: Network, plan: CheckPlan, at_s: float = 10.2, until_s: float = 40) -> World:
    world = World(network, TraceSettings())
    world.run(until_s=at_s)
    world.group.check(world.now_us, 0, plan)
    world.run(until_s=until_s)
    return world


def test_a_held_hop_meets_the_rate_of_the_check_alone() -> None:
    """While a check holds a hop, the trace sends nothing there, and nothing of that counts in the trace."""
    world = run_check(steady(8), HALF)
    sent = [time_us / 1e6 for time_us, _, ttl in world.log if ttl == 3 and 10.2 < time_us / 1e6 < 20.3]
    assert [round(time_s, 1) for time_s in sent] == [12.2, 14.2, 16.2, 18.2, 20.2]
    check = states(world)[-1]
    assert check.state == "done"
    assert (check.results[0].sent, check.results[0].answered, check.results[0].lost) == (5, 5, 0)
    snapshot = world.paths[0].snapshot()
    hop = snapshot.hops[2]
    assert hop.sent == hop.received + hop.pending == snapshot.hops[1].sent - 10
    assert snapshot.hops[3].sent == snapshot.hops[1].sent
    assert {one.dropped for one in snapshot.hops} == {0}
    assert [one.ttl for one in snapshot.hops] == list(range(1, 9))


def test_arms_run_side_by_side_and_one_that_is_never_answered_stops() -> None:
    """Each arm has its pace and its protocol; what is not answered is lost after two seconds."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.protocol == "tcp":
            return 9_000, wire.Answer("reply", request.address, 9_000)
        return None if request.protocol == "udp" else steady(8, silent=(8,))(now_us, request)

    world = run_check(network, OTHERS)
    made = [(request.protocol, request.port, request.ttl) for request in world.requests if request.protocol != "icmp"]
    assert made.count(("tcp", 443, 64)) == 3
    assert made.count(("udp", 53, 64)) == 3  # the first two are known to be lost as the fourth is due
    tcp, udp = states(world)[-1].results
    assert (tcp.answered, tcp.from_target, udp.answered, udp.lost) == (3, 3, 0, 3)
    assert world.paths[0].snapshot().hops[-1].received == 0


def test_a_check_leaves_as_the_trace_does() -> None:
    """Source address, interface, type of service and mark of the trace hold for probes of other protocols too."""
    settings = TraceSettings(local_address="192.0.2.9", local_device="eth9", tos=8, mark=7)
    world = World(steady(8), settings)
    for engine in world.group.engines:
        engine.detail = True
    world.run(until_s=10.2)
    world.group.check(world.now_us, 0, OTHERS)
    world.run(until_s=14)
    probes = [request for request in world.requests if request.protocol in {"tcp", "udp"}]
    assert {(one.local_address, one.local_device, one.tos, one.mark) for one in probes} == {("192.0.2.9", "eth9", 8, 7)}


@pytest.mark.parametrize("ours", [True, False])
def test_payloads_go_to_our_own_probe_process_alone(ours: bool) -> None:
    """Another probe process is asked for bare datagrams; an Initial is not to be fragmented."""
    arms = tuple(
        Arm(name or "bare", 64, 1, 1_000_000, "udp", 9, payload=name) for name in ("", "dns-query", "quic-initial")
    )
    world = World(steady(8), TraceSettings(), detail=ours)
    world.run(until_s=10.2)
    world.group.check(world.now_us, 0, CheckPlan(CheckKind.OTHER_PROTOCOLS, 8, arms, "try others", "it tells"))
    world.run(until_s=14)
    probes = [(one.payload, one.dont_fragment) for one in world.requests if one.protocol == "udp"]
    bare = ("", False)
    assert probes == [bare, ("dns-query", False) if ours else bare, ("quic-initial", True) if ours else bare]


def test_enough_answers_end_a_check() -> None:
    """A check that asks for one answer of the target ends with it."""
    plan = CheckPlan(CheckKind.OTHER_PROTOCOLS, 8, OTHERS.arms, "try others", "it tells", enough=1)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.protocol == "tcp":
            return 9_000, wire.Answer("reply", request.address, 9_000)
        return steady(8, silent=(8,))(now_us, request)

    world = run_check(network, plan)
    check = states(world)[-1]
    assert (check.state, check.sent) == ("done", 1)
    assert [entry.text for entry in world.paths[0].snapshot().log_entries if entry.kind == "check"] == [
        "try others: tcp 443 1 of 1 answered"
    ]


def test_a_refusal_is_kept_with_who_said_it() -> None:
    """A router that prohibits is named, and is no answer of the target."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.protocol == "tcp":
            return 9_000, wire.Answer("no-route", "10.0.0.5", 9_000, icmp_type=3, icmp_code=13)
        return steady(8, silent=(8,))(now_us, request)

    tcp = states(run_check(network, OTHERS))[-1].results[0]
    assert (tcp.from_target, tcp.refusal) == (0, ("10.0.0.5", 3, 13))


def test_probes_that_cannot_be_sent_end_their_arm() -> None:
    """What the system refuses is no loss, and is not tried again."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.protocol == "tcp":
            return 0, wire.Answer("permission-denied")
        return steady(8)(now_us, request)

    tcp = states(run_check(network, OTHERS))[-1].results[0]
    assert (tcp.sent, tcp.lost, tcp.failure) == (0, 0, "permission-denied")


def test_a_check_can_be_ended() -> None:
    """What ends before its time leaves no outcome, only a line in the log; the hop is probed again."""
    world = World(steady(8), TraceSettings())
    world.run(until_s=10.2)
    world.group.check(world.now_us, 0, HALF)
    world.run(until_s=15.2)
    world.group.end_check(world.now_us, "by the user")
    snapshot = world.run(until_s=30)
    assert snapshot.checks == ()
    assert snapshot.log_entries[-1].text == "check ended: by the user"
    assert snapshot.hops[2].rtts_us[-2] >= 0


def test_what_ends_the_trace_or_its_meaning_ends_the_check() -> None:
    """Reset, another protocol, a dead probe process and the last round end a check."""
    ends: list[Callable[[World], None]] = [
        lambda world: world.group.reset(world.now_us),
        lambda world: world.group.change(world.now_us, {"protocol": "udp"}),
        lambda world: world.group.probe_process_restarted(world.now_us, "died"),
        lambda world: world.group.fail(world.now_us, "gone"),
    ]
    for end in ends:
        world = World(steady(8), TraceSettings())
        world.run(until_s=10.2)
        world.group.check(world.now_us, 0, HALF)
        end(world)
        world.tell()
        assert states(world)[-1].state == "ended"
    world = World(steady(8), TraceSettings(rounds=12))
    world.run(until_s=10.2)
    world.group.check(world.now_us, 0, HALF)
    world.run()
    assert states(world)[-1].reason == "the trace ended"
    assert world.group.finished


def test_a_pause_holds_the_check_too() -> None:
    """Nothing is sent while paused; the check goes on where it stopped."""
    world = World(steady(8), TraceSettings())
    world.run(until_s=10.2)
    world.group.check(world.now_us, 0, HALF)
    world.run(until_s=13.2)
    world.group.pause(world.now_us)
    world.run(until_s=33.2)
    world.group.resume(world.now_us)
    world.run(until_s=60)
    times = [round(time_us / 1e6, 1) for time_us, _, ttl in world.log if ttl == 3 and 10.2 < time_us / 1e6 < 40.3]
    assert times == [12.2, 34.2, 36.2, 38.2, 40.2]
    assert states(world)[-1].state == "done"


def test_the_running_check_is_in_the_snapshot() -> None:
    """Progress can be shown: how many probes of how many, and the trace's rounds beside it."""
    world = World(steady(8), TraceSettings())
    world.run(until_s=10.2)
    world.group.check(world.now_us, 0, HALF)
    snapshot = world.run(until_s=15)
    [check] = snapshot.checks
    assert (check.state, check.sent, check.plan.probes, check.plan.duration_us) == ("running", 2, 5, 12_000_000)
    assert (check.first_round, check.last_round) == (10, 14)
    assert snapshot.target == TARGET
