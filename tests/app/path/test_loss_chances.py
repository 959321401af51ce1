"""How much losses say: figures worked out by hand."""

from __future__ import annotations

from math import isclose, log

from hopscope.app.path.loss_chances import gain, surplus


def test_one_hop_that_has_all_losses_of_six() -> None:
    """Seven losses at one of six hops alike: a chance of 1 / 6 each."""
    assert isclose(surplus(7, 0, 5), 7 * log(6))


def test_a_hop_with_its_fair_part_has_no_surplus() -> None:
    """Ten of fifty losses at one of five hops, or fewer."""
    assert surplus(10, 40, 4) == 0
    assert surplus(3, 40, 4) == 0
    assert surplus(0, 40, 4) == 0


def test_a_rate_that_stays_gains_nothing() -> None:
    """Ten of a hundred before, ten of a hundred now: one rate says it as well as two."""
    assert isclose(gain(10, 100, 10, 100), 0, abs_tol=1e-9)


def test_loss_after_none_gains_by_its_stray_rate() -> None:
    """Five of fifty after a clean thousand: 5 ln 0.1 + 45 ln 0.9 against five and a thousand at a common rate."""
    one = 5 / 1050
    apart = 5 * log(0.1) + 45 * log(0.9) + 1000 * log(1 - 0.003)
    together = 5 * log(one) + 1045 * log(1 - one)
    assert isclose(gain(5, 50, 0, 1000), apart - together)
