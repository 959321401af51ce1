"""Probes that are deferred, settled by what others' probes got."""

from __future__ import annotations

from hopscope.app.trace.deferral import Again
from hopscope.app.trace.shared.deferred_probes import (
    DEFERRED_MAX_US,
    EXTRA_US,
    TURNS_MIN,
    DeferredProbe,
    DeferredProbes,
)
from hopscope.app.trace.shared.hop_classes import HopClass
from hopscope.app.trace.shared.samples import Sample
from hopscope.probe import wire

INTERVAL_US = 1_000_000
START_US = 100_000_000
ANSWER = wire.Answer("ttl-expired", "10.0.0.1", 5000)


def router(*samples: Sample) -> HopClass:
    """The class of targets 1 and 2 behind a known router, with the probes of target 1."""
    made = HopClass({1, 2}, router=("10.0.0.1", "ttl-expired"))
    for one in samples:
        made.samples.add(one)
    return made


def sample(at_us: int, answer: wire.Answer | None = ANSWER, *, lost: bool = False) -> Sample:
    return Sample(1, 1, 7, START_US + at_us, fair=True, paid=True, answer=answer, lost=lost, served={1})


def deferring(*probes: DeferredProbe) -> DeferredProbes:
    deferred = DeferredProbes(INTERVAL_US)
    for probe in probes:
        deferred.defer(1, 2, probe)
    return deferred


def test_the_nearest_probe_stands_for_a_held_one_and_for_one_alone() -> None:
    """Of two within an interval the nearer one gives its answer; the next deferred one gets the other, a lost one's."""
    deferred = deferring(DeferredProbe(20, START_US), DeferredProbe(21, START_US + 10))
    deferred.serve(1, 2, router(sample(600_000, None, lost=True), sample(-300_000)), START_US + 700_000)
    assert deferred.ready == [(2, 20, ANSWER, Again.NO), (2, 21, wire.Answer("no-reply"), Again.NO)]
    assert deferred.waits(2)
    deferred.ready.clear()
    assert not deferred.waits(2)
    assert not deferred


def test_a_probe_of_another_time_stands_for_none() -> None:
    """What was deferred for two and a half seconds, and some turns, counts nowhere; before that it stays deferred."""
    for at_us in (INTERVAL_US, -INTERVAL_US):
        deferred = deferring(DeferredProbe(20, START_US))
        deferred.serve(1, 2, router(sample(at_us)), START_US + EXTRA_US - 1)
        assert (deferred.ready, bool(deferred)) == ([], True)
        deferred.serve(1, 2, router(sample(at_us)), START_US + EXTRA_US)
        assert (deferred.ready, bool(deferred)) == ([], True)
        deferred.turns = TURNS_MIN
        deferred.serve(1, 2, router(sample(at_us)), START_US + EXTRA_US)
        assert (deferred.ready, bool(deferred)) == ([(2, 20, None, Again.OWED)], False)


def test_one_in_flight_is_waited_for() -> None:
    """However long it takes, as its answer may come."""
    deferred = deferring(DeferredProbe(20, START_US))
    mine = router(sample(0, None))
    assert deferred.waits_for(mine, 2, DeferredProbe(20, START_US))
    deferred.serve(1, 2, mine, START_US + 2 * EXTRA_US)
    assert deferred.ready == []


def test_what_is_unknown_is_held_and_a_loss_without_excuse_is_one_then() -> None:
    """A minute after a look, or when all is closed, a probe that was sent is lost; one that was not counts nowhere."""
    unknown = HopClass({2}, looked=True)
    for ends in (False, True):
        deferred = deferring(DeferredProbe(20, START_US), DeferredProbe(21, START_US, missed=True))
        deferred.serve(1, 2, unknown, START_US + DEFERRED_MAX_US - 1)
        assert deferred.ready == []
        deferred.serve(1, 2, HopClass({2}), START_US + DEFERRED_MAX_US)
        assert deferred.ready == []
        assert deferred.is_open(1, 2)
        assert list(deferred.unsent(1)) == [(2, DeferredProbe(20, START_US))]
        if ends:
            deferred.close(1, 2)
        else:
            deferred.serve(1, 2, unknown, START_US + DEFERRED_MAX_US)
        again = Again.NO if ends else Again.OWED
        assert deferred.ready == [(2, 20, None, again), (2, 21, wire.Answer("no-reply"), again)]


def test_what_lies_behind_the_end_counts_nowhere() -> None:
    """Where a target's path ends, what is deferred behind there is given up, and nothing else."""
    deferred = deferring(DeferredProbe(20, START_US))
    deferred.defer(3, 2, DeferredProbe(21, START_US))
    deferred.defer(3, 1, DeferredProbe(22, START_US))
    deferred.end(2, 2)
    assert deferred.ready == [(2, 21, None, Again.NO)]
    assert (deferred.targets(1), deferred.targets(3)) == ([2], [1])


def test_one_that_is_sent_after_all_is_said() -> None:
    """It is deferred no more, and its target is told to send it."""
    deferred = deferring(DeferredProbe(20, START_US), DeferredProbe(21, START_US + 10))
    deferred.send(1, 2, DeferredProbe(20, START_US))
    assert deferred.ready == [(2, 20, None, Again.NOW)]
    assert list(deferred.unsent(1)) == [(2, DeferredProbe(21, START_US + 10))]
