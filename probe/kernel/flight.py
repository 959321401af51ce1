"""A probe in flight, and what it shares with others of its request and its network."""

from os import urandom

from ..answered import ANSWERED_MAX
from ..wire import Answer, ProbeRequest
from .sockets import interface_index, socket_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from .channel import Channel
    from .quoted_headers import Witness
else:
    from _collections import deque  # without the rest of collections, which takes longer to load


class Plan:
    """What is worked out once for all the probes of one request; ``send`` is to be set.

    ``device`` is the number of the interface to leave by, 0 for any. ``numbered`` says that the payload of each probe
    begins with a number of its own.

    Raises:
        OSError: there is no such interface (ENODEV).
    """

    send: "Callable[[int, Plan], Answer | None]"

    __slots__ = (
        "address",
        "base_sum",
        "body",
        "control",
        "device",
        "numbered",
        "request",
        "send",
        "sockaddr",
        "source",
        "target",
        "tos",
        "ttl",
        "wanted_checksum",
    )

    def __init__(self, request: ProbeRequest) -> None:
        self.request = request
        self.address = request.address
        self.ttl = request.ttl
        self.tos = request.tos
        self.device = interface_index(request.local_device)
        self.sockaddr = socket_address(request.host, request.port, request.flow_label)
        self.body = b""
        self.numbered = False
        # The address that packets leave from, packed, once it is asked for.
        self.source = b""
        self.base_sum = 0
        self.target = b""
        self.wanted_checksum = 0
        # Control messages to send with each packet.
        self.control: list[tuple[int, int, bytes]] = []


class Probe:
    """One probe in flight: ``key`` names it among those of its channel.

    ``checksum`` is that of its UDP datagram, where an answer was told by it. ``number`` is what its payload begins with
    where its plan says so, else 0. ``looped`` is the packet as it left, with the link's header before it, where the
    kernel has shown it.
    """

    __slots__ = ("channel", "checksum", "key", "looped", "number", "plan", "real_ns", "serial", "steady_ns", "tx_ns")

    def __init__(self, serial: int, plan: Plan, channel: "Channel", key: int) -> None:
        self.serial = serial
        self.plan = plan
        self.channel = channel
        self.key = key
        self.steady_ns = 0
        self.real_ns = 0
        self.tx_ns = 0
        self.checksum = b""
        self.number = 0
        self.looped = b""


class Outstanding:
    """What the channels of a network share: the probes in flight by serial, and the answers that are to be fetched."""

    __slots__ = ("_answered", "_number", "done", "numbered", "probes", "stamped", "witnesses")

    def __init__(self) -> None:
        self.done: list[tuple[int, Answer]] = []
        self.probes: dict[int, Probe] = {}
        # Channels that have sent since their queues were last read: send stamps wait there.
        self.stamped: set[Channel] = set()
        # By IP version, where the process may hear the quoted headers of ICMP errors.
        self.witnesses: dict[int, Witness] = {}
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
