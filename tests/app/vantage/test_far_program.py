"""The line that finds a Python on the other machine, and what runs there."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.vantage.far_program import FarProgram
from support.need import need_tool

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("shell", ["sh", "bash", "rbash", "zsh", "fish"])
def test_every_login_shell_runs_the_line(tmp_path: Path, shell: str) -> None:
    """A restricted shell, too, which runs nothing by 'exec' and by no path: the probe process says that it is ready."""
    need_tool("zsh", "fish")
    (tmp_path / "python3").symlink_to(sys.executable)
    program = FarProgram(16)
    done = subprocess.run(
        [shell, "-c", program.line],
        input=program.input + b"7 check-support feature hopscope\n",
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout.split(program.marker)[1].splitlines()[1:] == [b"7 feature-support support ok"]
