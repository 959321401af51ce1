"""Whether this process has more rights than whoever started it, and what that one may do.

Then nothing that the caller controls, neither the environment nor a file of theirs, may name a program to run or a
file to open: it would be run or opened with rights that the caller does not have (CVE-2025-49809 was that).
"""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

# Where programs are looked for in a raised process, whatever PATH says.
TRUSTED_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Why a file is not read.
NOT_THE_CALLERS = "the user who called sudo may not read it"
# Set by what raises: sudo(8), pkexec(1), doas(1).
_RAISERS = ("SUDO_UID", "PKEXEC_UID", "DOAS_USER")
# Read by the terminal toolkit when it is loaded: one names a module to run, others a file to write or a key to press.
_TOOLKIT = "TEXTUAL_"
# A file that the system's resolver reads (hostname(7)), which sudo takes away and others may not.
_RESOLVERS = "HOSTALIASES"
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


def open_for_caller(path: str, environ: Mapping[str, str], open_file: Callable[[str], int]) -> int:
    """A descriptor of a file that the caller could open without our rights: what it says shows in messages.

    It is opened with the caller's ids and groups, so that folders above it and access lists count, too. To be called
    while there is one thread.

    Raises:
        OSError: it cannot be opened, or not by the caller.
    """
    who = caller(environ)
    if who is None:
        return open_file(path)
    if os.geteuid() == 0 or os.getuid() != os.geteuid():
        with _CallersIds(*who):
            return open_file(path)
    descriptor = open_file(path)  # rights of a user who is not root cannot be put aside
    if _may_read(who, descriptor):
        return descriptor
    os.close(descriptor)
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


class _CallersIds:
    """While it is entered, the effective user, group and groups are the caller's."""

    def __init__(self, user: int, group: int) -> None:
        self._user = user
        self._group = group

    def __enter__(self) -> None:
        self._before = os.geteuid(), os.getegid(), os.getgroups()
        if self._before[0] == 0:
            os.setgroups(_groups(self._user, self._group))
        try:
            os.setegid(self._group)
            os.seteuid(self._user)
        except OSError:
            self._restore()
            raise

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _restore(self) -> None:
        user, group, groups = self._before
        os.seteuid(user)
        os.setegid(group)
        if user == 0:
            os.setgroups(groups)


def _groups(user: int, group: int) -> list[int]:
    import pwd

    try:
        return os.getgrouplist(pwd.getpwuid(user).pw_name, group)
    except KeyError:
        return [group]


def _may_read(who: tuple[int, int], descriptor: int) -> bool:
    """Whether the mode of a file lets a user read it."""
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


def forget_variables(environ: MutableMapping[str, str]) -> None:
    """Take variables of libraries that name files or modules out of a raised process, before any reads them."""
    names = [name for name in environ if name.startswith(_TOOLKIT) or name == _RESOLVERS]
    if names and is_raised(environ):
        for name in names:
            del environ[name]
