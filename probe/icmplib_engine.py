"""ICMP through icmplib, for systems whose kernel has no error queue; chosen with ``--engine icmplib``.

icmplib opens the sockets, builds the requests and sends them. What is heard is read here: icmplib looks at a fixed
place of an error for the quoted request, and checks neither the checksum nor what the quotation was. Times are those of
our own steady clock. No other protocol, no marks, no interface to leave by, and no local address but the one that the
system would choose.
"""

import sys
from os import urandom
from socket import AF_INET, AF_INET6, IPPROTO_IP, IPPROTO_IPV6, SO_RCVBUF, SOCK_DGRAM, SOL_SOCKET, inet_pton, socket

import icmplib

from . import icmp_meaning, wire
from .clock import monotonic_ns
from .limits import ANSWERED_MAX, HEADER_BYTES, SECRET_BYTES, SIZE_MAX_BYTES
from .packet import ip
from .packet.checksum import compensation, pseudo_header
from .protocols import ICMP
from .wire import Answer, ProbeRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from .network import Poller

POLLIN = 1
MESSAGE_BYTES = SIZE_MAX_BYTES + 60
DEFAULT_TTL = 64
# Of ICMP (RFC 792, RFC 4443 section 4.1).
_HEADER_BYTES = 8
BUFFER_BYTES = 8 << 20
_SO_RCVBUFFORCE = 33
# What is read from one socket before the others have their turn.
DRAIN_MAX = 4096
_FAMILY = {4: AF_INET, 6: AF_INET6}
# Option and value that keep packets whole, with what turns it off again: ip(7), ipv6(7) with RFC 3542 section 11.2.
_WHOLE = {4: (IPPROTO_IP, 10, 3, 5), 6: (IPPROTO_IPV6, 23, 3, 0)} if sys.platform == "linux" else {}


class EngineError(Exception):
    """No ICMP socket can be had; the message says why."""


class _Sent:
    """A request in flight."""

    __slots__ = ("request", "secret_at", "sent_ns", "serial", "target")

    def __init__(self, serial: int, request: ProbeRequest) -> None:
        self.serial = serial
        self.request = request
        self.target = inet_pton(_FAMILY[request.version], request.address)
        self.sent_ns = 0
        # Where in its ICMP message our random bytes begin; 0: it has none.
        self.secret_at = 0


class _Port:
    """An icmplib socket and the requests in flight on it, by sequence number."""

    def __init__(self, version: int) -> None:
        kind = icmplib.ICMPv4Socket if version == 4 else icmplib.ICMPv6Socket
        try:
            self.icmp = kind(privileged=True)
        except icmplib.SocketPermissionError:
            self.icmp = kind(privileged=False)
        self.version = version
        self.sock: Any = self.icmp.sock
        self.sock.setblocking(False)  # noqa: FBT003 - the socket's own interface
        _raise_buffer(self.sock)
        # An unprivileged socket of Linux writes its own identifier, and hands over IPv4 messages without the header.
        self.own_identifier = not self.icmp.is_privileged and sys.platform == "linux"
        if self.own_identifier:
            self.sock.bind(("", 0))
            self.identifier: int = self.sock.getsockname()[1]
        else:
            self.identifier = int.from_bytes(urandom(2), "big")
        self.sequence = int.from_bytes(urandom(2), "big")
        self.secret = urandom(SECRET_BYTES)
        self.flights: dict[int, _Sent] = {}
        # Some that are answered already, for which a duplicate reply may come; the oldest first.
        self.answered: dict[int, _Sent] = {}
        self._whole = False

    def keep_whole(self, *, whole: bool) -> bool:
        """Have nobody fragment the packets from here on, or let them; whether the system can."""
        if whole != self._whole:
            if self.version not in _WHOLE:
                return False
            level, option, on, off = _WHOLE[self.version]
            self.sock.setsockopt(level, option, on if whole else off)
            self._whole = whole
        return True

    def message(self, data: bytes) -> bytes:
        """The ICMP message in what was received; empty if it is none."""
        if self.own_identifier:
            return data if len(data) >= 8 else b""
        return icmp_meaning.icmp_message(self.version, data)


