"""Shell completion."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hopscope.app.options.completion import SHELLS, completion, make_completion
from hopscope.app.options.table import OPTIONS


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
        """
    )
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    first, second = done.stdout.splitlines()
    assert {"--report-wide", "--report-cycles", "--report-on-exit"} <= set(first.split())
    assert second.split() == ["0.95", "0.96"]
