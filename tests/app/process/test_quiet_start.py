"""Ctrl-C before the program's own handlers stand."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

# Raises the signal while the first module after it is loaded.
CODE = """
import importlib.abc, os, signal, sys
sys.argv[0] = {name!r}
class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "hopscope.app.errors":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
{before}
import hopscope.app.cli
print("loaded")
"""


@pytest.mark.parametrize("name", ["hopscope", "/usr/bin/mtr"])
def test_an_early_interrupt_leaves_no_traceback(name: str) -> None:
    """The system ends the program, which a shell shows as 130, and nothing is written."""
    done = _run(name)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_an_ignored_interrupt_stays_ignored() -> None:
    """A background job goes on."""
    done = _run("hopscope", "signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert (done.returncode, done.stdout) == (0, "loaded\n")


def test_another_program_keeps_its_handler() -> None:
    """Who imports the program as a library gets KeyboardInterrupt as ever."""
    done = _run("other")
    assert "KeyboardInterrupt" in done.stderr


def _run(name: str, before: str = "") -> subprocess.CompletedProcess[str]:
    code = CODE.format(name=name, before=before)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
