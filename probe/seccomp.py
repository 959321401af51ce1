"""Filters of system calls (seccomp(2)): what programs of classic BPF are made of, and how one is put in force."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    # Code, jump if true, jump if false, value: struct sock_filter of linux/filter.h.
    Instruction = tuple[int, int, int, int]

_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_RET_ALLOW = 0x7FFF0000
_RET_ERRNO_EPERM = 0x00050000 | 1
# Classic BPF (linux/filter.h): load a word, jump if equal or if at least so large, return.
LOAD, JEQ, JGE, _RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = (_RETURN, 0, 0, _RET_ALLOW), (_RETURN, 0, 0, _RET_ERRNO_EPERM)
# Where struct seccomp_data (linux/seccomp.h) has the number of the call, the architecture, and the low halves of the
# first two arguments (both machines below are little-endian).
NUMBER_AT, ARCHITECTURE_AT, FIRST_AT, SECOND_AT = 0, 4, 16, 24

X86_64, AARCH64 = "x86_64", "aarch64"
# AUDIT_ARCH_* of linux/audit.h.
ARCHITECTURES = {X86_64: 0xC000003E, AARCH64: 0xC00000B7}


def machine() -> str:
    """The machine whose calls this process makes; empty where it has no filter."""
    if sys.platform != "linux" or sys.byteorder != "little" or sys.maxsize < 2**32:
        return ""
    name = os.uname().machine
    return name if name in ARCHITECTURES else ""


def beginning(name: str) -> "list[Instruction]":
    """How a filter for a machine begins: calls of another one are refused, and the number of the call is loaded."""
    return [(LOAD, 0, 0, ARCHITECTURE_AT), (JEQ, 1, 0, ARCHITECTURES[name]), REFUSE, (LOAD, 0, 0, NUMBER_AT)]


def install(program: "Sequence[Instruction]") -> bool:
    """Put a filter in force for this process and all that it starts, for good; False where the kernel refuses.

    A Python without ctypes cannot ask the kernel: False, too.
    No-new-privs must be set. A process that a stricter filter holds already goes on under that one.
    """
    try:
        import ctypes
    except ModuleNotFoundError:
        return False
    code = b"".join(
        operation.to_bytes(2, "little") + bytes((if_true, if_false)) + value.to_bytes(4, "little")
        for operation, if_true, if_false, value in program
    )
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):  # struct sock_fprog of linux/filter.h
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    libc = ctypes.CDLL(None, use_errno=True)
    given = Program(len(program), ctypes.addressof(buffer))
    # All arguments as they are: prctl takes longs.
    result = libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), ctypes.byref(given), 0, 0)
    return bool(result == 0)
