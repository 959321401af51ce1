"""What keys of the terminal do to the program that leads to a vantage point."""

from __future__ import annotations

import shlex
import signal
import sys
from pathlib import Path

from support.pty import PtyProgram

START = Path(__file__).resolve().parents[3] / "app" / "start" / "hopscope"
# What leads there: it keeps what happens to it, and to what it has started.
SCRIPT = """
trap 'echo interrupted >>"$0.log"' INT QUIT
"$@"
echo "ended $?" >>"$0.log"
"""
ENDED_BY_KEY = {f"ended {128 + number}" for number in (signal.SIGINT, signal.SIGQUIT)}


def _lines(folder: Path, key: bytes, *words: str) -> tuple[int, str, set[str]]:
    """Trace this host through the script, and press a key once answers come: the status, the output, what it kept."""
    script = folder / "leads there"
    script.write_text(SCRIPT)
    far = f"exec:sh {shlex.quote(str(script))}"
    command = [sys.executable, str(START), "--from", far, "--jsonl", "-n", "-i", "0.1", *words, "127.0.0.1"]
    with PtyProgram(command) as program:
        seen = program.read_until(b'"rtt_')
        program.write(key)
        status = program.wait()
    log = script.with_name("leads there.log")
    return status, seen.decode(), set(log.read_text().splitlines()) if log.exists() else set()


def test_ctrl_c_is_the_programs_alone(tmp_path: Path) -> None:
    """The connection is ended in order, by the end of its input, and not torn before."""
    status, seen, kept = _lines(tmp_path, b"\x03")
    assert '"rtt_' in seen
    assert status == 128 + signal.SIGINT
    assert "interrupted" not in kept
    assert not ENDED_BY_KEY & kept


def test_quit_is_the_programs_alone(tmp_path: Path) -> None:
    """As with Ctrl-C."""
    status, _, kept = _lines(tmp_path, b"\x1c")
    assert status == 128 + signal.SIGQUIT
    assert "interrupted" not in kept
    assert not ENDED_BY_KEY & kept


def test_it_may_ask_for_a_password(tmp_path: Path) -> None:
    """Before anything is measured it reads from the terminal, which only the foreground's process group may."""
    script = tmp_path / "asks"
    script.write_text('printf "password: " >/dev/tty; read -r word </dev/tty; [ "$word" = secret ] && exec "$@"')
    command = [sys.executable, str(START), "--from", f"exec:sh {script}", "-r", "-n", "-c", "1", "127.0.0.1"]
    with PtyProgram(command) as program:
        program.read_until(b"password: ")
        program.write(b"secret\n")
        assert b"127.0.0.1" in program.read_until(b"127.0.0.1 ")
        assert program.wait() == 0


def test_ctrl_c_at_the_password_ends_all(tmp_path: Path) -> None:
    """Whoever asks is ended with the program, which says nothing."""
    script = tmp_path / "asks"
    script.write_text('printf "password: " >/dev/tty; read -r word </dev/tty; echo came >"$0.log"')
    command = [sys.executable, str(START), "--from", f"exec:sh {script}", "-r", "-n", "-c", "1", "127.0.0.1"]
    with PtyProgram(command) as program:
        program.read_until(b"password: ")
        program.write(b"\x03")
        assert program.wait() == 128 + signal.SIGINT
    assert not script.with_name("asks.log").exists()
