"""Our probe process on another machine, behind a program that leads there.

What comes from there is hostile until it is parsed: lines have a bound, and so has what is printed before the marker.
"""

from __future__ import annotations

import contextlib
import subprocess

from ...probe import wire
from ..clock import monotonic_us
from ..sanitize import sanitize
from .child import Child
from .far_clock import FarClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .child import Process, Start

BEAT_US = 1_000_000
BEFORE_MARKER_MAX_BYTES = 1 << 20
TERMINATE_WAIT_S = 0.5
CLOCK_DIGITS_MAX = 17  # of microseconds since 1970: some thousand years


class FarChild(Child):
    """A ``Child`` that is known by the marker that its output begins with.

    ``greeting`` is what followed the marker, in words; empty: it has not come yet.
    """

    beat_us = BEAT_US

    def __init__(self, command: Sequence[str], process: Process, start: Start, marker: bytes) -> None:
        super().__init__(command, process, start)
        self.greeting: tuple[str, ...] = ()
        self._marker = marker
        self._skipped = 0
        self.clock: FarClock = FarClock()
        # The question that asks for its time, and when it was asked; 0: none.
        self._clock_token = 0
        self._clock_asked_us = 0

    def ask(self, now_us: int) -> None:
        """See ``Child``; it is asked for its time, too, now and then."""
        if self.supports.get("hopscope") and self.clock.is_due():
            self._ask_time()
        super().ask(now_us)

    def _ask_time(self) -> None:
        self._clock_asked_us = monotonic_us()
        self._clock_token = self.question("clock")

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
        return lines

    def _is_told(self, line: bytes) -> bool:
        """See ``Child``; what it tells of its time is compared at once."""
        told = super()._is_told(line)
        if told and self._clock_token and (answer := self.told(self._clock_token)) is not None:
            self._clock_token = 0
            real = dict(answer[1]).get("real", "")
            if real.isdecimal() and len(real) <= CLOCK_DIGITS_MAX:
                self.clock.exchanged(self._clock_asked_us, monotonic_us(), int(real))
                if self.clock.is_beginning:
                    self._ask_time()
        return told

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

    def read_errors(self) -> bool:
        """See ``Child``; what says too much before its marker has ended."""
        is_open = super().read_errors()
        if not self.greeting and self.error_bytes > BEFORE_MARKER_MAX_BYTES:
            self.eof = self.overflown = True
        return is_open

    def last_words(self) -> str:
        """See ``Child``."""
        return "what came from there is no answer of a probe process" if self.overflown else super().last_words()

    def end(self) -> None:
        """End it by the end of its input, which every transport hands on; then as any child.

        One that has not come so far may be asking for a password, and is ended as any child at once.
        """
        process = self._process
        if process.stdin and not process.stdin.closed:
            process.stdin.close()
        if self.greeting:
            with contextlib.suppress(subprocess.TimeoutExpired):  # it is ended by force next
                process.wait(TERMINATE_WAIT_S)
        super().end()
