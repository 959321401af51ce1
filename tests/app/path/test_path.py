"""Snapshots: what they hold, and that they do not change or grow."""

from __future__ import annotations

import threading

import pytest
from hopscope.app.path.path import Path
from hopscope.app.path.recorder import Recorder
from hopscope.app.path.snapshot import NOT_SENT, PENDING, UNANSWERED
from hopscope.app.settings import TraceSettings
from hopscope.app.trace import events as happened
from hopscope.probe.wire import Label
from support.engines import TARGET, World, steady


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
