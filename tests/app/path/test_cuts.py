"""Routers that cut the target off: what becomes of the probes, and of the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopscope.app.path.cuts import LiveCuts
from hopscope.app.path.snapshot import UNREACHABLE, lost_in
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import Network, World, steady

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot

SECOND_US = 1_000_000
HOPS, CUT = 6, 3


def cut(begin_s: float, end_s: float, *, own: bool = False, rtt_us: int = 3_000_000) -> Network:
    """Router 3 reports for a while that it cannot reach the target; ``own``: to probes whose TTL ends there too."""
    sound = steady(HOPS)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if begin_s * 1e6 <= now_us < end_s * 1e6 and request.ttl > CUT - own:
            return rtt_us, wire.Answer("no-route", f"10.0.0.{CUT}", rtt_us, icmp_type=3, icmp_code=1)
        return sound(now_us, request)

    return network


def traced(network: Network, rounds: int = 40) -> Snapshot:
    """A trace of so many rounds."""
    return World(network, TraceSettings(rounds=rounds)).run()


def test_probes_that_are_cut_off_are_lost() -> None:
    """Ten rounds: lost at every later hop, without RTT, address, path change or balancing; the router answers all."""
    snapshot = traced(cut(10, 20))
    for hop in snapshot.hops:
        assert [one.address for one in hop.responders] == [f"10.0.0.{hop.ttl}" if hop.ttl < HOPS else "192.0.2.99"]
        assert hop.statistics.worst == 10_000
        assert (hop.sent, hop.pending, hop.error) == (40, 0, "")
        assert hop.dropped == (10 if hop.ttl > CUT else 0) == lost_in(hop.rtts_us.tolist()) == sum(hop.minute_lost)
        assert hop.rtts_us.tolist().count(UNREACHABLE) == hop.dropped
    assert snapshot.reached
    assert [at for at, ttl in enumerate(snapshot.cut_by) if ttl] == list(range(10, 20))
    assert set(snapshot.cut_by) == {0, CUT}
    assert [entry.kind for entry in snapshot.log_entries] == ["start", "loss-started", "loss-ended", "finished"]


def test_the_router_that_reports_is_named_with_its_code() -> None:
    """It stands at the hop at which the router answers, with how often it reported it and when."""
    snapshot = traced(cut(10, 20))
    assert [bool(hop.unreachables) for hop in snapshot.hops] == [hop.ttl == CUT for hop in snapshot.hops]
    (said,) = snapshot.hops[CUT - 1].unreachables
    assert (said.address, said.word, said.icmp_type, said.icmp_code) == ("10.0.0.3", "no-route", 3, 1)
    assert said.count == 10 * (HOPS - CUT)
    assert 9 < (said.last_us - said.first_us) / SECOND_US < 11


def test_a_router_that_refuses_its_own_probes_goes_on_answering() -> None:
    """A router without a route refuses before it looks at the TTL: it answers there, and cuts off what is beyond."""
    snapshot = traced(cut(10, 20, own=True, rtt_us=9_000))
    router = snapshot.hops[CUT - 1]
    assert (router.received, router.dropped, router.error) == (40, 0, "")
    assert [hop.dropped for hop in snapshot.hops] == [0, 0, 0, 10, 10, 10]
    assert set(snapshot.cut_by) == {0, CUT}


def test_a_path_that_was_cut_off_from_the_start_ends_there() -> None:
    """Nothing is known beyond: the router's report is all there is, as in every tool; then the target is found."""
    network = cut(0, 10, rtt_us=9_000)
    before = traced(network, rounds=5)
    assert (before.hops[-1].ttl, before.hops[-1].error, before.reached) == (CUT + 1, "no-route", False)
    after = traced(network)
    assert (after.hops[-1].ttl, after.hops[-1].error, after.reached) == (HOPS, "", True)
    assert "path-changed" not in {entry.kind for entry in after.log_entries}


def test_the_history_of_cuts_is_that_of_rounds() -> None:
    """The nearest router of a round is kept; old rounds go; what is not kept was not cut."""
    cuts = LiveCuts()
    for number in range(4):
        cuts.extend()
        cuts.add(number, 5)
        cuts.add(number, number + 3)
    assert cuts.freeze(4).tolist() == [3, 4, 5, 5]
    cuts.trim(1)
    cuts.add(7, 2)
    assert (cuts.freeze(2).tolist(), cuts.at(0), cuts.at(-1), cuts.at(9)) == ([5, 5], 4, 0, 0)
    assert (cuts.latest(0, 3), cuts.latest(3, 9)) == (5, 0)
