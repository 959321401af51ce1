"""Write a file in one step: it holds all of the text, or what it held before.

A folder may belong to another user, who may swap what lies in it at any moment. So the folder is opened once and used
by its descriptor, the new file has no name while it is written (open(2), O_TMPFILE) where the file system can do
that, and nothing but the last step, which gives the name, looks a name up: there is no name whose mode or owner
could be changed instead of the file's.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress

from .folder import link_text, open_folder
from .small_file import NOT_REGULAR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from ..sanitize import Document

LINKS_MAX = 8
TEMPORARY = ".hopscope-"
# A file system without unnamed files says one of these.
_NO_UNNAMED = frozenset((errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL))
# One without hard links says one of these, and so does a process that may not look at its own descriptors in /proc,
# as it has given up rights.
_NO_LINKS = frozenset(
    (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.ENOENT, errno.EXDEV, errno.EACCES)
)


def write_whole(path: Path, text: Document, *, replace: bool) -> int:
    """Write a text as UTF-8 and give its size in bytes; the file's mode is what the umask leaves of 0666.

    Without ``replace`` a file that is there is left alone. With it a link is followed, if it is this user's own; a
    device, a pipe or a socket stays what it is.

    Raises:
        OSError: the file cannot be written, is there, is none, or is another user's link.
    """
    data = text.encode("utf-8")
    folder, name = _place(os.fspath(path), follow=replace)
    try:
        if replace:
            _check_regular(folder, name, os.fspath(path))
        for named in (False, True):
            try:
                _write(folder, name, data, replace=replace, named=named)
                break
            except _NoUnnamedFilesError:
                continue
    finally:
        os.close(folder)
    return len(data)


class _NoUnnamedFilesError(Exception):
    """This file system has no files without a name."""


def _place(path: str, *, follow: bool) -> tuple[int, str]:
    """The folder of a file, opened, and the name in it; the caller closes it."""
    head, name = os.path.split(path)
    folder = open_folder(head or ".")
    try:
        for _ in range(LINKS_MAX):
            head, link = os.path.split(link_text(folder, name, path)) if follow else ("", "")
            if not link:
                return folder, name
            name = link
            if head:
                parent, folder = folder, open_folder(head, folder)
                os.close(parent)
    except OSError:
        os.close(folder)
        raise
    os.close(folder)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)


def _at(folder: int, name: str) -> os.stat_result | None:
    """What has a name; None: nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _check_regular(folder: int, name: str, path: str) -> None:
    found = _at(folder, name)
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, NOT_REGULAR, path)


def _write(folder: int, name: str, data: bytes, *, replace: bool, named: bool) -> None:
    temporary = f"{TEMPORARY}{secrets.token_hex(8)}"
    file = _new_file(folder, temporary, named=named)
    left = [temporary] if named else []
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(file, view) :]
        os.fsync(file)
        if not named:
            target = temporary if replace else name
            _link(file, folder, target)
            left = [target] if replace else []
        if replace:
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        elif named:
            _take_name(folder, temporary, name)
        left = []
    finally:
        os.close(file)
        for one in left:
            with suppress(OSError):
                os.unlink(one, dir_fd=folder)


def _new_file(folder: int, temporary: str, *, named: bool) -> int:
    if named:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(temporary, flags, 0o666, dir_fd=folder)
    unnamed = getattr(os, "O_TMPFILE", 0)
    if not unnamed:
        raise _NoUnnamedFilesError
    try:
        return os.open(".", unnamed | os.O_WRONLY | os.O_CLOEXEC, 0o666, dir_fd=folder)
    except OSError as error:
        if error.errno in _NO_UNNAMED:
            raise _NoUnnamedFilesError from None
        raise


def _link(file: int, folder: int, name: str) -> None:
    """Give an unnamed file a name that is free (open(2), the example of O_TMPFILE)."""
    try:
        os.link(f"/proc/self/fd/{file}", name, dst_dir_fd=folder, follow_symlinks=True)
    except FileExistsError:
        raise
    except OSError as error:  # without /proc, or without links
        if error.errno in _NO_LINKS:
            raise _NoUnnamedFilesError from None
        raise


def _take_name(folder: int, temporary: str, name: str) -> None:
    """Give a file its name, unless another has taken it meanwhile."""
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:  # a file system without links
        if error.errno not in _NO_LINKS:
            raise
        if _at(folder, name) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name) from None
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    else:
        os.unlink(temporary, dir_fd=folder)
