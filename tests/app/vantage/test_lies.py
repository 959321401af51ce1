"""A far side that speaks the handshake and then lies: it harms nothing and ends nothing but its own trace."""

from __future__ import annotations

import json
import sys

import pytest
from support import lying_far
from support.program import run

# These break the link again and again, which is given a minute.
SLOW = {"dies", "floods", "one-line", "silent", "reads-no-more", "labels", "exhausted"}
NONE_READABLE = {"huge", "negative", "not-a-number", "digits", "address-none", "address-zone", "word"}


def where(lie: str) -> str:
    """The vantage point."""
    return f"exec:{sys.executable} {lying_far.__file__} {lie}"


@pytest.mark.parametrize("lie", sorted(set(lying_far.LIES) - SLOW))
def test_a_lie_is_harmless(lie: str) -> None:
    """Event lines are JSON without control characters, messages are single lines, and nothing is an internal error."""
    done = run(
        *(
            "--from",
            where(lie),
            "--jsonl",
            "--names-at",
            "vantage",
            "--dns-server",
            "127.0.0.1:9",
            "-c",
            "2",
            "-i",
            "0.1",
            lying_far.HOME,
        ),
        timeout_s=120,
    )
    assert done.returncode in {0, 1}
    assert (done.returncode == 1) >= (lie in NONE_READABLE)
    for text in (done.stdout, done.stderr):
        assert text.replace("\n", "").isprintable()
        assert "\\u001b" not in text
    assert "internal error" not in done.stderr
    assert all(line.startswith("hopscope: ") for line in done.stderr.splitlines())
    events = [json.loads(line) for line in done.stdout.splitlines()]
    sent = {one["seq"] for one in events if one["event"] == "sent"}
    answered = [one["seq"] for one in events if one["event"] == "answer"]
    assert set(answered) <= sent
    assert len(answered) == len(set(answered))


def test_the_others_go_on() -> None:
    """Beside one that lies this host is traced as ever."""
    done = run("--from", where("huge"), "--from", "local", "-j", "-n", "-c", "2", "-i", "0.1", "127.0.0.1")
    assert done.returncode == 1
    assert '"127.0.0.1"' in done.stdout
