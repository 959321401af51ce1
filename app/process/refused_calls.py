"""System calls that a screen of root's never makes, refused for good (seccomp(2), SECCOMP_SET_MODE_FILTER).

User 0 owns most files and may talk to most services, so without capabilities, too, it could change the mode of any
program, ask a service to run a command, or type into the shell that started it; Landlock does not see to these. The
numbers of x86-64 are tried by tests; those of aarch64 are from the kernel's headers (asm-generic/unistd.h) and have
not been run.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
# Classic BPF (linux/filter.h): load a word, jump if equal or not less, return.
_LOAD, _JEQ, _JGE, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = (_RETURN, 0, 0, 0x7FFF0000), (_RETURN, 0, 0, 0x00050000 | errno.EPERM)
# Where struct seccomp_data (linux/seccomp.h) has the number of the call, the architecture, and the low halves of the
# first two arguments (both machines below are little-endian).
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_AT, _SECOND_AT = 0, 4, 16, 24
_X32 = 0x40000000  # bit of x86-64's calls with pointers of 32 bits

# AUDIT_ARCH_* of linux/audit.h, then the numbers of the calls.
_X86_64, _AARCH64 = "x86_64", "aarch64"
_ARCHITECTURES = {_X86_64: 0xC000003E, _AARCH64: 0xC00000B7}
_NEVER = {
    # Modes, owners and attributes of files.
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    # Other processes.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    # Keys, programs in the kernel, and another way to make calls.
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "io_uring_setup": (425, 425),
}
_SOCKET = {_X86_64: 41, _AARCH64: 198}
_AF_UNIX = 1  # services of this host; socketpair(2) is another call
_IOCTL = {_X86_64: 16, _AARCH64: 29}
_TYPING = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX of ioctl_tty(2), ioctl_console(2)

Instruction = tuple[int, int, int, int]


def instructions(machine: str) -> list[Instruction]:
    """The filter for a machine, as (code, jump if true, jump if false, value); empty for one without numbers."""
    if machine not in _ARCHITECTURES:
        return []
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JEQ, 1, 0, _ARCHITECTURES[machine]),
        _REFUSE,
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == _X86_64:
        program += [(_JGE, 0, 1, _X32), _REFUSE]
    for numbers in _NEVER.values():
        number = numbers[machine == _AARCH64]
        if number is not None:
            program += [(_JEQ, 0, 1, number), _REFUSE]
    program += _with_argument(_SOCKET[machine], _FIRST_AT, (_AF_UNIX,))
    program += _with_argument(_IOCTL[machine], _SECOND_AT, _TYPING)
    return [*program, _ALLOW]


def _with_argument(number: int, argument_at: int, values: tuple[int, ...]) -> list[Instruction]:
    """Refuse a call with one of these values; after it all others are looked at further."""
    tests: list[Instruction] = [(_LOAD, 0, 0, argument_at)]
    for value in values:
        tests += [(_JEQ, 0, 1, value), _REFUSE]
    tests.append(_ALLOW)
    return [(_JEQ, 0, len(tests), number), *tests]


def refuse() -> bool:
    """Refuse these calls to this process and all that it starts; False where this machine or kernel has no filter.

    The process must not be able to gain privileges (PR_SET_NO_NEW_PRIVS).
    """
    program = instructions(os.uname().machine) if sys.byteorder == "little" and sys.maxsize > 1 << 32 else []
    if sys.platform != "linux" or not program:
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
