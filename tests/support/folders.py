"""Folders of tests that other users may enter, as pytest's own are closed to them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def open_to_all(folder: Path) -> None:
    """Let every user enter a folder that a test was given."""
    for one in (folder, *folder.parents):
        if one.stat().st_uid == os.geteuid() and len(one.parts) > 2:
            one.chmod(one.stat().st_mode | 0o055)
