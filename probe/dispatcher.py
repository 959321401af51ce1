"""Commands in, probes out; answers in, lines out. It keeps the probes in flight and their time limits. No I/O."""

from . import commands, wire
from .answered import Answered
from .limits import IN_FLIGHT_MAX
from .protocols import PROTOCOLS
from .version import VERSION
from .wire import Answer, ProbeRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .network import Network
    from .one_way import OneWay
    from .vantage import Vantage

REQUESTS_MAX = 4096  # distinct argument texts remembered; a trace has one per hop
NETWORK_FEATURES = ("ip-4", "ip-6", *PROTOCOLS, "mark")
OWN_FEATURES = {"send-probe": "ok", "hopscope": "ok", "version": VERSION}

_NO_REPLY = Answer(wire.NO_REPLY)


class Dispatcher:
    """Serves one client. ``lines`` collects what is to be written; its reader empties it.

    Times are integer microseconds of any steady clock, the one that the network is given too. With a ``vantage`` it
    also serves what a machine asks of a vantage point, or of one end of a one-way count.
    """

    def __init__(
        self, network: "Network", in_flight_max: int = IN_FLIGHT_MAX, vantage: "Vantage | OneWay | None" = None
    ) -> None:
        self.lines: list[str] = []
        self._network = network
        self._in_flight_max = in_flight_max
        self._vantage = vantage
        self._buffer = commands.LineBuffer()
        # Argument text to request; a refused one is remembered as its answer.
        self._requests: dict[bytes, ProbeRequest | Answer] = {}
        # Serial to (token, request, when its time is up).
        self._in_flight: dict[int, tuple[int, ProbeRequest, int]] = {}
        self._answered = Answered()
        self._serial = 0
        # No probe's time is up before this.
        self._earliest_us: int | None = None
        self._hold_ms = 0

    @property
    def in_flight(self) -> int:
        """How many probes have not been answered."""
        return len(self._in_flight)

    def feed(self, data: bytes, now_us: int) -> None:
        """Take bytes from the client and carry out the commands that they complete."""
        requests = self._requests
        for line in self._buffer.feed(data):
            # The usual line first: a probe like one that was sent before.
            words = line.split(None, 2)
            if len(words) == 3 and words[1] == b"send-probe" and words[2] in requests:
                token = commands.parse_token(words[0])
                if token is not None:
                    self._send(token, requests[words[2]], now_us)
                    continue
            self._command(line, words, now_us)

    def _command(self, line: bytes, words: "list[bytes]", now_us: int) -> None:
        if len(line) > wire.LINE_MAX_BYTES:
            self._say(0, wire.COMMAND_BUFFER_OVERFLOW)
            return
        token = commands.parse_token(words[0]) if len(words) >= 2 else None
        text = words[2] if len(words) == 3 else b""
        arguments = commands.split_arguments(text)
        if token is None or arguments is None:
            self._say(0, wire.COMMAND_PARSE_ERROR)
        elif words[1] == b"send-probe":
            request: ProbeRequest | Answer
            try:
                request = commands.parse_request(arguments)
            except commands.Refused as refused:
                request = refused.answer
            if len(self._requests) >= REQUESTS_MAX:
                self._requests.clear()
            self._requests[text] = request
            self._send(token, request, now_us)
        elif words[1] != b"check-support":
            self._further(token, words[1].decode("ascii", "replace"), arguments)
        else:
            feature = commands.first_value(arguments, b"feature")
            if feature is None:
                self._say(token, wire.INVALID_ARGUMENT)
            else:
                self._say(token, f"{wire.FEATURE_SUPPORT} support {self._support(feature)}")

    def _further(self, token: int, word: str, arguments: "list[tuple[bytes, bytes]]") -> None:
        if self._vantage is None or word not in self._vantage.commands:
            self._say(token, wire.UNKNOWN_COMMAND)
            return
        line = self._vantage.command(token, word, arguments)
        if line is not None:
            self.lines.append(f"{line}\n")

    def _say(self, token: int, words: str) -> None:
        self.lines.append(f"{token} {words}\n")

    def _support(self, feature: bytes) -> str:
        name = feature.decode("ascii", "replace")
        if self._vantage is not None and name in self._vantage.commands:
            return "ok"
        if name in NETWORK_FEATURES:
            return "ok" if self._network.supports(name) else "no"
        return OWN_FEATURES.get(name, "no")

    def _send(self, token: int, request: "ProbeRequest | Answer", now_us: int) -> None:
        self._answered.rename(token)
        if type(request) is Answer:
            self.lines.append(wire.format_answer(token, 4, request, detail=False))
            return
        if TYPE_CHECKING:
            assert type(request) is ProbeRequest
        if len(self._in_flight) >= self._in_flight_max:
            self._answer(token, request, Answer(wire.PROBES_EXHAUSTED))
            return
        self._serial += 1
        answer = self._network.send(self._serial, request, now_us)
        if answer is not None:
            self._answer(token, request, answer)
            return
        self._hold_ms = request.hold_ms
        due_us = now_us + request.timeout_s * 1_000_000
        self._in_flight[self._serial] = (token, request, due_us)
        if self._earliest_us is None or due_us < self._earliest_us:
            self._earliest_us = due_us

    def _answer(self, token: int, request: ProbeRequest, answer: Answer) -> None:
        self.lines.append(wire.format_answer(token, request.version, answer, detail=request.detail))

    def collect(self, ready: "Iterable[tuple[int, int]]", now_us: int, asked_us: "int | None" = None) -> None:
        """Take what the network has received, given the descriptors that are ready, and end what has waited enough.

        The poller was asked at ``asked_us`` (None: now). It may have given nothing because this process stood still
        meanwhile, so that no probe's time is up that was not before.
        """
        self.gather(ready, now_us)
        if self._vantage is not None:
            self.lines += [f"{line}\n" for line in self._vantage.lines()]
        judged_us = now_us if asked_us is None else asked_us
        if self._earliest_us is not None and judged_us >= self._earliest_us:
            self._expire(judged_us)

    def gather(self, ready: "Iterable[tuple[int, int]]", now_us: int) -> None:
        """Take what the network has received, given the descriptors that are ready."""
        for serial, answer in self._network.collect(ready, now_us):
            flight = self._in_flight.get(serial)
            if flight is not None:
                if answer.word != wire.AMBIGUOUS:  # then it is still in flight
                    del self._in_flight[serial]
                    if flight[1].detail:
                        self._answered.keep(serial, flight[0], flight[1])
                self._answer(flight[0], flight[1], answer)
            elif answer.word == wire.DUPLICATE:
                answered = self._answered.take(serial)
                if answered is not None:
                    self._answer(*answered, answer)

    def _expire(self, now_us: int) -> None:
        overdue = [serial for serial, flight in self._in_flight.items() if flight[2] <= now_us]
        for serial in overdue:
            token, request, _ = self._in_flight.pop(serial)
            self._network.discard(serial)
            self._answer(token, request, _NO_REPLY)
        self._earliest_us = min((flight[2] for flight in self._in_flight.values()), default=None)

    def hold_until_us(self, now_us: int) -> int:
        """Until when answers may stay uncollected, so that fewer turns of the loop collect them; 0: not at all."""
        if not self._hold_ms or not self._in_flight or not self._network.stamps_arrivals:
            return 0
        until_us = now_us + self._hold_ms * 1000
        vantage_us = self._vantage.due_us() if self._vantage is not None else None
        return min(until_us, self._earliest_us or until_us, vantage_us or until_us)

    def next_due_us(self) -> "int | None":
        """When ``collect`` must be called although nothing is ready; None: no such time."""
        due_us = self._network.next_due_us()
        if not self._in_flight:
            self._earliest_us = None
        for other_us in (self._earliest_us, self._vantage.due_us() if self._vantage is not None else None):
            if other_us is not None:
                due_us = other_us if due_us is None else min(due_us, other_us)
        return due_us
