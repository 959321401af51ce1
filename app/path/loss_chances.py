"""How much losses say: of a rate that has grown, and of a hop that loses more than those beyond it."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

# What a sound path may lose; and the least that it is taken to lose, however many probes say that it is less.
STRAY, STRAY_LEAST = 0.003, 0.001


def surplus(lost: int, beyond: int, hops: int) -> float:
    """The negative logarithm of the chance that one hop of ``hops`` + 1 alike has so many of all losses, by its bound.

    Chernoff's: of so many losses each is the hop's with a chance of one in all of them.
    """
    share, fair = lost / (lost + beyond) if lost else 0.0, 1 / (hops + 1)
    if share <= fair:
        return 0.0
    rest = (1 - share) * log((1 - share) / (1 - fair)) if share < 1 else 0.0
    return (lost + beyond) * (share * log(share / fair) + rest)


def chance_of_few(lost: int, of_all: int, hops: int) -> float:
    """The chance that one of so many hops that lose alike has so few of all losses, or fewer; 1 from its part on."""
    if lost * hops >= of_all:
        return 1.0  # no fewer than its part
    ways, missed = lgamma(of_all + 1), log1p(-1 / hops)
    return sum(
        exp(ways - lgamma(few + 1) - lgamma(of_all - few + 1) - few * log(hops) + (of_all - few) * missed)
        for few in range(lost + 1)
    )


def gain(lost: int, probes: int, lost_before: int, probes_before: int, stray: float = STRAY) -> float:
    """The logarithm of the likelihood ratio of two rates to one; rates below ``stray`` count as that."""
    one = max(stray, (lost + lost_before) / (probes + probes_before))
    return (
        _log_likelihood(lost, probes, stray)
        + _log_likelihood(lost_before, probes_before, stray)
        - _at(lost + lost_before, probes + probes_before, one)
    )


def _log_likelihood(lost: int, probes: int, stray: float) -> float:
    return _at(lost, probes, max(stray, lost / probes)) if probes else 0.0


def _at(lost: int, probes: int, rate: float) -> float:
    if rate >= 1:
        return 0.0
    return lost * log(rate) + (probes - lost) * log(1 - rate)
