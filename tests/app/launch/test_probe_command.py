"""Which probe process is started."""

from __future__ import annotations

import sys

from hopscope.app.launch.probe_command import probe_command
from hopscope.app.options.model import Options


def test_our_own_by_default() -> None:
    """Our own, isolated and without site-packages, so that it is up at once; with the scenario of a demo."""
    command, warning = probe_command(Options(), {})
    assert command[:3] == [sys.executable, "-I", "-S"]
    assert warning == ""
    assert probe_command(Options(demo=""), {})[0] == [*command, "--lab", "steady"]


def test_another_is_named_by_option_or_variable() -> None:
    """--packet may hold arguments, MTR_PACKET is one name; the option wins."""
    variable = {"MTR_PACKET": "/opt/my packet"}
    assert probe_command(Options(), variable) == (["/opt/my packet"], "")
    assert probe_command(Options(packet="mtr-packet 'a b'"), variable) == (["mtr-packet", "a b"], "")


def test_the_variable_is_not_followed_under_sudo() -> None:
    """Who may run us as root may not run anything as root (CVE-2025-49809)."""
    command, warning = probe_command(Options(), {"MTR_PACKET": "/tmp/evil", "SUDO_UID": "1000"})
    assert "/tmp/evil" not in command
    assert warning == "MTR_PACKET is ignored under sudo; --packet names another probe process"
