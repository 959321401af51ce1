"""Names and networks of the same addresses, asked for by stock mtr and by us, from the system's configuration."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import named_host
from support.need import need_tool
from support.program import ENVIRONMENT, command

SUPPORT = Path(named_host.__file__)


@pytest.mark.kernel
def test_the_system_s_configuration_gives_what_it_gives_mtr(root: None, tmp_path: Path) -> None:
    """Names by hosts file and name server, IPv4 and IPv6, and each fact of a network are those that mtr shows."""
    need_tool("mtr", "unshare", "ip", "mount")
    four, six = named_host.ADDRESSES
    lines = [
        *([option, address] for address in (four, six, named_host.LISTED) for option in ("-b", "-z")),
        *(["-y", str(kind), four] for kind in range(1, 5)),
        ["-n", "-z", four],
        ["-n", "-y1", six],
    ]
    words = []
    for line in lines:
        for program in (["mtr"], command(name="mtr")):
            words += ["--", *program, "-r", "-w", "-c", "1", "-G", "0.1", *line]
    path = os.pathsep.join([str(SUPPORT.parents[1]), ENVIRONMENT.get("PYTHONPATH", "")])
    done = subprocess.run(
        ["unshare", "-n", "-m", sys.executable, str(SUPPORT), str(tmp_path), *words],
        capture_output=True,
        text=True,
        timeout=120,
        env={**ENVIRONMENT, "PYTHONPATH": path},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = [[row for row in text.splitlines() if row.startswith("  1.")] for text in done.stdout.split("--\n")[:-1]]
    assert len(shown) == 2 * len(lines)
    for line, theirs, ours in zip(lines, shown[::2], shown[1::2], strict=True):
        assert len(theirs) == len(ours) == 1
        assert _left(ours[0]) == _left(theirs[0]), line


def _left(row: str) -> str:
    """What stands before the numbers."""
    return row.partition("%")[0].rpartition(" ")[0].rstrip()
