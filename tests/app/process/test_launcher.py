"""What starts the probe process again with rights that the program has given up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.process import ending
from hopscope.app.process.launcher import Launcher

if TYPE_CHECKING:
    from collections.abc import Iterator

CAT, SLEEP = ["cat"], ["sleep", "1000"]


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    """One that knows two commands, and a third that cannot be run."""
    made = Launcher([CAT, SLEEP, ["/nonexistent/program"]])
    yield made
    made.close()


def test_a_command_of_the_list_is_run_with_pipes(launcher: Launcher) -> None:
    """What is written to it comes back, and its end is told with its status."""
    process = launcher.start(CAT)
    os.write(process.stdin.fileno(), b"text")
    assert os.read(process.stdout.fileno(), 10) == b"text"
    process.stdin.close()
    assert process.wait(5) == 0
    process.stdout.close()
    process.stderr.close()


def test_one_of_each_command_runs_beside_the_others(launcher: Launcher) -> None:
    """The end of one is not the end of another; a command that is started again replaces itself."""
    cat, sleep = launcher.start(CAT), launcher.start(SLEEP)
    again = launcher.start(SLEEP)
    assert not os.path.exists(f"/proc/{sleep.pid}")  # noqa: PTH110
    again.terminate()
    os.write(cat.stdin.fileno(), b"text")
    assert os.read(cat.stdout.fileno(), 10) == b"text"
    for process in (cat, sleep, again):
        process.terminate()
        process.close()


def test_no_other_command_is_run(launcher: Launcher) -> None:
    """What is not in the list is refused; what is and cannot be run says why."""
    with pytest.raises(PermissionError):
        launcher.start(["cat", "/etc/hostname"])
    with pytest.raises(FileNotFoundError):
        launcher.start(["/nonexistent/program"])


def test_it_ends_what_runs(launcher: Launcher) -> None:
    """By a signal, as its parent; whoever waits before is told that it runs."""
    process = launcher.start(SLEEP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0)
    process.terminate()
    assert process.wait(0) == -15
    process.close()


def test_it_ends_what_was_handed_over_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that this one may not send signals to is ended by it; after the seal nothing more is handed over."""
    launcher = Launcher([CAT])
    mine, other = subprocess.Popen(SLEEP), subprocess.Popen(SLEEP)
    try:
        launcher.adopt(mine.pid)
        launcher.seal()
        launcher.adopt(other.pid)
        with pytest.raises(PermissionError):
            launcher.signal(other.pid, signal.SIGKILL)

        def refused(*_: int) -> None:
            raise PermissionError

        with monkeypatch.context() as patched:
            patched.setattr(os, "kill", refused)
            patched.setattr(ending, "deputy", launcher.signal)
            ending.end_process(mine, 5)
        assert mine.returncode == -signal.SIGTERM
        assert other.poll() is None
    finally:
        for process in (mine, other):
            process.kill()
            process.wait()
        launcher.close()


def test_it_takes_no_number_of_a_standard_stream() -> None:
    """Where those are closed, the screen opens them later; the launcher must not be there then."""
    code = (
        "import os; os.close(0)\n"
        "from hopscope.app.process.launcher import Launcher\n"
        "launcher = Launcher([['cat']]); process = launcher.start(['cat'])\n"
        "print(min(one.fileno() for one in (launcher._socket, process.stdin, process.stdout, process.stderr)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert int(done.stdout) >= 3
