"""What this host's ssh says of the way to another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.vantage.ssh_route import SshRoute, ssh_route
from hopscope.app.vantage.where import parse_where

if TYPE_CHECKING:
    from pathlib import Path

    from hopscope.app.vantage.where import Where


def asked(folder: Path, script: str) -> tuple[Where, Path]:
    """A place that a stand-in for ssh leads to, which writes its words down."""
    program, words = folder / "ssh", folder / "words"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{words}\n{script}\n')
    program.chmod(0o755)
    where = parse_where("ssh:ops@web1:2222")
    return replace(where, prefix=(str(program), *where.prefix[1:])), words


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("hostname 203.0.113.8\nport 22\nproxycommand none", SshRoute("203.0.113.8", through=False)),
        ("hostname web1.example.org", SshRoute("web1.example.org", through=False)),
        ("hostname inside\nproxyjump bastion", SshRoute("inside", through=True)),
        ("hostname inside\nproxycommand ssh -W %h:%p bastion", SshRoute("inside", through=True)),
        ("", SshRoute("", through=False)),
    ],
)
def test_ssh_is_asked_and_connects_nowhere(tmp_path: Path, said: str, expected: SshRoute) -> None:
    """Its own options come first, and no word of the user's can be one."""
    where, words = asked(tmp_path, f"cat <<'END'\n{said}\nEND")
    assert ssh_route(where) == expected
    given = words.read_text().split()
    assert given[-3:] == ["-G", "--", "web1"]
    assert given.index("-l") < given.index("-G")


def test_an_ssh_that_fails_says_nothing(tmp_path: Path) -> None:
    """Nor does one that is not there, or says what is no text."""
    where, _ = asked(tmp_path, "exit 255")
    assert ssh_route(where) == SshRoute("", through=False)
    where, _ = asked(tmp_path, "head -c 200000 /dev/zero")
    assert ssh_route(where) == SshRoute("", through=False)
    assert ssh_route(replace(where, prefix=("/no/such/ssh", *where.prefix[1:]))) == SshRoute("", through=False)
