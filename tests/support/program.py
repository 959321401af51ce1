"""Running the program as a user does, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if key not in {"MTR_OPTIONS", "MTR_PACKET"}},
    "TZ": "UTC",
}


def command(*arguments: str, name: str = "hopscope") -> list[str]:
    """A command line of the program, called by this name."""
    start = f"import sys; sys.argv[0] = {name!r}; from hopscope.app.cli import main; sys.exit(main())"
    return [sys.executable, "-c", start, *arguments]


def run(
    *arguments: str, name: str = "hopscope", timeout_s: float = 30, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run to the end, with no terminal."""
    return subprocess.run(
        command(*arguments, name=name),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env={**ENVIRONMENT, **environment},
        check=False,
    )


def imported(module: str) -> list[str]:
    """What a module loads that a fresh interpreter has not loaded already."""
    code = f"import sys; had = set(sys.modules); import {module}; print(*sorted(set(sys.modules) - had))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.split()
