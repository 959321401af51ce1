"""Standard output as a file that several programs append to (fcntl(2), the lock that mtr takes too)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Hold standard output, where it is a file, against other programs that append to it, mtr among them."""
    try:
        is_file = stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
        if is_file:
            fcntl.lockf(sys.stdout, fcntl.LOCK_EX)
    except (OSError, ValueError, AttributeError):
        is_file = False
    try:
        yield
    finally:
        if is_file:
            fcntl.lockf(sys.stdout, fcntl.LOCK_UN)
