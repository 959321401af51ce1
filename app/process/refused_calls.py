"""System calls that a screen of root's never makes, refused for good (seccomp(2), SECCOMP_SET_MODE_FILTER).

User 0 owns most files and may talk to most services, so without capabilities, too, it could change the mode of any
program, ask a service to run a command, or type into the shell that started it; Landlock does not see to these. The
numbers of x86-64 are tried by tests; those of aarch64 are from the kernel's headers (asm-generic/unistd.h) and have
not been run.
"""

from __future__ import annotations

from ...probe import seccomp
from ...probe.seccomp import AARCH64, ALLOW, FIRST_AT, JEQ, JGE, LOAD, REFUSE, SECOND_AT, X86_64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...probe.seccomp import Instruction

_X32 = 0x40000000  # bit of x86-64's calls with pointers of 32 bits

# The numbers of the calls on x86-64 and aarch64; None: not there.
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
_SOCKET = {X86_64: 41, AARCH64: 198}
_AF_UNIX = 1  # services of this host; socketpair(2) is another call
_IOCTL = {X86_64: 16, AARCH64: 29}
_TYPING = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX of ioctl_tty(2), ioctl_console(2)


def instructions(machine: str) -> list[Instruction]:
    """The filter for a machine; empty for one without numbers."""
    if machine not in seccomp.ARCHITECTURES:
        return []
    program = seccomp.beginning(machine)
    if machine == X86_64:
        program += [(JGE, 0, 1, _X32), REFUSE]
    for numbers in _NEVER.values():
        number = numbers[machine == AARCH64]
        if number is not None:
            program += [(JEQ, 0, 1, number), REFUSE]
    program += _with_argument(_SOCKET[machine], FIRST_AT, (_AF_UNIX,))
    program += _with_argument(_IOCTL[machine], SECOND_AT, _TYPING)
    return [*program, ALLOW]


def _with_argument(number: int, argument_at: int, values: tuple[int, ...]) -> list[Instruction]:
    """Refuse a call with one of these values; after it all others are looked at further."""
    tests: list[Instruction] = [(LOAD, 0, 0, argument_at)]
    for value in values:
        tests += [(JEQ, 0, 1, value), REFUSE]
    tests.append(ALLOW)
    return [(JEQ, 0, len(tests), number), *tests]


def refuse() -> bool:
    """Refuse these calls to this process and all that it starts; False where this machine or kernel has no filter.

    The process must not be able to gain privileges (PR_SET_NO_NEW_PRIVS).
    """
    program = instructions(seccomp.machine())
    return bool(program) and seccomp.install(program)
