"""Gives up the rights that a screen does not need, for good; only the probe process sends anything.

Under sudo and its like the screen becomes its caller: what it writes is the caller's. Root's own keeps its user, but no
capability, no way to get one, writes in the folder it was started in alone, and changes no modes.
"""

from __future__ import annotations

import ctypes
import os

from .landlock import restrict_writing
from .raised import caller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CAPABILITY_VERSION_3 = 0x20080522
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAP_DAC_READ_SEARCH = 1 << 2
_PERMITTED = b"CapPrm:"


def has_rights() -> bool:
    """Whether this process has rights to give up: root's, another user's, or a capability."""
    return os.geteuid() == 0 or os.getuid() != os.geteuid() or os.getgid() != os.getegid() or _permitted() != 0


def give_up(environ: Mapping[str, str], folders: Iterable[str], needed: Iterable[str]) -> None:
    """Give up all rights. To be called before any thread runs: some of them are a thread's own.

    ``folders`` are those that root's own screen may write in. ``needed`` are files that have to be read later: where
    the caller could not read them, the process stays root, and where root could not without capabilities, it keeps
    the one of reading (CAP_DAC_READ_SEARCH).

    Raises:
        OSError: the system refuses; to go on would be unsafe.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    wanted = tuple(needed)
    who = caller(environ)
    if who is not None and os.geteuid() == 0 and _can_read_as(who, wanted):
        _become(*who)
    kept = 0
    if os.geteuid() == 0:
        _set_capabilities(libc, effective=0, permitted=_permitted())
        if not _can_read(wanted):
            kept = _CAP_DAC_READ_SEARCH & _permitted()
    elif os.getuid() != os.geteuid() or os.getgid() != os.getegid():
        os.setresgid(os.getgid(), os.getgid(), os.getgid())
        os.setresuid(os.getuid(), os.getuid(), os.getuid())
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)  # kernels before 4.3 have none to clear
    _set_capabilities(libc, effective=kept, permitted=kept)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no-new-privs")
    if os.geteuid() == 0:
        from .refused_calls import refuse  # for root alone: other screens stand the sooner

        # Where the kernel cannot, what was dropped before must do.
        restrict_writing(folders)
        refuse()


def _become(user: int, group: int) -> None:
    """Take the ids and the groups of a user."""
    import pwd

    try:
        os.initgroups(pwd.getpwuid(user).pw_name, group)
    except KeyError:
        os.setgroups([group])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)


def _can_read(paths: tuple[str, ...]) -> bool:
    return all(os.access(path, os.R_OK, effective_ids=True) for path in paths)


def _can_read_as(who: tuple[int, int], paths: tuple[str, ...]) -> bool:
    """Whether a user could read these; asked with that user's effective ids, which are given back."""
    groups, group = os.getgroups(), os.getegid()
    try:
        os.setgroups([who[1]])
    except PermissionError:  # a container's root that may not become another user
        return False
    os.setegid(who[1])
    os.seteuid(who[0])
    try:
        return _can_read(paths)
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


def _set_capabilities(libc: ctypes.CDLL, *, effective: int, permitted: int) -> None:
    low = (1 << 32) - 1
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(effective & low, permitted & low, 0, effective >> 32, permitted >> 32, 0)
    if libc.capset(header, data):
        raise OSError(ctypes.get_errno(), "capabilities")


def _permitted() -> int:
    """The permitted capabilities as a bit mask; 0 where the kernel does not say (proc_pid_status(5))."""
    try:
        with open("/proc/self/status", "rb") as status:  # noqa: PTH123 - pathlib costs milliseconds at every start
            return next((int(line.split()[1], 16) for line in status if line.startswith(_PERMITTED)), 0)
    except OSError:
        return 0
