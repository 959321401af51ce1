"""Read a file that ought to be small and ordinary: a pipe, a device or a huge file must not hold the program up."""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PART_BYTES = 1 << 16
NOT_REGULAR = "not a regular file"


def open_regular(path: str) -> int:
    """A descriptor of a regular file, opened for reading without waiting; the caller closes it.

    Raises:
        OSError: it cannot be opened, or is a folder, a pipe, a socket or a device.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, NOT_REGULAR, path)
    return descriptor


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
