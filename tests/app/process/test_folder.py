"""Folders that are opened once, whoever swaps names in their paths."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from hopscope.app.process.folder import link_text, open_folder

NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="gives links to another user, as root")


def opened(path: Path | str, parent: int | None = None) -> str:
    """Where a folder is that was opened."""
    descriptor = open_folder(str(path), parent)
    try:
        return str(Path(f"/proc/self/fd/{descriptor}").readlink())
    finally:
        os.close(descriptor)


def test_ways_to_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absolute and relative paths, dots and this user's own links lead where the kernel would go."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "to-b").symlink_to("a/b")
    (tmp_path / "far").symlink_to(tmp_path / "a")
    monkeypatch.chdir(tmp_path)
    for path in ("a/b", "a/./b/", "a/../a/b", "to-b", "far/b", f"{tmp_path}//a/b", "to-b/../b", "far/../to-b"):
        assert opened(path) == os.path.realpath(path) == str(tmp_path / "a" / "b"), path
    parent = os.open("a", os.O_RDONLY)
    assert opened("b", parent) == str(tmp_path / "a" / "b")
    os.close(parent)
    for path, message in (("a/c", "No such file"), ("loop", "Too many levels")):
        with suppress(FileExistsError):
            (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(OSError, match=message):
            opened(path)


@AS_ROOT
@pytest.mark.parametrize("path", ["theirs", "theirs/b", "a/../theirs", "mine"])
def test_root_follows_no_link_of_another_user(path: str, tmp_path: Path) -> None:
    """Neither at the end nor before it, nor where a link of root's leads over one."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "theirs").symlink_to("a")
    (tmp_path / "mine").symlink_to("theirs/b")
    os.lchown(tmp_path / "theirs", NOBODY, NOBODY)
    with pytest.raises(OSError, match="another user"):
        opened(tmp_path / path)


@AS_ROOT
def test_names_that_are_swapped_meanwhile_lead_nowhere_else(tmp_path: Path) -> None:
    """A folder that turns into a link of another user, again and again, is opened itself or not at all."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.lchown(tmp_path / "link", NOBODY, NOBODY)
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for name in ("real", "link"):
                with suppress(OSError):
                    (tmp_path / name).rename(tmp_path / "name")
                    (tmp_path / "name").rename(tmp_path / name)

    thread = threading.Thread(target=swap)
    thread.start()
    found = set()
    try:
        for _ in range(300):
            with suppress(OSError):
                found.add(opened(tmp_path / "name").rpartition("/")[2])
    finally:
        stop.set()
        thread.join()
    assert found <= {"name", "real", "link"}


def test_what_a_link_says(tmp_path: Path) -> None:
    """The text of a link of this user; nothing of a file, or of what is not there."""
    (tmp_path / "link").symlink_to("some/where")
    (tmp_path / "file").touch()
    folder = open_folder(str(tmp_path))
    assert [link_text(folder, name, "path") for name in ("link", "file", "none")] == ["some/where", "", ""]
    os.close(folder)
