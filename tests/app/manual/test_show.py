"""``--manual`` as a user meets it."""

from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.manual import NAMES, chapters
from support.program import command, run
from support.pty import PtyProgram

if TYPE_CHECKING:
    from pathlib import Path


def test_chapters_are_listed_with_their_titles() -> None:
    """``--manual`` and ``--manual list`` name every chapter."""
    listed = run("--manual", "list")
    assert listed.returncode == 0
    assert run("--manual").stdout == listed.stdout
    for name, title in chapters():
        assert f"  {name} " in listed.stdout
        assert title in listed.stdout


@pytest.mark.parametrize("name", NAMES)
def test_a_pipe_gets_plain_text_of_80_columns(name: str) -> None:
    """In a pipe a chapter is plain text: no marks of Markdown, no escape sequences, prose within 80 columns."""
    shown = run("--manual", name)
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout
    assert "**" not in shown.stdout
    prose = [line for line in shown.stdout.splitlines() if not line.startswith("    ")]
    assert max(map(len, prose)) <= 80
    assert "`" not in "".join(prose)


def test_a_wrong_name_gives_the_nearest_right_one() -> None:
    """A name that is not one is a usage error, which says what was probably meant."""
    wrong = run("--manual", "path_mtu")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == "hopscope: option --manual: there is no chapter 'path_mtu'; did you mean path-mtu?\n"
    assert "--manual list names them" in run("--manual", "zzz").stderr


def test_a_configuration_file_cannot_ask_for_it(tmp_path: Path) -> None:
    """``manual`` is a question, and no default for anything."""
    (tmp_path / "hopscope").mkdir()
    (tmp_path / "hopscope" / "config.toml").write_text('[options]\nmanual = "keys"\n')
    refused = run("--demo", "-r", "-c1", XDG_CONFIG_HOME=str(tmp_path))
    assert refused.returncode == 1
    assert "manual" in refused.stderr


def _pager(folder: Path) -> str:
    """A pager that says that it was there."""
    script = folder / "my pager"
    script.write_text(f"#!{sys.executable}\nimport sys\nprint('PAGED', sys.argv[1], sys.stdin.readline().strip())\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return f"'{script}' --as-told"


def test_a_terminal_gets_the_pager_of_the_user(tmp_path: Path) -> None:
    """On a terminal $PAGER shows the chapter, with its own arguments; that it does not read to the end is no error."""
    environment = {"PAGER": _pager(tmp_path), "TERM": "xterm"}
    with PtyProgram(command("--manual", "line-protocol"), environment=environment) as program:
        assert b"PAGED --as-told THE LINE PROTOCOL" in program.read_until(b"PROTOCOL")
        assert program.wait() == 0


def test_under_sudo_the_users_pager_is_not_run(tmp_path: Path) -> None:
    """A variable of somebody with fewer rights, PATH too, names no program to run."""
    environment = {"PAGER": _pager(tmp_path), "TERM": "dumb", "SUDO_UID": "1000", "PATH": str(tmp_path)}
    (tmp_path / "less").symlink_to(tmp_path / "my pager")
    with PtyProgram(command("--manual", "exit-status"), environment=environment) as program:
        shown = program.read_until(b"--jsonl")
        assert program.wait() == 0
    assert b"PAGED" not in shown


def test_text_is_wrapped_to_the_terminal(tmp_path: Path) -> None:
    """Without a pager the text comes as it is, as wide as the terminal."""
    environment = {"PATH": str(tmp_path), "PAGER": "", "TERM": "xterm", "COLUMNS": "80"}
    with PtyProgram(command("--manual", "exit-status"), columns=60, environment=environment) as program:
        shown = program.read_until(b"--jsonl").decode()
        assert program.wait() == 0
    widths = [len(line) for line in shown.replace("\r", "").split("\n")]
    assert 50 < max(widths) <= 60
