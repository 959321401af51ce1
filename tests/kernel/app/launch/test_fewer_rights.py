"""The rights of the screen once it stands: another user's, or none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from support.need import need, need_root, need_tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.kernel

NOBODY = 65534
BEGIN = """
import os, sys, time
from pathlib import Path
from hopscope.app.launch import fewer_rights
from hopscope.app.process import rights
from hopscope.app.process.whole_file import write_whole
from hopscope.app.sanitize import own_document
from hopscope.app.trace.child import start_child
from hopscope.probe.launch import command

def refused(work):
    try:
        work()
    except OSError as error:
        return error.strerror
    return "done"

def subprocess_gone(child):
    return not os.path.exists(f"/proc/{child._process.pid}")

def features(child):
    while not child.ready:
        child.flush(); child.read_answers(); time.sleep(0.01)
    return child.supports
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder to be started in."""
    need_root()
    here = tmp_path / "here"
    here.mkdir()
    yield here
    shutil.rmtree(here)


def test_roots_screen_writes_in_its_own_folders_alone(folder: Path) -> None:
    """No capability is left, none can be got, and of root's files those below the folder it was started in open."""
    other = folder.parent / "roots"
    other.write_text("kept")
    said = _run(
        folder,
        f"""
        fewer_rights.give_up_rights({{"HOME": "/nonexistent"}})
        print([line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm", "NoNew"))])
        print(write_whole(Path("export"), own_document("text"), replace=False))
        print(write_whole(Path("export"), own_document("text2"), replace=True))
        print(refused(lambda: open({str(other)!r}, "w")))
        print(refused(lambda: os.unlink({str(other)!r})))
        print(refused(lambda: open("/proc/sys/kernel/domainname", "w")))
        print(refused(lambda: os.setuid({NOBODY})))
        """,
    )
    need("done" not in said or _has_landlock(), "this kernel has no Landlock")
    assert said.splitlines() == [
        "['" + "0" * 16 + "', '" + "0" * 16 + "', '1']",
        "4",
        "5",
        "Permission denied",
        "Permission denied",
        "Permission denied",
        "Operation not permitted",
    ]
    assert (folder / "export").read_text() == "text2"
    assert other.read_text() == "kept"


def test_roots_screen_changes_no_mode_and_asks_no_service(folder: Path) -> None:
    """Nor does it type into a terminal, nor look into another process; threads, pipes and the network work."""
    other = folder.parent / "program"
    other.write_text("kept")
    other.chmod(0o755)
    said = _run(
        folder,
        f"""
        import asyncio, fcntl, socket, subprocess
        fewer_rights.give_up_rights({{"HOME": "/nonexistent"}})
        print(refused(lambda: os.chmod({str(other)!r}, 0o4755)))
        print(refused(lambda: os.chmod(os.open({str(other)!r}, os.O_RDONLY), 0o4755)))
        print(refused(lambda: os.setxattr({str(other)!r}, "user.x", b"1")))
        print(refused(lambda: socket.socket(socket.AF_UNIX)))
        print(refused(lambda: fcntl.ioctl(os.open("/dev/null", os.O_RDONLY), 0x5412, b"x")))
        print(refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()))
        print(refused(lambda: socket.socketpair()[0].close()))
        print(asyncio.run(asyncio.sleep(0, "loop")), subprocess.run(["echo"], capture_output=True).returncode)
        """,
    )
    need(_has_filter(), "this machine has no list of calls")
    assert said.splitlines() == [*["Operation not permitted"] * 5, "done", "done", "loop 0"]
    assert other.stat().st_mode & 0o7777 == 0o755


@pytest.mark.parametrize("what", ["command", "module"])
def test_where_the_program_lies_nothing_is_written(folder: Path, what: str) -> None:
    """Started where the probe process or a module lies, the screen cannot change what is started with all rights."""
    (folder / "packet").write_text("kept")
    place = "sys.path.append(os.getcwd())" if what == "module" else "pass"
    said = _run(
        folder,
        f"""
        {place}
        fewer_rights.give_up_rights({{"HOME": "/nonexistent"}}, [] if {what == "module"} else ["./packet", "-x"])
        print(refused(lambda: open("packet", "w")))
        print(refused(lambda: open("export", "w")))
        """,
    )
    need("done" not in said or _has_landlock(), "this kernel has no Landlock")
    assert said == "Permission denied\nPermission denied\n"


def test_under_sudo_exports_belong_to_the_caller(folder: Path) -> None:
    """The screen becomes the caller, with the caller's groups, and there is no way back."""
    os.chown(folder, NOBODY, NOBODY)
    said = _run(
        folder,
        f"""
        rights._can_read_as = lambda who, paths: True  # these tests may lie in a folder of root's
        rights.give_up({{"SUDO_UID": "{NOBODY}", "SUDO_GID": "{NOBODY}"}}, [], [])
        print(os.getresuid(), os.getresgid(), set(os.getgroups()) <= {{{NOBODY}}})
        print(write_whole(Path("export"), own_document("text"), replace=False))
        print(refused(lambda: os.seteuid(0)))
        """,
    )
    assert said.splitlines() == [f"{(NOBODY,) * 3} {(NOBODY,) * 3} True", "4", "Operation not permitted"]
    assert ((folder / "export").stat().st_uid, (folder / "export").stat().st_gid) == (NOBODY, NOBODY)


def test_a_caller_who_cannot_read_the_program_leaves_it_root(folder: Path) -> None:
    """What is loaded later has to be readable; then the screen is root's own, without capabilities."""
    secret = folder / "module"
    secret.write_text("")
    secret.chmod(0o600)
    said = _run(
        folder,
        f"""
        rights.give_up({{"SUDO_UID": "{NOBODY}", "SUDO_GID": "{NOBODY}"}}, [], [{str(secret)!r}])
        print(os.getresuid(), os.getresgid(), refused(lambda: os.setuid({NOBODY})))
        """,
    )
    assert said == "(0, 0, 0) (0, 0, 0) Operation not permitted\n"


def test_the_probe_process_that_is_started_anew_has_icmp(folder: Path) -> None:
    """With ping sockets closed ICMP takes a right that the screen has given up; the launcher still has it."""
    need_tool("unshare", "sysctl", "ip")
    said = _run(
        folder,
        """
        launcher = fewer_rights.launcher_for([command()])
        first = start_child(command(), launcher.start)
        fewer_rights.give_up_rights({"HOME": "/nonexistent"})
        print(features(first)["icmp"], features(start_child(command()))["icmp"])
        print(os.path.exists(f"/proc/{first._process.pid}"))
        first.end()
        second = start_child(command(), first.start)
        print(features(second)["icmp"])
        print(refused(lambda: launcher.start(["/bin/sh", "-c", "id"])))
        second.end()
        print(subprocess_gone(second))
        """,
        "unshare",
        "--net",
        "sh",
        "-c",
        'ip link set lo up; sysctl -qw net.ipv4.ping_group_range="1 0"; exec "$@"',
        "sh",
    )
    assert said.splitlines() == ["True False", "True", "True", "Operation not permitted", "True"]


def _run(folder: Path, code: str, *before: str) -> str:
    done = subprocess.run(
        [*before, sys.executable, "-c", BEGIN + textwrap.dedent(code)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _has_landlock() -> bool:
    import ctypes

    from hopscope.app.process.landlock import abi

    return abi(ctypes.CDLL(None)) > 0


def _has_filter() -> bool:
    from hopscope.app.process.refused_calls import instructions

    return bool(instructions(os.uname().machine))
