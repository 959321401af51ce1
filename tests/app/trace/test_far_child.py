"""A probe process on another machine: what comes before its marker is skipped, what it says is bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.trace.child import FIRST_TOKEN
from hopscope.app.trace.far_child import BEFORE_MARKER_MAX_BYTES, FarChild

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARKER = b"0123456789abcdef"
PATIENCE_S = 20.0


class Far:
    """A far child whose output a test writes."""

    def __init__(self) -> None:
        read, self._write = os.pipe()
        command = [sys.executable, "-c", "import sys; sys.stdin.read()"]

        def start(words: Sequence[str]) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
            )

        process = start(command)
        self.child = FarChild(command, process, start, MARKER)
        os.dup2(read, self.child.stdout)
        os.close(read)
        os.set_blocking(self.child.stdout, False)

    def says(self, text: bytes) -> list[str]:
        """The words of the answers that are read when the other side writes this."""
        words = []
        while text:
            text = text[os.write(self._write, text[:4096]) :]
            words += [answer.word for _, answer in self.child.read_answers()]
        return words

    def close(self) -> None:
        """End both sides."""
        os.close(self._write)
        self.child.end()


@pytest.fixture
def far() -> Iterator[Far]:
    """A far child, ended after the test."""
    made = Far()
    yield made
    made.close()


def test_what_comes_before_the_marker_is_skipped(far: Far) -> None:
    """Banners, a message of the day, answers that are forged, and a marker that comes in pieces."""
    assert far.says(b"Welcome!\n1 feature-support support ok\n99 no-reply\nlast words " + MARKER[:5]) == []
    assert not far.child.greeting
    assert far.says(MARKER[5:] + b" ready 3.6") == []
    assert far.says(b"\n99 no-reply\n") == ["no-reply"]
    assert far.child.greeting == ("ready", "3.6")


def test_it_is_ready_once_it_has_answered_behind_the_marker(far: Far) -> None:
    """The start-up questions are answered by what comes behind the marker alone."""
    answers = b"".join(b"%d feature-support support ok\n" % token for token in range(1, 20))
    far.says(answers)
    assert not far.child.ready
    far.says(MARKER + b" ready 3.11\n" + answers)
    assert far.child.ready


@pytest.mark.parametrize(
    "text",
    [
        b"x" * (BEFORE_MARKER_MAX_BYTES + 5000),
        b"x\n" * (BEFORE_MARKER_MAX_BYTES // 2 + 5000),
        MARKER + b"x" * 8192,
        MARKER + b" ready\n" + b"y" * 8192,
        MARKER + b" ready\n" + b"1 " + b"y" * 5000 + b"\n",
    ],
    ids=["before", "many lines before", "the marker's line", "a line without end", "a long line"],
)
def test_what_it_says_is_bounded(far: Far, text: bytes) -> None:
    """Too much before the marker, or a line that is too long, is taken for its end."""
    far.says(text)
    assert far.child.overflown
    assert far.child.eof


def test_questions_have_answers_of_their_own(far: Far) -> None:
    """Each is told once, with its word and its pairs made safe; what nobody asked is no answer to a probe."""
    far.says(MARKER + b" ready 3.11\n")
    token = far.child.question("resolve name localhost")
    assert token > FIRST_TOKEN
    assert far.child.told(token) is None
    assert far.says(b"%d resolved ip-4 127.0.0.1 ip-6 \x1b[2J\n%d host name x\n" % (token, token + 7)) == []
    assert far.child.told(token) == ("resolved", [("ip-4", "127.0.0.1"), ("ip-6", "?[2J")])
    assert far.child.told(token) is None


def test_its_end_is_the_end_of_its_input(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every transport hands the end of input on: the process ends by itself, unkilled."""
    far.says(MARKER + b" ready 3.11\n")
    # On a busy machine Python may not have started yet.
    monkeypatch.setattr("hopscope.app.trace.far_child.TERMINATE_WAIT_S", PATIENCE_S)
    far.child.end()
    assert far.child._process.wait(PATIENCE_S) == 0


def test_what_has_not_come_so_far_is_not_waited_for(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be asking for a password, again and again."""
    monkeypatch.setattr("hopscope.app.trace.far_child.TERMINATE_WAIT_S", 1e9)
    far.child.end()
    assert far.child._process.wait(PATIENCE_S) is not None
