"""Commands on alerts: run apart, four at once, ended when they take too long, with facts and nothing else."""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

import pytest
from hopscope.app.alerts import commands
from hopscope.app.alerts.commands import NOT_RUN, CommandRunner, Outcome, command_of
from hopscope.app.errors import UsageError
from hopscope.app.sanitize import sanitize


def outcomes(runner: CommandRunner, count: int) -> list[Outcome]:
    """Wait for so many outcomes."""
    found: list[Outcome] = []
    while len(found) < count:
        select.select([runner], [], [])
        found += runner.outcomes()
    return found


def script(folder: Path, text: str) -> list[str]:
    """A command that runs a piece of shell."""
    path = folder / "command"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return [str(path)]


def test_facts_reach_the_command_as_variables(tmp_path: Path) -> None:
    """Facts are in its environment without control characters; what it writes comes back, and its status."""
    runner = CommandRunner(script(tmp_path, 'echo "$HOPSCOPE_ALERT|$HOPSCOPE_STATE"; exit 3'))
    number = runner.order({"ALERT": "loss > 2%\x1b\n$(id)", "STATE": "raised"}, raised=True)
    assert outcomes(runner, 1) == [Outcome(number, 3, sanitize("loss > 2%??$(id)|raised"), timed_out=False)]
    runner.close()


def test_what_takes_too_long_is_ended_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time limit the command and its children are gone, and that is said."""
    monkeypatch.setattr(commands, "TIME_LIMIT_S", 0.3)
    pid_file = tmp_path / "pid"
    runner = CommandRunner(script(tmp_path, f"sleep 1000 & echo $! > {pid_file}; wait"))
    runner.order({}, raised=True)
    (one,) = outcomes(runner, 1)
    assert one.timed_out
    pid = int(pid_file.read_text())
    while Path(f"/proc/{pid}").exists() and Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z":
        os.sched_yield()
    runner.close()


def test_a_raised_alert_goes_before_a_cleared_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several wait, those of raised alerts are run first."""
    monkeypatch.setattr(commands, "RUNNING_MAX", 1)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    runner = CommandRunner(script(tmp_path, f'[ "$HOPSCOPE_N" = 0 ] && read line < {gate}; echo "$HOPSCOPE_N"'))
    runner.order({"N": "0"}, raised=True)
    with gate.open("w") as opened:
        for number, raised in ((1, False), (2, True), (3, False), (4, True)):
            runner.order({"N": str(number)}, raised=raised)
        opened.write("go\n")
    assert [one.output for one in outcomes(runner, 5)] == ["0", "2", "4", "1", "3"]
    runner.close()


def test_no_more_than_four_run_at_once(tmp_path: Path) -> None:
    """While none may end four of ten have begun, and all are done when they may."""
    began, gate = tmp_path / "began", tmp_path / "gate"
    began.mkdir()
    os.mkfifo(gate)
    # A FIFO that is open for writing and empty keeps its readers waiting; the end of all writers ends them.
    holder = os.open(gate, os.O_RDWR)
    runner = CommandRunner(script(tmp_path, f"touch {began}/$HOPSCOPE_N; read line < {gate}; echo done"))
    for number in range(10):
        runner.order({"N": str(number)}, raised=True)
    while len(list(began.iterdir())) < commands.RUNNING_MAX:
        os.sched_yield()
    for ended in range(10):
        assert len(list(began.iterdir())) <= ended + commands.RUNNING_MAX
        os.write(holder, b"go\n")
        outcomes(runner, 1)
    os.close(holder)
    assert len(list(began.iterdir())) == 10
    runner.close()


def test_what_is_asked_for_is_done_after_the_end(tmp_path: Path) -> None:
    """Orders are carried out though the program has closed its end, and what carries them out ends then."""
    done = tmp_path / "done"
    os.mkfifo(done)
    runner = CommandRunner(script(tmp_path, f"echo over > {done}"))
    runner.order({}, raised=False)
    runner.close()
    assert done.read_text() == "over\n"
    os.waitpid(runner.pid, 0)


def test_a_command_that_is_gone_meanwhile_is_told(tmp_path: Path) -> None:
    """Where it cannot be run any more, the outcome says why."""
    command = script(tmp_path, "true")
    runner = CommandRunner(command)
    Path(command[0]).unlink()
    runner.order({}, raised=True)
    (one,) = outcomes(runner, 1)
    assert (one.status, one.output) == (NOT_RUN, "No such file or directory")
    runner.close()


def test_a_command_that_cannot_be_run_is_refused_at_once(tmp_path: Path) -> None:
    """A wrong command is one sentence with a remedy; a right one is found by its path, however it was named."""
    plain = tmp_path / "plain"
    plain.write_text("")
    for text, said in (
        ("", "a command is missing"),
        ("'open", "no closing quotation"),
        ("no-such-program-anywhere x", "is not found"),
        (str(plain), "chmod"),
    ):
        with pytest.raises(UsageError, match=said):
            command_of(text)
    assert command_of(f"{sys.executable} -c 'print(1)'") == [sys.executable, "-c", "print(1)"]
