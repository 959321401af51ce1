"""Which sizes are tried when nobody says what passes."""

from __future__ import annotations

import pytest
from hopscope.app.trace.mtu.sizes import PLATEAUS, next_size, usable


@pytest.mark.parametrize("true", [64, 65, 68, 576, 1279, 1280, 1281, 1399, 1400, 1401, 1475, 1492, 1498, 1499, 8999])
def test_every_size_is_found(true: int) -> None:
    """Whatever passes, the search ends at it, within so many questions as halving takes."""
    low, high, questions = 64, 1500 if true < 1500 else 9001, 0
    while high - low > 1:
        trial = next_size(low, high)
        assert low < trial < high
        low, high = (trial, high) if trial <= true else (low, trial)
        questions += 1
    assert low == true
    assert questions <= 17


def test_usual_sizes_are_found_sooner() -> None:
    """The MTUs of tunnels take seven questions at most where halving takes up to eleven."""
    for true in (size for size in PLATEAUS if 1280 <= size < 1500):
        low, high, questions = 64, 1500, 0
        while high - low > 1:
            trial = next_size(low, high)
            low, high = (trial, high) if trial <= true else (low, trial)
            questions += 1
        assert questions <= 7


def test_what_routers_say_is_taken_with_care() -> None:
    """A size that was refused before, one known to pass, none, and one too small for IPv6 are not used."""
    assert usable(1400, 4, 64, 1500) == usable(1400, 6, 64, 1500) == 1400
    assert usable(1500, 4, 64, 1500) is usable(9000, 4, 64, 1500) is usable(64, 4, 64, 1500) is None
    assert usable(0, 4, 64, 1500) is usable(None, 4, 64, 1500) is usable(-7, 4, 64, 1500) is None
    assert (usable(576, 4, 64, 1500), usable(576, 6, 64, 1500)) == (576, None)
