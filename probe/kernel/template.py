"""What is worked out once for all the probes of one request."""

from ..wire import ProbeRequest
from .sockets import interface_index, socket_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..wire import Answer


class Template:
    """What is worked out once for all the probes of one request; ``send`` is to be set.

    ``device`` is the number of the interface to leave by, 0 for any. ``numbered`` says that the payload of each probe
    begins with a number of its own.

    Raises:
        OSError: there is no such interface (ENODEV).
    """

    send: "Callable[[int, Template], Answer | None]"

    __slots__ = (
        "address",
        "base_sum",
        "body",
        "connected",
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
        # Its shared channel is connected to the target, so that the route is not chosen anew for each packet.
        self.connected = False
        # Control messages to send with each packet.
        self.control: list[tuple[int, int, bytes]] = []
