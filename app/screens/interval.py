"""The interval in which a loss rate lies."""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma, log, log1p


def _tail(lost: int, sent: int, rate: float) -> float:
    """P(X <= lost) for X binomial of ``sent`` trials at ``rate``."""
    if rate <= 0:
        return 1.0
    if rate >= 1:
        return 1.0 if lost >= sent else 0.0
    term = exp(sent * log1p(-rate))
    if term > 0:
        total = term
        for count in range(1, lost + 1):
            term *= (sent - count + 1) / count * rate / (1 - rate)
            total += term
        return min(1.0, total)
    whole = lgamma(sent + 1)
    return min(
        1.0,
        sum(
            exp(whole - lgamma(k + 1) - lgamma(sent - k + 1) + k * log(rate) + (sent - k) * log1p(-rate))
            for k in range(lost + 1)
        ),
    )


@lru_cache(maxsize=256)
def loss_interval(lost: int, sent: int) -> tuple[float, float]:
    """Clopper and Pearson's exact 95 % interval for a loss rate, as fractions; (0, 1) without probes."""
    if sent <= 0:
        return 0.0, 1.0
    low, high = 0.0, 1.0
    if lost > 0:
        a, b = 0.0, 1.0
        for _ in range(40):
            rate = (a + b) / 2
            if 1 - _tail(lost - 1, sent, rate) < 0.025:
                a = rate
            else:
                b = rate
        low = (a + b) / 2
    if lost < sent:
        a, b = 0.0, 1.0
        for _ in range(40):
            rate = (a + b) / 2
            if _tail(lost, sent, rate) > 0.025:
                a = rate
            else:
                b = rate
        high = (a + b) / 2
    return low, high


def bound(fraction: float) -> str:
    """A fraction in percent as it stands in a sentence: ``1.1``, ``23``."""
    percent = 100 * fraction
    return f"{percent:.0f}" if percent >= 10 else f"{percent:.1f}" if percent >= 0.1 else f"{percent:.2f}"
