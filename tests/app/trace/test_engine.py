"""The engine in virtual time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hopscope.app.settings import TraceSettings
from hopscope.app.trace import events as happened
from hopscope.app.trace.deferral import Again
from hopscope.app.trace.standstill import Gap
from hopscope.probe import wire
from support.engines import TARGET, World, steady

TEN = TraceSettings(rounds=10)


def test_each_hop_is_probed_once_a_round() -> None:
    """Ten rounds over twelve hops send ten probes to each and lose none."""
    snapshot = World(steady(12, 60_000), TEN).run()
    assert [hop.ttl for hop in snapshot.hops] == list(range(1, 13))
    assert {(hop.sent, hop.received, hop.pending) for hop in snapshot.hops} == {(10, 10, 0)}
    assert snapshot.hops[-1].address == TARGET.address
    assert (snapshot.reached, snapshot.state, snapshot.rounds) == (True, "finished", 10)


def test_a_path_of_twelve_hops_shows_within_a_few_round_trips() -> None:
    """Twelve hops of 60 ms have all answered 0.3 s after the first probe."""
    snapshot = World(steady(12, 60_000)).run(until_s=0.3)
    assert [hop.received for hop in snapshot.hops] == [1] * 12


def test_a_report_ends_when_nothing_is_left_to_wait_for() -> None:
    """Ten rounds of a fully answering path take about ten seconds."""
    world = World(steady(12, 60_000), TEN)
    world.run()
    assert world.elapsed_s < 10.1


def test_one_round_ends_with_the_slowest_answer() -> None:
    """A single round of a fully answering path ends after a few round trips."""
    world = World(steady(12, 60_000), replace(TEN, rounds=1))
    world.run()
    assert world.elapsed_s < 0.35


def test_the_target_meets_no_burst() -> None:
    """In the first round a target is not asked for more than the six errors that a Linux host sends in a burst."""
    for hops in range(1, 14):
        world = World(steady(hops, 60_000), replace(TEN, rounds=1, protocol="udp"))
        world.run()
        assert sum(ttl >= hops for _, _, ttl in world.log) <= 6, hops


def test_later_rounds_are_spread_over_the_interval() -> None:
    """From the second round on, probes go out evenly, and each round at its own second."""
    world = World(steady(10, 5_000), TEN)
    world.run()
    second = [(at_us, ttl) for at_us, _, ttl in world.log if 1_000_000 <= at_us < 2_000_000]
    assert second == [(1_000_000 + (ttl - 1) * 80_000, ttl) for ttl in range(1, 11)]


def test_silent_hop_before_an_answering_target_is_waited_for_shortly() -> None:
    """A hop that never answered does not make a report wait for the whole gracetime, and is lost."""
    world = World(steady(5, 20_000, silent=(3,)), TEN)
    snapshot = world.run()
    assert world.elapsed_s < 10.5
    assert (snapshot.hops[2].sent, snapshot.hops[2].received, snapshot.hops[2].dropped) == (10, 0, 10)
    assert snapshot.hops[2].address is None


def test_unanswered_probe_at_an_answering_hop_is_waited_for() -> None:
    """A last probe without an answer at a hop that answered before makes the report wait for the gracetime."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 2 and now_us > 9_000_000:
            return 3_000_000, wire.Answer("ttl-expired", "10.0.0.2", 3_000_000)
        return steady(4)(now_us, request)

    world = World(network, TEN)
    snapshot = world.run()
    assert 12.0 < world.elapsed_s < 12.5
    assert [hop.loss_milli_percent for hop in snapshot.hops] == [0, 0, 0, 0]


def test_silent_target_is_waited_for_all_the_gracetime() -> None:
    """While the target never answered, the report waits for the whole gracetime and shows one row without answer."""
    world = World(steady(4, silent=(4,)), replace(TEN, rounds=1))
    snapshot = world.run()
    assert 5.0 < world.elapsed_s < 8.5
    assert [hop.address for hop in snapshot.hops] == ["10.0.0.1", "10.0.0.2", "10.0.0.3", None]
    assert not snapshot.reached


@pytest.mark.parametrize("interval_us", [100_000, 300_000, 1_000_000, 5_000_000])
@pytest.mark.parametrize("rounds", [1, 2])
def test_a_silent_target_gets_no_round_more(interval_us: int, rounds: int) -> None:
    """Also where the first round, which looks for the end of the path, takes longer than an interval."""
    settings = replace(TEN, rounds=rounds, interval_us=interval_us)
    snapshot = World(steady(4, silent=(4,)), settings).run()
    assert [hop.sent for hop in snapshot.hops] == [rounds] * 4


def test_max_unknown_ends_a_round() -> None:
    """A round goes no farther than max-unknown silent hops, plus the one that shows it."""
    world = World(steady(30, silent=tuple(range(3, 31))), replace(TEN, rounds=3, max_unknown=4))
    world.run()
    assert max(ttl for _, _, ttl in world.log) == 8


def test_no_answer_at_all_gives_no_rows() -> None:
    """A path that never answers has no hops to show."""
    snapshot = World(lambda _now, _request: None, replace(TEN, rounds=1)).run()
    assert snapshot.hops == ()


