"""Whether probes get out of this host."""

from __future__ import annotations

import errno

import pytest
from hopscope.app.trace.send_errors import REASONS, REFUSALS_MAX, Outlet
from hopscope.probe import wire


def refuse(outlet: Outlet, word: str, count: int, reason: str = "") -> list[bool]:
    return [outlet.refused(wire.Answer(word, reason=reason)) for _ in range(count)]


@pytest.mark.parametrize("word", sorted(REASONS))
def test_a_trace_that_never_got_a_probe_out_is_hopeless(word: str) -> None:
    """After some refusals in a row, and not before, the user is told why."""
    outlet = Outlet()
    assert not any(refuse(outlet, word, REFUSALS_MAX - 1))
    assert not outlet.hopeless
    refuse(outlet, word, 1)
    assert outlet.hopeless == REASONS[word]


def test_a_refusal_ends_no_trace_that_has_begun() -> None:
    """A firewall that is closed meanwhile may be opened again."""
    outlet = Outlet()
    assert not outlet.passed()
    refuse(outlet, wire.PERMISSION_DENIED, 10)
    assert not outlet.hopeless
    assert not outlet.is_down


@pytest.mark.parametrize(
    ("word", "reason"), [(wire.NETWORK_DOWN, ""), (wire.NO_ROUTE, ""), (wire.UNEXPECTED_ERROR, str(errno.ENODEV))]
)
def test_the_network_goes_down_once_and_comes_back_once(word: str, reason: str) -> None:
    """Each is news only when it happens, and a probe that passes between two refusals is no sign of either."""
    outlet = Outlet()
    refuse(outlet, word, REFUSALS_MAX - 1, reason)
    assert not outlet.passed()
    assert refuse(outlet, word, REFUSALS_MAX + 2, reason) == [*[False] * (REFUSALS_MAX - 1), True, False, False]
    assert outlet.is_down
    assert outlet.passed()
    assert not outlet.passed()


def test_another_error_of_the_system_says_nothing_of_the_network() -> None:
    """An error without a name is reported with its probe, and that is all."""
    outlet = Outlet()
    refuse(outlet, wire.UNEXPECTED_ERROR, 10, str(errno.EIO))
    assert not outlet.is_down
    assert not outlet.hopeless
