"""Statistics against published values, and against SciPy."""

from __future__ import annotations

import random
from math import log10

import pytest
import scipy  # its statistics are loaded by the first test that asks: every process collects this file
from hopscope.app.statistics import exact_tests


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (0, 10, 0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (3, 10, 0.0667, 0.6525),
        (0, 100, 0, 0.0362),
        (1, 100, 0.0003, 0.0545),
        (5, 100, 0.0164, 0.1128),
        (3, 300, 0.0021, 0.0289),
        (10, 300, 0.0161, 0.0604),
        (10, 10, 0.6915, 1),
    ],
)
def test_proportion_interval(count: int, total: int, low: float, high: float) -> None:
    """Exact intervals equal the published ones."""
    assert exact_tests.proportion_interval(count, total) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "p_value"),
    [((3, 10), (0, 10), 0.1053), ((5, 10), (0, 10), 0.0163), ((6, 30), (0, 30), 0.0119), ((10, 100), (3, 100), 0.0409)],
)
def test_fisher(first: tuple[int, int], second: tuple[int, int], p_value: float) -> None:
    """Fisher's exact test equals the published values."""
    assert exact_tests.fisher_greater(*first, *second) == pytest.approx(p_value, abs=5e-5)


@pytest.mark.parametrize(
    ("share", "probes"), [(0.005, 598), (0.01, 299), (0.02, 149), (0.05, 59), (0.10, 29), (0.20, 14)]
)
def test_probes_to_see_a_loss(share: float, probes: int) -> None:
    """So many probes see at least one loss with 95 %; after them, that much loss is excluded."""
    assert exact_tests.probes_to_see(share) == probes
    assert exact_tests.unseen_bound(probes) <= share < exact_tests.unseen_bound(probes - 1)


def test_unseen_bound() -> None:
    """Ten probes without loss leave 25.9 % possible: the one-sided exact bound, as SciPy has it at 90 % two-sided."""
    assert exact_tests.unseen_bound(10) == pytest.approx(0.2589, abs=5e-5)
    assert exact_tests.unseen_bound(10) == pytest.approx(scipy.stats.binomtest(0, 10).proportion_ci(0.90, "exact")[1])
    assert exact_tests.unseen_bound(0) == 1.0


def test_mcnemar() -> None:
    """Six rounds lost here and none there have a chance of 1 in 64."""
    assert exact_tests.mcnemar_greater(6, 0) == pytest.approx(1 / 64)
    assert exact_tests.mcnemar_greater(0, 0) == 1.0


def test_regular_and_clustered_losses() -> None:
    """Losses that keep a beat are less dispersed than chance has it, losses in bursts more."""
    index, regular, clustered = exact_tests.binomial_dispersion([4] * 30, 10)
    assert index == 0
    assert regular < 0.001
    assert clustered > 0.999
    index, regular, clustered = exact_tests.binomial_dispersion([10, 0, 0, 0, 0, 10, 0, 0, 0, 0], 10)
    assert index > 2
    assert clustered < 0.001


def test_runs() -> None:
    """Marks that come in stretches have too few runs, random ones have not."""
    assert exact_tests.runs_too_few([True] * 30 + [False] * 30) < 0.001
    chance = random.Random(1)
    assert exact_tests.runs_too_few([chance.random() < 0.3 for _ in range(300)]) > 0.01


def test_intervals_against_scipy() -> None:
    """Exact intervals agree with SciPy's from few probes to a hundred thousand, at any confidence."""
    chance = random.Random(5)
    for _ in range(300):
        total = int(10 ** chance.uniform(0, 5))
        count = chance.choice([0, 1, total, chance.randint(0, total), min(total, chance.randint(0, 20))])
        confidence = chance.choice([0.5, 0.75, 0.95, 0.999])
        expected = scipy.stats.binomtest(count, total).proportion_ci(confidence, "exact")
        found = exact_tests.proportion_interval(count, total, confidence)
        assert found == pytest.approx(tuple(expected), rel=1e-6, abs=1e-10)


def test_whether_a_share_is_beyond_an_interval() -> None:
    """As the bounds say, wherever the share lies, at counts of none and all, too."""
    for count, total in ((0, 10), (1, 10), (3, 10), (10, 10), (5, 100), (30, 3600), (0, 1), (1, 1)):
        for confidence in (0.75, 0.95, 0.999):
            low, high = exact_tests.proportion_interval(count, total, confidence)
            for share in (0.0, 0.0005, 0.004, 0.03, 0.2, 0.6, 0.97, 1.0):
                assert exact_tests.surely_above(count, total, share, confidence) == (low > share)
                assert exact_tests.surely_below(count, total, share, confidence) == (high < share)


def test_wilson() -> None:
    """The quick bound is SciPy's Wilson bound."""
    for count, total in ((0, 10), (3, 10), (5, 100), (10, 300)):
        expected = scipy.stats.binomtest(count, total).proportion_ci(0.95, "wilson")[1]
        assert exact_tests.wilson_high(count, total) == pytest.approx(expected, abs=1e-5)


