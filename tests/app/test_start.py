"""Signals that come while the programs start, at many system calls of it."""

from __future__ import annotations

import ast
import signal
import sys
from pathlib import Path

import pytest
from support.system_calls import Stepped, moments

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = {name: ROOT / place / name for name, place in (("hopscope", "app/start"), ("hopscope-packet", "probe/start"))}
COMMANDS = {name: [sys.executable, str(script)] for name, script in SCRIPTS.items()}
COMMANDS["hopscope.app"] = [sys.executable, "-m", "hopscope.app"]
COMMANDS["hopscope.probe"] = [sys.executable, "-m", "hopscope.probe"]
EVERY = 41  # of some 800 system calls; no factor of what Python does again and again


class _PythonsHandlerIsGone:
    """Whether Python's own handler of SIGINT, which ends in a traceback, has been there and is there no more."""

    def __init__(self) -> None:
        self._was_there = False

    def __call__(self, program: Stepped) -> bool:
        is_there = program.handles(signal.SIGINT)
        self._was_there = self._was_there or is_there
        return self._was_there and not is_there


@pytest.mark.parametrize("name", list(COMMANDS))
def test_an_interrupt_ends_the_start_without_a_word(name: str) -> None:
    """From our first statement on Ctrl-C ends the program quietly, with what a shell shows as 130."""
    command = [*COMMANDS[name], "--version"]
    found = {}
    for at in moments(command, EVERY, _PythonsHandlerIsGone()):
        with Stepped(command) as program:
            assert program.step(at)
            found[at] = program.end_with(signal.SIGINT)
    assert len(found) > 3
    assert set(found.values()) <= {(-signal.SIGINT, ""), (128 + signal.SIGINT, "")}, found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGUSR1])
def test_other_signals_end_the_start_without_a_word(number: signal.Signals) -> None:
    """From the first system call on; SIGPIPE is ignored once Python has begun, as a broken pipe is found in writing."""
    command = [*COMMANDS["hopscope"], "--version"]
    found = {}
    for at in moments(command, EVERY, lambda _: True):
        with Stepped(command) as program:
            assert program.step(at)
            found[at] = program.end_with(number)
    allowed = {(-number, ""), (128 + number, "")} | ({(0, "")} if number == signal.SIGPIPE else set())
    assert set(found.values()) <= allowed, found
    assert found[0] == (-number, "")


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_a_start_script_deals_with_ctrl_c_before_it_loads_a_file(name: str) -> None:
    """The first statement loads a built-in module alone, the second one lets the system act."""
    text = SCRIPTS[name].read_text()
    statements = ast.parse(text).body
    if text.startswith("#!/bin/sh\n"):  # the shell's part is a string to Python
        part = statements.pop(0)
        assert isinstance(part, ast.Expr)
        assert isinstance(part.value, ast.Constant)
    else:
        assert text.startswith("#!python\n")  # what installers look for
    first, second, *_ = statements
    assert isinstance(first, ast.ImportFrom)
    assert first.module == "_signal"
    assert first.module in sys.builtin_module_names
    assert isinstance(second, ast.If)
    assert "signal(SIGINT, SIG_DFL)" in ast.unparse(second)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_an_ignored_interrupt_stays_ignored(name: str) -> None:
    """A background job goes on."""
    with Stepped(["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", *COMMANDS[name], "--version"]) as program:
        while not program.ignores(signal.SIGINT):
            assert program.step()
        assert program.end_with(signal.SIGINT) == (0, "")
