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

pytestmark = pytest.mark.kernel

SUPPORT = Path(named_host.__file__)
# Neither program waits long for a name; on a busy machine a server of Python may take longer.
TRIES = 2


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
    differing = shown(lines, tmp_path)
    for _ in range(TRIES):
        differing = [(line, theirs, ours) for line, theirs, ours in differing if theirs != ours]
        if not differing:
            return
        differing = shown([line for line, _, _ in differing], tmp_path)
    pytest.fail(f"{differing}")


def shown(lines: list[list[str]], tmp_path: Path) -> list[tuple[list[str], list[str], list[str]]]:
    """For each command line what stands before the numbers of its one hop, as stock mtr and as we show it."""
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
    rows = [
        [_left(row) for row in text.splitlines() if row.startswith("  1.")] for text in done.stdout.split("--\n")[:-1]
    ]
    assert [len(found) for found in rows] == [1] * 2 * len(lines)
    return list(zip(lines, rows[::2], rows[1::2], strict=True))


def _left(row: str) -> str:
    """What stands before the numbers."""
    return row.partition("%")[0].rpartition(" ")[0].rstrip()
