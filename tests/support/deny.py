"""Runs a command that may open no socket of an address family: ``python deny.py FAMILY ERRNO COMMAND...``.

A seccomp filter (seccomp(2)) answers socket(2) with the error; x86-64 alone.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

SYS_SOCKET = 41  # of x86-64
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERROR = 0x7FFF0000, 0x00050000
NUMBER_AT, FIRST_ARGUMENT_AT = 0, 16  # in struct seccomp_data


def command(family: int, error: int) -> list[str]:
    """What to put before a command line."""
    return [sys.executable, __file__, str(family), str(error)]


def main(family: int, error: int, words: list[str]) -> None:
    """Deny it, and become the command."""
    code = [
        (LOAD, 0, 0, NUMBER_AT),
        (JUMP_IF_EQUAL, 0, 3, SYS_SOCKET),
        (LOAD, 0, 0, FIRST_ARGUMENT_AT),
        (JUMP_IF_EQUAL, 0, 1, family),
        (RETURN, 0, 0, ERROR | error),
        (RETURN, 0, 0, ALLOW),
    ]
    instructions = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code), ctypes.addressof(instructions)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, FILTER, program, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")
    os.execvp(words[0], words)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
