"""Signals that end the program, whatever code they meet."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.process import signals

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The test runner's own handlers come back."""
    monkeypatch.setattr(signals, "_received", [])
    before = {number: signal.getsignal(number) for number in signals.ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_signal_is_an_exception() -> None:
    """The first ending signal raises where the program stands, with the status that a shell expects."""
    signals.raise_on_signals()
    with pytest.raises(signals.Stopped) as stopped:
        signal.raise_signal(signal.SIGTERM)
    assert stopped.value.exit_status == 128 + signal.SIGTERM


def test_every_signal_that_ends_a_process_is_one() -> None:
    """Those of users, timers, terminals and real time as well; faults of the process and what is harmless are not."""
    ending = {"HUP", "INT", "QUIT", "TRAP", "ABRT", "USR1", "USR2", "ALRM", "TERM", "STKFLT", "XCPU", "VTALRM", "PROF"}
    ending |= {"IO", "PWR", "SYS", "RTMIN", "RTMAX"}
    assert {getattr(signal, f"SIG{name}") for name in ending} <= set(signals.ENDING)
    harmless = {"CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "WINCH"}
    lost = {"KILL", "PIPE", "XFSZ", "SEGV", "BUS", "FPE", "ILL"}
    assert not {getattr(signal, f"SIG{name}") for name in harmless | lost} & set(signals.ENDING)
    signals.raise_on_signals()
    assert {signal.getsignal(number) for number in signals.ENDING} == {signals._raise}
    with pytest.raises(signals.Stopped) as stopped:
        signal.raise_signal(signal.SIGUSR2)
    assert stopped.value.exit_status == 128 + signal.SIGUSR2


def test_a_signal_that_was_swallowed_is_raised_at_the_next_check() -> None:
    """Code that swallows exceptions, as callbacks of Python's import system do, does not lose a signal."""
    signals.raise_on_signals()
    signals.check()
    with contextlib.suppress(signals.Stopped):
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(signals.Stopped) as stopped:
        signals.check()
    assert stopped.value.exit_status == 128 + signal.SIGINT


def test_a_signal_that_became_another_error_has_its_status() -> None:
    """Whatever error came of a signal in code that does not expect one, the program ends with the signal's status."""
    assert signals.received_status() == 0
    signals.raise_on_signals()
    with contextlib.suppress(signals.Stopped):
        signal.raise_signal(signal.SIGHUP)
    assert signals.received_status() == 128 + signal.SIGHUP


def test_the_default_comes_back_where_a_handler_was_ours() -> None:
    """While the interpreter ends signals act as the system has them; one that is ignored stays so."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals.raise_on_signals()
    signals.default_signals()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_what_is_under_way_is_finished_first() -> None:
    """While signals are deferred, the first one raises nothing and is told of; after that it is raised as ever."""
    signals.raise_on_signals()
    with signals.DeferredSignals() as before:
        pass
    with signals.DeferredSignals() as deferred, signals.DeferredSignals() as inner:
        signal.raise_signal(signal.SIGTERM)
    assert (before.exit_status, deferred.exit_status, inner.exit_status) == (0, 143, 143)
    with pytest.raises(signals.Stopped):
        signals.check()


def test_what_holds_signals_is_told_of_one() -> None:
    """It may have what is under way end sooner."""
    signals.raise_on_signals()
    told: list[int] = []
    with signals.DeferredSignals(lambda: told.append(deferred.exit_status)) as deferred:
        signal.raise_signal(signal.SIGTERM)
        assert told == [143]


def test_a_write_that_may_take_for_ever_is_ended_by_a_signal() -> None:
    """Where signals are deferred, they raise again within ``PromptSignals``, and are deferred after it."""
    signals.raise_on_signals()
    with signals.DeferredSignals() as deferred:
        with pytest.raises(signals.Stopped), signals.PromptSignals():
            signal.raise_signal(signal.SIGTERM)
        assert deferred.exit_status == 0
        signals.raise_on_signals()
        signal.raise_signal(signal.SIGINT)
        assert deferred.exit_status == 130


def test_signals_are_heard_again_after_they_were_held() -> None:
    """What is deferred is deferred for a time."""
    signals.raise_on_signals()
    with signals.DeferredSignals():
        pass
    with pytest.raises(signals.Stopped):
        signal.raise_signal(signal.SIGINT)


def test_ignored_signals_stay_ignored() -> None:
    """What nohup set stays so."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals.raise_on_signals()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_a_second_signal_gives_the_terminal_back_first() -> None:
    """It ends the program where it stands, and what was to be done before that is done."""
    code = (
        "import os, signal\n"
        "from hopscope.app.process import signals\n"
        "signals.raise_on_signals()\n"
        "signals.at_forced_end(lambda: os.write(1, b'restored'))\n"
        "with signals.DeferredSignals():\n"
        "    signal.raise_signal(signal.SIGTERM)\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "    os.write(1, b'went on')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"restored", b"")
