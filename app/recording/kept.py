"""The folder of kept sessions: a ring of session files in the user's state folder, bounded in age and in size.

It is opened once, and used by its descriptor. A file that is being written is locked (flock(2)), and never removed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import time
from typing import TYPE_CHECKING, NamedTuple

from ..errors import RecordingError
from ..process.folder import open_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..settings import KeepLimits

ENDING = ".hops.gz"
NAME_MAX = 40  # characters of a target in a name
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-[A-Za-z0-9._-]{1,60}")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
DAY_S = 86_400


class KeptFile(NamedTuple):
    """One that is kept."""

    name: str
    """By which it is asked for; it begins with the local time of its beginning."""
    size_bytes: int
    """Of the file."""
    changed_s: float
    """When it was last written to, in seconds since 1970."""


def folder_of(environ: Mapping[str, str]) -> str:
    """Where sessions are kept: ``$XDG_STATE_HOME/hopscope/sessions``; empty: there is no place for them."""
    state = environ.get("XDG_STATE_HOME") or ""
    home = environ.get("HOME") or ""
    if not state.startswith("/"):
        state = f"{home}/.local/state" if home.startswith("/") else ""
    return f"{state}/hopscope/sessions" if state else ""


def name_of(target: str, epoch_s: float) -> str:
    """The name of a session of a target that begins at a time."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", target).strip("._-")[:NAME_MAX] or "trace"
    return f"{time.strftime('%Y-%m-%dT%H-%M-%S', time.localtime(epoch_s))}-{safe}"


class KeptFolder:
    """The folder, opened.

    Args:
        path: of it.
        make: make it where it is not there, for its owner alone.

    Raises:
        RecordingError: it cannot be opened, or is another user's.
        FileNotFoundError: it is not there.
    """

    def __init__(self, path: str, *, make: bool = False) -> None:
        self.path = path
        self.is_new = False
        """Whether it has been made now."""
        try:
            if make:
                self.is_new = not os.path.isdir(path)  # noqa: PTH112 - pathlib costs milliseconds of a start
                os.makedirs(path, 0o700, exist_ok=True)  # noqa: PTH103
            self._folder = open_folder(path)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise _error(path, error) from None
        try:
            status = os.fstat(self._folder)
            if status.st_uid != os.geteuid():
                raise PermissionError(errno.EPERM, "it belongs to another user")
            if status.st_mode & _OTHERS:
                os.fchmod(self._folder, 0o700)
        except OSError as error:
            os.close(self._folder)
            raise _error(path, error) from None

    def close(self) -> None:
        """Let it go."""
        os.close(self._folder)

    def create(self, name: str) -> int:
        """A new file for a session of a name, locked, as a descriptor.

        Raises:
            RecordingError: it cannot be made.
        """
        try:
            file = os.open(
                f"{name}{ENDING}",
                os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC,
                0o600,
                dir_fd=self._folder,
            )
        except OSError as error:
            raise _error(self.path, error) from None
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file

    def files(self) -> list[KeptFile]:
        """What is kept, the oldest first."""
        found = []
        for entry in os.listdir(self._folder):  # noqa: PTH208 - of a descriptor
            name = entry.removesuffix(ENDING)
            if name == entry or not _NAME.fullmatch(name):
                continue
            try:
                status = os.stat(entry, dir_fd=self._folder, follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode):
                found.append(KeptFile(name, status.st_size, status.st_mtime))
        return sorted(found)

    def tidy(self, limits: KeepLimits, now_s: float) -> int:
        """Remove what is too old, and the oldest of what is too much; how many were removed."""
        files = self.files()
        total = sum(one.size_bytes for one in files)
        removed = 0
        for one in files:
            if (now_s - one.changed_s > limits.days * DAY_S or total > limits.size_bytes) and self.remove(one.name):
                total -= one.size_bytes
                removed += 1
        return removed

    def remove(self, name: str) -> bool:
        """Remove a session; False: it is being written, or cannot be."""
        try:
            file = os.open(f"{name}{ENDING}", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._folder)
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(f"{name}{ENDING}", dir_fd=self._folder)
        except OSError:
            return False
        finally:
            os.close(file)
        return True

    def is_written(self, name: str) -> bool:
        """Whether a session is being written now."""
        try:
            file = os.open(f"{name}{ENDING}", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._folder)
        except OSError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(file)
        return False


def path_of(name: str, environ: Mapping[str, str]) -> str:
    """The file of a kept session; empty: a name like this is none of one."""
    folder = folder_of(environ)
    return f"{folder}/{name}{ENDING}" if folder and _NAME.fullmatch(name) else ""


def _error(path: str, error: OSError) -> RecordingError:
    return RecordingError(f"cannot keep sessions in {path}: {error.strerror or error}")
