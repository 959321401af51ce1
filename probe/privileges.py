"""Giving up privileges before the first byte of input is read.

Sources: capabilities(7), capset(2), PR_SET_NO_NEW_PRIVS in prctl(2). The C library is called through ctypes, since
the standard library has none of these.
"""

import ctypes
import os
import sys

CAP_NET_RAW = 13
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
        PrivilegesError: the kernel refused.
    """
    if sys.platform != "linux":  # there are no capabilities elsewhere
        os.setregid(os.getgid(), os.getgid())
        os.setreuid(os.getuid(), os.getuid())
        return
    libc = ctypes.CDLL(None, use_errno=True)
    kept = 1 << CAP_NET_RAW if keep_net_raw and may_use_raw_sockets() else 0
    try:
        if kept:
            _check(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities")
        real_group, real_user = os.getgid(), os.getuid()
        os.setresgid(real_group, real_group, real_group)
        os.setresuid(real_user, real_user, real_user)
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)  # kernels before 4.3 have none to clear
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        # Low halves of effective, permitted and inheritable, then the high halves.
        data = (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)
        _check(libc.capset(header, data), "give up capabilities")
        _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no-new-privs")
    except OSError as error:
        raise PrivilegesError(f"cannot give up privileges: {error.strerror}") from error


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise PrivilegesError(f"cannot {what}: {os.strerror(number)}")


def may_use_raw_sockets() -> bool:
    """Whether the process has CAP_NET_RAW."""
    return bool(effective_capabilities() >> CAP_NET_RAW & 1)


def effective_capabilities() -> int:
    """The effective set as a bit mask, from /proc; 0 where there is no such file."""
    try:
        with open("/proc/self/status", "rb") as status:  # noqa: PTH123 - pathlib costs the start 8 ms
            for line in status:
                if line.startswith(b"CapEff:"):
                    return int(line.split()[1], 16)
    except OSError:
        pass
    return 0
