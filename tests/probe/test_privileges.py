"""The probe process has no privileges when it reads its input."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hopscope import probe
from hopscope.probe import launch
from support.need import need_root

CAP_NET_RAW = 1 << 13
NOBODY = "65534"
# What Debian's python3-minimal lacks of what might be asked for; no import finds it then.
MINIMAL = """
import runpy, sys
for name in ("ctypes", "_ctypes", "dataclasses", "decimal", "json", "queue", "resource", "shutil", "termios", "uuid"):
    sys.modules[name] = None
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def status(*arguments: str) -> dict[str, str]:
    """The kernel's view of a probe process that has answered a first command."""
    return _status([*launch.command(), *arguments])


def _minimal(*arguments: str) -> list[str]:
    """The command of a probe process on a Python that has as little as Debian's python3-minimal."""
    return [sys.executable, "-I", "-S", "-c", MINIMAL, str(Path(probe.__file__).with_name("__main__.py")), *arguments]


def _status(command: list[str]) -> dict[str, str]:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(b"1 check-support feature udp\n")
        process.stdin.flush()
        process.stdout.readline()
        text = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    finally:
        process.communicate()
    return dict(re.findall(r"^(\w+):[ \t]*(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("arguments", [(), ("--lab", "steady")])
def test_nothing_is_left(arguments: tuple[str, ...]) -> None:
    """No capability in any set that could be used, and no way to new ones by an exec."""
    need_root()
    found = status(*arguments)
    assert [int(found[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")] == [0, 0, 0, 0]
    assert found["NoNewPrivs"] == "1"


def test_marks_keep_one_capability() -> None:
    """``--allow-mark`` keeps CAP_NET_RAW and nothing else."""
    need_root()
    found = status("--allow-mark")
    assert [int(found[name], 16) for name in ("CapEff", "CapPrm", "CapInh")] == [CAP_NET_RAW, CAP_NET_RAW, 0]
    assert found["NoNewPrivs"] == "1"


def test_a_minimal_python_makes_root_nobody() -> None:
    """Without ctypes nothing is left either: the change of the user takes the capabilities, and probes are answered."""
    need_root()
    found = _status(_minimal())
    assert [int(found[name], 16) for name in ("CapEff", "CapPrm", "CapAmb")] == [0, 0, 0]
    assert found["Uid"].split() == found["Gid"].split() == [NOBODY] * 4
    assert found["Groups"].strip() == ""
    ended = subprocess.run(
        _minimal(), input=b"1 send-probe ip-4 127.0.0.1 protocol icmp\n", capture_output=True, timeout=60, check=False
    )
    assert ended.stdout.startswith(b"1 reply ip-4 127.0.0.1 ")
    assert ended.stderr == b""


def test_a_minimal_python_serves_who_has_no_capabilities() -> None:
    """Where there is nothing to give up, ctypes is not missed."""
    need_root()
    command = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all", *_minimal()]
    ended = subprocess.run(
        command, input=b"1 send-probe ip-4 127.0.0.1 protocol udp\n", capture_output=True, timeout=60, check=False
    )
    assert ended.stdout.startswith(b"1 reply ip-4 127.0.0.1 ")
    assert ended.stderr == b""


def test_a_minimal_python_refuses_what_it_cannot_do_safely() -> None:
    """Marks need one capability of all, and to keep that one alone takes ctypes."""
    need_root()
    ended = subprocess.run(_minimal("--allow-mark"), input=b"", capture_output=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr == b"hopscope-packet: cannot give up capabilities: this Python has no ctypes\n"
