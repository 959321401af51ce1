"""The door for those who score the answer from outside."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from hopscope.app.manual.markdown import Code, Heading, blocks

ROOT = Path(__file__).resolve().parent.parent.parent
HEADING = "Scoring the answer from outside"
LINES_MAX = 10


def test_the_lines_of_the_door_find_the_fault() -> None:
    """The ten lines that CONTRIBUTING shows run as they stand, and the answer names the loss where it is."""
    found = list(blocks((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    after = found[found.index(Heading(2, HEADING)) :]
    program = next(block for block in after if isinstance(block, Code))
    assert len(program.lines) <= LINES_MAX
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(program.lines)],
        cwd=ROOT / "tests",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    assert done.stdout.startswith("fault (<path-loss>,) Place(")
    assert "last_ttl=5)" in done.stdout
    assert re.search(r"hops? (4-)?5\b", done.stdout)
