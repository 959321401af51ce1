"""The open channels: which of them serve many probes, and which one only."""

from _socket import inet_pton

from ..protocols import ICMP, SCTP, UDP
from . import constants as c
from . import ping, raw, raw_sockets, sctp, udp
from .channel import Channel
from .flow import FlowChannel
from .in_flight import InFlight
from .quoted_headers import QuotedHeaders
from .sockets import FAMILY, bind_to_device, raise_if_exhausted, socket_address
from .source import route_source
from .template import Template
from .unclaimed_errors import UnclaimedErrors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque

    from ..network import Poller
    from .in_flight import Carrier
    from .stamps import Clocks

    AnyChannel = ping.PingChannel | raw.RawChannel | udp.UdpChannel | sctp.SctpChannel
    # Protocol, version, and what is given of local address, local port, target, port, number of the
    # interface, and mark.
    Key = tuple[str, int, str, int, str, int, int, int]
else:
    from _collections import deque  # without the rest of collections, which takes longer to load

# Shared channels for given local addresses and ports beyond which idle ones are closed.
SHARED_MAX = 64
# Channels of one probe that are kept open after its answer, in case there is a second one.
LINGERING_MAX = 32
# A connected socket keeps the address that its packets leave from: so long it is not asked whether that is still so.
ROUTED_US = 5_000


