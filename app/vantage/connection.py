"""Reaching vantage points: the program that leads there is started, and our probe process answers, or why not."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time

from ...probe import wire
from ..errors import ProbeProcessError
from ..trace.child import FEATURES
from ..trace.far_child import FarChild
from . import far_program
from .remedies import remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..trace.child import Pairs, Process, Start
    from .far_program import FarProgram
    from .where import Where

# ssh's own limit comes first; where it asks for a password, people have their time.
WAIT_S, PROMPT_WAIT_S = 20.0, 300.0
BEAT_S = 4.0
EACH_S = 0.5  # more for each of many: this host starts the programs that lead there
LOOK_AROUND_S = 0.25
LOOKED_FOR = "Python 3.6 or newer, and mtr-packet"
_NO_SHELL = "executable file"  # docker, podman and kubectl: what runc, or crun, says where there is no sh
_CONTAINER_WAYS = {
    "docker": "nsenter -t PID -n on its host reaches its network",
    "podman": "nsenter -t PID -n on its host reaches its network",
    "kubectl": "kubectl debug --image=python:3-alpine gives the pod a container with Python",
}


def start_far(where: Where, program: FarProgram, *, alone: bool, launch: Start | None = None) -> FarChild:
    """Begin to reach a vantage point; nothing is waited for.

    Args:
        where: the vantage point.
        program: what is to run there.
        alone: nobody can answer a prompt, and Ctrl-C in the terminal is not for the program that leads there.
        launch: starts it where this process may not.

    Raises:
        ProbeProcessError: the program that leads there cannot be run.
    """
    command = where.command(program, alone=alone)

    def directly(words: Sequence[str]) -> Process:
        return subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A program in the background may not ask for a password.
            process_group=0 if alone else None,
            preexec_fn=None if alone else _ignore_keys,  # noqa: PLW1509 - no thread of ours runs yet
            bufsize=0,
        )

    start = launch or directly
    try:
        process = start(command)
    except OSError as error:
        remedy = f"{command[0]} is not installed" if isinstance(error, FileNotFoundError) else ""
        raise ProbeProcessError(f"{where.text}: cannot run {command[0]}: {error.strerror}", remedy=remedy) from None
    child = FarChild(command, process, start, program.marker)
    for descriptor in (child.stdin, child.stdout, child.stderr):
        os.set_blocking(descriptor, False)
    try:
        child.write(program.input)  # makes it first, while the transport connects
    except BaseException:  # a signal, as a rule: nobody knows of this process yet
        child.kill()
        child.end()
        raise
    for token, feature in enumerate(FEATURES, start=1):
        child.write(wire.format_check_support(token, feature))
    child.flush()
    return child


def _ignore_keys() -> None:
    """Have Ctrl-C in the terminal end this process alone, which then ends the connection in its own order.

    ssh(1), shells and programs in Go and Python leave signals ignored that they were started with so; Ctrl-Z stops
    both, and both go on together.
    """
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)


def await_ready(children: Sequence[FarChild], *, prompts: bool, given_up: Callable[[], bool] = lambda: False) -> None:
    """Wait until each has answered its first questions, has ended, or has had its time, or nobody waits any more."""
    end_s = time.monotonic() + time_for(len(children), prompts=prompts)
    waiting = list(children)
    beat_s = time.monotonic() + BEAT_S
    while waiting and time.monotonic() < end_s and not given_up():
        _wait(waiting)
        if time.monotonic() >= beat_s:
            beat_s = time.monotonic() + BEAT_S
            _keep([child for child in children if child not in waiting])
        for child in list(waiting):
            child.flush()
            child.read_errors()  # what fills that pipe stands still
            child.read_answers()
            if child.eof or child.ready:
                waiting.remove(child)


def time_for(count: int, *, prompts: bool) -> float:
    """How many seconds are waited for so many."""
    return PROMPT_WAIT_S if prompts else WAIT_S + EACH_S * count


def _keep(children: Sequence[FarChild]) -> None:
    """Ask the time of those that have come while others are waited for: what is asked nothing for 10 s there ends."""
    for child in children:
        if not child.eof and child.supports.get("hopscope"):
            child.question("clock")
            child.flush()
            child.read_answers()


def ask(child: FarChild, text: str, wait_s: float) -> Pairs | None:
    """Ask a vantage point something before anything is traced from it; None: it did not answer in time."""
    return await_told(child, child.question(text), wait_s)


def await_told(child: FarChild, token: int, wait_s: float) -> Pairs | None:
    """The answer to a question; None: it did not come in time."""
    end_s = time.monotonic() + wait_s
    while True:
        told = child.told(token)
        if told is not None or child.eof or time.monotonic() >= end_s:
            return told
        child.flush()
        _wait([child])
        child.read_errors()
        child.read_answers()


def why_not(where: Where, child: FarChild, waited_s: float = WAIT_S) -> ProbeProcessError | None:
    """Why nothing can be traced from there, for which so many seconds were waited; None: it can."""
    if child.ready and not child.eof:
        return None
    what, remedy = _reason(where, child, waited_s)
    return ProbeProcessError(f"{where.text}: {what}", remedy=remedy)


def _reason(where: Where, child: FarChild, waited_s: float) -> tuple[str, str]:
    greeting = child.greeting[0] if child.greeting else ""
    last_line = child.last_line()
    if child.overflown:
        said = f": {last_line}" if last_line else ""
        return f"what comes from there is no answer of a probe process{said}", "its login shell may print too much"
    if not child.eof:
        return f"no answer in {waited_s:g} s{f': {last_line}' if last_line else ''}", remedy(where.kind, last_line)
    if greeting == far_program.NOTHING.decode():
        return f"found neither there: {LOOKED_FOR}", _CONTAINER_WAYS.get(where.kind, "install one of the two")
    words = child.last_words()
    if not greeting and where.kind in _CONTAINER_WAYS and _NO_SHELL in words.lower():
        return f"no shell there: {words}", _CONTAINER_WAYS[where.kind]
    if words.startswith("exit status"):
        words = f"ended with {words} before a probe process ran there"
    return words.rstrip("."), remedy(where.kind, words)


def _wait(children: Sequence[FarChild]) -> None:
    """Until one of them has something to say, or room for what it is to be told; a quarter of a second at most."""
    poller = select.poll()
    for child in children:
        poller.register(child.stdout, select.POLLIN)
        if not child.errors_closed:
            poller.register(child.stderr, select.POLLIN)
        if child.wants_to_write:
            poller.register(child.stdin, select.POLLOUT)
    poller.poll(LOOK_AROUND_S * 1000)
