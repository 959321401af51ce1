"""The screen in a real terminal, on a path of real kernel routers: shows the hops, answers the keys, ends cleanly."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch
from support.tmux import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.netns import Chain, User

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
PROBE = launch.command()[-1]
END_MAX_S = 20  # a limit for a machine under load; what is awaited is the condition

pytestmark = [pytest.mark.kernel, pytest.mark.tmux]


def command_line(pid: int) -> list[str]:
    """The command line of a process, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def descendants(pid: int) -> list[int]:
    """All processes below one, by process id."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parent = int(text.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(status.parent.name))
    found, queue = [], [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def await_true(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition.

    Raises:
        AssertionError: it does not come.
    """
    end = time.monotonic() + END_MAX_S
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)


class Live:
    """The program in its terminal, and the two processes it is made of."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        processes = descendants(terminal.pane_pid())
        self.probe = next(pid for pid in processes if PROBE in command_line(pid))
        self.program = next(pid for pid in processes if pid != self.probe and HOPSCOPE in command_line(pid))

    def both_gone(self) -> bool:
        """Whether neither process is left."""
        return not command_line(self.program) and not command_line(self.probe)


@contextmanager
def running(path: Chain, *words: str, user: User = "bare", width: int = 100, height: int = 30) -> Iterator[Live]:
    """The screen, once it shows the whole path."""
    command = path.command([HOPSCOPE, "-n", *words, path.target()], user)
    with Terminal(command, width=width, height=height) as terminal:
        terminal.wait_for(*path.hops[4], "running")
        yield Live(terminal)


def sent(screen: str) -> list[int]:
    """The Snt column."""
    return [int(number) for number in re.findall(r"^.{27}\s+[\d.]+\s+(\d+)", screen, re.MULTILINE)]


def test_screen_shows_the_hops_in_order(namespace_chain: Chain) -> None:
    """Without any capability, every router of the chain stands in its row, with what was measured."""
    with running(namespace_chain) as live:
        screen = live.terminal.screen()
        rows = [line for line in screen.splitlines() if re.match(r"^.{0,2}\s*\d+\s", line)]
        shown = [address for line in rows for address in namespace_chain.hops[4] if f" {address} " in line]
        assert tuple(shown) == namespace_chain.hops[4]
        assert "StDev" in screen


def test_screen_answers_its_keys(namespace_chain: Chain) -> None:
    """Key p stops sending, Space resumes, Down selects, r begins anew, q ends with status 0 and a clean terminal."""
    with running(namespace_chain, "-i", "0.2") as live:
        terminal = live.terminal
        terminal.keys("p")
        terminal.wait_for("paused")
        terminal.keys("Space")
        terminal.wait_for("running")
        terminal.keys("Down")
        terminal.wait_until(lambda screen: "▌ 1" in screen, "the selection of hop 1")
        terminal.keys("Down")
        terminal.wait_until(lambda screen: "▌ 2" in screen, "the selection of hop 2")
        terminal.keys("Up")
        terminal.wait_until(lambda screen: "▌ 1" in screen, "the selection of hop 1")
        terminal.wait_until(lambda screen: max(sent(screen), default=0) > 10, "more than ten rounds")
        terminal.keys("r")
        terminal.wait_until(lambda screen: 0 < max(sent(screen), default=0) <= 10, "counts that begin anew")
        before = terminal.screen()
        terminal.keys("d")
        terminal.wait_until(lambda screen: layout_of(screen) != layout_of(before), "another display mode")
        terminal.keys("q")
        assert terminal.wait_exit() == 0
        await_true(live.both_gone, "a process is left")
        assert not terminal.in_alternate_screen()
        assert "Loss%" not in terminal.screen()


def layout_of(screen: str) -> list[bool]:
    """Which rows of the screen hold something."""
    return [bool(line.strip()) for line in screen.splitlines()]


@pytest.mark.parametrize(
    ("how", "status"),
    [("C-c", 0), (signal.SIGTERM, 143), (signal.SIGINT, 130)],
    ids=["ctrl-c", "sigterm", "sigint"],
)
def test_screen_gives_the_terminal_back(namespace_chain: Chain, how: str | signal.Signals, status: int) -> None:
    """Ctrl-C, SIGTERM and SIGINT end both processes and leave the alternate screen."""
    with running(namespace_chain) as live:
        if isinstance(how, str):
            live.terminal.keys(how)
        else:
            os.kill(live.program, how)
        assert live.terminal.wait_exit() == status
        await_true(live.both_gone, "a process is left")
        assert not live.terminal.in_alternate_screen()
        assert "Traceback" not in live.terminal.screen()


def test_closed_terminal_ends_both_processes(namespace_chain: Chain) -> None:
    """When the terminal goes away, neither process outlives it."""
    with running(namespace_chain) as live:
        live.terminal.close()
        await_true(live.both_gone, "a process outlived its terminal")


def test_dead_probe_process_is_started_anew(namespace_chain: Chain) -> None:
    """A killed probe process is replaced, the screen says so, and the statistics go on."""
    with running(namespace_chain, "-i", "0.2") as live:
        terminal = live.terminal
        terminal.wait_until(lambda screen: max(sent(screen), default=0) > 5, "more than five rounds")
        os.kill(live.probe, signal.SIGKILL)
        terminal.wait_for("probe restarted")
        now = max(sent(terminal.screen()))
        assert now > 5
        terminal.wait_until(lambda screen: max(sent(screen), default=0) > now + 5, "probes of the new process")


def test_probe_process_that_keeps_dying_ends_the_trace(namespace_chain: Chain) -> None:
    """The third death within ten seconds is said on screen; what was measured stays, and q quits."""
    with running(namespace_chain) as live:
        dead: set[int] = set()
        for _ in range(3):

            def alive() -> list[int]:
                processes = descendants(live.terminal.pane_pid())
                return [p for p in processes if p not in dead and any("probe" in word for word in command_line(p))]

            await_true(lambda: bool(alive()), "no probe process was started")
            (probe,) = alive()
            dead.add(probe)
            os.kill(probe, signal.SIGKILL)
        live.terminal.wait_for("probe gone", namespace_chain.target())
        live.terminal.keys("q")
        live.terminal.wait_exit()
        assert "Traceback" not in live.terminal.screen()
