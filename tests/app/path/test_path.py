"""Snapshots: what they hold, and that they do not change or grow."""

from __future__ import annotations

import random
import threading

import pytest
from hopscope.app.path.changes import WATCHED_MAX
from hopscope.app.path.path import Path
from hopscope.app.path.recorder import UNFOLDED_MAX, Recorder
from hopscope.app.path.snapshot import NOT_SENT, PENDING, UNANSWERED
from hopscope.app.settings import TraceSettings
from hopscope.app.trace import events as happened
from hopscope.probe import wire
from hopscope.probe.interface import Interface
from hopscope.probe.wire import Label
from support.engines import TARGET, World, steady
from support.virtual import Lab, lab_world


def test_history_holds_a_value_a_round() -> None:
    """Histories of all hops have one length, the newest round last, whatever became of its probe."""
    world = World(steady(3, 10_000, silent=(2,)), TraceSettings())
    snapshot = world.run(until_s=4.4)
    assert [list(hop.rtts_us) for hop in snapshot.hops] == [
        [10_000] * 5,
        [UNANSWERED] * 4 + [PENDING],
        [10_000] * 4 + [NOT_SENT],
    ]
    assert [list(hop.answered_by) for hop in snapshot.hops] == [[0] * 5, [-1] * 5, [0, 0, 0, 0, -1]]
    assert snapshot.last_round == 4


def test_snapshots_stay_as_they_are() -> None:
    """What happens later does not reach into an earlier snapshot, and its histories cannot be written."""
    world = World(steady(3), TraceSettings())
    earlier = world.run(until_s=2.5)
    before = (list(earlier.hops[0].rtts_us), earlier.hops[0].statistics, earlier.rounds)
    later = world.run(until_s=9.5)
    assert later.version > earlier.version
    assert (list(earlier.hops[0].rtts_us), earlier.hops[0].statistics, earlier.rounds) == before
    with pytest.raises(TypeError):
        earlier.hops[0].rtts_us[0] = 1


def test_nothing_new_is_the_same_snapshot() -> None:
    """As long as nothing happens, the very same snapshot is handed out."""
    world = World(steady(3), TraceSettings(rounds=2))
    world.run()
    assert world.paths[0].snapshot() is world.paths[0].snapshot()


def test_history_is_bounded() -> None:
    """A long trace keeps the newest rounds of the history and the counts of all."""
    path = Path(TARGET, TraceSettings(), history_rounds=10)
    for number in range(1000):
        path.record(happened.RoundStarted(number, number))
        path.record(happened.ProbeSent(number, number, 1, number))
        path.record(happened.ProbeAnswered(number, number, 1, number, "reply", TARGET.address, 100 + number))
        assert len(path._hops[1]._rtts_us) <= 20
    snapshot = path.snapshot()
    assert list(snapshot.hops[0].rtts_us) == list(range(1090, 1100))
    assert snapshot.hops[0].sent == 1000


def test_the_log_is_bounded_and_counts_what_it_forgets() -> None:
    """The newest thousand entries are kept; those before them are counted, so that none is told twice or never."""
    path = Path(TARGET, TraceSettings())
    for number in range(1500):
        path.record(happened.SettingsChanged(number, TraceSettings(tos=number % 2 + 1)))
    snapshot = path.snapshot()
    assert len(snapshot.log_entries) == 1000
    assert snapshot.log_entries_forgotten == 500
    assert [snapshot.log_entries[at].time_us for at in (0, -1)] == [500, 1499]


def test_a_change_of_settings_is_logged_with_what_changed() -> None:
    """The entry of the log says the new value; where the program itself had a reason, that."""
    path = Path(TARGET, TraceSettings())
    path.record(happened.SettingsChanged(1, TraceSettings(interval_us=500_000)))
    path.record(happened.SettingsChanged(2, TraceSettings(protocol="udp"), "fallback", "ICMP is not allowed"))
    assert [(one.kind, one.text) for one in path.snapshot().log_entries] == [
        ("settings", "interval: 0.5 s"),
        ("fallback", "ICMP is not allowed"),
    ]


def test_each_address_keeps_its_own_figures() -> None:
    """Addresses that share a hop have their own counts, times and labels."""
    path = Path(TARGET, TraceSettings())
    label = Label(24015, 0, 1, 1)
    for number in range(6):
        path.record(happened.RoundStarted(number, number))
        path.record(happened.ProbeSent(number, number, 1, number))
        address, rtt_us, labels = ("10.0.0.1", 100, (label,)) if number % 3 else ("10.0.0.2", 400, ())
        path.record(
            happened.ProbeAnswered(number, number, 1, number, "ttl-expired", address, rtt_us, labels, icmp_type=11)
        )
    [hop, _] = path.snapshot().hops
    assert [(r.address, r.statistics.answers, r.statistics.average, r.labels) for r in hop.responders] == [
        ("10.0.0.2", 2, 400, ()),
        ("10.0.0.1", 4, 100, (label,)),
    ]
    assert hop.responders[1].kinds == (("ttl-expired", 11, None, 4),)
    assert hop.address == "10.0.0.1"
    assert hop.statistics.average == 200