def _raise_buffer(sock: socket) -> None:
    """Make room for bursts: a raw socket is handed every ICMP message of the system, and the default holds some 280."""
    for option in (_SO_RCVBUFFORCE, SO_RCVBUF) if sys.platform == "linux" else (SO_RCVBUF,):
        try:
            sock.setsockopt(SOL_SOCKET, option, BUFFER_BYTES)
        except OSError:
            continue  # not permitted, or more than the system gives
        return


class IcmplibNetwork:
    """Implements ``hopscope.probe.network.Network``. To be made before privileges are given up.

    Raises:
        EngineError: no ICMP socket of any kind can be opened.
    """

    stamps_arrivals = False

    def __init__(self, poller: "Poller", clock_ns: "Callable[[], int]" = monotonic_ns) -> None:
        self._clock_ns = clock_ns
        self._ports: dict[int, _Port] = {}
        self._serials: dict[int, tuple[_Port, int]] = {}
        reason = ""
        for version in (4, 6):
            try:
                port = _Port(version)
            except icmplib.ICMPLibError as error:
                reason = str(error)
                continue
            self._ports[version] = port
            poller.register(port.sock.fileno(), POLLIN)
        if not self._ports:
            raise EngineError(f"icmplib cannot open an ICMP socket: {reason}")
        self._by_fd = {port.sock.fileno(): port for port in self._ports.values()}

    def supports(self, feature: str) -> bool:
        if feature in {"ip-4", "ip-6"}:
            return int(feature[-1]) in self._ports
        return feature == ICMP.name

    def send(self, serial: int, request: ProbeRequest, now_us: int) -> "Answer | None":  # noqa: ARG002 - read at the send
        port = self._ports.get(request.version)
        if port is None:
            return Answer(wire.INVALID_ARGUMENT, reason="ip-version-not-supported")
        refused = _refusal(port, request)
        if refused is not None:
            return refused
        while True:
            port.sequence = (port.sequence + 1) & 0xFFFF
            if port.sequence not in port.flights:
                break
        sent = _Sent(serial, request)
        payload = bytes((request.bit_pattern,)) * max(request.size - HEADER_BYTES[request.version], 0)
        begin = 2 if request.icmp_checksum else 0
        if request.detail and not request.bit_pattern and len(payload) >= begin + SECRET_BYTES:
            payload = payload[:begin] + port.secret + payload[begin + SECRET_BYTES :]
            sent.secret_at = _HEADER_BYTES + begin
        if request.icmp_checksum:
            payload = _held(request, port, payload)
        echo = icmplib.ICMPRequest(
            request.address,
            port.identifier,
            port.sequence,
            payload=payload,
            payload_size=0,
            ttl=request.ttl if request.ttl > 0 else DEFAULT_TTL,
            traffic_class=request.tos,
        )
        sent.sent_ns = self._clock_ns()
        try:
            port.icmp.send(echo)
        except icmplib.ICMPLibError as error:
            cause = error.__context__
            return icmp_meaning.answer_to_send_error(cause.errno if isinstance(cause, OSError) else None)
        port.flights[port.sequence] = sent
        self._serials[serial] = (port, port.sequence)
        return None

    def collect(self, ready: "Iterable[tuple[int, int]]", now_us: int) -> "list[tuple[int, Answer]]":  # noqa: ARG002 - as above
        done: list[tuple[int, Answer]] = []
        for fd, _ in ready:
            port = self._by_fd.get(fd)
            if port is not None:
                self._drain(port, done)
        return done

    def _drain(self, port: _Port, done: "list[tuple[int, Answer]]") -> None:
        for _ in range(DRAIN_MAX):
            try:
                data, name = port.sock.recvfrom(MESSAGE_BYTES)
            except BlockingIOError:
                return
            except OSError:  # some systems report an ICMP error so; it comes as a message too
                continue
            received_ns = self._clock_ns()
            message = port.message(data)
            heard = icmp_meaning.heard(port.version, message) if message else None
            sent = self._match(port, heard, name[0]) if heard is not None else None
            if heard is None or sent is None:
                continue
            answer = heard.answer
            answer.address = name[0].partition("%")[0]
            answer.rtt_us = (received_ns - sent.sent_ns + 500) // 1000
            answer.clock = "user"
            if port.version == 4 and not port.own_identifier:
                answer.reply_ttl = data[8]
            done.append((sent.serial, answer))
            if sent.serial in self._serials:
                self._answered(port, sent)
            else:
                answer.word = wire.DUPLICATE
                port.answered = {key: one for key, one in port.answered.items() if one is not sent}

    def _answered(self, port: _Port, sent: _Sent) -> None:
        _, sequence = self._serials[sent.serial]
        self.discard(sent.serial)
        if sent.request.detail:
            port.answered[sequence] = sent
            if len(port.answered) > ANSWERED_MAX:
                del port.answered[next(iter(port.answered))]

    @staticmethod
    def _match(port: _Port, heard: icmp_meaning.Heard, sender: str) -> "_Sent | None":
        if int.from_bytes(heard.echo[4:6], "big") != port.identifier:
            return None
        sequence = int.from_bytes(heard.echo[6:8], "big")
        sent = port.flights.get(sequence) or port.answered.get(sequence)
        if sent is None:
            return None
        if heard.destination:
            return sent if heard.destination == sent.target else None
        if sender == sent.request.address:
            return sent
        # Of anycast, or of a host with several addresses: ours where it brings back our random bytes.
        begin = sent.secret_at
        return sent if begin and heard.echo[begin : begin + SECRET_BYTES] == port.secret else None

    def discard(self, serial: int) -> None:
        port, sequence = self._serials.pop(serial)
        del port.flights[sequence]
        port.answered.pop(sequence, None)

    def next_due_us(self) -> "int | None":
        return None

    def settle(self) -> None:
        """Nothing is left for later."""

    def close(self) -> None:
        for port in self._ports.values():
            port.icmp.close()


