"""Our probe process on another machine, behind a program that leads there.

What comes from there is hostile until it is parsed: lines have a bound, and so has what is printed before the marker.
"""

from __future__ import annotations

import contextlib
import subprocess

from ...probe import wire
from ..sanitize import sanitize
from .child import Child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..sanitize import Text
    from .child import Process, Start

    Pairs = tuple[str, list[tuple[str, Text]]]

BEAT_US = 1_000_000
BEFORE_MARKER_MAX_BYTES = 1 << 20
WAITING_MAX = 256
# Of the questions that are asked of a vantage point; those of probes and features are lower.
FIRST_TOKEN = 1 << 30
TERMINATE_WAIT_S = 0.5


class FarChild(Child):
    """A ``Child`` that is known by the marker that its output begins with.

    ``greeting`` is what followed the marker, in words; empty: it has not come yet.
    """

    beat_us = BEAT_US

    def __init__(self, command: Sequence[str], process: Process, start: Start, marker: bytes) -> None:
        super().__init__(command, process, start)
        self.greeting: tuple[str, ...] = ()
        self.overflown = False
        self._marker = marker
        self._skipped = 0
        self._token = FIRST_TOKEN
        # Answers to questions by token; None: it has not come.
        self._told: dict[int, Pairs | None] = {}

    def question(self, text: str) -> int:
        """Ask something that is no probe; what ``told`` is to be asked with."""
        self._token += 1
        if len(self._told) >= WAITING_MAX:
            self._told.clear()  # nobody waits for so many
        self._told[self._token] = None
        self.write(b"%d %s\n" % (self._token, text.encode("ascii", "replace")))
        return self._token

    def told(self, token: int) -> Pairs | None:
        """The word and the pairs that answered a question, once; None: nothing has come yet."""
        answer = self._told.get(token)
        if answer is not None:
            del self._told[token]
        return answer

    def read_answers(self) -> list[tuple[int, wire.Answer]]:
        """See ``Child``; what says too much has ended."""
        answers = super().read_answers()
        self.eof = self.eof or self.overflown
        return answers

    def _take_lines(self, data: bytes) -> list[bytes]:
        if not self.greeting:
            data = self._skip(data)
        lines = super()._take_lines(data)
        if len(self._in) > wire.LINE_MAX_BYTES or any(len(line) > wire.LINE_MAX_BYTES for line in lines):
            self.overflown = True
            self._in = b""
            return []
        return [line for line in lines if not self._is_told(line)]

    def _skip(self, data: bytes) -> bytes:
        """Leave out what comes before the marker; what follows its line."""
        self._in += data
        data, self._in = self._in, b""
        at = data.find(self._marker)
        end = data.find(b"\n", at) if at >= 0 else -1
        if end < 0:
            # The marker may come in pieces.
            self._skipped += len(data)
            self._in = data[at if at >= 0 else -len(self._marker) :]
            self._skipped -= len(self._in)
            if self._skipped > BEFORE_MARKER_MAX_BYTES or len(self._in) > wire.LINE_MAX_BYTES:
                self.overflown = True
            return b""
        words = data[at + len(self._marker) : end].decode("ascii", "replace").split()
        self.greeting = tuple(sanitize(word) for word in words[:3]) or ("",)
        return data[end + 1 :]

    def _is_told(self, line: bytes) -> bool:
        """Whether a line answers one of our questions, which is noted."""
        words = line.decode("ascii", "replace").split()
        if len(words) < 2 or not words[0].isdecimal() or len(words[0]) > len(str(FIRST_TOKEN)):
            return False
        token = int(words[0])
        if token not in self._told:
            return token >= FIRST_TOKEN
        pairs = [(words[at], sanitize(words[at + 1])) for at in range(2, len(words) - 1, 2)]
        self._told[token] = words[1], pairs[: wire.PAIRS_MAX]
        return True

    def end(self) -> None:
        """End it by the end of its input, which every transport hands on; then as any child."""
        process = self._process
        if process.stdin and not process.stdin.closed:
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):  # it is ended by force next
            process.wait(TERMINATE_WAIT_S)
        super().end()
