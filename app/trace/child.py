"""The probe process as a child: its pipes, and the questions it is asked at the start."""

from __future__ import annotations

import os
import signal
import subprocess

from ...probe import wire
from ..errors import ProbeProcessError
from ..process.ending import end_process, send_signal
from ..protocols import PROTOCOLS
from ..sanitize import sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..process.launcher import LaunchedProcess
    from ..sanitize import Text
    from .far_clock import FarClock

    Process = subprocess.Popen[bytes] | LaunchedProcess
    Start = Callable[[Sequence[str]], Process]
    Pairs = tuple[str, list[tuple[str, Text]]]

READ_BYTES = 1 << 16
_USAGE = "Try '"  # of the GNU programs, after the line that says what is wrong
# Of questions that are no probes; tokens of probes and features are lower.
FIRST_TOKEN = 1 << 30
WAITING_MAX = 256
ERROR_TEXT_MAX = 400
TERMINATE_WAIT_S = 0.5
# Requests whose text is remembered: a trace has one a hop and flow.
TEXTS_MAX = 1024
# So long may answers be held back where that is allowed: until the next probes of a trace of thirty hops are due.
HOLD_MS = 60

# The name of the question whose answer shows what has been read: one asked at the start, and answered long ago.
HEARING_TOKEN = 1

# What only our own probe process says of a probe.
OWN_WORDS = frozenset({wire.AMBIGUOUS, wire.DUPLICATE})

FEATURES = ("send-probe", "ip-4", "ip-6", *PROTOCOLS, "mark", "hopscope")


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,  # Ctrl-C in the terminal is hopscope's to handle
        bufsize=0,
    )


def start_child(command: Sequence[str], start: Start | None = None) -> Child:
    """Start a probe process; the start-up questions are written at once, so that it has answered by the time of need.

    ``start`` runs the command where this process may not.

    Raises:
        ProbeProcessError: the command cannot be run.
    """
    start = start or _start
    try:
        process = start(command)
    except OSError as error:
        raise ProbeProcessError(f"cannot run the probe process {command[0]}: {error.strerror}") from None
    child = Child(command, process, start)
    for descriptor in (child.stdin, child.stdout, child.stderr):
        os.set_blocking(descriptor, False)
    for token, feature in enumerate(FEATURES, start=1):
        child.write(wire.format_check_support(token, feature))
    child.flush()
    return child


