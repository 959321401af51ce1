"""Rounds end to end: answered, lost or neither, as the events of real engines tell them."""

from __future__ import annotations

from random import Random

from hopscope.app.alerts.round_trips import LOST, RoundTrip, RoundTrips
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.events import ProbeLost, ProbeSent, RoundStarted, StateChanged
from hopscope.probe import wire
from support.engines import TARGET, Network, World, steady

SECOND = 1_000_000


def trips(network: Network, rounds: int = 100, settings: TraceSettings | None = None) -> list[RoundTrip]:
    """What is told of a trace through a network."""
    world = World(network, settings or TraceSettings(rounds=rounds))
    world.run()
    watch = RoundTrips(TARGET.address)
    return [trip for event in world.events for trip in watch.take(event)]


def lossy(share: float, hops: int = 5, seed: int = 3) -> Network:
    """A steady network of which the last link loses."""
    chance, inner = Random(seed), steady(hops)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return None if request.ttl >= hops and chance.random() < share else inner(now_us, request)

    return network


def test_each_round_of_a_sound_path_is_answered_once() -> None:
    """Every round is told, with the target's RTT, though every hop answers in it."""
    told = trips(steady(5, rtt_us=12_000), rounds=50)
    assert len(told) == 50
    assert {trip.rtt_us for trip in told} == {12_000}


def test_losses_are_those_of_the_snapshot() -> None:
    """As many rounds are lost, and as many answered, as the path counts at the target."""
    world = World(lossy(0.1), TraceSettings(rounds=300))
    end = world.run().hops[-1]
    watch = RoundTrips(TARGET.address)
    told = [trip for event in world.events for trip in watch.take(event)]
    assert sum(trip.rtt_us == LOST for trip in told) == end.dropped > 10
    assert sum(trip.rtt_us != LOST for trip in told) == end.received


def test_routers_that_do_not_answer_lose_nothing() -> None:
    """A silent router on the way makes no round a lost one."""
    assert all(trip.rtt_us != LOST for trip in trips(steady(6, silent=(2, 4))))


def test_a_target_that_never_answers_loses_every_round() -> None:
    """Without any answer of the target each round is lost, told when nothing of it is in flight any more."""
    told = trips(steady(5, silent=(5,)), rounds=20)
    assert len(told) >= 19
    assert {trip.rtt_us for trip in told} == {LOST}


def test_an_outage_is_lost_though_a_router_reports_it() -> None:
    """Rounds in which a router says that it cannot reach the target are lost."""
    inner = steady(5)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if 20 * SECOND <= now_us < 30 * SECOND and request.ttl >= 3:
            return 5_000, wire.Answer("no-route", "10.0.0.3", 5_000)
        return inner(now_us, request)

    told = trips(network, rounds=60)
    lost = [trip for trip in told if trip.rtt_us == LOST]
    assert 9 <= len(lost) <= 11
    assert len(told) >= 59


def test_a_path_that_gets_longer_loses_nothing() -> None:
    """Where the target moves one hop on, its rounds stay answered."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return steady(5 if now_us < 30 * SECOND else 7)(now_us, request)

    told = trips(network, rounds=60)
    assert sum(trip.rtt_us == LOST for trip in told) <= 1
    assert len(told) >= 57


def test_what_comes_late_is_told_again() -> None:
    """A round that was told as lost and is answered after all is told as late, with the time of that round."""
    inner = steady(3)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        slow = request.ttl >= 3 and 10 * SECOND <= now_us < 11 * SECOND
        return (6 * SECOND, wire.Answer("reply", request.address, 6 * SECOND)) if slow else inner(now_us, request)

    told = trips(network, rounds=40)
    lost = [trip for trip in told if trip.rtt_us == LOST]
    late = [trip for trip in told if trip.late]
    assert [trip.time_us for trip in lost] == [trip.time_us for trip in late]


def test_what_was_in_flight_at_a_standstill_is_neither() -> None:
    """After a standstill, losses of rounds before it are of no account."""
    watch = RoundTrips(TARGET.address)
    for event in (RoundStarted(0, 0), ProbeSent(0, 0, 1, 0), StateChanged(5, "stalled")):
        assert not list(watch.take(event))
    assert not list(watch.take(ProbeLost(9, 0, 1, 0)))
