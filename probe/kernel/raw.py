"""ICMP echo through raw sockets, where ping sockets are closed and the process may have raw ones (raw(7)).

A raw socket hears every ICMP message to this host. So everything is verified here: the checksum (the kernel passes
wrong ones on), the identifier, the sequence number, and the address that an error's quotation was sent to.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, IPPROTO_ICMP, IPPROTO_ICMPV6, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_RAW, inet_pton
from _socket import socket as Socket  # noqa: N812 - a class
from os import urandom
from sys import byteorder

from .. import wire
from ..packet import extension, icmp, ip
from ..packet.checksum import ones_complement_sum
from ..packet.cursor import PacketError
from ..wire import Answer, ProbeRequest
from . import ancillary, verdict
from . import constants as c
from .channel import DRAIN_MAX, Channel, Clocks, Outstanding, Plan, Probe
from .ping import HEADER_BYTES, next_free

_MESSAGE_BYTES = 2048
_REQUEST = {4: icmp.ECHO_REQUEST, 6: icmp.V6_ECHO_REQUEST}
_REPLY = {4: icmp.ECHO_REPLY, 6: icmp.V6_ECHO_REPLY}
_PROTOCOL = {4: ip.ICMP, 6: ip.ICMPV6}
# What may end a probe, besides the reply.
_ERRORS = {4: (3, 11), 6: (1, 2, 3)}


def open_socket(version: int) -> Socket:
    """A raw ICMP socket that hears replies and errors alone.

    Raises:
        OSError: the process may not have one (EPERM), or there is no such IP version.
    """
    heard = (_REPLY[version], *_ERRORS[version])
    if version == 4:
        sock = Socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP)
        mask = 0xFFFFFFFF
        for kind in heard:
            mask &= ~(1 << kind)
        sock.setsockopt(c.SOL_RAW, c.ICMP_FILTER, mask.to_bytes(4, byteorder))
    else:
        sock = Socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6)
        words = [0xFFFFFFFF] * 8
        for kind in heard:
            words[kind >> 5] &= ~(1 << (kind & 31))
        sock.setsockopt(c.SOL_ICMPV6, c.ICMP6_FILTER, b"".join(word.to_bytes(4, byteorder) for word in words))
    return sock


def check_local_address(version: int, address: str) -> None:
    """Find out whether an address is one of this host's.

    Raises:
        OSError: it is not (EADDRNOTAVAIL).
    """
    sock = Socket(AF_INET if version == 4 else AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC)
    try:
        sock.bind((address, 0))
    finally:
        sock.close()


class RawChannel(Channel):
    """A raw ICMP socket and the echo requests in flight on it, by sequence number."""

    def __init__(self, sock: Socket, version: int, clocks: Clocks, outstanding: Outstanding) -> None:
        super().__init__(sock, version, clocks, outstanding)
        self._identifier = urandom(2)
        self._sequence = int.from_bytes(urandom(2), "big")

    def fill(self, plan: Plan, request: ProbeRequest) -> None:
        """Work out the packets of a request; raises OSError for a local address that is not ours."""
        payload_bytes = max(request.size - HEADER_BYTES[self.version], 0)
        plan.body = bytes((request.bit_pattern,)) * payload_bytes
        plan.sockaddr = (request.address, 0)
        plan.target = inet_pton(AF_INET if self.version == 4 else AF_INET6, request.address)
        head = bytes((_REQUEST[self.version], 0, 0, 0)) + self._identifier + b"\0\0"
        plan.base_sum = ones_complement_sum(head + plan.body)
        if request.local_address:
            check_local_address(self.version, request.local_address)
            plan.control = packet_info(self.version, request.local_address)

    def send(self, serial: int, plan: Plan) -> Answer | None:
        """Send an echo request."""
        sequence = self._sequence = next_free(self._sequence, self.flights)
        probe = Probe(serial, plan, self, sequence)
        # In ICMPv6 the kernel writes the checksum, which covers the addresses.
        checksum = (65535 - (plan.base_sum + sequence) % 65535) if self.version == 4 else 0
        head = bytes((_REQUEST[self.version], 0)) + checksum.to_bytes(2, "big") + self._identifier
        return self.transmit(probe, head + sequence.to_bytes(2, "big") + plan.body, plan.sockaddr)

    def match_error(self, quoted: bytes, name: tuple[str, int]) -> Probe | None:  # noqa: ARG002 - never asked for
        return None  # this socket has no errors on its error queue, only send stamps

    def drain_replies(self) -> None:
        recvmsg = self.sock.recvmsg
        for _ in range(DRAIN_MAX):
            try:
                data, messages, _, name = recvmsg(_MESSAGE_BYTES, ancillary.SPACE_BYTES)
            except BlockingIOError:
                return
            except OSError:  # nothing pends on such a socket for long
                continue
            _, rx_ns, ttl = ancillary.read(messages)
            if self.version == 4:
                if len(data) < 28:
                    continue
                ttl = data[8]
                data = data[(data[0] & 15) * 4 :]
                if len(data) < 8 or ones_complement_sum(data) != 65535:
                    continue
            if len(data) >= 8:
                self._take(data, name[0], rx_ns, ttl)

    def _take(self, data: bytes, sender: str, rx_ns: int, ttl: int | None) -> None:
        if data[0] == _REPLY[self.version]:
            if data[4:6] == self._identifier:
                probe = self.flights.get(int.from_bytes(data[6:8], "big"))
                if probe is not None and (sender == probe.plan.address or probe.plan.any_sender):
                    self.finish(probe, Answer(wire.REPLY, sender, icmp_type=data[0], icmp_code=data[1]), rx_ns, ttl)
            return
        word = verdict.word_of(self.version, data[0], data[1])
        if word is None:
            return
        message = icmp.parse(data)
        try:
            quoted = icmp.quoted_packet(self.version, message)
        except PacketError:
            return
        probe = self._quoted_probe(quoted)
        if probe is not None:
            answer = Answer(word, sender, icmp_type=data[0], icmp_code=data[1])
            answer.labels = extension.labels_of(self.version, message)
            answer.quoted_ttl = quoted.ttl
            answer.quoted_tos = quoted.tos
            self.finish(probe, answer, rx_ns, ttl)

    def _quoted_probe(self, quoted: ip.Packet) -> Probe | None:
        echo = quoted.payload
        if quoted.protocol != _PROTOCOL[self.version] or quoted.fragment_offset or len(echo) < 8:
            return None
        if echo[0] != _REQUEST[self.version] or echo[4:6] != self._identifier:
            return None
        probe = self.flights.get(int.from_bytes(echo[6:8], "big"))
        if probe is None or (quoted.destination != probe.plan.target and not probe.plan.any_sender):
            return None
        return probe


def packet_info(version: int, source: str) -> list[tuple[int, int, bytes]]:
    """The control message that gives one packet its source address (IP_PKTINFO in ip(7), RFC 3542 section 6.2)."""
    if version == 4:
        return [(c.SOL_IP, c.IP_PKTINFO, bytes(4) + inet_pton(AF_INET, source) + bytes(4))]
    return [(c.SOL_IPV6, c.IPV6_PKTINFO, inet_pton(AF_INET6, source) + bytes(4))]
