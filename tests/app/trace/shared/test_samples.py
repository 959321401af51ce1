"""The latest probes of a hop."""

from __future__ import annotations

from hopscope.app.trace.shared.samples import REMEMBERED_US, SAMPLES_MAX, Sample, Samples


def sample(sent_us: int, *, target: int = 1, lost: bool = False) -> Sample:
    return Sample(target, 1, sent_us, sent_us, fair=True, paid=True, lost=lost)


def times(found: Samples | list[Sample]) -> list[int]:
    return [one.sent_us for one in found]


def test_they_are_found_by_the_time_of_sending() -> None:
    """In whatever order they come, those between two times, and those since one, are found, without the ends."""
    samples = Samples()
    for sent_us in (30, 10, 40, 20):
        samples.add(sample(sent_us))
    assert (times(samples), samples.latest_us) == ([10, 20, 30, 40], 40)
    assert times(samples.between(10, 40)) == [20, 30]
    assert times(samples.since(20)) == [30, 40]


def test_old_ones_are_forgotten() -> None:
    """What is a minute older than the latest one is, and the oldest of too many."""
    samples = Samples()
    samples.add(sample(0))
    samples.add(sample(REMEMBERED_US))
    assert times(samples) == [0, REMEMBERED_US]
    samples.add(sample(REMEMBERED_US + 1))
    assert times(samples) == [REMEMBERED_US, REMEMBERED_US + 1]
    for number in range(SAMPLES_MAX):
        samples.add(sample(REMEMBERED_US + 2 + number))
    assert len(times(samples)) == SAMPLES_MAX


def test_what_moved_targets_lost_is_not_taken_along() -> None:
    """Of another hop's probes those are not taken that the given targets lost; others are, lost or not."""
    samples, others = Samples(), Samples()
    samples.add(sample(1))
    for one in (sample(2, target=2, lost=True), sample(3, target=3, lost=True), sample(4, target=2)):
        others.add(one)
    samples.take(others, {2})
    assert times(samples) == [1, 3, 4]
