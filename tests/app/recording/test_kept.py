"""The folder of kept sessions is a ring that only its owner can look into."""

from __future__ import annotations

import fcntl
import os
import stat
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import RecordingError
from hopscope.app.recording.kept import DAY_S, KeptFolder, folder_of, name_of, path_of
from hopscope.app.settings import KeepLimits
from support.need import need_root

if TYPE_CHECKING:
    from pathlib import Path

NOW_S = 2_000_000_000.0


@pytest.fixture
def folder(tmp_path: Path) -> KeptFolder:
    """A new one."""
    return KeptFolder(str(tmp_path / "state" / "hopscope" / "sessions"), make=True)


def fill(folder: KeptFolder, *sizes: int) -> list[str]:
    """Sessions of these sizes, the oldest first, a day apart, the last one now; their names."""
    names = []
    for number, size in enumerate(sizes):
        changed_s = NOW_S - DAY_S * (len(sizes) - 1 - number)
        names.append(name_of(f"host{number}", changed_s))
        file = folder.create(names[-1])
        os.write(file, b"x" * size)
        os.utime(file, (changed_s, changed_s))
        os.close(file)
    return names


def test_it_is_where_the_user_keeps_state() -> None:
    """The state folder of XDG counts where it is absolute, else the one in the home folder, else none."""
    assert folder_of({"XDG_STATE_HOME": "/s", "HOME": "/h"}) == "/s/hopscope/sessions"
    assert folder_of({"XDG_STATE_HOME": "s", "HOME": "/h"}) == "/h/.local/state/hopscope/sessions"
    assert folder_of({"HOME": "/h"}) == "/h/.local/state/hopscope/sessions"
    assert folder_of({}) == ""


def test_only_its_owner_looks_into_it(tmp_path: Path) -> None:
    """A new folder is its owner's alone, whatever the umask; an old one that is not becomes so."""
    old = os.umask(0)
    try:
        made = KeptFolder(str(tmp_path / "a" / "sessions"), make=True)
    finally:
        os.umask(old)
    assert made.is_new
    assert stat.S_IMODE((tmp_path / "a" / "sessions").stat().st_mode) == 0o700
    (tmp_path / "a" / "sessions").chmod(0o755)
    assert not KeptFolder(made.path, make=True).is_new
    assert stat.S_IMODE((tmp_path / "a" / "sessions").stat().st_mode) == 0o700
    file = made.create(name_of("x", NOW_S))
    assert stat.S_IMODE(os.fstat(file).st_mode) == 0o600


def test_names_hold_nothing_of_a_path() -> None:
    """Whatever a target is called, the name of its session is one of ours."""
    for target in ("../../etc/passwd", "a b\n", "", "ü", "x" * 500, "fe80::1%eth0", "-rf", "."):
        name = name_of(target, NOW_S)
        assert "/" not in name
        assert path_of(name, {"HOME": "/h"}) == f"/h/.local/state/hopscope/sessions/{name}.hops.gz"
    for other in ("x.hops", "../x", "2026-11-28T20-04-15-", "/etc/passwd", "2026-11-28T20-04-15-a/b"):
        assert path_of(other, {"HOME": "/h"}) == ""


def test_what_is_old_goes(folder: KeptFolder) -> None:
    """Sessions older than the limit are removed, others stay."""
    names = fill(folder, 10, 10, 10, 10)
    assert folder.tidy(KeepLimits(days=2, size_bytes=1000), NOW_S + 60) == 2
    assert [one.name for one in folder.files()] == names[2:]


def test_the_oldest_go_where_there_is_too_much(folder: KeptFolder) -> None:
    """Of more bytes than the limit the oldest sessions are removed, until the rest fits."""
    names = fill(folder, 500, 400, 300)
    assert folder.tidy(KeepLimits(days=30, size_bytes=700), NOW_S) == 1
    assert [one.name for one in folder.files()] == names[1:]


def test_what_is_being_written_stays(folder: KeptFolder) -> None:
    """A session that another process writes is neither too old nor too much."""
    names = fill(folder, 10, 10)
    writer = os.open(f"{folder.path}/{names[0]}.hops.gz", os.O_WRONLY)
    fcntl.flock(writer, fcntl.LOCK_EX)
    assert (folder.is_written(names[0]), folder.is_written(names[1])) == (True, False)
    assert folder.tidy(KeepLimits(days=0, size_bytes=0), NOW_S + DAY_S) == 1
    assert [one.name for one in folder.files()] == [names[0]]
    os.close(writer)
    assert folder.remove(names[0])


def test_other_files_stay(folder: KeptFolder, tmp_path: Path) -> None:
    """What is not a session of ours is not listed, nor removed, nor is a link followed."""
    (name,) = fill(folder, 10)
    for other in ("notes.txt", "x.hops.gz", f"{name}.hops.gz.part"):
        (tmp_path / "state/hopscope/sessions" / other).write_text("mine")
    outside = tmp_path / "outside"
    outside.write_text("mine")
    link = tmp_path / "state/hopscope/sessions" / f"{name_of('link', NOW_S)}.hops.gz"
    link.symlink_to(outside)
    assert [one.name for one in folder.files()] == [name]
    assert not folder.remove(name_of("link", NOW_S))
    folder.tidy(KeepLimits(days=0, size_bytes=0), NOW_S + 9 * DAY_S)
    assert outside.read_text() == "mine"
    assert len(os.listdir(folder.path)) == 4  # noqa: PTH208 - as the module has it


def test_it_is_used_as_it_was_opened(folder: KeptFolder, tmp_path: Path) -> None:
    """Whoever puts another folder in its place later is not written to."""
    sessions = tmp_path / "state/hopscope/sessions"
    sessions.rename(tmp_path / "moved")
    (tmp_path / "elsewhere").mkdir()
    sessions.symlink_to(tmp_path / "elsewhere")
    (name,) = fill(folder, 10)
    assert (tmp_path / "moved" / f"{name}.hops.gz").exists()
    assert not list((tmp_path / "elsewhere").iterdir())


def test_what_cannot_be_one_is_an_error(tmp_path: Path) -> None:
    """A file in its place, and the folder of another user, are one sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="cannot keep sessions in"):
        KeptFolder(str(tmp_path / "file"), make=True)
    with pytest.raises(FileNotFoundError):
        KeptFolder(str(tmp_path / "nothing"))
    need_root()
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", 65534, 65534)
    with pytest.raises(RecordingError, match="another user"):
        KeptFolder(str(tmp_path / "theirs"), make=True)
