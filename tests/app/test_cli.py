"""The program from the command line to its exit status."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hopscope.app import cli
from hopscope.app.process.signals import ENDING
from hopscope.probe.lab.scenario import shipped
from support import scripted_packet
from support.program import ENVIRONMENT, command, run

NO_SCENARIO = f"no scenario 'nothing'; there are: {', '.join(shipped())}"


def test_version_and_help_name_the_program_as_it_was_called() -> None:
    """Invoked as mtr, usage and version say mtr; first words first."""
    assert run("-v").stdout.startswith("hopscope ")
    assert run("-v", name="/usr/local/bin/mtr").stdout.startswith("mtr 0.95 (hopscope ")
    assert run("--help", name="mtr").stdout.startswith("usage: mtr ")
    assert run("-n", "--version").returncode == 0


@pytest.mark.parametrize(
    ("mtr_options", "arguments", "status", "begins"),
    [
        ("-h", "-r -c 1 127.0.0.1", 0, "usage: hopscope "),
        ("--version", "127.0.0.1", 0, "hopscope "),
        ("-n -v", "", 0, "hopscope "),
        ("-v", "-h", 0, "hopscope "),
        ("-h", "-v", 0, "usage: hopscope "),
        ("-v", "--foo", 0, "hopscope "),
        ("-i 0 -v", "", 1, "hopscope: option -i/--interval: invalid value '0', expected"),
        ("--foo", "-h", 1, "hopscope: unknown option --foo; --help lists them all"),
        ("-c", "3 -h", 1, "hopscope: option -c needs an argument: COUNT"),
        ("-o '", "-h", 1, "hopscope: MTR_OPTIONS: no closing quotation"),
    ],
)
def test_questions_may_stand_in_mtr_options(mtr_options: str, arguments: str, status: int, begins: str) -> None:
    """Help and version are given wherever they are asked for, unless what stands before the question is wrong."""
    ended = run(*arguments.split(), MTR_OPTIONS=mtr_options)
    assert ended.returncode == status
    assert (ended.stdout or ended.stderr).startswith(begins)
    assert not (ended.stdout and ended.stderr)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--foo", "unknown option --foo; --help lists them all"),
        ("-c x h", "option -c/--report-cycles: invalid value 'x', expected a whole number from 1 to 2147483647"),
        ("-t 127.0.0.1", "option -t/--curses: the screen needs a terminal; -r writes a report"),
        ("-r --packet /nowhere 127.0.0.1", "cannot run the probe process /nowhere: No such file or directory"),
        ("-r --packet 'sh -c \"exit 3\"' 127.0.0.1", "the probe process sh ended at once: exit status 3"),
        ('-r --packet "a \'b" h', 'option --packet: invalid value "a \'b", expected a command: No closing quotation'),
        ("-r -a 127.0.0.1 ::1", "option -a/--address: 127.0.0.1 is IPv4, but ::1 is IPv6; -4 may help"),
        ("-r -I nope0 ::1", "option -I/--interface: no such interface: 'nope0'"),
        ("-r [::1]:80", "target [::1]:80: ICMP has no ports; use -u, -T or -S"),
        ("-r 127.0.0.1:80", "cannot resolve 127.0.0.1:80: ICMP has no ports; use -u, -T or -S"),
        ("-r -F /none", "option -F/--filename: cannot read /none: No such file or directory"),
        ("-r --demo nothing", NO_SCENARIO),
        ("-r --demo stedy", "no scenario 'stedy'; did you mean steady?"),
        ("-r https:///x", "target https://: this URL names no host"),
        ("-r -4 ::1", "cannot resolve ::1: it is an IPv6 address, and IPv4 was asked for (-4)"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_1(line: str, message: str) -> None:
    """Whatever is wrong, standard error holds one line, standard output nothing."""
    ended = run(*shlex.split(line))
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", f"hopscope: {message}\n")


def test_errors_go_by_the_name_mtr() -> None:
    """Invoked as mtr, a line of error begins as mtr's does: programs look for it."""
    assert run("--foo", name="mtr").stderr.startswith("mtr: ")


def test_a_target_that_does_not_resolve_stops_no_other(tmp_path: Path) -> None:
    """The others are traced and printed in the order given; the exit status says that one failed."""
    packet = scripted_packet.command(tmp_path, 0, "192.0.2.1", "198.51.100.9")
    quick = ("-n", "-c", "1", "--packet", packet)
    ended = run("-j", *quick, "192.0.2.7", "name..invalid", "192.0.2.8")
    decoder = json.JSONDecoder()
    first, end = decoder.raw_decode(ended.stdout)
    second, _ = decoder.raw_decode(ended.stdout[end:].lstrip())
    assert [one["report"]["mtr"]["dst"] for one in (first, second)] == ["192.0.2.7", "192.0.2.8"]
    assert ended.returncode == 1
    assert ended.stderr.startswith("hopscope: cannot resolve name..invalid: ")
    assert ended.stderr.count("\n") == 1


