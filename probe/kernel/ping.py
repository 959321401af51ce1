"""ICMP echo through ping sockets, which need no privilege where ``net.ipv4.ping_group_range`` allows them (icmp(7)).

The kernel writes the ICMP identifier, the socket's own, and the checksum, and hands over what belongs to that
identifier only: the sequence number tells the probes of a socket apart.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, IPPROTO_ICMP, IPPROTO_ICMPV6, SOCK_CLOEXEC, SOCK_DGRAM
from _socket import socket as Socket  # noqa: N812 - a class
from os import urandom

from .. import wire
from ..packet import icmp
from ..wire import Answer, ProbeRequest
from . import ancillary
from .channel import DRAIN_MAX, Channel, Clocks, Outstanding, Plan, Probe, report_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

HEADER_BYTES = {4: 28, 6: 48}  # IP and ICMP
_REPLY_BYTES = 8
_REPLY = {4: icmp.ECHO_REPLY, 6: icmp.V6_ECHO_REPLY}
_REQUEST = {4: icmp.ECHO_REQUEST, 6: icmp.V6_ECHO_REQUEST}


def open_socket(version: int) -> Socket:
    """A ping socket.

    Raises:
        OSError: the process may not have one (EACCES), or there is no such IP version.
    """
    if version == 4:
        return Socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP)
    return Socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMPV6)


class PingChannel(Channel):
    """A bound ping socket and the echo requests in flight on it, by sequence number."""

    def __init__(self, sock: Socket, version: int, clocks: Clocks, outstanding: Outstanding) -> None:
        report_errors(sock, version)
        super().__init__(sock, version, clocks, outstanding)
        # Identifier and checksum are the kernel's to fill in.
        self._head = bytes((_REQUEST[version], 0, 0, 0, 0, 0))
        self._sequence = int.from_bytes(urandom(2), "big")

    def fill(self, plan: Plan, request: ProbeRequest) -> None:
        """Work out the packets of a request."""
        payload_bytes = max(request.size - HEADER_BYTES[self.version], 0)
        plan.body = bytes((request.bit_pattern,)) * payload_bytes
        plan.sockaddr = (request.address, 0)

    def send(self, serial: int, plan: Plan) -> Answer | None:
        """Send an echo request."""
        sequence = (self._sequence + 1) & 0xFFFF
        if sequence in self.flights:
            sequence = next_free(sequence, self.flights)
        self._sequence = sequence
        packet = self._head + sequence.to_bytes(2, "big") + plan.body
        return self.transmit(Probe(serial, plan, self, sequence), packet, plan.sockaddr)

    def match_error(self, quoted: bytes, name: tuple[str, int]) -> Probe | None:
        if len(quoted) < 8 or quoted[0] != _REQUEST[self.version]:
            return None
        return self._match(int.from_bytes(quoted[6:8], "big"), name[0])

    def _match(self, sequence: int, address: str) -> Probe | None:
        probe = self.flights.get(sequence)
        if probe is None or (address != probe.plan.address and not probe.plan.any_sender):
            return None
        return probe

    def drain_replies(self) -> None:
        recvmsg = self.sock.recvmsg
        for _ in range(DRAIN_MAX):
            try:
                data, messages, _, name = recvmsg(_REPLY_BYTES, ancillary.SPACE_BYTES)
            except BlockingIOError:
                return
            except OSError:  # a pending error, which the error queue has in full
                self.drain_errors()
                continue
            if len(data) < 8 or data[0] != _REPLY[self.version]:
                continue
            probe = self._match(int.from_bytes(data[6:8], "big"), name[0])
            if probe is not None:
                answer = Answer(wire.REPLY, name[0], icmp_type=data[0], icmp_code=data[1])
                _, rx_ns, ttl = ancillary.read(messages)
                self.finish(probe, answer, rx_ns, ttl)


def next_free(number: int, taken: Container[int], first: int = 0, last: int = 65535) -> int:
    """The next number of a range after ``number`` that names no probe in flight."""
    while True:
        number = number + 1 if first <= number < last else first
        if number not in taken:
            return number
