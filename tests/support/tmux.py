"""A real terminal to drive a program in: tmux, on a server of its own."""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
import time
from typing import TYPE_CHECKING, Self

from support.need import need_tool

if TYPE_CHECKING:
    from collections.abc import Callable


class Terminal:
    """One tmux window that runs one command; a context manager that leaves nothing behind.

    The shell in it prints ``exit status N`` when the command ends and then waits, so that what the command left on
    the terminal can be read. ``environment`` replaces the variables named in it.
    """

    def __init__(
        self, command: list[str], *, width: int = 100, height: int = 30, environment: dict[str, str] | None = None
    ) -> None:
        need_tool("tmux")
        self._socket = f"hs-{os.getpid()}-{secrets.token_hex(4)}"
        line = f"{shlex.join(command)}; echo exit status $?; exec sleep 600"
        variables = {**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})}
        variables.pop("TMUX", None)
        window = ["-x", str(width), "-y", str(height), "sh", "-c", line]
        subprocess.run(
            ["tmux", "-f", "/dev/null", "-L", self._socket, "-u", "new-session", "-d", *window],
            check=True,
            env=variables,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the terminal away from whatever runs in it."""
        self._tmux("kill-server", check=False)

    def _tmux(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(["tmux", "-L", self._socket, *words], capture_output=True, text=True, check=check)
        return done.stdout

    def screen(self, *, colours: bool = False) -> str:
        """What the terminal shows, a line a row; with its SGR codes if asked for."""
        return self._tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def keys(self, *keys: str) -> None:
        """Press keys, by tmux's names (``q``, ``Down``, ``C-c``, ``Enter``)."""
        self._tmux("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        """Change the size of the terminal while the program runs."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def wait_for(self, *texts: str, timeout_s: float = 30) -> str:
        """The screen once it shows all the texts, also where a sentence is wrapped between its words.

        Raises:
            AssertionError: it did not within the time-out, which is a limit for a machine under load, no measure.
        """

        def shows(screen: str) -> bool:
            unwrapped = " ".join(screen.split())
            return all(text in screen or text in unwrapped for text in texts)

        return self.wait_until(shows, repr(texts), timeout_s=timeout_s)

    def wait_until(self, holds: Callable[[str], bool], what: str = "the condition", *, timeout_s: float = 30) -> str:
        """The screen once ``holds(screen)`` is true.

        Raises:
            AssertionError: it did not become so within the time-out.
        """
        end = time.monotonic() + timeout_s
        while True:
            screen = self.screen()
            if holds(screen):
                return screen
            assert time.monotonic() < end, f"{what} not seen within {timeout_s} s; the screen:\n{screen}"
            time.sleep(0.05)  # the interval of looking; the condition is what is awaited

    def wait_exit(self, *, timeout_s: float = 30) -> int:
        """The exit status of the command once it has ended."""
        screen = self.wait_for("exit status ", timeout_s=timeout_s)
        return int(screen.split("exit status ")[1].split()[0])

    def pane_pid(self) -> int:
        """The process id of the shell that runs the command."""
        return int(self._tmux("list-panes", "-F", "#{pane_pid}"))

    def in_alternate_screen(self) -> bool:
        """Whether the terminal shows the alternate screen."""
        return self._tmux("display-message", "-p", "#{alternate_on}").strip() == "1"