def test_one_target_after_the_other(tmp_path: Path) -> None:
    """--serial traces like mtr: the second target is first probed when the first has ended, and none is shared."""
    packet = scripted_packet.command(tmp_path, 0, "192.0.2.1", "198.51.100.9")
    ended = run("--json-full", "--serial", "-n", "-c", "1", "--packet", packet, "192.0.2.7", "192.0.2.8")
    first, second = json.loads(ended.stdout)
    assert first["ended"] <= second["started"]
    assert not any(hop["shared"] for one in (first, second) for hop in one["hops"])
    assert ended.returncode == 0


def test_monitoring_sees_the_arguments_of_mtr(tmp_path: Path) -> None:
    """Invoked as mtr, the arguments of the process are those of a compiled mtr: Checkmk looks for them."""
    fifo = tmp_path / "measured"
    os.mkfifo(fifo)
    packet = scripted_packet.command(fifo, 2, "192.0.2.1", "198.51.100.9")
    arguments = ["--report", "--report-wide", "-n", "-c", "1000", "-i", "0.05", "--packet", packet, "198.51.100.9"]
    program = subprocess.Popen(
        command(*arguments, name="/usr/bin/mtr"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=ENVIRONMENT
    )
    fifo.open().close()
    shown = Path(f"/proc/{program.pid}/cmdline").read_bytes()
    program.terminate()
    program.wait(timeout=20)
    assert shown.rstrip(b"\0").split(b"\0") == [b"mtr", *(argument.encode() for argument in arguments)]


def test_parallel_runs_append_to_one_file(tmp_path: Path) -> None:
    """Reports of runs that append to one file are each in one piece."""
    packet = scripted_packet.command(tmp_path, 0, "192.0.2.1", "198.51.100.9")
    line = command("-r", "-n", "-c", "1", "--packet", packet, "198.51.100.9")
    with (tmp_path / "reports").open("a") as file:
        programs = [subprocess.Popen(line, stdout=file, stdin=subprocess.DEVNULL, env=ENVIRONMENT) for _ in range(4)]
        assert [program.wait(timeout=30) for program in programs] == [0] * 4
    starts = [text[:6] for text in (tmp_path / "reports").read_text().splitlines()]
    assert starts == ["Start:", "HOST: ", "  1.|-", "  2.|-"] * 4


def test_a_locked_file_is_waited_for(tmp_path: Path) -> None:
    """A report is written only when no other program, mtr among them, holds the file."""
    fifo = tmp_path / "measured"
    os.mkfifo(fifo)
    packet = scripted_packet.command(fifo, 2, "192.0.2.1", "198.51.100.9")
    with (tmp_path / "reports").open("a") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        program = subprocess.Popen(
            command("-r", "-n", "-c", "1", "--packet", packet, "198.51.100.9"),
            stdout=file,
            stdin=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )
        fifo.open().close()
        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(timeout=1)
        assert (tmp_path / "reports").read_text() == ""
        fcntl.lockf(file, fcntl.LOCK_UN)
        assert program.wait(timeout=20) == 0
    assert (tmp_path / "reports").read_text().startswith("Start: ")


def test_without_a_terminal_a_report_is_written(tmp_path: Path) -> None:
    """Nothing chosen and no terminal: the report that a script expects, of ten rounds."""
    packet = scripted_packet.command(tmp_path, 0, "192.0.2.1", "-", "198.51.100.9")
    lines = run("-n", "-i", "0.02", "-G", "0.2", "--packet", packet, "198.51.100.9").stdout.splitlines()
    assert lines[0].startswith("Start: ")
    assert [line[:32].split()[1] for line in lines[2:]] == ["192.0.2.1", "???", "198.51.100.9"]
    assert [line.split()[3] for line in lines[2:]] == ["10", "10", "10"]


def test_a_report_imports_no_terminal_toolkit(tmp_path: Path) -> None:
    """A report runs without Textual, Rich, plotext and asyncio: they cost what a report may take to start."""
    packet = scripted_packet.command(tmp_path, 0, "198.51.100.9")
    script = (
        "import sys; from hopscope.app.cli import main; status = main();"
        "print(sorted({'textual', 'rich', 'plotext', 'asyncio', 'dns'} & set(sys.modules)), status, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, "-j", "-n", "-c", "1", "--packet", packet, "198.51.100.9"],
        capture_output=True,
        text=True,
        timeout=30,
        env=ENVIRONMENT,
        check=True,
    )
    assert ended.stderr == "[] 0\n"
    assert json.loads(ended.stdout)["report"]["mtr"]["dst"] == "198.51.100.9"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_with_the_report_so_far(tmp_path: Path, number: signal.Signals, status: int) -> None:
    """What was measured until then is printed, and the exit status says which signal it was."""
    fifo = tmp_path / "measured"
    os.mkfifo(fifo)
    packet = scripted_packet.command(fifo, 4, "192.0.2.1", "198.51.100.9")
    program = subprocess.Popen(
        command("-r", "-n", "-c", "1000", "-i", "0.05", "--packet", packet, "198.51.100.9"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    fifo.open().close()  # returns when four answers have come
    program.send_signal(number)
    out, errors = program.communicate(timeout=20)
    assert (program.returncode, errors) == (status, "")
    assert [line.split()[1] for line in out.splitlines()[2:]] == ["192.0.2.1", "198.51.100.9"]


@pytest.mark.parametrize(
    ("shell", "status", "errors"),
    [
        ("{} | true", 141, ""),
        ("{} >/dev/full", 1, "hopscope: cannot write to standard output: No space left on device\n"),
        ("{} >&-", 1, "hopscope: standard output is closed: there is nowhere to write to\n"),
    ],
)
def test_output_that_cannot_be_written(tmp_path: Path, shell: str, status: int, errors: str) -> None:
    """A reader that went away ends the program quietly, a full or closed output with one line."""
    packet = scripted_packet.command(tmp_path, 0, "198.51.100.9")
    line = shlex.join(command("-r", "-n", "-c", "1", "--packet", packet, "198.51.100.9"))
    ended = subprocess.run(
        ["bash", "-c", shell.format(line) + "; exit ${PIPESTATUS[0]}"],
        capture_output=True,
        text=True,
        timeout=30,
        env=ENVIRONMENT,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (status, errors)


def test_errors_of_our_own_show_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A defect is one line with a hint how to see where it lies."""

    def broken(_program: str, _arguments: object) -> int:
        raise ZeroDivisionError("a\ndefect")

    monkeypatch.setattr(cli, "_main", broken)
    monkeypatch.setattr(sys, "argv", ["hopscope"])
    before = {number: signal.getsignal(number) for number in ENDING}
    try:
        assert cli.main() == 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert capsys.readouterr().err == (
        "hopscope: internal error: ZeroDivisionError: a defect (HOPSCOPE_DEBUG=1 shows where)\n"
    )


@pytest.mark.parametrize(
    "argument", ["--\x1b[31mx", "-\x9b", "--packet=\x1b]0;x\x07", "-F\x1b[31m\u202e", "a\nb\u2028"]
)
def test_no_argument_comes_back_as_a_control_byte(argument: str) -> None:
    """What stands on the command line is told of in one printable line, whatever it holds."""
    ended = run("-r", argument)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.endswith("\n")
    assert ended.stderr[:-1].isprintable(), ended.stderr


@pytest.mark.parametrize(("name", "several"), [("hopscope", 1), ("mtr", 4)])
def test_balanced_hops_are_those_of_mtr_under_its_name(name: str, several: int) -> None:
    """Called mtr, each probe has a flow of its own, so that hops show several addresses; hopscope holds one flow.

    The one hop that shows two all the same takes packets by turns.
    """
    ended = run("--demo", "balanced", "--json-full", "-n", "-c", "30", "-i", "0.02", name=name)
    (report,) = json.loads(ended.stdout)
    assert sum(len(hop["addresses"]) > 1 for hop in report["hops"]) == several
    assert report["settings"]["flows"] == (name == "hopscope")


def test_a_target_named_several_times_is_traced_once_and_shown_as_often() -> None:
    """Equal lines of a list cost one trace: there is a report for each of them, in their order."""
    host, other = "www.example.org", "spine2.nyc.hosting.example"
    words = ["--demo", "steady", "--json-full", "-n", "-c", "1", "-i", "0.02"]
    ended = run(*words, host, other, *[host] * 200)
    reports = json.loads(ended.stdout)
    assert [report["target"]["name"] for report in reports] == [host, other, *[host] * 200]
    assert all(report == reports[0] for report in reports[2:])
    assert all(hop["sent"] for hop in reports[0]["hops"])
