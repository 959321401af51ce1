"""Giving up privileges before the first byte of input is read.

Sources: capabilities(7), capset(2), PR_SET_NO_NEW_PRIVS in prctl(2). The C library is called through ctypes, since
the rest of the standard library has none of these. A Python without ctypes (Debian's python3-minimal) does with less:
root becomes nobody, which takes every capability; neither no-new-privs nor a filter of system calls is set.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ctypes import CDLL

CAP_NET_RAW = 13
NOBODY = 65534  # of the kernel's overflow ids (user_namespaces(7)), and what distributions call nobody
_CAPABILITY_VERSION_3 = 0x20080522
_PR_SET_KEEPCAPS = 8
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4


class PrivilegesError(Exception):
    """Privileges could not be given up; to go on would be unsafe."""


def drop(*, keep_net_raw: bool = False) -> None:
    """Take the real user's and group's ids, give up every capability and the means to get new ones (no-new-privs).

    ``keep_net_raw`` keeps CAP_NET_RAW, effective and permitted, if the process has it: packet marks need it at every
    send.

    Raises:
        PrivilegesError: the kernel refused, or this Python cannot ask it.
    """
    if sys.platform != "linux":  # there are no capabilities elsewhere
        os.setregid(os.getgid(), os.getgid())
        os.setreuid(os.getuid(), os.getuid())
        return
    keep = keep_net_raw and may_use_raw_sockets()
    try:
        from ctypes import CDLL
    except ModuleNotFoundError:  # any other failure is this system's, such as too many open files
        library = None
    else:
        library = CDLL(None, use_errno=True)
    try:
        if library is None:
            _drop_without_library(keep_net_raw=keep)
        else:
            _drop(library, 1 << CAP_NET_RAW if keep else 0)
    except OSError as error:
        raise PrivilegesError(f"cannot give up privileges: {error.strerror}") from error


def _take_real_ids() -> None:
    real_group, real_user = os.getgid(), os.getuid()
    os.setresgid(real_group, real_group, real_group)
    os.setresuid(real_user, real_user, real_user)


def _drop(libc: "CDLL", kept: int) -> None:
    from ctypes import c_uint32

    if kept:
        _check(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities")
    _take_real_ids()
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)  # kernels before 4.3 have none to clear
    header = (c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    # Low halves of effective, permitted and inheritable, then the high halves.
    data = (c_uint32 * 6)(kept, kept, 0, 0, 0, 0)
    _check(libc.capset(header, data), "give up capabilities")
    _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no-new-privs")


def _check(result: int, what: str) -> None:
    if result != 0:
        from ctypes import get_errno

        raise PrivilegesError(f"cannot {what}: {os.strerror(get_errno())}")


def _drop_without_library(*, keep_net_raw: bool) -> None:
    """With system calls of ``os`` alone: a change from user 0 to another takes all capabilities (capabilities(7))."""
    _take_real_ids()
    if not _capabilities("CapPrm"):
        return
    if keep_net_raw or os.getuid() != 0:
        raise PrivilegesError("cannot give up capabilities: this Python has no ctypes")
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if _capabilities("CapPrm"):  # the securebits keep them
        raise PrivilegesError("cannot give up capabilities: this Python has no ctypes")


def may_use_raw_sockets() -> bool:
    """Whether the process has CAP_NET_RAW."""
    return bool(effective_capabilities() >> CAP_NET_RAW & 1)


def effective_capabilities() -> int:
    """The effective set as a bit mask, from /proc; 0 where there is no such file."""
    return _capabilities("CapEff")


def _capabilities(name: str) -> int:
    """A set of capabilities by its name in proc_pid_status(5)."""
    try:
        with open("/proc/self/status", "rb") as status:  # noqa: PTH123 - pathlib costs the start 8 ms
            for line in status:
                if line.startswith(name.encode()):
                    return int(line.split()[1], 16)
    except OSError:
        pass
    return 0
