"""Whether probes get out of this host."""

from __future__ import annotations

import errno

import pytest
from hopscope.app.trace.refusals import REFUSALS
from hopscope.app.trace.send_errors import REFUSALS_MAX, SendErrors
from hopscope.probe import wire


def refuse(errors: SendErrors, word: str, count: int, reason: str = "") -> list[bool]:
    return [errors.refused(wire.Answer(word, reason=reason)) for _ in range(count)]


@pytest.mark.parametrize("word", sorted(word for word, one in REFUSALS.items() if one.hopeless))
def test_a_trace_that_never_got_a_probe_out_is_hopeless(word: str) -> None:
    """After some refusals in a row, and not before, the user is told why."""
    errors = SendErrors()
    assert not any(refuse(errors, word, REFUSALS_MAX - 1))
    assert not errors.hopeless
    refuse(errors, word, 1)
    assert errors.hopeless == REFUSALS[word].hopeless


@pytest.mark.parametrize("version", [4, 6])
def test_no_source_address_is_blamed_that_nobody_gave(version: int) -> None:
    """Without -a and -I it is the host that has no address of the family: IPv6 is disabled, say."""
    errors = SendErrors(version, source_given=False)
    refuse(errors, wire.ADDRESS_NOT_AVAILABLE, REFUSALS_MAX)
    assert errors.hopeless == f"this host has no IPv{version} address to send from"


@pytest.mark.parametrize("number", [errno.EMSGSIZE, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT])
def test_a_packet_that_this_host_can_never_send_is_hopeless(number: int) -> None:
    """A size that the interface cannot send, and families that the system lacks, do not pass with time."""
    errors = SendErrors()
    refuse(errors, wire.UNEXPECTED_ERROR, REFUSALS_MAX, str(number))
    assert errors.hopeless


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