def test_variation() -> None:
    """Even spaces do not vary."""
    assert exact_tests.variation([60, 60, 60]) == 0
    assert exact_tests.variation([1, 3]) == pytest.approx(scipy.stats.variation([1, 3]))


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([7], 50, 7), ([1, 2], 50, 1), ([1, 2, 3, 4], 50, 2), ([1, 2, 3, 4], 99, 4), (list(range(1, 101)), 95, 95)],
)
def test_percentiles_are_nearest_rank(values: list[int], share: int, expected: int) -> None:
    """A percentile is one of the values: the smallest that so many percent do not exceed."""
    assert exact_tests.percentile(values, share / 100) == expected


def test_percentile() -> None:
    """A percentile is a value that was measured."""
    assert [exact_tests.percentile([1, 2, 3, 4], share) for share in (0, 0.25, 0.26, 0.5, 0.99, 1)] == [
        1,
        1,
        2,
        2,
        4,
        4,
    ]


def test_against_scipy() -> None:
    """On random input all tests agree with SciPy's."""
    chance = random.Random(2)
    for _ in range(60):
        n, m = chance.randint(5, 400), chance.randint(5, 400)
        k, j = chance.randint(0, n), chance.randint(0, m)
        low, high = scipy.stats.binomtest(k, n).proportion_ci(0.95, "exact")
        assert exact_tests.proportion_interval(k, n) == pytest.approx((low, high), abs=1e-6)
        expected = scipy.stats.fisher_exact([[k, n - k], [j, m - j]], alternative="greater")[1]
        assert exact_tests.fisher_greater(k, n, j, m) == pytest.approx(expected, rel=1e-6, abs=1e-12)
        first = [chance.randint(0, 40) for _ in range(n)]
        second = [chance.randint(0, 44) for _ in range(m)]
        expected = scipy.stats.mannwhitneyu(first, second, alternative="greater", method="asymptotic")[1]
        assert exact_tests.mann_whitney_greater(first, second) == pytest.approx(expected, rel=1e-6)
        x, degrees = chance.random() * 80, chance.randint(1, 90)
        assert exact_tests.chi_square_cdf(x, degrees) == pytest.approx(scipy.stats.chi2.cdf(x, degrees), abs=1e-9)
        assert exact_tests.binomial_tail(k, n, 0.3) == pytest.approx(
            scipy.stats.binom.sf(k - 1, n, 0.3), rel=1e-6, abs=1e-12
        )
        other = [value + chance.randint(0, 30) for value in first]
        rho, p_value = scipy.stats.spearmanr(first, other, alternative="greater")
        mine = exact_tests.spearman(first, other)
        assert mine[0] == pytest.approx(rho)
        if n >= 30:
            assert mine[1] == pytest.approx(p_value, rel=0.3, abs=1e-3)


def test_perfect_correlation() -> None:
    """Series that go together throughout do not by chance; those that go against each other, or never move, may."""
    for n in range(3, 60):
        rising = list(range(n))
        assert exact_tests.spearman(rising, rising) == pytest.approx((1.0, 0.0))
        assert exact_tests.spearman(rising, rising[::-1]) == pytest.approx((-1.0, 1.0))
        assert exact_tests.lasting_correlation(rising, rising[::-1]) == pytest.approx((-1.0, 1.0))
        assert exact_tests.spearman(rising, [7] * n) == (0.0, 1.0)


def test_correlation_of_series_that_last() -> None:
    """What changes with each value counts as so many pairs; what lasts for eight values as an eighth of them."""
    ours, known, taken_singly = 0.0, 0.0, 0.0
    for seed in range(40):
        chance = random.Random(seed)
        first = [chance.randrange(1000) for _ in range(40)]
        second = [value + chance.randrange(1500) for value in first]
        single = exact_tests.lasting_correlation(first, second)
        assert single[0] == exact_tests.spearman(first, second)[0]
        oracle = scipy.stats.spearmanr(first, second, alternative="greater").pvalue
        eight = [[value for value in one for _ in range(8)] for one in (first, second)]
        rho, p_value = exact_tests.lasting_correlation(*eight)
        assert rho == pytest.approx(single[0])
        ours, known = ours + log10(p_value), known + log10(oracle)
        taken_singly += log10(exact_tests.spearman(*eight)[1])
    assert 1.6 * known < ours < 0.6 * known  # what resembles itself is estimated from few values
    assert taken_singly < 5 * known


@pytest.mark.parametrize("n", [3, 10, 31, 60])
def test_a_perfect_correlation_has_a_chance(n: int) -> None:
    """Of ranks that rise together there is hardly one, of ranks that go apart there is nothing but chance."""
    rising = list(range(n))
    assert list(exact_tests.spearman(rising, rising)) == pytest.approx([1, 0])
    assert list(exact_tests.spearman(rising, rising[::-1])) == pytest.approx([-1, 1])
