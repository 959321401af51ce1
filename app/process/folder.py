"""Open a folder once, to be used by its descriptor, and read links in it, whoever may swap names meanwhile.

For root, a link of another user in the path of the folder is refused: it could lead anywhere.
"""

from __future__ import annotations

import errno
import os
import stat

LINKS_MAX = 40  # as the kernel has it (path_resolution(7))
OTHERS_LINK = "a link of another user"
_PATH_ALONE = getattr(os, "O_PATH", 0)  # of Linux
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_STEP = _PATH_ALONE | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC


def open_folder(path: str, parent: int | None = None) -> int:
    """A folder, opened; the caller closes it. ``parent`` is where a relative path begins; None: the current folder.

    Raises:
        OSError: it cannot be opened, or for root a link of another user is in its path.
    """
    if not _PATH_ALONE or os.geteuid() != 0:
        return os.open(path, _FOLDER, dir_fd=parent)
    return _walked(path, parent)


def _walked(path: str, parent: int | None) -> int:
    """The same name by name, where links must be root's."""
    place = _start(path, parent)
    rest, links = _reversed_parts(path), 0
    try:
        while rest:
            name = rest.pop()
            target = link_text(place, name, path)
            links += bool(target)
            if links > LINKS_MAX:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            if target:
                rest += _reversed_parts(target)
            if target and not target.startswith("/"):
                continue
            at, place = place, _start("/", None) if target else os.open(name, _STEP, dir_fd=place)
            os.close(at)
        return os.open(".", _FOLDER, dir_fd=place)
    finally:
        os.close(place)


def _start(path: str, parent: int | None) -> int:
    return os.open("/" if path.startswith("/") else ".", _STEP, dir_fd=parent)


def _reversed_parts(path: str) -> list[str]:
    return [part for part in reversed(path.split("/")) if part not in {"", "."}]


def link_text(folder: int, name: str, path: str) -> str:
    """What a link of this user says; empty: it is none, or nothing is there. ``path`` is for the message.

    Raises:
        OSError: it is another user's, or cannot be read.
    """
    try:
        if not _PATH_ALONE:
            return _checked(os.stat(name, dir_fd=folder, follow_symlinks=False), name, folder, path)
        found = os.open(name, _PATH_ALONE | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        return ""
    try:  # the link that is looked at is the one that is read, whatever has its name by now
        return _checked(os.fstat(found), "", found, path)
    finally:
        os.close(found)


def _checked(status: os.stat_result, name: str, folder: int, path: str) -> str:
    if not stat.S_ISLNK(status.st_mode):
        return ""
    if status.st_uid != os.geteuid():
        raise OSError(errno.ELOOP, OTHERS_LINK, path)
    return os.readlink(name, dir_fd=folder)  # no name: the descriptor itself (readlink(2))
