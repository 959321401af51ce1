"""Writing in some folders alone (landlock(7)), for a process of root that has no capabilities left.

User 0 owns most of a system's files, so without capabilities, too, it may write them; the kernel is asked to refuse
that. Reading is left as it is.
"""

from __future__ import annotations

import ctypes
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# The same numbers on every machine (syscalls(2)).
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
# linux/landlock.h: write a file; remove and make files and folders of all kinds; refer since 2, truncate since 3.
_WRITE_FILE, _CHANGE = 1 << 1, sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_SCOPE_SIGNAL = 1 << 1  # since 6
# Files that a program writes to without changing anything.
DEVICES = ("/dev/null", "/dev/tty")


def abi(libc: ctypes.CDLL) -> int:
    """The version of Landlock that this kernel has; 0: none, or it is off."""
    return max(0, int(libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)))


def restrict_writing(folders: Iterable[str]) -> bool:
    """Let this thread and all that come from it write below these folders alone; False where the kernel cannot.

    The process must not be able to gain privileges (PR_SET_NO_NEW_PRIVS). What is open stays open.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = abi(libc)
    if version < 1:
        return False
    writing = _WRITE_FILE | _CHANGE | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    of_files = _WRITE_FILE | (_TRUNCATE if version >= 3 else 0)
    attributes = (ctypes.c_uint64 * 3)(writing, 0, _SCOPE_SIGNAL if version >= 6 else 0)
    size = 24 if version >= 6 else 8
    rules = libc.syscall(_CREATE_RULESET, attributes, size, 0)
    if rules < 0:
        return False
    try:
        for folder in folders:
            _allow(libc, rules, folder, writing)
        for device in DEVICES:
            _allow(libc, rules, device, of_files)
        return bool(libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, access: int) -> None:
    try:
        place = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:  # it is not there, so nothing is written there
        return
    try:
        rule = access.to_bytes(8, "little") if _IS_LITTLE else access.to_bytes(8, "big")
        packed = rule + place.to_bytes(4, "little" if _IS_LITTLE else "big", signed=True)
        libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, packed, 0)
    finally:
        os.close(place)


_IS_LITTLE = ctypes.c_uint16(1).value.to_bytes(2, "little") == bytes(ctypes.c_uint16(1))