def test_first_and_max_ttl_bound_the_path() -> None:
    """Nothing is probed outside of first-ttl and max-ttl."""
    world = World(steady(12), replace(TEN, rounds=2, first_ttl=3, max_ttl=6))
    snapshot = world.run()
    assert {ttl for _, _, ttl in world.log} == {3, 4, 5, 6}
    assert [hop.ttl for hop in snapshot.hops] == [3, 4, 5, 6]


def test_due_ttl_holds_the_end_back() -> None:
    """A target that answers nearer than due-ttl is not the end of the path."""
    world = World(steady(4), replace(TEN, rounds=2, due_ttl=6))
    snapshot = world.run()
    assert [hop.ttl for hop in snapshot.hops] == [1, 2, 3, 4, 5, 6]


def test_path_shrinks_when_the_target_comes_nearer() -> None:
    """When a nearer hop answers as the target, three times in a row, the rows behind go, and are probed no more."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return steady(8 if now_us < 3_500_000 else 5)(now_us, request)

    world = World(network, TEN)
    snapshot = world.run()
    assert len(snapshot.hops) == 5
    assert max(ttl for at_us, _, ttl in world.log if at_us > 7_000_000) == 5


def test_icmp_error_is_the_end_until_the_router_says_otherwise() -> None:
    """A hop that answers with an error ends the path."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl >= 3:
            return 5000, wire.Answer("no-route", "10.0.0.3", 5000)
        return steady(9)(now_us, request)

    snapshot = World(network, replace(TEN, rounds=3)).run()
    assert [hop.error for hop in snapshot.hops] == ["", "", "no-route"]
    assert not snapshot.reached


def test_pending_is_neither_sent_nor_lost() -> None:
    """While answers are on their way no loss is shown, even with rounds shorter than the round trip."""
    snapshot = World(steady(3, 250_000), TraceSettings(interval_us=100_000)).run(until_s=5.03)
    assert snapshot.hops[0].pending > 0
    assert snapshot.hops[0].loss_milli_percent == 0


def test_late_answer_corrects_the_count() -> None:
    """An answer after its probe was counted as lost takes the loss back."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 2 and 3_000_000 < now_us < 4_000_000:
            return 4_000_000, wire.Answer("ttl-expired", "10.0.0.2", 4_000_000)
        return steady(3)(now_us, request)

    world = World(network, TEN)
    assert world.run(until_s=6.0).hops[1].dropped == 1
    snapshot = world.run()
    assert (snapshot.hops[1].sent, snapshot.hops[1].received, snapshot.hops[1].dropped) == (10, 10, 0)
    assert [event.round for event in world.events if isinstance(event, happened.ProbeAnswered) and event.late] == [3]
    assert list(snapshot.hops[1].rtts_us)[3] == 4_000_000


def test_pause_stops_sending_and_resume_goes_on() -> None:
    """Nothing is sent while paused, nothing is caught up afterwards, and the rounds are still all made."""
    world = World(steady(4), TEN)
    world.run(until_s=3.5)
    world.group.pause(world.now_us)
    world.tell()
    sent = len(world.log)
    assert world.run(until_s=63.5).state == "paused"
    assert len(world.log) == sent
    world.group.resume(world.now_us)
    snapshot = world.run()
    assert {hop.sent for hop in snapshot.hops} == {10}
    assert 69.5 < world.elapsed_s < 71


def test_nothing_is_due_while_what_is_to_be_sent_again_waits_for_the_end_of_a_pause() -> None:
    """A trace that is paused when its last round is over sleeps, and sends what is left when it goes on."""
    world = World(steady(2, 400_000), TraceSettings(rounds=1, max_ttl=2))
    engine = world.group.engines[0]
    assert engine.over
    world.group.pause(world.now_us)
    for event in [event for event in world.events if isinstance(event, happened.ProbeSent)]:
        engine.withdraw(event.seq, world.now_us, Again.NOW)
    assert engine.next_due_us(world.now_us) is None
    assert engine.next_due_us(world.now_us + 60_000_000) is None
    world.group.resume(world.now_us)
    assert [hop.received for hop in world.run().hops] == [1, 1]


def test_reset_begins_anew_and_ignores_earlier_probes() -> None:
    """After a reset the counts begin at nothing, and answers to earlier probes do not count."""
    world = World(steady(4, 400_000), TraceSettings())
    world.run(until_s=5.05)
    world.group.reset(world.now_us)
    world.tell()
    assert world.paths[0].snapshot().hops == ()
    snapshot = world.run(until_s=5.35)
    assert snapshot.hops == ()
    snapshot = world.run(until_s=7.0)
    assert [hop.sent for hop in snapshot.hops] == [2, 2, 2, 2]
    assert [hop.loss_milli_percent for hop in snapshot.hops] == [0] * 4
    assert len(snapshot.hops[0].rtts_us) == snapshot.rounds == 2


def test_change_of_interval_acts_at_once() -> None:
    """A shorter interval does not wait for the end of the longer one."""
    world = World(steady(4), TraceSettings(interval_us=60_000_000))
    world.run(until_s=5)
    world.group.change(world.now_us, {"interval_us": 500_000})
    snapshot = world.run(until_s=7)
    assert snapshot.rounds >= 4
    assert snapshot.settings.interval_us == 500_000


@pytest.mark.parametrize("refusal", [wire.Answer("network-down"), wire.Answer("unexpected-error", reason="19")])
def test_refused_probes_are_in_no_count(refusal: wire.Answer) -> None:
    """A probe that the system refuses, also for want of the interface, is neither sent nor lost."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if 4_000_000 <= now_us < 6_000_000:
            return 0, refusal
        return steady(3)(now_us, request)

    world = World(network, TEN)
    assert world.run(until_s=5.9).state == "network-down"
    snapshot = world.run()
    assert [(hop.sent, hop.received, hop.dropped) for hop in snapshot.hops] == [(8, 8, 0)] * 3
    kinds = [entry.kind for entry in snapshot.log_entries]
    assert kinds == ["start", "network-down", "resumed", "finished"]


