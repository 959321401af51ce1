"""Reading files that ought to be small."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hopscope.app.process.small_file import NOT_REGULAR, open_regular, read_bounded

if TYPE_CHECKING:
    from pathlib import Path


def test_pipes_and_devices_are_refused_at_once(tmp_path: Path) -> None:
    """A pipe that nobody writes to, a device that never ends and a folder are no regular files."""
    os.mkfifo(tmp_path / "pipe")
    for path in (str(tmp_path / "pipe"), "/dev/zero", str(tmp_path)):
        with pytest.raises(OSError, match=NOT_REGULAR):
            open_regular(path)


def test_the_size_has_a_limit(tmp_path: Path) -> None:
    """As much as the limit is read whole; a byte more is said."""
    (tmp_path / "file").write_bytes(b"x" * 2048)
    descriptor = open_regular(str(tmp_path / "file"))
    assert read_bounded(descriptor, 2048) == b"x" * 2048
    os.lseek(descriptor, 0, os.SEEK_SET)
    with pytest.raises(OSError, match="larger than 1 KiB"):
        read_bounded(descriptor, 1024)
    os.close(descriptor)


@pytest.mark.skipif(not hasattr(os, "O_PATH"), reason="the system cannot look without opening")
def test_a_device_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is is found out first: to open a watchdog or a tape is to start it."""
    opened: list[int] = []
    real = os.open

    def noted(path: str, flags: int) -> int:
        opened.append(flags)
        return real(path, flags)

    monkeypatch.setattr(os, "open", noted)
    (tmp_path / "file").symlink_to("/dev/zero")
    with pytest.raises(OSError, match=NOT_REGULAR):
        open_regular(str(tmp_path / "file"))
    assert [flags & os.O_PATH for flags in opened] == [os.O_PATH]