class Channels:
    """Opens, shares and closes sockets, and has the poller watch them."""

    def __init__(self, poller: "Poller", clocks: "Clocks", in_flight: InFlight) -> None:
        self._poller = poller
        self._clocks = clocks
        self._in_flight = in_flight
        self.by_fd: dict[int, Channel] = {}
        self.unclaimed = UnclaimedErrors(self.by_fd, in_flight)
        self._shared: dict[Key, AnyChannel] = {}
        self._lingering: deque[Carrier] = deque()

    def open_udp(self, version: int) -> bool:
        """Whether UDP probes of this IP version can be sent; opens the socket for it.

        Raises:
            OSError: this process may open no more files. So for all that are opened at the start.
        """
        try:
            self._share((UDP.name, version, "", 0, "", 0, 0, 0))
        except OSError as error:
            raise_if_exhausted(error)
            return False
        return True

    def open_icmp(self, version: int) -> str:
        """Open an ICMP socket and say of which kind: "ping", "raw", or "" where neither may be had."""
        key = (ICMP.name, version, "", 0, "", 0, 0, 0)
        try:
            self._share(key)
        except OSError as error:
            raise_if_exhausted(error)
        else:
            return "ping"
        try:
            sock = raw_sockets.open_socket(version)
        except OSError as error:
            raise_if_exhausted(error)
            return ""
        channel = raw.RawChannel(sock, version, self._clocks, self._in_flight)
        self._add(channel)
        self._shared[key] = channel
        return "raw"

    def open_sctp(self, version: int) -> bool:
        """Whether SCTP probes of this IP version can be sent; opens the socket for it."""
        try:
            sock = sctp.open_socket(version)
        except OSError as error:
            raise_if_exhausted(error)
            return False
        channel = sctp.SctpChannel(sock, version, self._clocks, self._in_flight)
        self._add(channel)
        self._shared[SCTP.name, version, "", 0, "", 0, 0, 0] = channel
        return True

    def open_quoted_headers(self, version: int) -> None:
        """Open a socket that can hear the quoted headers of ICMP errors, where the process may have one."""
        try:
            sock = raw_sockets.open_socket(version)
        except OSError as error:
            raise_if_exhausted(error)
            return
        self._in_flight.quoted_headers[version] = QuotedHeaders(sock, version, self.unclaimed.take)

    def shared(self, template: Template, icmp_kind: str) -> "AnyChannel":
        """The channel that serves all the probes of a request, and others like it.

        Raises:
            OSError: its socket cannot be opened, or not with this local address, port or interface.
        """
        protocol, version = template.request.protocol, template.request.version
        if protocol == SCTP.name or (protocol == ICMP.name and icmp_kind == "raw"):
            # Opened at the start, and never again: local address and interface go with each packet.
            return self._shared[protocol, version, "", 0, "", 0, 0, 0]
        return self._share(self._key(template))

    def _key(self, template: "Template") -> "Key":
        request = template.request
        local_port, target, port, mark = (0, "", 0, 0)
        if request.protocol == UDP.name and request.port:
            local_port, target, port, mark = request.local_port, request.host, request.port, request.mark
        ends = (request.local_address, local_port, target, port)
        return (request.protocol, request.version, *ends, template.device, mark)

    def _share(self, key: "Key") -> "AnyChannel":
        channel = self._shared.get(key)
        if channel is None:
            channel = self._open_ping(key) if key[0] == ICMP.name else self._open_udp(key, flow=bool(key[5]))
            self._add(channel)
            self._shared[key] = channel
        return channel

    def _open_ping(self, key: "Key") -> ping.PingChannel:
        _, version, local_address, _, _, _, device, _ = key
        sock = ping.open_socket(version)
        try:
            bind_to_device(sock, device)
            sock.bind((local_address, 0))
            return ping.PingChannel(sock, version, self._clocks, self._in_flight)
        except OSError:
            sock.close()
            raise

    def _open_udp(self, key: "Key", *, flow: bool) -> udp.UdpChannel:
        _, version, local_address, local_port, target, port, device, mark = key
        sock = udp.open_socket(version)
        try:
            bind_to_device(sock, device)
            if mark:  # before the route is chosen, which the mark may decide
                sock.setsockopt(c.SOL_SOCKET, c.SO_MARK, mark)
            udp.bind(sock, local_address, local_port)
            if local_port:
                # Others may probe from the same port: what is for us is what our target's packets caused.
                sock.connect(socket_address(target, port))
            made = FlowChannel if flow else udp.UdpChannel
            return made(sock, version, self._clocks, self._in_flight)
        except OSError:
            sock.close()
            raise

    def alone(self, template: Template, port: int) -> udp.UdpChannel:
        """A new channel for one UDP probe to ``port``.

        Raises:
            OSError: its socket cannot be opened, or not with this local address, port or interface.
        """
        request = template.request
        target = request.host if request.local_port else ""
        ends = (request.local_address, request.local_port, target, port)
        channel = self._open_udp((UDP.name, request.version, *ends, template.device, request.mark), flow=False)
        channel.one_probe = True
        self._add(channel)
        return channel

    def _add(self, channel: Channel) -> None:
        self.by_fd[channel.fd] = channel
        self._poller.register(channel.fd, c.POLLIN)

    def has_too_many(self) -> bool:
        """Whether ``close_idle`` is due."""
        return len(self._shared) > SHARED_MAX

    def close_idle(self) -> None:
        """Close what was opened for a given end or interface and waits for nothing; templates for it are void."""
        for key, channel in list(self._shared.items()):
            if any(key[2:]) and not channel.flights:
                self.remove(channel)
                del self._shared[key]

    def is_routed_anew(self, template: "Template", now_us: int) -> bool:
        """Whether packets of a request leave from another address now than when its shared channel was connected.

        Such a channel stays open for its answers, and is shared no more: templates for it are void.
        """
        key = self._key(template)
        channel = self._shared.get(key)
        if type(channel) is not FlowChannel or now_us - channel.routed_us < ROUTED_US:
            return False
        channel.routed_us = now_us
        try:
            source = inet_pton(FAMILY[channel.version], route_source(template).partition("%")[0])
        except OSError:
            return False  # the send says so
        if source == channel.local_address:
            return False
        del self._shared[key]
        self.linger(channel)
        return True

    def linger(self, channel: "Carrier") -> None:
        """Keep a channel whose one probe is answered open for a while; the one that has stayed longest is closed."""
        self._lingering.append(channel)
        if len(self._lingering) > LINGERING_MAX:
            oldest = self._lingering.popleft()
            if self.by_fd.get(oldest.fd) is oldest:
                self.remove(oldest)

    def remove(self, channel: "Carrier") -> None:
        """Close a channel."""
        self._poller.unregister(channel.fd)
        del self.by_fd[channel.fd]
        channel.close()

    def close(self) -> None:
        """Close all."""
        for headers in self._in_flight.quoted_headers.values():
            headers.close()
        for channel in self.by_fd.values():
            channel.close()
