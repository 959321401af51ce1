"""Whether the rights of this process are another user's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.process import raised
from hopscope.app.process.small_file import open_as_is
from support.folders import open_to_all

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("variable", ["SUDO_UID", "PKEXEC_UID", "DOAS_USER"])
def test_what_raises_rights_says_so(variable: str) -> None:
    """sudo, pkexec and doas each leave a variable; without one this process has its own rights."""
    assert not raised.is_raised({})
    assert raised.is_raised({variable: "1000"})


def test_ids_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set-user-ID: the caller is the real user."""
    monkeypatch.setattr(os, "getuid", lambda: 1234)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert raised.is_raised({})
    assert raised.caller({"SUDO_UID": "7", "SUDO_GID": "7"}) == (1234, os.getgid())


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="gives a program capabilities, as root")
def test_file_capabilities(tmp_path: Path) -> None:
    """An interpreter with file capabilities is raised for a user without them."""
    setcap = shutil.which("setcap") or shutil.which("setcap", path="/usr/sbin:/sbin")
    if setcap is None:
        pytest.skip("setcap is missing")
    python = tmp_path / "python3"
    shutil.copy(os.path.realpath(sys.executable), python)
    open_to_all(tmp_path)
    code = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("raised", {raised.__file__!r})
module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
print(module.is_raised({{}}))
"""
    words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", str(python), "-I", "-S", "-c", code]
    plain = subprocess.run(words, capture_output=True, text=True, check=False)
    if plain.returncode:
        pytest.skip("another user cannot run this interpreter or read this folder")
    subprocess.run([setcap, "cap_net_raw+ep", str(python)], check=True)
    secure = subprocess.run(words, capture_output=True, text=True, check=True)
    assert (plain.stdout, secure.stdout) == ("False\n", "True\n")


@pytest.mark.parametrize(
    ("environ", "who"),
    [
        ({}, None),
        ({"SUDO_UID": "0", "SUDO_GID": "0"}, None),
        ({"SUDO_UID": "1000", "SUDO_GID": "100"}, (1000, 100)),
        ({"PKEXEC_UID": "0"}, None),
        ({"SUDO_UID": "x", "SUDO_GID": "1"}, None),
        ({"SUDO_UID": "9" * 5000, "SUDO_GID": "1"}, None),
    ],
)
def test_who_called(environ: dict[str, str], who: tuple[int, int] | None) -> None:
    """User and group of the caller; root and nonsense are nobody."""
    assert raised.caller(environ) == who


def test_what_the_caller_may_read(tmp_path: Path) -> None:
    """By owner, then group, then others, as the kernel decides for a process without privileges."""
    open_to_all(tmp_path)
    file = tmp_path / "file"
    file.write_text("x")
    mine, group = str(os.getuid() + 1000), str(os.getgid() + 1000)
    for mode, environ, may in (
        (0o600, {}, True),
        (0o600, {"SUDO_UID": mine, "SUDO_GID": group}, False),
        (0o604, {"SUDO_UID": mine, "SUDO_GID": group}, True),
        (0o604, {"SUDO_UID": mine, "SUDO_GID": str(os.getgid())}, False),
        (0o640, {"SUDO_UID": mine, "SUDO_GID": str(os.getgid())}, True),
    ):
        file.chmod(mode)
        assert _opens(file, environ) is may, (mode, environ)


def _opens(file: Path, environ: dict[str, str]) -> bool:
    try:
        os.close(raised.open_for_caller(str(file), environ, open_as_is))
    except PermissionError:
        return False
    return True


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, as root")
def test_a_folder_that_is_closed_to_the_caller(tmp_path: Path) -> None:
    """A file that everybody may read, in a folder that nobody else may enter, is closed to the caller too."""
    open_to_all(tmp_path)
    (tmp_path / "closed").mkdir()
    file = tmp_path / "closed" / "file"
    file.write_text("x")
    environ = {"SUDO_UID": "65534", "SUDO_GID": "65534"}
    assert _opens(file, environ)
    ids = os.getresuid(), os.getresgid(), os.getgroups()
    (tmp_path / "closed").chmod(0o700)
    assert not _opens(file, environ)
    assert _opens(file, {})
    assert (os.getresuid(), os.getresgid(), os.getgroups()) == ids


def test_variables_of_libraries_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """TEXTUAL_DRIVER names a module to run, TEXTUAL_LOG a file to write, HOSTALIASES one to read: all go."""
    environ = {"TEXTUAL_LOG": "/x", "TEXTUAL_DRIVER": "a:b", "HOSTALIASES": "/y", "TERM": "xterm"}
    raised.forget_variables(environ)
    assert len(environ) == 4
    environ["SUDO_UID"] = "1000"
    raised.forget_variables(environ)
    assert environ == {"TERM": "xterm", "SUDO_UID": "1000"}
