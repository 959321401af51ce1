"""Tests queues against Lindley's recursion and Pollaczek and Khinchine's formula."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from bench.worlds.queues import DelayDuring, Queue, Sawtooth, Shift, heavy_tail, on_off, poisson


def test_waits_follow_lindleys_recursion() -> None:
    """What a packet waits just before a lump is what the recursion over lumps and gaps gives."""
    chance = Random(3)
    lumps = [(0.0, 0.0)]
    for _ in range(3_000):
        lumps.append((lumps[-1][0] + chance.uniform(1, 200), chance.uniform(1, 190)))
    queue = Queue(iter([*lumps[1:], (1e12, 0.0)]))
    wait, before = 0.0, lumps[0]
    for one in lumps[1:]:
        wait = max(0.0, wait + before[1] - (one[0] - before[0]))
        assert queue.wait_us(one[0] - 1e-6) == pytest.approx(wait, abs=0.01)
        before = one


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_the_mean_wait_is_that_of_the_formula(load: float) -> None:
    """With random arrivals and exponential work the mean wait is work * load / (1 - load)."""
    queue = Queue(poisson(Random(5), load=load, work_us=100))
    waits = [queue.wait_us(index * 173.0) for index in range(120_000)]
    assert sum(waits) / len(waits) == pytest.approx(100 * load / (1 - load), rel=0.1)


def test_a_buffer_is_never_fuller_than_full() -> None:
    """A load above what the link sends fills the buffer and stays there; without it the queue drains at once."""
    queue = Queue(on_off(Random(2), on_s=5, off_s=5, load=1.5, lump_us=2_000), 100_000)
    waits = [queue.wait_us(index * 10_000.0) for index in range(20_000)]
    assert max(waits) <= 100_000
    full = sum(one > 90_000 for one in waits) / len(waits)
    empty = sum(one == 0 for one in waits) / len(waits)
    assert 0.3 < full < 0.6
    assert 0.3 < empty < 0.6


def test_a_queue_remembers() -> None:
    """Packets may ask in any order."""
    queue = Queue(poisson(Random(9), load=0.7, work_us=1_000))
    times = [index * 777.0 for index in range(5_000)]
    first = [queue.wait_us(one) for one in times]
    assert [queue.wait_us(one) for one in reversed(times)] == first[::-1]


def test_a_heavy_tail_is_mostly_not_there() -> None:
    """Busy air delays some packets by tens of milliseconds and most by nothing."""
    queue = Queue(heavy_tail(Random(1), apart_s=0.4, least_us=10_000, shape=1.5, most_us=80_000))
    waits = sorted(queue.wait_us(index * 9_700.0) for index in range(20_000))
    assert waits[int(0.85 * len(waits))] == 0
    assert waits[int(0.98 * len(waits))] > 10_000


def test_a_sawtooth_goes_from_floor_to_top_and_falls() -> None:
    """It rises steadily within a tooth, falls to its floor at its end, and stays within both."""
    saw = Sawtooth(Random(1), top_us=100_000, floor_us=20_000, tooth_s=4)
    waits = [saw.wait_us(index * 20_000.0) for index in range(10_000)]
    assert min(waits) >= 20_000
    assert max(waits) <= 100_000
    assert sum(waits) / len(waits) == pytest.approx(60_000, rel=0.03)
    falls = sum(one < before for before, one in itertools.pairwise(waits))
    assert falls == pytest.approx(200 / 4, rel=0.15)


def test_delays_have_their_time() -> None:
    """A shift and a queue that has its time begin and end when they should."""
    shift, queue = Shift(20_000, 10), DelayDuring(Shift(5_000, 0), 5, 15)
    assert [shift.wait_us(second * 1e6) for second in (9, 10, 99)] == [0, 20_000, 20_000]
    assert [queue.wait_us(second * 1e6) for second in (4, 5, 14, 15)] == [0, 5_000, 5_000, 0]
