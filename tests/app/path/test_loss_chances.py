"""How much losses say: figures worked out by hand."""

from __future__ import annotations

from math import isclose, log

from hopscope.app.path.loss_chances import chance_of_few, gain, surplus


def test_one_hop_that_has_all_losses_of_six() -> None:
    """Seven losses at one of six hops alike: a chance of 1 / 6 each."""
    assert isclose(surplus(7, 0, 5), 7 * log(6))


def test_a_hop_with_its_fair_part_has_no_surplus() -> None:
    """Ten of fifty losses at one of five hops, or fewer."""
    assert surplus(10, 40, 4) == 0
    assert surplus(3, 40, 4) == 0
    assert surplus(0, 40, 4) == 0


def test_a_hop_that_has_none_or_one_of_the_losses() -> None:
    """Of six losses at three hops alike: (2/3)^6, and with one of them 6 (1/3) (2/3)^5 more."""
    assert isclose(chance_of_few(0, 6, 3), (2 / 3) ** 6)
    assert isclose(chance_of_few(1, 6, 3), (2 / 3) ** 6 + 2 * (2 / 3) ** 5)


def test_a_hop_with_its_part_has_no_few() -> None:
    """Two of six at one of three hops; and of fifteen thousand, which no factorial is too large for."""
    assert chance_of_few(2, 6, 3) == 1
    assert 0 <= chance_of_few(400, 15_000, 30) < chance_of_few(480, 15_000, 30) < 0.5


def test_a_rate_that_stays_gains_nothing() -> None:
    """Ten of a hundred before, ten of a hundred now: one rate says it as well as two."""
    assert isclose(gain(10, 100, 10, 100), 0, abs_tol=1e-9)


def test_loss_after_none_gains_by_its_stray_rate() -> None:
    """Five of fifty after a clean thousand: 5 ln 0.1 + 45 ln 0.9 against five and a thousand at a common rate."""
    one = 5 / 1050
    apart = 5 * log(0.1) + 45 * log(0.9) + 1000 * log(1 - 0.003)
    together = 5 * log(one) + 1045 * log(1 - one)
    assert isclose(gain(5, 50, 0, 1000), apart - together)
