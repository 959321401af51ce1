"""The few statistics that verdicts rest on, exact where exactness is cheap.

Values are checked in the tests against published ones and against SciPy.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from math import ceil, erfc, exp, inf, lgamma, log, log1p, sqrt
from operator import mul, sub
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95
HALLEY_MAX, HALLEY_LAST = 0.5, 1e-5


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularized incomplete beta function I_x(a, b), by continued fraction (NIST DLMF 8.17.22)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_cdf(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d or tiny)
    result = d
    for m in range(1, 300):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / ((1.0 + numerator * d) or tiny)
            c = (1.0 + numerator / c) or tiny
            result *= c * d
        if abs(c * d - 1.0) < 1e-12:
            break
    return front * result


def _beta_quantile(probability: float, a: float, b: float) -> float:
    """Where the beta distribution function has a value: Halley's steps, within a bracket that only narrows."""
    low, high = 0.0, 1.0
    norm = lgamma(a + b) - lgamma(a) - lgamma(b)
    at = _beta_start(probability, a, b)
    for _ in range(100):
        excess = beta_cdf(at, a, b) - probability
        low, high = (at, high) if excess < 0 else (low, at)
        density = exp(norm + (a - 1) * log(at) + (b - 1) * log1p(-at))
        step = excess / density if density else 0.0
        bend = step * ((a - 1) / at - (b - 1) / (1 - at)) / 2  # how the density itself changes over a step
        step /= 1 - bend if abs(bend) < HALLEY_MAX else 1
        inside = low < at - step < high
        if inside and abs(step) <= HALLEY_LAST * at:
            return at - step  # what such a step leaves goes with the cube of its length
        at = at - step if inside else (low + high) / 2
    return at


def _beta_start(probability: float, a: float, b: float) -> float:
    """Near a quantile, by the normal approximation of its logit (within the bracket, as good as needed)."""
    z = sqrt(-2 * log(min(probability, 1 - probability)))
    z -= (2.30753 + 0.27061 * z) / (1 + 0.99229 * z + 0.04481 * z * z)  # Abramowitz and Stegun 26.2.22
    z = -z if probability < 0.5 else z
    spread = sqrt(1 / max(a - 0.4, 0.3) + 1 / max(b - 0.4, 0.3))
    return min(max(1 / (1 + exp(-(log(a / b) + z * spread))), 1e-12), 1 - 1e-12)


def wilson_high(count: int, total: int) -> float:
    """The upper bound of Wilson's interval: quick, and good enough to rank proportions by what they leave possible."""
    z2 = 3.8415  # 1.96 squared
    share = count / total
    spread = sqrt(z2 * (share * (1 - share) / total + z2 / (4 * total * total)))
    return (share + z2 / (2 * total) + spread) / (1 + z2 / total)


