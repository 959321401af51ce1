"""Shell completion."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hopscope.app.options.completion import completion, make_completion
from hopscope.app.options.table import OPTIONS, SHELLS
from support.need import need_tool
from support.pty import PtyProgram

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_are_up_to_date(shell: str) -> None:
    """What is shipped is what shtab makes of the table (python -m hopscope.app.options.completion makes it anew)."""
    assert completion(shell) == make_completion(shell)
    assert all(option.long in completion(shell) for option in OPTIONS)


def test_bash_completes_options() -> None:
    """In bash, the start of an option is completed, and the words that it may take."""
    bash = shutil.which("bash")
    assert bash
    script = (
        completion("bash")
        + """
        complete_line() {
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
            _shtab_hopscope; echo "${COMPREPLY[*]}"
        }
        complete_line hopscope --report-
        complete_line hopscope --layout ''
        complete_line hopscope --manual path
        """
    )
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    first, second, third = done.stdout.splitlines()
    assert {"--report-wide", "--report-cycles", "--report-on-exit"} <= set(first.split())
    assert second.split() == ["0.95", "0.96", "next"]
    assert third.split() == ["path-mtu"]


def test_fish_completes_options() -> None:
    """In fish too, each with what it does."""
    need_tool("fish")
    script = completion("fish") + '\ncomplete -C "hopscope --report-"; complete -C "hopscope --layout "'
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, timeout=20, check=True)
    shown = dict(line.split("\t") for line in done.stdout.splitlines())
    assert {"--report-wide", "--report-cycles", "--report-on-exit", "0.95", "0.96", "next"} == set(shown)
    assert shown["--report-wide"] == "a report that does not cut names"


def test_zsh_completes_options(tmp_path: Path) -> None:
    """In a zsh that somebody types at too."""
    need_tool("zsh")
    (tmp_path / "_hopscope").write_text(completion("zsh"))
    zsh = shutil.which("zsh")
    assert zsh
    with PtyProgram([zsh, "-f", "-i"], columns=120, environment={"TERM": "xterm", "HOME": str(tmp_path)}) as shell:
        shell.write(f"fpath=({tmp_path} $fpath); autoload -U compinit; compinit -u -D; echo be''gun\n".encode())
        shell.read_until(b"begun\r\n")
        shell.write(b"hopscope --report-\t")
        assert b"-- a report that does not cut names" in shell.read_until(b"does not cut names")
        shell.write(b"\x15hopscope --layout \t\t")
        assert b"0.96" in shell.read_until(b"0.96")
