"""The Pythons of this machine beside the one that runs the tests."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

OLDEST = (3, 6)
NEWEST_MINOR = 15


@lru_cache(maxsize=1)
def _installed() -> dict[tuple[int, int], str]:
    found = {}
    for minor in range(OLDEST[1], NEWEST_MINOR):
        if name := shutil.which(f"python3.{minor}"):
            found[3, minor] = name
    for folder in (Path.home() / ".pyenv" / "versions").glob("3.*"):
        version = re.match(r"3\.(\d+)", folder.name)
        if version and int(version[1]) >= OLDEST[1] and (folder / "bin" / "python3").exists():
            found[3, int(version[1])] = str(folder / "bin" / "python3")
    # A version manager's stand-in may be on the path without the version behind it.
    return {
        version: name
        for version, name in sorted(found.items())
        if subprocess.run([name, "-c", ""], check=False, capture_output=True).returncode == 0
    }


PYTHONS = _installed()
needs_old_python = pytest.mark.skipif(
    all(version[1] > 10 for version in PYTHONS), reason="no Python from 3.6 to 3.10 is installed"
)
