"""The probe process has no privileges when it reads its input."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hopscope.probe import launch
from support.need import need_root

CAP_NET_RAW = 1 << 13


def status(*arguments: str) -> dict[str, str]:
    """The kernel's view of a probe process that has answered a first command."""
    process = subprocess.Popen([*launch.command(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(b"1 check-support feature udp\n")
        process.stdin.flush()
        process.stdout.readline()
        text = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    finally:
        process.communicate()
    return dict(re.findall(r"^(\w+):\s*(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("arguments", [(), ("--lab", "steady")])
def test_nothing_is_left(arguments: tuple[str, ...]) -> None:
    """No capability in any set that could be used, and no way to new ones by an exec."""
    need_root()
    found = status(*arguments)
    assert [int(found[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")] == [0, 0, 0, 0]
    assert found["NoNewPrivs"] == "1"


def test_marks_keep_one_capability() -> None:
    """``--allow-mark`` keeps CAP_NET_RAW and nothing else."""
    need_root()
    found = status("--allow-mark")
    assert [int(found[name], 16) for name in ("CapEff", "CapPrm", "CapInh")] == [CAP_NET_RAW, CAP_NET_RAW, 0]
    assert found["NoNewPrivs"] == "1"
