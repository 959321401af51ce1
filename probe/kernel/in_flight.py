"""The probes in flight, and what the sockets of a network share about them."""

from os import urandom

from ..limits import ANSWERED_MAX
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _socket import socket as Socket  # noqa: N812 - a class
    from collections import deque
    from typing import Protocol

    from ..wire import Answer
    from .quoted_headers import QuotedHeaders

    class Carrier(Protocol):
        """The socket that a probe left by, as whoever has but the probe knows it; ``channel.Channel`` is one."""

        sock: Socket
        fd: int
        version: int
        protocol: int
        one_probe: bool
        flights: "dict[int, Probe]"
        answered: "dict[int, Probe]"

        def checksums(self, probe: "Probe") -> tuple[bytes, ...]:
            """The transport checksums that a probe may have when it is quoted, given its template's source."""

        def finish(self, probe: "Probe", answer: Answer, rx_ns: int, ttl: int | None) -> None:
            """Complete an answer with times and TTL, and hand it over."""

        def forget(self, probe: "Probe") -> None:
            """A probe's time is up."""

        def close(self) -> None:
            """Close the socket."""

else:
    from _collections import deque  # without the rest of collections, which takes longer to load


class Probe:
    """One probe in flight: ``key`` names it among those of its channel.

    ``checksum`` is that of its UDP datagram, where an answer was told by it. ``number`` is what its payload begins with
    where its template says so, else 0. ``looped`` is the packet as it left, with the link's header before it, where the
    kernel has shown it.
    """

    __slots__ = (
        "channel",
        "checksum",
        "key",
        "looped",
        "number",
        "real_ns",
        "serial",
        "steady_ns",
        "template",
        "tx_ns",
    )

    def __init__(self, serial: int, template: Template, channel: "Carrier", key: int) -> None:
        self.serial = serial
        self.template = template
        self.channel = channel
        self.key = key
        self.steady_ns = 0
        self.real_ns = 0
        self.tx_ns = 0
        self.checksum = b""
        self.number = 0
        self.looped = b""


class InFlight:
    """What the channels of a network share: the probes in flight by serial, and the answers that are to be fetched."""

    __slots__ = ("_answered", "_number", "done", "numbered", "probes", "quoted_headers", "stamped")

    def __init__(self) -> None:
        self.done: list[tuple[int, Answer]] = []
        self.probes: dict[int, Probe] = {}
        # Channels that have sent since their queues were last read: send stamps wait there.
        self.stamped: set[Carrier] = set()
        # By IP version, where the process may hear the quoted headers of ICMP errors.
        self.quoted_headers: dict[int, QuotedHeaders] = {}
        # Those whose payload has a number by it, in flight and answered.
        self.numbered: dict[int, Probe] = {}
        self._number = int.from_bytes(urandom(4), "big")
        # Those that the channels remember as answered, the oldest first.
        self._answered: deque[Probe] = deque()

    def next_number(self) -> int:
        """A number from 1 to 4294967295 that no payload of this process has had for long; the first one is random."""
        self._number = self._number % 0xFFFFFFFF + 1
        return self._number

    def unnumber(self, probe: Probe) -> None:
        """Nothing that quotes a probe's number is an answer any more."""
        if probe.number:
            self.numbered.pop(probe.number, None)

    def remember(self, probe: Probe) -> None:
        """Keep a probe that has been answered, for a while, by the key that its channel knew it by."""
        probe.channel.answered[probe.key] = probe
        answered = self._answered
        answered.append(probe)
        if len(answered) > ANSWERED_MAX:
            oldest = answered.popleft()
            if oldest.channel.answered.get(oldest.key) is oldest:
                del oldest.channel.answered[oldest.key]
            self.unnumber(oldest)
