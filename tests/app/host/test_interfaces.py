"""Addresses of interfaces."""

from __future__ import annotations

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.host.interfaces import interface_address


def test_loopback() -> None:
    """The loopback interface has the addresses that everybody knows."""
    assert interface_address("lo", 4) == "127.0.0.1"
    assert interface_address("lo", 6) == "::1"


def test_no_such_interface() -> None:
    """An interface that does not exist is said in one line."""
    with pytest.raises(UsageError) as caught:
        interface_address("nope0", 4)
    assert str(caught.value) == "option -I/--interface: no such interface: 'nope0'"
