"""Loss events of a whole path: what is watched, and where an outage is said to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import Network, World, steady

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import LogEntry, Snapshot

SECOND_US = 1_000_000


def from_time_to_time(hops: int, ttl: int, begin_s: float, end_s: float) -> Network:
    """A path where nothing comes back from a TTL on, for some time."""
    sound = steady(hops)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl >= ttl and begin_s * SECOND_US <= now_us < end_s * SECOND_US:
            return None
        return sound(now_us, request)

    return network


def loss_events(snapshot: Snapshot) -> list[LogEntry]:
    """The entries of the log that concern loss."""
    return [one for one in snapshot.log_entries if one.kind.startswith("loss-")]


def test_an_outage_begins_at_the_hop_where_it_begins() -> None:
    """Hops 4 to 6 fall silent for 20 rounds: two entries, the first with the hops, both with their rounds."""
    world = World(from_time_to_time(6, 4, 10.0, 30.0), TraceSettings(rounds=60))
    started, ended = loss_events(world.run())
    assert (started.kind, started.first_ttl, started.last_ttl, started.round) == ("loss-started", 4, 6, 10)
    assert started.text == "stopped answering: 5 lost in a row"
    assert (ended.kind, ended.first_ttl, ended.last_ttl, ended.round) == ("loss-ended", 6, 6, 30)
    assert ended.text == "answers again after 20 rounds"


def test_routers_that_do_not_answer_are_not_loss() -> None:
    """A silent hop, one that answers every third probe, and one that falls silent log nothing."""
    sound = steady(6, silent=(2,))

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        number = now_us // SECOND_US
        if (request.ttl == 3 and number % 3) or (request.ttl == 4 and number >= 20):
            return None
        return sound(now_us, request)

    assert loss_events(World(network, TraceSettings(rounds=100)).run()) == []


def test_a_reticent_hop_does_not_move_the_place_of_an_outage() -> None:
    """Hop 3, which leaves two of three probes unanswered anyway, may be silent by chance when hops 4 on are."""
    outage = from_time_to_time(6, 4, 30.0, 36.0)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return None if request.ttl == 3 and now_us // SECOND_US % 6 else outage(now_us, request)

    started, _ = loss_events(World(network, TraceSettings(rounds=60)).run())
    assert (started.first_ttl, started.last_ttl) == (4, 6)


def test_a_target_that_never_answers_has_no_loss_events() -> None:
    """What never came through cannot begin to be lost."""
    assert loss_events(World(steady(5, silent=(5,)), TraceSettings(rounds=60)).run()) == []


def test_a_router_that_cuts_the_target_off_is_named() -> None:
    """Hop 3 says for 20 rounds that there is no route: the entry stands at hop 3 and names it."""
    sound = steady(5)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl >= 3 and 10 * SECOND_US <= now_us < 30 * SECOND_US:
            return 10_000, wire.Answer("no-route", "10.0.0.3", 10_000)
        return sound(now_us, request)

    started, ended = loss_events(World(network, TraceSettings(rounds=60)).run())
    assert (started.first_ttl, started.last_ttl) == (3, 5)
    assert started.text == "hop 3 reports that it cannot reach the target"
    assert ended.text.startswith("answers again after")


def test_an_outage_at_the_end_of_a_trace_is_told() -> None:
    """The last rounds count too."""
    world = World(from_time_to_time(4, 4, 10.0, 99.0), TraceSettings(rounds=15))
    assert [one.kind for one in loss_events(world.run())] == ["loss-started"]


def test_statistics_begun_anew_begin_the_watch_anew() -> None:
    """After a reset an outage that went on before is no longer known to have begun."""
    world = World(from_time_to_time(4, 4, 10.0, 99.0), TraceSettings(rounds=60))
    world.run(until_s=20.5)
    world.group.reset(world.now_us)
    snapshot = world.run(until_s=50.0)
    assert [one.kind for one in loss_events(snapshot)] == ["loss-started"]
