"""Whether this process has more rights than whoever started it, and what that one may do.

Then nothing that the caller controls, neither the environment nor a file of theirs, may name a program to run or a
file to open: it would be run or opened with rights that the caller does not have (CVE-2025-49809 was that).
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

# Where programs are looked for in a raised process, whatever PATH says.
TRUSTED_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Set by what raises: sudo(8), pkexec(1), doas(1).
_RAISERS = ("SUDO_UID", "PKEXEC_UID", "DOAS_USER")
# Read by the terminal toolkit when it is loaded: one names a module to run, others a file to write or a key to press.
_TOOLKIT = "TEXTUAL_"
_AT_SECURE = 23  # getauxval(3): set-user-ID, set-group-ID or file capabilities
_WORD_BYTES = 8
_WRITABLE = stat.S_IWGRP | stat.S_IWOTH


def is_raised(environ: Mapping[str, str]) -> bool:
    """Whether the rights are another user's: by sudo and its like, set-user-ID, or file capabilities."""
    if any(name in environ for name in _RAISERS) or os.getuid() != os.geteuid() or os.getgid() != os.getegid():
        return True
    return _is_secure_execution()


def _is_secure_execution() -> bool:
    """What the kernel said of this process at its start (proc_pid_auxv(5))."""
    try:
        with open("/proc/self/auxv", "rb") as file:  # noqa: PTH123 - pathlib costs milliseconds at every start
            entries = file.read()
    except FileNotFoundError:  # no /proc, or another system
        return False
    except OSError:
        return True  # the kernel hides it where file capabilities were gained
    import sys

    for at in range(0, len(entries) - 2 * _WORD_BYTES + 1, 2 * _WORD_BYTES):
        key = int.from_bytes(entries[at : at + _WORD_BYTES], sys.byteorder)
        if key == _AT_SECURE:
            return any(entries[at + _WORD_BYTES : at + 2 * _WORD_BYTES])
    return False


def caller(environ: Mapping[str, str]) -> tuple[int, int] | None:
    """User and group of whoever had the rights raised; None: nobody did, or it was root."""
    if os.getuid() != os.geteuid() or os.getgid() != os.getegid():
        return (os.getuid(), os.getgid()) if os.getuid() else None
    user = environ.get("SUDO_UID") or environ.get("PKEXEC_UID") or ""
    group = environ.get("SUDO_GID", "") if environ.get("SUDO_UID") else ""
    if _is_id(user) and _is_id(group):
        return (int(user), int(group)) if int(user) else None
    import pwd

    try:
        entry = pwd.getpwuid(int(user)) if _is_id(user) else pwd.getpwnam(environ.get("DOAS_USER", ""))
    except KeyError:
        return None
    return (entry.pw_uid, entry.pw_gid) if entry.pw_uid else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) < (1 << 32) - 1


def caller_may_read(descriptor: int, environ: Mapping[str, str]) -> bool:
    """Whether the caller could read an opened file without our rights: what it says shows in messages."""
    who = caller(environ)
    if who is None:
        return True
    status = os.fstat(descriptor)
    if status.st_uid == who[0]:
        return bool(status.st_mode & stat.S_IRUSR)
    if status.st_gid == who[1]:
        return bool(status.st_mode & stat.S_IRGRP)
    return bool(status.st_mode & stat.S_IROTH)


def is_ours(descriptor: int) -> bool:
    """Whether an opened file is the raised user's own, and nobody else's to write."""
    status = os.fstat(descriptor)
    return status.st_uid == os.geteuid() and not status.st_mode & _WRITABLE


def home_of_rights() -> str:
    """The home folder of the user whose rights these are, from the user database; empty: it has none."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return ""


def forget_toolkit_variables(environ: MutableMapping[str, str]) -> None:
    """Take the terminal toolkit's variables out of the environment of a raised process, before it is loaded."""
    names = [name for name in environ if name.startswith(_TOOLKIT)]
    if names and is_raised(environ):
        for name in names:
            del environ[name]
