"""A recording on a disk that is full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hopscope.app.recording.reader import open_session

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))


@pytest.fixture
def small_disk(tmp_path: Path, root: None) -> Iterator[Path]:
    """A file system of two pages."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "hopscope-test", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_the_recording_ends_and_the_trace_does_not(small_disk: Path) -> None:
    """The report is whole, one sentence says what became of the recording, and what is in it can be read."""
    file = small_disk / "x.hops"
    command = [HOPSCOPE, "--demo", "steady", "-n", "-r", "-c", "60", "-i", "0.05", "--record", str(file)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "TZ": "UTC"}, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert " 60 " in done.stdout.splitlines()[-1]
    assert f"the recording to {file} has ended: No space left on device; what is in it can be read" in done.stderr
    assert done.stderr.count("\n") == 1
    found = open_session(str(file))
    assert len(list(found.events())) > 20
    assert not found.damage