def _refusal(port: _Port, request: ProbeRequest) -> "Answer | None":
    """The answer to what this engine cannot do; else its socket is made ready for the request."""
    if request.mark:
        return Answer(wire.PERMISSION_DENIED)
    if request.protocol != ICMP.name:
        return Answer(wire.INVALID_ARGUMENT, reason="protocol-not-supported")
    if request.local_device:
        return Answer(wire.INVALID_ARGUMENT, reason="local-device-not-supported")
    if not port.keep_whole(whole=request.dont_fragment):
        return Answer(wire.INVALID_ARGUMENT, reason="dont-fragment-not-supported")
    if request.local_address and request.local_address != _source(request):
        return Answer(wire.ADDRESS_NOT_AVAILABLE)
    return None


def _held(request: ProbeRequest, port: _Port, payload: bytes) -> bytes:
    """The payload, its first word so chosen that the checksum of the message is the wanted one."""
    version, body = request.version, payload[2:]
    covered = bytes((icmp_meaning.ECHO_REQUEST[version], 0, 0, 0))
    covered += port.identifier.to_bytes(2, "big") + port.sequence.to_bytes(2, "big") + bytes(2) + body
    if version == 6:
        source = inet_pton(AF_INET6, _source(request) or "::")  # where there is no route, the send will say so
        covered = pseudo_header(source, inet_pton(AF_INET6, request.address), ip.ICMPV6, len(covered)) + covered
    return compensation(covered, request.icmp_checksum).to_bytes(2, "big") + body


def _source(request: ProbeRequest) -> str:
    """The address that the system would send from; empty if there is no route to the target."""
    with socket(_FAMILY[request.version], SOCK_DGRAM) as sock:
        try:
            sock.connect((request.address, 9))
        except OSError:
            return ""
        name: str = sock.getsockname()[0]
        return name
