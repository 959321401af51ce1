"""From options to a plan."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.errors import ConfigurationError, ResolveError, UsageError
from hopscope.app.launch.plan import Plan
from hopscope.app.launch.prepare import prepare
from hopscope.app.options.model import read_options

if TYPE_CHECKING:
    from pathlib import Path

CHILD: Any = SimpleNamespace(command=["probe"])


def plan(*arguments: str) -> Plan:
    return prepare("hopscope", read_options(arguments, {}), {}, CHILD)


def test_targets_get_addresses() -> None:
    """All of them, in the order given."""
    made = plan("-r", "127.0.0.1", "::1")
    assert [(one.address, one.version) for one in made.targets] == [("127.0.0.1", 4), ("::1", 6)]
    assert made.complete


def test_a_target_that_does_not_resolve_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    """The others are traced; where none is left, that is an error."""
    made = plan("-r", "-4", "127.0.0.1", "::1")
    assert [one.address for one in made.targets] == ["127.0.0.1"]
    assert not made.complete
    assert made.untraced == (("::1", "cannot resolve ::1: it is an IPv6 address, and IPv4 was asked for (-4)"),)
    assert "cannot resolve ::1" in capsys.readouterr().err
    with pytest.raises(ResolveError, match="cannot resolve ::1"):
        plan("-r", "-4", "::1")


def test_a_source_of_another_family_says_what_may_help() -> None:
    """The option that makes both of one family is the remedy."""
    with pytest.raises(UsageError) as caught:
        plan("-r", "-a", "127.0.0.1", "::1")
    assert caught.value.remedy == "-4 may help"
    assert str(caught.value) == "option -a/--address: 127.0.0.1 is IPv4, but ::1 is IPv6; -4 may help"


def test_a_plan_only_stores(tmp_path: Path) -> None:
    """Databases are opened by prepare, or when something is asked of them, never by making a plan."""
    pytest.importorskip("maxminddb", reason="maxminddb reads databases, of the extra geo")
    words = ("-r", "--mmdb", str(tmp_path / "none.mmdb"), "127.0.0.1")
    made = Plan("hopscope", read_options(words, {}), (), CHILD)
    with pytest.raises(ConfigurationError, match="cannot read"):
        _ = made.directory
    with pytest.raises(ConfigurationError, match="cannot read"):
        plan(*words)