def test_an_address_keeps_what_it_said_of_its_interfaces() -> None:
    """The latest answer that speaks of interfaces counts; one that does not takes nothing back."""
    path = Path(TARGET, TraceSettings())
    old, new = (Interface("incoming", name) for name in ("ae3.100", "ae4.100"))
    path.record(happened.RoundStarted(0, 0))
    for seq, told in enumerate([(old,), (new,), ()]):
        path.record(happened.ProbeSent(seq, 0, 1, seq))
        path.record(happened.ProbeAnswered(seq, 0, 1, seq, "ttl-expired", "10.0.0.1", 100, interfaces=told))
    [hop, _] = path.snapshot().hops
    assert [responder.interfaces for responder in hop.responders] == [(new,)]


def test_snapshots_may_be_taken_while_events_come_in() -> None:
    """One thread records, another looks: every snapshot is whole."""
    recorder = Recorder([TARGET], TraceSettings())
    done = threading.Event()

    def record() -> None:
        for number in range(2000):
            recorder.record(0, happened.RoundStarted(number, number))
            recorder.record(0, happened.ProbeSent(number, number, 1, number))
            recorder.record(0, happened.ProbeAnswered(number, number, 1, number, "reply", TARGET.address, 100))
        done.set()

    thread = threading.Thread(target=record)
    thread.start()
    while not done.is_set():
        for hop in recorder.snapshots()[0].hops:
            assert hop.sent - hop.pending == hop.received
            assert len(hop.rtts_us) == len(hop.answered_by)
    thread.join()
    assert recorder.snapshots()[0].hops[0].received == 2000


def test_events_are_folded_where_nobody_looks() -> None:
    """Events that nobody asks about do not gather without end."""
    recorder = Recorder([TARGET], TraceSettings())
    for number in range(10 * UNFOLDED_MAX):
        recorder.record(0, happened.RoundStarted(number, number))
        assert len(recorder._unfolded) < UNFOLDED_MAX
    assert recorder.snapshots()[0].rounds == 10 * UNFOLDED_MAX


def test_a_snapshot_of_the_start_is_that_of_a_path_without_events() -> None:
    """Before anything has happened, and also later, a trace that starts looks the same."""
    recorder = Recorder([TARGET], TraceSettings())
    starting = recorder.starting()
    assert starting == recorder.snapshots()
    recorder.record(0, happened.RoundStarted(0, 0))
    assert recorder.starting() == starting != recorder.snapshots()


def test_a_flood_of_addresses_is_bounded() -> None:
    """A hop that answers from ever new addresses keeps 128 and the target's, and counts the rest together."""
    path = Path(TARGET, TraceSettings())
    for number in range(1000):
        address = TARGET.address if number == 900 else f"203.0.{number // 250}.{number % 250}"
        path.record(happened.RoundStarted(number, number))
        path.record(happened.ProbeSent(number, number, 1, number))
        path.record(happened.ProbeAnswered(number, number, 1, number, "ttl-expired", address, 100))
    [hop, _] = path.snapshot().hops
    assert len(hop.responders) == 129
    assert hop.responders[-1].address == TARGET.address
    assert (hop.received, hop.others) == (1000, 871)
    assert path._watch is not None
    assert len(path._watch._changes._state.hops[1].responders) <= WATCHED_MAX
    assert list(hop.answered_by)[-1] == -1


def test_a_flood_of_addresses_is_no_path_change() -> None:
    """Neither forged addresses beside a router that goes on, nor a hundred routers that share the load."""
    chance = random.Random(1)

    def flood(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 2:
            number = chance.randrange(100)
            return 5000, wire.Answer("ttl-expired", f"203.0.113.{number}", 5000)
        if request.ttl == 3 and chance.random() < 0.5:
            return 5000, wire.Answer("ttl-expired", f"198.{chance.randrange(200)}.1.{chance.randrange(200)}", 5000)
        return steady(5)(0, request)

    snapshot = World(flood, TraceSettings(rounds=2000)).run()
    assert [entry.kind for entry in snapshot.log_entries if entry.kind == "path-changed"] == []


def test_a_strayed_answer_of_the_target_does_not_cut_the_path() -> None:
    """One answer of the target from the middle of the path is counted there, and the rows behind it stay."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 4 and 20_000_000 < now_us < 21_000_000:
            return 5000, wire.Answer("reply", TARGET.address, 5000)
        return steady(9)(now_us, request)

    world = World(network, TraceSettings())
    lengths = {len(world.run(until_s=until_s).hops) for until_s in range(5, 40)}
    assert lengths == {9}
    assert len(world.run(until_s=40).hops[3].responders) == 2


def test_a_path_that_becomes_shorter_is_shown_shorter() -> None:
    """After three rounds the target is where it answers now."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return steady(4 if now_us > 20_000_000 else 9)(now_us, request)

    world = World(network, TraceSettings())
    assert len(world.run(until_s=19.9).hops) == 9
    assert len(world.run(until_s=24.9).hops) == 4


@pytest.mark.parametrize("name", ["steady", "lossy", "balanced", "path-change", "flap", "mpls", "long"])
def test_the_last_hop_is_never_doubled(name: str) -> None:
    """At no moment is there a row behind the one where the target answered last."""
    lab = Lab(name)
    world = lab_world(lab, TraceSettings())
    target = lab.target().address
    for half_seconds in range(1, 80):
        snapshot = world.run(until_s=half_seconds / 2)
        assert [hop.ttl for hop in snapshot.hops[:-1] if hop.address == target] == []
