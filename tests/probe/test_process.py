"""The probe process as a program: how it starts, is used wrongly, and ends."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest
from hopscope.probe import launch
from hopscope.probe.version import VERSION
from support.packet import converse

if TYPE_CHECKING:
    from collections.abc import Iterator

PIPE = subprocess.PIPE


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A probe process, which is gone when the block ends."""
    process = subprocess.Popen(
        [*launch.command(), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(BrokenPipeError):
                pipe(stream).close()


def pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def ready(process: subprocess.Popen[str]) -> None:
    """Wait until it answers."""
    pipe(process.stdin).write("1 check-support feature send-probe\n")
    pipe(process.stdin).flush()
    assert pipe(process.stdout).readline() == "1 feature-support support ok\n"


@pytest.mark.parametrize(
    "argv",
    [
        launch.command(),
        [sys.executable, "-m", "hopscope.probe"],
        [str(Path(sys.executable).parent / "hopscope-packet")],
    ],
)
def test_ways_to_start(argv: list[str], tmp_path: Path) -> None:
    """As a file without site-packages, as a module, and as the installed script it is the same program."""
    done = subprocess.run(
        argv, input="1 check-support feature version\n", capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout == f"1 feature-support support {VERSION}\n"
    assert not done.stderr


def test_the_folder_alone_is_enough(tmp_path: Path) -> None:
    """Copied elsewhere, the folder of the package runs with the standard library alone."""
    folder = Path(launch.command()[-1]).parent
    copy = tmp_path / "copied"
    subprocess.run(["cp", "-r", str(folder), str(copy)], check=True)
    argv = [*launch.command()[:-1], str(copy / "__main__.py")]
    assert converse(argv, ["1 check-support feature hopscope"]) == ["1 feature-support support ok"]


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (["1 check-support feature send-probe"], ["1 feature-support support ok"]),
        (["2 check-support feature local-device"], ["2 feature-support support no"]),
        (["3 check-support"], ["3 invalid-argument"]),
        (["4 Send-Probe ip-4 127.0.0.1"], ["4 unknown-command"]),
        (["5 send-probe ip-4"], ["0 command-parse-error"]),
        ([""], ["0 command-parse-error"]),
        (["6 send-probe protocol udp"], ["6 invalid-argument reason ip-version-not-supported"]),
        (["x" * 5002], ["0 command-buffer-overflow", "0 command-parse-error"]),
        (["7 send-probe ip-4 127.0.0.1 protocol udp mark 1"], ["7 permission-denied"]),
        (["8 send-probe ip-4 127.0.0.1 protocol udp local-ip-4 192.0.2.77"], ["8 address-not-available"]),
    ],
)
def test_words(commands: list[str], expected: list[str]) -> None:
    """The answers that need no network are mtr-packet's, word for word."""
    assert converse(launch.command(), commands) == expected


def test_a_nul_byte_is_a_byte() -> None:
    """Bytes that are no text spoil their own line only."""
    done = subprocess.run(
        launch.command(), input=b"\0 \xff\xfe\n1 check-support feature \0\n2 check-support feature udp\n",
        capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        b"0 unknown-command", b"1 feature-support support no", b"2 feature-support support ok",
    ]  # fmt: skip


def test_end_of_input_waits_for_the_probes_without_spinning() -> None:
    """What is in flight at the end of the input is answered, and hardly any processor time passes until then."""
    before = os.times()
    with running("--lab", "silent-target") as process:
        out, err = process.communicate("1 send-probe ip-4 203.0.113.80 timeout 1\n", timeout=20)
    assert (out, err, process.returncode) == ("1 no-reply\n", "", 0)
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 0.7


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_quietly(number: int) -> None:
    """A signal ends it at once, without a word."""
    with running() as process:
        ready(process)
        process.send_signal(number)
        assert process.communicate(timeout=20) == ("", "")
        assert process.returncode == -number


def test_closed_output_ends_it_quietly() -> None:
    """When nobody reads the answers any more it ends, although its input is open and a probe is in flight."""
    with running("--lab", "silent-target") as process:
        ready(process)
        pipe(process.stdin).write("1 send-probe ip-4 203.0.113.80 timeout 60\n")
        pipe(process.stdin).flush()
        pipe(process.stdout).close()
        assert process.wait(20) == 0
        assert pipe(process.stderr).read() == ""


def test_input_from_a_file(tmp_path: Path) -> None:
    """A regular file, which epoll does not take, is input like any other."""
    commands = tmp_path / "commands"
    commands.write_text("1 check-support feature udp\n2 send-probe ip-4 127.0.0.1 protocol udp timeout 5\n")
    answers = tmp_path / "answers"
    with commands.open() as stdin, answers.open("w") as stdout:
        assert subprocess.run(launch.command(), stdin=stdin, stdout=stdout, check=True).returncode == 0
    assert re.fullmatch(
        r"1 feature-support support ok\n2 reply ip-4 127\.0\.0\.1 round-trip-time \d+\n", answers.read_text()
    )


def test_answers_come_when_they_are_known() -> None:
    """An answer is not held back while another probe is in flight."""
    with running("--lab", "silent-target") as process:
        pipe(process.stdin).write("1 send-probe ip-4 203.0.113.80 timeout 60\n2 check-support feature udp\n")
        pipe(process.stdin).flush()
        assert pipe(process.stdout).readline() == "2 feature-support support ok\n"
        assert process.poll() is None


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_closed_standard_streams(closed: str) -> None:
    """Where input or standard error are closed from the start, no socket takes their place."""
    script = f"echo '1 send-probe ip-4 127.0.0.1 protocol udp timeout 5' | exec \"$@\" {closed}"
    done = subprocess.run(["sh", "-c", script, "sh", *launch.command()], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert bool(done.stdout) == ("<&-" not in closed)


def test_output_closed_from_the_start() -> None:
    """Without standard output there is nothing to do, and that is said."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *launch.command()], stdin=PIPE, stderr=PIPE, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "hopscope-packet: standard output is closed\n")


def test_a_slow_reader_gets_every_answer() -> None:
    """Output that takes nothing for a while, blocking or not, loses no line."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    with subprocess.Popen(launch.command(), stdin=PIPE, stdout=write_end, text=True) as process:
        os.close(write_end)
        commands = "".join(f"{token} check-support feature udp\n" for token in range(20_000))
        writer = threading.Thread(target=process.communicate, args=(commands,))
        writer.start()
        with open(read_end, encoding="ascii") as stream:  # noqa: PTH123 - a descriptor
            select.select([stream], [], [])
            lines = stream.readlines()
        writer.join()
    assert lines == [f"{token} feature-support support ok\n" for token in range(20_000)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--colour"], "hopscope-packet: unknown argument: '--colour'; try --help\n"),
        (["--lab"], "hopscope-packet: --lab needs a scenario; try --help\n"),
        (["--engine", "steam"], "hopscope-packet: --engine needs kernel or icmplib; try --help\n"),
        (["--engine=icmplib"], "hopscope-packet: the icmplib engine needs icmplib, and Python without -S\n"),
        (["--max-in-flight", "0"], "hopscope-packet: --max-in-flight needs a number from 1 to 30000; try --help\n"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    """A wrong argument is one line on standard error and exit status 1."""
    done = subprocess.run([*launch.command(), *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)


def test_help_and_version() -> None:
    """Help and version go to standard output."""
    for argument, begin in (("--help", "usage: hopscope-packet"), ("--version", f"hopscope-packet {VERSION}\n")):
        done = subprocess.run([*launch.command(), argument], capture_output=True, text=True, check=True)
        assert done.stdout.startswith(begin)


def test_a_full_house_is_refused_until_an_answer_frees_a_place() -> None:
    """Beyond the limit of unanswered probes a probe is refused; an answer makes room for the next."""
    with running("--lab", "silent-target", "--max-in-flight", "3") as process:
        stdin, stdout = pipe(process.stdin), pipe(process.stdout)
        for token in range(1, 5):
            stdin.write(f"{token} send-probe ip-4 203.0.113.80 timeout 1\n")
        stdin.flush()
        assert stdout.readline() == "4 probes-exhausted\n"
        assert sorted(stdout.readline() for _ in range(3)) == ["1 no-reply\n", "2 no-reply\n", "3 no-reply\n"]
        assert process.communicate("5 send-probe ip-4 203.0.113.80 timeout 0\n", timeout=20) == ("5 no-reply\n", "")
