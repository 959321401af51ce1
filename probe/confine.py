"""Only the system calls that probing needs, from the end of the start on (seccomp(2), SECCOMP_SET_MODE_FILTER).

A fault in the parsing of what the network or a client sends then opens no file, starts no program and signals no
process. What is not on the list fails with EPERM. The list of x86-64 is tried by tests; that of aarch64 is from the
kernel's headers (asm-generic/unistd.h) and has not been run.
"""

import ctypes
import os
import sys

_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_RET_ALLOW = 0x7FFF0000
_RET_ERRNO_EPERM = 0x00050000 | 1
# Classic BPF (linux/filter.h): load a word, jump if equal, return.
_LOAD, _JEQ, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = (_RETURN, 0, 0, _RET_ALLOW), (_RETURN, 0, 0, _RET_ERRNO_EPERM)
# Where struct seccomp_data (linux/seccomp.h) has the number of the call, the architecture, the second argument's
# low half (both machines below are little-endian).
_NUMBER_AT, _ARCHITECTURE_AT, _SECOND_AT = 0, 4, 24

X86_64, AARCH64 = "x86_64", "aarch64"
# AUDIT_ARCH_* of linux/audit.h.
_ARCHITECTURES = {X86_64: 0xC000003E, AARCH64: 0xC00000B7}
# Calls by name, with their numbers on x86-64 and aarch64; None: not there.
_CALLS: "tuple[tuple[str, int | None, int | None], ...]" = (
    ("read", 0, 63),
    ("write", 1, 64),
    ("close", 3, 57),
    ("fstat", 5, 80),
    ("newfstatat", 262, 79),  # what newer C libraries make of fstat
    ("lseek", 8, 62),
    ("mmap", 9, 222),
    ("mprotect", 10, 226),
    ("munmap", 11, 215),
    ("mremap", 25, 216),
    ("madvise", 28, 233),
    ("brk", 12, 214),
    ("rt_sigaction", 13, 134),
    ("rt_sigprocmask", 14, 135),
    ("rt_sigreturn", 15, 139),
    ("sigaltstack", 131, 132),
    ("restart_syscall", 219, 128),
    ("poll", 7, None),
    ("ppoll", 271, 73),
    ("select", 23, None),
    ("pselect6", 270, 72),
    ("epoll_create1", 291, 20),
    ("epoll_ctl", 233, 21),
    ("epoll_wait", 232, None),
    ("epoll_pwait", 281, 22),
    ("epoll_pwait2", 441, 441),
    ("socket", 41, 198),
    ("connect", 42, 203),
    ("bind", 49, 200),
    ("getsockname", 51, 204),
    ("getpeername", 52, 205),
    ("sendto", 44, 206),
    ("recvfrom", 45, 207),
    ("sendmsg", 46, 211),
    ("recvmsg", 47, 212),
    ("setsockopt", 54, 208),
    ("getsockopt", 55, 209),
    ("shutdown", 48, 210),
    ("fcntl", 72, 25),
    ("clock_gettime", 228, 113),
    ("clock_getres", 229, 114),
    ("clock_nanosleep", 230, 115),
    ("gettimeofday", 96, 169),
    ("nanosleep", 35, 101),
    ("getrandom", 318, 278),
    ("futex", 202, 98),
    ("sched_yield", 24, 124),
    ("getpid", 39, 172),
    ("exit", 60, 93),
    ("exit_group", 231, 94),
)
_IOCTL = {X86_64: 16, AARCH64: 29}
# What ioctl(2) may be asked for: FIONREAD, FIONBIO, FIONCLEX, FIOCLEX (ioctl_tty(2)), and an interface's index, name
# and MTU (netdevice(7)).
_REQUESTS = (0x541B, 0x5421, 0x5450, 0x5451, 0x8933, 0x8910, 0x8921)


def instructions(machine: str) -> "list[tuple[int, int, int, int]] | None":
    """The filter for a machine, as (code, jump if true, jump if false, value); None for one without a list."""
    if machine not in _ARCHITECTURES:
        return None
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JEQ, 1, 0, _ARCHITECTURES[machine]),
        _REFUSE,
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    for _, on_x86_64, on_aarch64 in _CALLS:
        number = on_x86_64 if machine == X86_64 else on_aarch64
        if number is not None:
            program += [(_JEQ, 0, 1, number), _ALLOW]
    program += [(_JEQ, 1, 0, _IOCTL[machine]), _REFUSE, (_LOAD, 0, 0, _SECOND_AT)]
    for request in _REQUESTS:
        program += [(_JEQ, 0, 1, request), _ALLOW]
    program.append(_REFUSE)
    return program


def confine() -> bool:
    """Allow this process the calls of the list alone, for good; False where this machine or its kernel has no filter.

    To be called once everything is imported and opened, and after no-new-privs is set. A process that a stricter
    filter holds already goes on under that one.
    """
    if sys.platform != "linux" or not hasattr(os, "uname"):
        return False
    program = instructions(os.uname().machine)
    if program is None or sys.byteorder != "little" or sys.maxsize < 2**32:
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
