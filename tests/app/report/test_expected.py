"""Reports of paths that are not as expected: what is said, and the exit status."""

from __future__ import annotations

import pytest
from support import program

QUICK = ("--demo", "steady", "-c", "1", "-n")


@pytest.mark.parametrize("output", ["-r", "-j", "--json-full", "--jsonl", "--raw"])
def test_what_is_not_met_is_said_and_ends_with_5(output: str) -> None:
    """In every kind of output the report is whole, each unmet expectation is a line on standard error, status 5."""
    done = program.run(output, *QUICK, "--expect", "hops <= 3", "--expect", "reached")
    assert done.stdout
    assert done.stderr == "hopscope: www.example.org: expected 'hops <= 3', but the path has 12 hops\n"
    assert done.returncode == 5


def test_what_is_met_is_not_spoken_of() -> None:
    """Where all is as expected, networks included, nothing is said and the status is 0."""
    done = program.run("-r", *QUICK, "--expect", "path via AS64501", "--expect", "hops = 12")
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_wins() -> None:
    """A target that cannot be traced makes the status 1, whatever was expected of the others."""
    done = program.run("-r", *QUICK, "--expect", "hops <= 3", "no such name")
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-r", *QUICK, "--expect", "path via core.example"), "leave out -n"),
        (("--mtu", "--demo", "steady", "--expect", "reached"), "options --expect and --mtu exclude each other"),
        (("-r", *QUICK, "--expect", "hops ~ 3"), "'hops <= COUNT'"),
        (("-t", "--demo", "steady", "--expect", "reached"), "option --expect: the screen"),
    ],
)
def test_what_does_not_go_together(arguments: tuple[str, ...], said: str) -> None:
    """What could not be judged is an error at once, with the way out."""
    done = program.run(*arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