@pytest.mark.parametrize("word", ["permission-denied", "address-not-available", "invalid-argument"])
def test_a_trace_that_the_system_never_lets_begin_fails(word: str) -> None:
    """When every probe is refused from the first on, the trace ends with a sentence that says why."""
    snapshot = World(lambda _now, _request: (0, wire.Answer(word)), TEN).run()
    assert snapshot.state == "failed"
    assert snapshot.reason


def test_an_interface_is_named_to_our_own_probe_process_alone() -> None:
    """Where it knows our extensions it gets interface and address, else the address alone."""
    target = replace(TARGET, source="192.0.2.7")
    for detail, device in ((True, "eth1"), (False, "")):
        world = World(steady(2), replace(TEN, rounds=1, local_device="eth1"), (target,), detail=detail)
        world.run()
        assert {(one.local_device, one.local_address) for one in world.requests} == {(device, "192.0.2.7")}


def test_random_size_and_pattern_change_every_round() -> None:
    """Negative size and pattern -1 draw new values for every round, the same for all its hops."""
    world = World(steady(3), replace(TEN, size_bytes=-100, bit_pattern=-1))
    world.run()
    drawn = {(request.size, request.bit_pattern) for request in world.requests}
    assert all(28 <= size <= 100 and 0 <= pattern < 256 for size, pattern in drawn)
    assert 2 < len(drawn) <= 10


def test_cache_spares_hops_that_answered_lately() -> None:
    """With a cache, a hop that is up is probed again only when its answer has grown old."""
    snapshot = World(steady(3), replace(TEN, cache_s=4)).run()
    assert [hop.sent for hop in snapshot.hops] == [2, 3, 3]


def test_restart_of_the_probe_process_is_no_loss() -> None:
    """Probes that a dead probe process took along count nowhere, and the gap is marked."""
    world = World(steady(4, 300_000), TEN)
    world.run(until_s=3.6)
    world.group.probe_process_restarted(world.now_us, "probe restarted")
    snapshot = world.run()
    assert sum(hop.dropped for hop in snapshot.hops) == 0
    assert snapshot.restarted_us is not None
    assert "restarted" in [entry.kind for entry in snapshot.log_entries]


@pytest.mark.parametrize(("suspended", "less"), [(False, 0), (True, 1)])
def test_standing_still_is_no_loss(suspended: bool, less: int) -> None:
    """Rounds go on after it, none made up for; only what was in flight over a suspension counts nowhere."""
    rtt_us = 300_000
    world = World(steady(4, rtt_us), replace(TEN, timeout_s=5))
    world.run(until_s=3.6)
    in_flight = sum(hop.pending for hop in world.paths[0].snapshot().hops)
    assert in_flight
    world.now_us += 30_000_000
    world.group.stood_still(Gap(world.now_us - 30_000_000, suspended=suspended), world.now_us)
    snapshot = world.run()
    assert sum(hop.dropped for hop in snapshot.hops) == 0
    assert sum(hop.received for hop in snapshot.hops) == 40 - less * in_flight
    assert [entry.text for entry in snapshot.log_entries if entry.kind == "stalled"] == [
        ("this host was suspended" if suspended else "hopscope itself stood still") + ", 30.0 s not measured"
    ]
    assert world.elapsed_s < 41


def test_another_source_is_taken_where_probes_are_given_one() -> None:
    """With an interface probes are given its address, and the new one when that changes; else the kernel gives one."""
    for device, addresses in (("eth0", ["192.0.2.7", "192.0.2.8"]), ("", ["", ""])):
        world = World(steady(2), TraceSettings(local_device=device), (replace(TARGET, source="192.0.2.7"),))
        world.run(until_s=2.5)
        before = len(world.requests)
        world.group.source_changed(0, "192.0.2.8")
        world.run(until_s=5.5)
        sent = [{one.local_address for one in part} for part in (world.requests[:before], world.requests[before:])]
        assert sent == [{addresses[0]}, {addresses[1]}]
