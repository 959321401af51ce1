"""How long the answers of a hop waited, on one path and on several."""

from __future__ import annotations

from array import array

from hopscope.app.insight.evidence.series import series_of
from hopscope.app.insight.evidence.waits import Waited, waited


def of(times_us: list[int], base_us: int = 0, *, several: bool = False) -> Waited:
    """The waits of a hop with these RTTs."""
    return waited(series_of(4, array("i", times_us).tobytes()), base_us, several=several)


def test_waits_are_counted_from_the_best_rtt() -> None:
    """That of the stretch, or one that was better before; lost probes are no answers."""
    times_us = [20_000, 20_100, 35_000, -1, 60_000]
    assert of(times_us).base_us == 20_000
    assert of(times_us).answers == 4
    assert [of(times_us).longer(us) for us in (10_000, 15_000, 15_001, 40_000, 40_001)] == [2, 2, 1, 1, 0]
    assert of(times_us, 10_000).longer(10_000) == 4
    assert of(times_us, 10_000).percentile_us(0.5) == 10_100


def test_the_distance_of_a_longer_path_is_no_wait() -> None:
    """Two paths 30 ms apart, and one answer on each that waited."""
    times_us = [20_000 + at for at in range(20)] + [50_000 + at for at in range(20)] + [32_000, 65_000]
    on_two = of(times_us, several=True)
    assert on_two.longer(10_000) == 2
    assert on_two.base_us == 20_000
    assert on_two.longest_base_us == 50_000
    assert on_two.percentile_us(1.0) == 15_000
    assert of(times_us).longer(10_000) == 22


def test_few_slow_answers_are_no_path() -> None:
    """Three of a hundred far from the rest waited, however near they lie to each other."""
    times_us = [20_000 + at for at in range(97)] + [80_000, 80_100, 80_200]
    assert of(times_us, several=True).longer(10_000) == 3


def test_no_answer_waits() -> None:
    """Nothing answered."""
    assert of([-1, -1]).answers == 0
    assert of([-1, -1], several=True).longer(0) == 0
