"""Only the system calls that probing needs, from the end of the start on (seccomp(2), SECCOMP_SET_MODE_FILTER).

A fault in the parsing of what the network or a client sends then opens no file, starts no program and signals no
process. What is not on the list fails with EPERM. The list of x86-64 is tried by tests; that of aarch64 is from the
kernel's headers (asm-generic/unistd.h) and has not been run.
"""

from . import seccomp
from .seccomp import AARCH64, ALLOW, JEQ, LOAD, REFUSE, SECOND_AT, X86_64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .seccomp import Instruction

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
    ("wait4", 61, 260),  # for the helper that a vantage point has (probe/resolver.py)
    ("exit", 60, 93),
    ("exit_group", 231, 94),
)
_IOCTL = {X86_64: 16, AARCH64: 29}
# What ioctl(2) may be asked for: FIONREAD, FIONBIO, FIONCLEX, FIOCLEX (ioctl_tty(2)), and an interface's index, name
# and MTU (netdevice(7)).
_REQUESTS = (0x541B, 0x5421, 0x5450, 0x5451, 0x8933, 0x8910, 0x8921)


def instructions(machine: str) -> "list[Instruction] | None":
    """The filter for a machine; None for one without a list."""
    if machine not in seccomp.ARCHITECTURES:
        return None
    program = seccomp.beginning(machine)
    for _, on_x86_64, on_aarch64 in _CALLS:
        number = on_x86_64 if machine == X86_64 else on_aarch64
        if number is not None:
            program += [(JEQ, 0, 1, number), ALLOW]
    program += [(JEQ, 1, 0, _IOCTL[machine]), REFUSE, (LOAD, 0, 0, SECOND_AT)]
    for request in _REQUESTS:
        program += [(JEQ, 0, 1, request), ALLOW]
    program.append(REFUSE)
    return program


def confine() -> bool:
    """Allow this process the calls of the list alone, for good; False where this machine or its kernel has no filter.

    To be called once everything is imported and opened, and after no-new-privs is set. A process that a stricter
    filter holds already goes on under that one.
    """
    program = instructions(seccomp.machine())
    return program is not None and seccomp.install(program)
