"""Probes that are held, settled by what others' probes got."""

from __future__ import annotations

from hopscope.app.trace.shared.deferred_probes import EXTRA_US, HELD_MAX_US, Held, HeldProbes
from hopscope.app.trace.shared.hop_classes import HopClass, Sample
from hopscope.probe import wire

INTERVAL_US = 1_000_000
START_US = 100_000_000
ANSWER = wire.Answer("ttl-expired", "10.0.0.1", 5000)


def router(*samples: Sample) -> HopClass:
    """The class of targets 1 and 2 behind a known router, with the probes of target 1."""
    made = HopClass({1, 2}, router=("10.0.0.1", "ttl-expired"))
    made.samples.extend(samples)
    return made


def sample(at_us: int, answer: wire.Answer | None = ANSWER, *, lost: bool = False) -> Sample:
    return Sample(1, 1, 7, START_US + at_us, fair=True, paid=True, answer=answer, lost=lost, served={1})


def holding(*probes: Held) -> HeldProbes:
    held = HeldProbes(INTERVAL_US)
    for probe in probes:
        held.hold(1, 2, probe)
    return held


def test_the_nearest_probe_stands_for_a_held_one_and_for_one_alone() -> None:
    """Of two within an interval the nearer one gives its answer; the next held probe gets the other, a lost one's."""
    held = holding(Held(20, START_US), Held(21, START_US + 10))
    held.serve(1, 2, router(sample(600_000, None, lost=True), sample(-300_000)), START_US + 700_000)
    assert held.ready == [(2, 20, ANSWER, False), (2, 21, wire.Answer("no-reply"), False)]
    assert held.waits(2)
    held.ready.clear()
    assert not held.waits(2)
    assert not held


def test_a_probe_of_another_time_stands_for_none() -> None:
    """What was held for two and a half seconds counts nowhere; before that it goes on being held."""
    for at_us in (INTERVAL_US, -INTERVAL_US):
        held = holding(Held(20, START_US))
        held.serve(1, 2, router(sample(at_us)), START_US + EXTRA_US - 1)
        assert (held.ready, bool(held)) == ([], True)
        held.serve(1, 2, router(sample(at_us)), START_US + EXTRA_US)
        assert (held.ready, bool(held)) == ([(2, 20, None, False)], False)


def test_one_under_way_is_waited_for() -> None:
    """However long it takes, as its answer may come."""
    held = holding(Held(20, START_US))
    mine = router(sample(0, None))
    assert held.waits_for(mine, 2, Held(20, START_US))
    held.serve(1, 2, mine, START_US + 2 * EXTRA_US)
    assert held.ready == []


def test_what_is_unknown_is_held_and_a_loss_without_excuse_is_one_then() -> None:
    """After a minute, or when all is closed, a probe that was sent is lost, and one that was not counts nowhere."""
    unknown = HopClass({2})
    for ends in (False, True):
        held = holding(Held(20, START_US), Held(21, START_US, missed=True))
        held.serve(1, 2, unknown, START_US + HELD_MAX_US - 1)
        assert held.ready == []
        assert held.is_open(1, 2)
        assert list(held.unsent(1)) == [(2, Held(20, START_US))]
        if ends:
            held.close(1, 2)
        else:
            held.serve(1, 2, unknown, START_US + HELD_MAX_US)
        assert held.ready == [(2, 20, None, False), (2, 21, wire.Answer("no-reply"), False)]


def test_what_lies_behind_the_end_counts_nowhere() -> None:
    """Where a target's path ends, what is held behind there is given up, and nothing else."""
    held = holding(Held(20, START_US))
    held.hold(3, 2, Held(21, START_US))
    held.hold(3, 1, Held(22, START_US))
    held.end(2, 2)
    assert held.ready == [(2, 21, None, False)]
    assert (held.targets(1), held.targets(3)) == ([2], [1])


def test_one_that_is_sent_after_all_is_said() -> None:
    """It is held no more, and its target is told to send it."""
    held = holding(Held(20, START_US), Held(21, START_US + 10))
    held.send(1, 2, Held(20, START_US))
    assert held.ready == [(2, 20, None, True)]
    assert list(held.unsent(1)) == [(2, Held(21, START_US + 10))]