class Child:
    """A running probe process. Its descriptors do not block; it gets no signals from the terminal.

    ``supports`` fills while ``read_answers`` sees the answers to the start-up questions. ``start`` is what has started
    it, and starts another in its place. ``beat_us`` is how long it is left without a question; 0: as long as may be.
    """

    beat_us = 0
    overflown = False
    """Whether it said too much to be a probe process."""
    clock: FarClock | None = None
    """What is known of its clock, where that is another machine's."""

    def __init__(self, command: Sequence[str], process: Process, start: Start) -> None:
        self.command = list(command)
        self.start = start
        self._process = process
        streams = (process.stdin, process.stdout, process.stderr)
        assert all(streams)
        self.stdin, self.stdout, self.stderr = (stream.fileno() for stream in streams if stream)
        self.supports: dict[str, bool] = {}
        self.eof = False
        # How many lines of it are no answers, and whether any was one since the start-up questions.
        self.unreadable = 0
        self.has_answered = False
        # When it was asked whether it has told all; 0: the last such question is answered.
        self.asked_us = 0
        self._in = b""
        self._out = bytearray()
        self._errors = b""
        self.error_bytes = 0  # that it has written to stderr
        self.errors_closed = False  # its stderr
        # By the id of the request, which is kept from being another's.
        self._texts: dict[tuple[int, bool], tuple[wire.ProbeRequest, bytes]] = {}
        self._questions = dict(enumerate(FEATURES, start=1))
        self._token = FIRST_TOKEN
        # Answers to what is no probe, by token; None: it has not come.
        self._told: dict[int, Pairs | None] = {}

    @property
    def ready(self) -> bool:
        """Whether all start-up questions are answered."""
        return not self._questions

    @property
    def wants_to_write(self) -> bool:
        """Whether written bytes still wait for room in the pipe."""
        return bool(self._out)

    def write(self, line: bytes) -> None:
        """Put a line in the buffer for the child; ``flush`` sends it."""
        self._out += line

    def send(self, token: int, request: wire.ProbeRequest, *, hold: bool) -> None:
        """Have a probe sent, with those that are sent now; ``hold``: answers need not be told at once."""
        text = self._texts.get((id(request), hold))
        if text is None or text[0] is not request:
            if len(self._texts) >= TEXTS_MAX:
                self._texts.clear()
            ours = self.supports.get("hopscope", False)
            text = request, wire.format_request(request, HOLD_MS if hold and ours else 0)
            self._texts[id(request), hold] = text
        self.write(wire.format_send_probe(token, text[1]))

    def ask(self, now_us: int) -> None:
        """Put a question to it, after all that is written; its answer comes after what it had to say before."""
        self.asked_us = now_us
        self.write(wire.format_check_support(HEARING_TOKEN, FEATURES[HEARING_TOKEN - 1]))

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

    def flush(self) -> None:
        """Send what fits into the pipe."""
        try:
            while self._out:
                del self._out[: os.write(self.stdin, self._out)]
        except BlockingIOError:
            pass
        except OSError:  # it died; the end of its output says so
            self._out.clear()

    def read_answers(self) -> list[tuple[int, wire.Answer]]:
        """The answers to probes that have come, and to the question; ``eof`` is set when no more will."""
        answers = []
        try:
            data = os.read(self.stdout, READ_BYTES)
            self.eof = not data
        except BlockingIOError:
            data = b""
        for line in self._take_lines(data):
            parsed = wire.parse_answer(line)
            if parsed is not None and parsed[1].word in OWN_WORDS and not self.supports.get("hopscope"):
                parsed = None
            if parsed is None:
                self.unreadable += 1
                named = wire.parse_token(line)
                if named is not None and named not in self._questions:
                    answers.append((named, wire.Answer(wire.UNREADABLE)))
                continue
            token, answer = parsed
            if answer.word == wire.FEATURE_SUPPORT:
                feature = self._questions.pop(token, None)
                if feature is not None:
                    self.supports[feature] = answer.reason == "ok"
                else:
                    answers.append(parsed)
            elif token in self._questions:  # an answer that is no feature-support means no
                self.supports[self._questions.pop(token)] = False
            else:
                self.has_answered = True
                answers.append(parsed)
        return answers

    def _take_lines(self, data: bytes) -> list[bytes]:
        """The lines that are complete; the rest is kept."""
        *lines, self._in = (self._in + data).split(b"\n")
        return [line for line in lines if not self._is_told(line)] if self._token > FIRST_TOKEN else lines

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

    def read_errors(self) -> bool:
        """Keep the end of what it writes to stderr; False when that is closed."""
        try:
            data = os.read(self.stderr, READ_BYTES)
        except BlockingIOError:
            return True
        self.error_bytes += len(data)
        self.errors_closed = not data
        self._errors = (self._errors + data)[-4 * ERROR_TEXT_MAX :]
        return bool(data)

    def last_words(self) -> str:
        """Why it ended: the last line of its stderr, or its exit status. Plain printable text."""
        text = self.last_line()
        if text:
            return text
        try:
            status = self._process.wait(TERMINATE_WAIT_S)
        except subprocess.TimeoutExpired:
            return "it closed its output"
        return f"killed by signal {-status}" if status < 0 else f"exit status {status}"

    def last_line(self) -> str:
        """The last line of its stderr, as plain printable text; empty: it wrote none."""
        self.read_errors()
        told = self._errors.decode("utf-8", "replace").strip().splitlines()
        lines = [line for line in told if not line.startswith(_USAGE)] or told
        text = "".join(letter if letter.isprintable() else "?" for letter in lines[-1]) if lines else ""
        return text[:ERROR_TEXT_MAX]

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def kill(self) -> None:
        """Have it end although it stands still; the end of its output says so."""
        if isinstance(self._process, subprocess.Popen):
            send_signal(self._process, signal.SIGKILL)
        else:
            self._process.kill()

    def end(self) -> None:
        """End it, and what it has started: end of input and SIGTERM, then SIGKILL. Returns when it is gone."""
        process = self._process
        if process.stdin:
            process.stdin.close()
        if isinstance(process, subprocess.Popen):
            end_process(process, TERMINATE_WAIT_S)
        else:
            process.terminate()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
