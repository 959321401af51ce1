"""The vantage point's clock against this host's, through a real transport that is slower one way."""

from __future__ import annotations

import json
import sys

import pytest
from support import slow_pipe
from support.program import run

AHEAD_US = 90_000_000


def traced(there_ms: int, back_ms: int, ahead_us: int, *options: str) -> str:
    """A report to this very host through a program that delays."""
    words = [sys.executable, slow_pipe.__file__, "--there-ms", str(there_ms), "--back-ms", str(back_ms)]
    where = "exec:" + " ".join([*words, "--ahead-us", str(ahead_us), "--"])
    done = run("--from", where, *options, "-n", "-c", "8", "-i", "0.2", "127.0.0.1")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(("there_ms", "back_ms"), [(0, 0), (60, 0), (0, 60)])
def test_its_offset_is_told_with_a_bound_that_holds(there_ms: int, back_ms: int) -> None:
    """Both ends have one clock here, set ahead by so much on the way back: the error is within half an exchange."""
    [report] = json.loads(traced(there_ms, back_ms, AHEAD_US, "--json-full"))
    source = report["source"]
    assert source["clock_bound_us"] >= (there_ms + back_ms) * 500
    assert abs(source["clock_offset_us"] - AHEAD_US) <= source["clock_bound_us"]
    entries = [one for one in report["events"] if one["kind"] == "clock"]
    assert [one["text"].startswith("the vantage point's clock is 90.0 s ahead of this host's") for one in entries] == [
        True
    ]


def test_event_lines_tell_of_it() -> None:
    """A line as soon as it is known; a clock that goes as this host's is no entry of the log."""
    lines = [json.loads(line) for line in traced(5, 5, 0, "--jsonl").splitlines()]
    compared = [one for one in lines if one["event"] == "clock"]
    assert compared
    for one in compared:
        assert abs(one["clock_offset_us"]) <= one["clock_bound_us"]
        assert one["stepped"] is False
        assert "text" not in one


def test_of_this_host_nothing_is_told() -> None:
    """Without a vantage point there is no other clock."""
    done = run("--from", "local", "--json-full", "-n", "-c", "1", "127.0.0.1")
    [report] = json.loads(done.stdout)
    assert "clock_offset_us" not in report["source"]
