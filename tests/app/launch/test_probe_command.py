"""Which probe process is started."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import ConfigurationError, UsageError
from hopscope.app.launch import probe_command as module
from hopscope.app.launch.probe_command import probe_command
from hopscope.app.options.model import Options, read_options
from support.folders import open_to_all
from support.program import run

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


def test_a_count_one_way_is_our_own_probe_process_alone() -> None:
    """With --both it is told to serve the count, and a variable that names another is ignored, which is said."""
    both = read_options(["--both", "ssh:web1"], {})
    assert probe_command(both, {}) == ([*probe_command(Options(), {})[0], "--one-way"], "")
    command, warning = probe_command(both, {"MTR_PACKET": "/opt/other"})
    assert command[-1] == "--one-way"
    assert warning == "MTR_PACKET is ignored with --both, which counts with our own probe process"


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


@pytest.mark.skipif(os.geteuid() != 0, reason="a file that its caller may not read, as root")
def test_a_scenario_that_the_caller_of_sudo_may_not_read(tmp_path: Path) -> None:
    """Messages show what a scenario says, so it is one that the caller could read himself."""
    open_to_all(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text('password = "hunter2"\n')
    secret.chmod(0o600)
    nobody = "65534"
    raised = {"SUDO_UID": nobody, "SUDO_GID": nobody}
    with pytest.raises(ConfigurationError, match="the user who called sudo may not read it"):
        probe_command(Options(demo=str(secret)), raised)
    ended = run("-r", "-n", "-c1", f"--demo={secret}", SUDO_UID=nobody, SUDO_GID=nobody)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "password" not in ended.stderr
    assert "hunter2" not in ended.stderr
    assert probe_command(Options(demo=str(secret)), {})[0][-1] == str(secret)
