"""The filter of system calls: what probing needs works, and nothing else does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hopscope.probe import confine
from support.need import need

# Each tries one thing in a confined process and prints the error's number, or what it got.
FORBIDDEN = {
    "open": "os.open('/etc/passwd', os.O_RDONLY)",
    "create": "os.open('/tmp/x', os.O_CREAT | os.O_WRONLY)",
    "fork": "os.fork()",
    "exec": "os.execv('/bin/true', ['true'])",
    "kill": "os.kill(os.getppid(), 0)",
    "unlink": "os.unlink('/tmp/none')",
    "rename": "os.rename('/tmp/a', '/tmp/b')",
    "chmod": "os.chmod('/tmp', 0o777)",
    "setuid": "os.setuid(0)",
    "listdir": "os.listdir('/')",
    "terminal input": "fcntl.ioctl(0, termios.TIOCSTI, b'x')",
    "accept": "listener.accept()",
    "thread": "_thread.start_new_thread(print, ())",
}
PERMITTED = {
    "send": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))",
    "interface": "socket.if_nametoindex('lo')",
    "clock": "time.clock_gettime(time.CLOCK_MONOTONIC) > 0",
    "random": "os.urandom(4)",
    "status": "os.fstat(0)",
}
SCRIPT = """
import ctypes, fcntl, os, select, socket, sys, termios, time, _thread
sys.path[:0] = {path!r}
from hopscope.probe import confine, privileges
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
privileges.drop()
if not confine.confine():
    print("refused")
    sys.exit()
try:
    {call}
    print("worked")
except OSError as error:
    print(error.errno)
except RuntimeError as error:
    print(1 if "thread" in str(error) else error)
"""


def tried(call: str) -> str:
    script = SCRIPT.format(path=sys.path, call=call)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    answer = done.stdout.strip()
    need(answer != "refused", "needs a kernel and machine that take seccomp filters")
    return answer


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_probing_does_not_need_is_refused(name: str) -> None:
    """Files, programs, processes, terminals and privileges are out of reach: each call fails with EPERM."""
    assert tried(FORBIDDEN[name]) == "1"


@pytest.mark.parametrize("name", PERMITTED)
def test_what_probing_needs_works(name: str) -> None:
    """Sockets, interfaces, clocks and random numbers are as before."""
    assert tried(PERMITTED[name]) == "worked"


def test_a_call_of_another_architecture_is_refused() -> None:
    """The filter of each machine asks for its architecture first, so that no number is taken for another's."""
    for machine, audit in (("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)):
        program = confine.instructions(machine)
        assert program is not None
        assert program[0][3] == 4
        assert program[1] == (0x15, 1, 0, audit)
        assert program[2][3] == 0x00050001
        assert len(program) < 4096
    assert confine.instructions("sparc") is None


@pytest.mark.parametrize("arguments", [(), ("--no-seccomp",)], ids=["filter", "switched off"])
def test_the_probe_process_is_confined_unless_told_otherwise(arguments: tuple[str, ...]) -> None:
    """What the kernel says of the running process (proc(5), Seccomp)."""
    program = [sys.executable, "-m", "hopscope.probe", *arguments]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("1 check-support feature version\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith("1 feature-support")
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:  # noqa: PTH123
            mode = next(line.split()[1] for line in status if line.startswith("Seccomp:"))
        need(os.uname().machine in {"x86_64", "aarch64"}, "needs a machine with a list of calls")
        assert mode == ("0" if arguments else "2")
        process.stdin.close()
        assert process.wait() == 0
