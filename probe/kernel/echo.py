"""What both kinds of socket for ICMP echo requests share: payloads, sequence numbers, and constant checksums.

Load balancers may take the ICMP checksum for a part of the flow. It is held constant by two bytes of the payload that
make up for the sequence number, as Paris traceroute does.

A reply may come from another address than the one that was probed (anycast, a host with several addresses). It is ours
if it brings back, beside identifier and sequence number, random bytes of this process that the payload of a client's
own trace begins with, where the client has not chosen what packets are filled with.
"""

from _socket import AF_INET6, inet_pton
from _socket import socket as Socket  # noqa: N812 - a class
from os import urandom

from ..icmp_meaning import ECHO_REQUEST, ICMP_PROTOCOL
from ..limits import HEADER_BYTES, SECRET_BYTES
from ..packet import ip
from ..packet.checksum import ones_complement_sum, pseudo_header
from ..wire import ProbeRequest
from .channel import Channel
from .identifiers import next_free
from .in_flight import InFlight, Probe
from .sockets import FAMILY, socket_address
from .source import source_address
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .stamps import Clocks


# From the header of a reply to the end of the random bytes.
REPLY_BYTES = 8 + 2 + SECRET_BYTES


class EchoChannel(Channel):
    """An ICMP socket and the echo requests in flight on it, by sequence number."""

    def __init__(self, sock: Socket, version: int, clocks: "Clocks", in_flight: InFlight, identifier: bytes) -> None:
        super().__init__(sock, version, clocks, in_flight)
        self.protocol = ICMP_PROTOCOL[version]
        self._identifier = identifier
        self._sequence = int.from_bytes(urandom(2), "big")
        self._secret = urandom(SECRET_BYTES)

    def fill(self, template: Template, request: ProbeRequest) -> None:
        """Work out the packets of a request.

        Raises:
            OSError: there is no route to the target.
        """
        wanted = request.icmp_checksum
        payload_bytes = max(request.size - HEADER_BYTES[self.version], 2 if wanted else 0)
        payload = bytes((request.bit_pattern,)) * payload_bytes
        template.sockaddr = socket_address(request.host, 0, request.flow_label)
        template.target = inet_pton(FAMILY[self.version], request.address)
        covered = bytes((ECHO_REQUEST[self.version], 0, 0, 0)) + self._identifier + b"\0\0"
        if wanted:
            payload = payload[2:]
            covered += b"\0\0"
        if request.detail and not request.bit_pattern and len(payload) >= SECRET_BYTES:
            payload = self._secret + payload[SECRET_BYTES:]
        covered += payload
        if self.version == 6 and wanted:
            source = inet_pton(AF_INET6, source_address(template))
            covered = pseudo_header(source, template.target, ip.ICMPV6, len(covered)) + covered
        template.body = payload
        template.base_sum = ones_complement_sum(covered)
        template.wanted_checksum = wanted

    def next_sequence(self) -> int:
        """A sequence number that names no probe in flight."""
        sequence = (self._sequence + 1) & 0xFFFF
        if sequence in self.flights:
            sequence = next_free(sequence, self.flights)
        self._sequence = sequence
        return sequence

    @staticmethod
    def payload(template: Template, sequence: int) -> bytes:
        """What follows the header of a request."""
        if not template.wanted_checksum:
            return template.body
        made_up = (65535 - template.wanted_checksum - template.base_sum - sequence) % 65535
        return made_up.to_bytes(2, "big") + template.body

    def probe_of(self, echo: bytes, address: str) -> "Probe | None":
        """The probe, in flight or answered, that an echo message of ours belongs to, if ``address`` is its target."""
        probe = self.numbered(echo)
        return probe if probe is not None and address == probe.template.address else None

    def replied(self, reply: bytes, address: str) -> "Probe | None":
        """The probe, in flight or answered, that an echo reply is to, from its target or with our random bytes."""
        probe = self.numbered(reply)
        if probe is None or address == probe.template.address:
            return probe
        begin = 10 if probe.template.wanted_checksum else 8
        ours = probe.template.body.startswith(self._secret)
        return probe if ours and reply[begin : begin + SECRET_BYTES] == self._secret else None

    def numbered(self, echo: bytes) -> "Probe | None":
        """The probe, in flight or else answered, with the sequence number of an echo message."""
        sequence = int.from_bytes(echo[6:8], "big")
        return self.flights.get(sequence) or self.answered.get(sequence)
