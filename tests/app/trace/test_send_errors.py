"""Whether probes get out of this host."""

from __future__ import annotations

import errno

import pytest
from hopscope.app.trace.send_errors import REASONS, REFUSALS_MAX, SendErrors
from hopscope.probe import wire


def refuse(errors: SendErrors, word: str, count: int, reason: str = "") -> list[bool]:
    return [errors.refused(wire.Answer(word, reason=reason)) for _ in range(count)]


@pytest.mark.parametrize("word", sorted(REASONS))
def test_a_trace_that_never_got_a_probe_out_is_hopeless(word: str) -> None:
    """After some refusals in a row, and not before, the user is told why."""
    errors = SendErrors()
    assert not any(refuse(errors, word, REFUSALS_MAX - 1))
    assert not errors.hopeless
    refuse(errors, word, 1)
    assert errors.hopeless == REASONS[word]


def test_a_refusal_ends_no_trace_that_has_begun() -> None:
    """A firewall that is closed meanwhile may be opened again."""
    errors = SendErrors()
    assert not errors.passed()
    refuse(errors, wire.PERMISSION_DENIED, 10)
    assert not errors.hopeless
    assert not errors.is_down


@pytest.mark.parametrize(
    ("word", "reason"), [(wire.NETWORK_DOWN, ""), (wire.NO_ROUTE, ""), (wire.UNEXPECTED_ERROR, str(errno.ENODEV))]
)
def test_the_network_goes_down_once_and_comes_back_once(word: str, reason: str) -> None:
    """Each is news only when it happens, and a probe that passes between two refusals is no sign of either."""
    errors = SendErrors()
    refuse(errors, word, REFUSALS_MAX - 1, reason)
    assert not errors.passed()
    assert refuse(errors, word, REFUSALS_MAX + 2, reason) == [*[False] * (REFUSALS_MAX - 1), True, False, False]
    assert errors.is_down
    assert errors.passed()
    assert not errors.passed()


def test_another_error_of_the_system_says_nothing_of_the_network() -> None:
    """An error without a name is reported with its probe, and that is all."""
    errors = SendErrors()
    refuse(errors, wire.UNEXPECTED_ERROR, 10, str(errno.EIO))
    assert not errors.is_down
    assert not errors.hopeless
