"""Read a file that ought to be small and ordinary: a pipe, a device or a huge file must not hold the program up."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PART_BYTES = 1 << 16
_PATH_ALONE = getattr(os, "O_PATH", 0)  # of Linux
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
NOT_REGULAR = "not a regular file"


def open_regular(path: str) -> int:
    """A descriptor of a regular file, opened for reading without waiting; the caller closes it.

    What it is is found out before it is opened, where the system can do that: opening a device may act.

    Raises:
        OSError: it cannot be opened, or is a folder, a pipe, a socket or a device.
    """
    if _PATH_ALONE:
        place = os.open(path, _PATH_ALONE | os.O_CLOEXEC)
        try:
            _check_regular(place, path)
            with suppress(FileNotFoundError):  # without /proc
                return os.open(f"/proc/self/fd/{place}", _FLAGS)
        finally:
            os.close(place)
    descriptor = os.open(path, _FLAGS)
    try:
        _check_regular(descriptor, path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _check_regular(descriptor: int, path: str) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, NOT_REGULAR, path)


def open_as_is(path: str) -> int:
    """A descriptor of a file of any kind, opened for reading; the caller closes it.

    Raises:
        OSError: it cannot be opened.
    """
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def read_bounded(descriptor: int, limit_bytes: int) -> bytes:
    """All that a descriptor gives.

    Raises:
        OSError: it cannot be read, or is larger than ``limit_bytes``.
    """
    data = b"".join(_parts(descriptor, limit_bytes + 1))
    if len(data) > limit_bytes:
        raise OSError(errno.EFBIG, f"larger than {_size(limit_bytes)}")
    return data


def _parts(descriptor: int, limit_bytes: int) -> Iterator[bytes]:
    while limit_bytes > 0:
        part = os.read(descriptor, min(limit_bytes, _PART_BYTES))
        if not part:
            return
        limit_bytes -= len(part)
        yield part


def _size(size_bytes: int) -> str:
    return f"{size_bytes >> 20} MiB" if size_bytes >= 1 << 20 else f"{size_bytes >> 10} KiB"
