"""Talks to a probe process, ours or another, over its pipe."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hopscope.probe import launch, wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from support.netns import Chain, User


def converse(argv: Sequence[str], commands: Sequence[str], *, timeout_s: float = 60) -> list[str]:
    """Send the commands, end the input, and return the answer lines; nothing may come on standard error."""
    text = "".join(f"{command}\n" for command in commands)
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert not done.stderr, done.stderr
    assert done.returncode == 0
    return done.stdout.splitlines()


def answers(lines: Sequence[str]) -> Mapping[int, wire.Answer]:
    """The answers by token; each token must have one answer only, but for what is told to be a duplicate of it."""
    found: dict[int, wire.Answer] = {}
    for line in lines:
        parsed = wire.parse_answer(line.encode())
        assert parsed is not None, line
        token, answer = parsed
        if answer.word == wire.DUPLICATE:
            assert token in found, line
            continue
        assert token not in found, line
        found[token] = answer
    return found


def ask(
    chain: Chain, arguments: Sequence[str], *, user: User = "root", argv: Sequence[str] | None = None, position: int = 0
) -> list[wire.Answer]:
    """Send one probe for each of the argument texts in a namespace of the chain; their answers in the same order."""
    commands = [f"{token} send-probe {text}" for token, text in enumerate(arguments, 1)]
    found = answers(converse(chain.command(argv or launch.command(), user, position), commands))
    return [found[token] for token in range(1, len(arguments) + 1)]
