"""Which probe process is started."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.launch import probe_command as module
from hopscope.app.launch.probe_command import probe_command
from hopscope.app.options.model import Options

if TYPE_CHECKING:
    from pathlib import Path


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


def test_path_is_not_followed_under_sudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without a folder is looked for where root's programs are, whatever PATH says."""
    (tmp_path / "mtr-packet").write_text("#!/bin/sh\n")
    (tmp_path / "mtr-packet").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "TRUSTED_PATH", "/nonexistent")
    with pytest.raises(UsageError, match=r"'mtr-packet' is in none of /nonexistent; .* give the whole path"):
        probe_command(Options(packet="mtr-packet"), {"SUDO_UID": "1000"})
    assert probe_command(Options(packet="/a/b c"), {"SUDO_UID": "1000"})[0] == ["/a/b", "c"]
    assert probe_command(Options(packet="mtr-packet"), {})[0] == ["mtr-packet"]


def test_a_command_of_no_words_is_refused() -> None:
    """Quotes around nothing name no program."""
    with pytest.raises(UsageError, match="expected a command"):
        probe_command(Options(packet="''"), {})
