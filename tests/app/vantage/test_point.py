"""What a vantage point tells of its host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.sanitize import sanitize
from hopscope.app.vantage.point import VantagePoint
from hopscope.app.vantage.where import parse_where

if TYPE_CHECKING:
    from hopscope.app.trace.child import Pairs


def point(monkeypatch: pytest.MonkeyPatch, word: str = "host", **facts: str) -> VantagePoint:
    """One that answers each question with these facts."""
    made = VantagePoint(parse_where("ssh:web1"), 1024)
    answer: Pairs = word, [(name, sanitize(value)) for name, value in facts.items()]
    monkeypatch.setattr(made, "_ask", lambda _text: answer)
    return made


CONNECTION = "192.0.2.1,5000,203.0.113.8,22"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (CONNECTION, ("192.0.2.1", "203.0.113.8")),
        ("fe80::1%eth0,5000,fe80::2%eth0,22", ("fe80::1%eth0", "fe80::2%eth0")),
        ("192.0.2.1,5000,203.0.113.8", None),
        ("home,5000,203.0.113.8,22", None),
        ("192.0.2.1,5000,$(reboot),22", None),
        ("", None),
    ],
)
def test_the_connection_of_ssh(monkeypatch: pytest.MonkeyPatch, said: str, expected: tuple[str, str] | None) -> None:
    """Both addresses, if they are such."""
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    assert point(monkeypatch, ssh=said).ssh_connection() == expected


def test_what_was_inherited_from_here_is_not_the_way_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A namespace of this host has the variables of this login; another login is another connection."""
    monkeypatch.setenv("SSH_CONNECTION", CONNECTION.replace(",", " "))
    assert point(monkeypatch, ssh=CONNECTION).ssh_connection() is None
    assert point(monkeypatch, ssh=CONNECTION.replace("5000", "5001")).ssh_connection() is not None


def test_its_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is none, or no answer, is not taken for one."""
    assert point(monkeypatch, source="203.0.113.8").source_towards("192.0.2.1") == "203.0.113.8"
    assert point(monkeypatch, source="nowhere").source_towards("192.0.2.1") == ""
    assert point(monkeypatch, "unknown-command").source_towards("192.0.2.1") == ""