@lru_cache(maxsize=4096)
def proportion_interval(count: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact (Clopper and Pearson) interval of a proportion; (0, 1) when nothing is known."""
    if total <= 0:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    if count <= 0:
        return 0.0, 1 - tail ** (1 / total)
    if count >= total:
        return tail ** (1 / total), 1.0
    return _beta_quantile(tail, count, total - count + 1), _beta_quantile(1 - tail, count + 1, total - count)


def surely_above(count: int, total: int, share: float, confidence: float = CONFIDENCE) -> bool:
    """Whether the lower bound of ``proportion_interval`` exceeds a share: one tail at it tells, no bound is sought."""
    return count > 0 and binomial_tail(count, total, share) < (1 - confidence) / 2


def surely_below(count: int, total: int, share: float, confidence: float = CONFIDENCE) -> bool:
    """Whether the upper bound of ``proportion_interval`` is below a share."""
    return count < total and binomial_tail(total - count, total, 1 - share) < (1 - confidence) / 2


def unseen_bound(total: int, confidence: float = CONFIDENCE) -> float:
    """The largest proportion that none seen among ``total`` leaves possible: one-sided, as only one side is open."""
    return 1 - (1 - confidence) ** (1 / total) if total > 0 else 1.0


def probes_to_see(share: float, confidence: float = CONFIDENCE) -> int:
    """How many probes see at least one loss with this confidence, where so large a share is lost."""
    return ceil(log(1 - confidence) / log1p(-share))


def binomial_tail(count: int, total: int, probability: float) -> float:
    """The chance of ``count`` or more among ``total``."""
    if count <= 0:
        return 1.0
    return beta_cdf(probability, count, total - count + 1) if count <= total else 0.0


@lru_cache(maxsize=4096)
def fisher_greater(count: int, total: int, other_count: int, other_total: int, enough: float = 1.0) -> float:
    """One-sided exact p-value that the first proportion is not greater than the second (Fisher).

    Above ``enough`` any value may stand for it that is above too.
    """
    everything, hits = total + other_total, count + other_count
    top = min(hits, total)
    if count <= max(0, hits - other_total):
        return 1.0
    term = exp(_log_comb(total, count) + _log_comb(other_total, hits - count) - _log_comb(everything, hits))
    chance = term
    for x in range(count, top):
        term *= (total - x) * (hits - x) / ((x + 1) * (other_total - hits + x + 1))
        chance += term
        if term <= 1e-14 * chance or chance > enough:
            break
    return min(chance, 1.0)


def mcnemar_greater(only_first: int, only_second: int) -> float:
    """One-sided exact p-value (McNemar) from the rounds in which only the one, or only the other, was lost."""
    return binomial_tail(only_first, only_first + only_second, 0.5)


def normal_tail(z: float) -> float:
    """The chance that a standard normal variable exceeds z."""
    return 0.5 * erfc(z / sqrt(2))


def mann_whitney_greater(first: Sequence[int], second: Sequence[int]) -> float:
    """One-sided p-value that the first sample is not greater (normal approximation, ties and continuity corrected)."""
    score = mann_whitney_score(first, second)
    return 1.0 if score is None else normal_tail(score)


def mann_whitney_score(first: Sequence[int], second: Sequence[int]) -> float | None:
    """How far the first sample lies above the second, as a standard normal variable; None: that cannot be said."""
    n, m = len(first), len(second)
    if not n or not m:
        return None
    total = n + m
    ordered = sorted((*first, *second))
    lowest, highest = _places(ordered)
    fewer = first if n <= m else second
    twice = sum(map(lowest.__getitem__, fewer)) + sum(map(highest.__getitem__, fewer)) - len(fewer) * (len(fewer) + 1)
    below = twice if n <= m else 2 * n * m - twice
    ties = 0
    if len(highest) < total:
        sizes = map(sub, highest.values(), map(lowest.__getitem__, highest))  # each one less than so many are equal
        ties = sum(more * (more + 1) * (more + 2) for more in sizes if more)
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return None
    return (below / 2 - n * m / 2 - 0.5) / sqrt(variance)


def _places(ordered: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """The first and the last place of each of the values, from 1."""
    n = len(ordered)
    return dict(zip(reversed(ordered), range(n, 0, -1), strict=True)), dict(zip(ordered, range(1, n + 1), strict=True))


def chi_square_cdf(x: float, degrees: int) -> float:
    """The chi-square distribution function: the regularized lower incomplete gamma function (NIST DLMF 8.11.4)."""
    if x <= 0 or degrees <= 0:
        return 0.0
    a, half = degrees / 2, x / 2
    if half > a + 40 * sqrt(a) + 200:
        return 1.0
    term = total = 1.0 / a
    n = a
    while term > total * 1e-14:
        n += 1
        term *= half / n
        total += term
    return min(1.0, exp(log(total) - half + a * log(half) - lgamma(a)))


def binomial_dispersion(counts: Sequence[int], window: int) -> tuple[float, float, float]:
    """Losses in windows of ``window`` probes against independent losses.

    Returned are the variance over the binomial's own, and the p-values that they are as regular, and as clustered, as
    seen (chi-square with one degree less than windows).
    """
    n = len(counts)
    share = sum(counts) / (n * window) if n else 0.0
    if n < 3 or not 0 < share < 1:
        return 1.0, 1.0, 1.0
    mean = share * window
    statistic = sum((count - mean) ** 2 for count in counts) / (mean * (1 - share))
    below = chi_square_cdf(statistic, n - 1)
    return statistic / (n - 1), below, 1 - below


def runs_too_few(marks: Sequence[bool]) -> float:
    """One-sided p-value (Wald and Wolfowitz) that marks change as seldom as they do by chance."""
    z = _runs_z(marks, -0.5)
    return 1.0 if z is None else normal_tail(-z)


def _runs_z(marks: Sequence[bool], continuity: float) -> float | None:
    """How far the number of runs lies above what is to be expected, in standard deviations."""
    ones = sum(marks)
    zeros = len(marks) - ones
    if ones < 2 or zeros < 2:
        return None
    n = ones + zeros
    runs = 1 + sum(a != b for a, b in itertools.pairwise(marks))
    mean = 2 * ones * zeros / n + 1
    variance = (mean - 1) * (mean - 2) / (n - 1)
    return (runs - mean - continuity) / sqrt(variance) if variance > 0 else None


def spearman(first: Sequence[int], second: Sequence[int]) -> tuple[float, float]:
    """Rank correlation, and its one-sided p-value (Student's t, as normal: meant for 30 pairs or more)."""
    return rank_correlation(ranks(first), ranks(second))


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """The same of ranks that are known already."""
    n = len(first)
    if n < 3:
        return 0.0, 1.0
    base = n * (n + 1) ** 2 / 4
    covariance = sum(map(mul, first, second)) - base
    spread = sqrt((sum(map(mul, first, first)) - base) * (sum(map(mul, second, second)) - base))
    if not spread:
        return 0.0, 1.0
    rho = covariance / spread
    return rho, _correlation_chance(rho, n)


def _correlation_chance(rho: float, pairs: float) -> float:
    """One-sided p-value of a correlation of so many independent pairs (Student's t, as normal)."""
    if pairs <= 2 or rho <= -1:
        return 1.0
    if rho >= 1:
        return 0.0
    t = rho * sqrt((pairs - 2) / (1 - rho * rho))
    return normal_tail(t * (1 - 1 / (4 * (pairs - 2))) / sqrt(1 + t * t / (2 * (pairs - 2))))


def lasting_correlation(first: Sequence[int], second: Sequence[int]) -> tuple[float, float]:
    """Rank correlation of two series whose states last, and its one-sided p-value.

    What goes up and down a few times alone may go with another such series by chance: the pairs are counted as so many
    independent ones as there would be with the same spread of the correlation (Bartlett 1946; summed as far as both
    series still resemble themselves, so that what is regular is not taken for what is rare).
    """
    n = len(first)
    ranked = ranks(first), ranks(second)
    rho, _ = rank_correlation(*ranked)
    if n < 3 or not rho:
        return rho, 1.0
    middle = (n + 1) / 2  # the mean of ranks
    centred = [[rank - middle for rank in one] for one in ranked]
    variances = [sum(map(mul, one, one)) for one in centred]
    excess = 0.0
    for lag in range(1, n // 2):
        a, b = (sum(map(mul, one, one[lag:])) / of for one, of in zip(centred, variances, strict=True))
        if a <= 0 or b <= 0:
            break
        excess += (1 - lag / n) * a * b
    return rho, _correlation_chance(rho, n / (1 + 2 * excess))


def ranks(values: Sequence[int]) -> list[float]:
    """The place of each value among all, from 1; equal ones share theirs."""
    lowest, highest = _places(sorted(values))
    middle = {value: (lowest[value] + last) / 2 for value, last in highest.items()}
    return list(map(middle.__getitem__, values))


def log_likelihood(count: int, total: int, probability: float) -> float:
    """Of ``count`` hits among ``total`` independent trials, but for a constant."""
    if (count and probability <= 0) or (total > count and probability >= 1):
        return -inf
    hits = count * log(probability) if count else 0.0
    misses = (total - count) * log1p(-probability) if total > count else 0.0
    return hits + misses


def percentile(ordered: Sequence[int], share: float) -> int:
    """The smallest value that at least this share of the ordered values does not exceed."""
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def variation(values: Sequence[int]) -> float:
    """Standard deviation over mean: 0 where all values are the same."""
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / len(values)) / mean


def _log_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
