"""Files that exports write: whole or not at all, whoever the folder belongs to."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from hopscope.app.process import whole_file
from hopscope.app.process.whole_file import write_whole
from hopscope.app.sanitize import own_document


def test_writing_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full leaves the old file whole and nothing else behind."""
    file = tmp_path / "a"
    file.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, own_document("new"), replace=True)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_file_that_came_meanwhile_is_kept(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the writing another program may take the name: it is not overwritten."""
    if not links:

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
    file = tmp_path / "a"
    assert write_whole(file, own_document("first"), replace=False) == 5
    with pytest.raises(FileExistsError):
        write_whole(file, own_document("second"), replace=False)
    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]
    assert write_whole(file, own_document("second"), replace=True) == 6
    assert file.read_text() == "second"


def test_a_link_is_followed(tmp_path: Path) -> None:
    """The file behind a symbolic link is replaced, the link stays."""
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    link.symlink_to(file)
    write_whole(link, own_document("new"), replace=True)
    assert link.is_symlink()
    assert file.read_text() == "new"


@pytest.fixture(params=["unnamed", "named"])
def file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system with files that have no name, and one without."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE")


@pytest.mark.usefixtures("file_system")
def test_the_umask_decides_the_mode(tmp_path: Path) -> None:
    """A new file and one that replaces another have the mode of any file that a program creates."""
    before = os.umask(0o027)
    try:
        for replace in (False, True):
            write_whole(tmp_path / "a", own_document("text"), replace=replace)
            assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(before)


@pytest.mark.usefixtures("file_system")
@pytest.mark.parametrize("replace", [True, False])
def test_what_others_do_in_the_folder_touches_no_other_file(replace: bool, tmp_path: Path) -> None:
    """Whoever swaps each name that appears in the folder for a link changes neither mode nor content of its target."""
    victim, folder = tmp_path / "victim", tmp_path / "folder"
    victim.write_text("secret")
    victim.chmod(0o600)
    folder.mkdir()
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for name in [one.name for one in folder.iterdir()]:
                if name.startswith(whole_file.TEMPORARY):
                    with suppress(OSError):
                        (folder / name).unlink()
                        (folder / name).symlink_to(victim)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for number in range(60):
            with suppress(OSError):
                write_whole(folder / f"report-{number if replace else 0}", own_document("text"), replace=replace)
    finally:
        stop.set()
        thread.join()
    assert victim.stat().st_mode & 0o777 == 0o600
    assert victim.read_text() == "secret"


def test_the_link_of_another_user_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may write to the folder cannot direct the file elsewhere by a link of theirs."""
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    link.symlink_to(file)
    uid = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    with pytest.raises(OSError, match="another user"):
        write_whole(link, own_document("new"), replace=True)
    assert file.read_text() == "old"


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    """A pipe stays a pipe, also behind a link of this user; a device would be lost to all programs."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(OSError, match="not a regular file"):
            write_whole(tmp_path / name, own_document("new"), replace=True)
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link", "pipe"]


def test_links_that_lead_in_a_circle_are_an_error(tmp_path: Path) -> None:
    """They are given up after a few steps, and nothing is left behind."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="Too many levels"):
        write_whole(tmp_path / "a", own_document("new"), replace=True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "b"]


def test_a_file_in_the_folder_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare name is a file of the working folder."""
    monkeypatch.chdir(tmp_path)
    assert write_whole(Path("a"), own_document("äö"), replace=False) == 4
    assert (tmp_path / "a").read_text(encoding="utf-8") == "äö"
