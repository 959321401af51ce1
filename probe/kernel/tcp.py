"""TCP probes: a connection attempt each, its SYN being the packet that is measured (RFC 9293 section 3.5).

An ICMP error ends the attempt, so every probe has a socket of its own. The kernel sends a lost SYN again after a
second, and an answer to either copy looks the same: so an attempt is given up before that.
"""

import errno
from _socket import AF_INET, AF_INET6, IPPROTO_TCP, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM
from _socket import socket as Socket  # noqa: N812 - a class
from struct import Struct

from .. import icmp_meaning, wire
from ..packet import extension, icmp
from ..protocols import TCP
from ..wire import Answer, ProbeRequest
from . import ancillary, neighbours, stamps
from . import constants as c
from .channel import ERROR_BYTES
from .in_flight import InFlight
from .sockets import bind_to_device, report_errors, socket_address
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..network import Poller
    from .stamps import Clocks

    _Where = tuple[str, str, int, int]

# The kernel's first retransmission comes a second after the SYN (RFC 6298 section 2.1); we end before it,
# early enough for a machine that is busy.
ATTEMPT_US = 940_000
_RETRANSMISSION_US = 1_000_000
# The age of the kernel's question for a neighbour is told by hundredths of a second.
_NEIGHBOUR_SLACK_US = 30_000
_ASKED_MAX = 4096
# The kernel does not stamp a SYN's departure. It departs inside of connect(2), by measurement after some three quarters
# of a call that takes up to half again as long as the quickest; what a longer one takes comes after it, as a rule: the
# device, and whoever hears the packet on this host. The quickest call is learned, from this on downwards: it has to
# be little, for where somebody on this host is woken by every packet, no call ever shows how quick it could be.
CALL_NS = 20_000
_LINGER = Struct("=ii").pack(1, 0)
_INFO_BYTES = 104
_RTT_AT, _RETRANSMISSIONS_AT = 68, 100
_NUMBER = Struct("=I")


def _where(template: Template) -> "_Where":
    """What decides on the next hop of a template's packets."""
    request = template.request
    return request.host, request.local_address, request.mark, template.device


class Attempt:
    """One connection attempt."""

    __slots__ = ("departed_ns", "fd", "real_ns", "serial", "sock", "steady_ns", "template")

    def __init__(self, serial: int, template: Template, sock: Socket) -> None:
        self.serial = serial
        self.template = template
        self.sock = sock
        self.fd = sock.fileno()
        # Clocks just before the call of connect(2), and how long after that the SYN seems to have left.
        self.steady_ns = 0
        self.real_ns = 0
        self.departed_ns = 0


class TcpEngine:
    """All the connection attempts in flight, by descriptor, the oldest first."""

    def __init__(self, poller: "Poller", clocks: "Clocks", in_flight: InFlight) -> None:
        self._poller = poller
        self._clocks = clocks
        self._in_flight = in_flight
        self.attempts: dict[int, Attempt] = {}
        self._by_serial: dict[int, Attempt] = {}
        self._quickest_call_ns = CALL_NS
        # When no question for a neighbour was open, by where packets go.
        self._asked_us: dict[_Where, int] = {}
        # Until when attempts have waited for a neighbour, on the steady clock, by where packets go.
        self._waited_ns: dict[_Where, int] = {}

    def fill(self, template: Template, request: ProbeRequest) -> None:
        """Work out where a request's attempts go."""
        template.sockaddr = socket_address(request.host, request.port or TCP.default_port, request.flow_label)

    def send(self, serial: int, template: Template) -> "Answer | None":
        """Begin an attempt."""
        try:
            sock = Socket(
                AF_INET if template.request.version == 4 else AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
            )
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                return Answer(wire.PROBES_EXHAUSTED)
            return icmp_meaning.answer_to_send_error(error.errno)
        attempt = Attempt(serial, template, sock)
        try:
            self._prepare(sock, template)
            attempt.real_ns = self._clocks.real_ns()
            attempt.steady_ns = self._clocks.steady_ns()
            result = sock.connect_ex(template.sockaddr)
            attempt.departed_ns = self._departure(self._clocks.steady_ns() - attempt.steady_ns)
        except OSError as error:
            result = error.errno or 0
        if result == errno.EINPROGRESS:
            self.attempts[attempt.fd] = attempt
            self._by_serial[serial] = attempt
            self._poller.register(attempt.fd, c.POLLOUT)
            return None
        answer = self._established(attempt, 0) if result == 0 else None
        if result == errno.ECONNREFUSED:
            answer = self._timed(attempt, Answer(wire.REPLY, template.address), 0)
        sock.close()
        if result == errno.EADDRNOTAVAIL and template.request.local_port and template.request.detail:
            return Answer(wire.ADDRESS_IN_USE)  # an earlier attempt from this port is in flight
        return answer or icmp_meaning.answer_to_send_error(result)

    def _departure(self, call_ns: int) -> int:
        """How far into a call of ``connect(2)`` that took so long its SYN left."""
        if 0 < call_ns < self._quickest_call_ns:
            self._quickest_call_ns = call_ns
        return min(call_ns, self._quickest_call_ns * 3 // 2) * 3 // 4

    def _prepare(self, sock: Socket, template: Template) -> None:
        request = template.request
        # Closed without a farewell: no port stays in TIME_WAIT.
        sock.setsockopt(c.SOL_SOCKET, c.SO_LINGER, _LINGER)
        sock.setsockopt(IPPROTO_TCP, c.TCP_SYNCNT, 1)
        sock.setsockopt(c.SOL_SOCKET, c.SO_TIMESTAMPNS, 1)
        report_errors(sock, request.version)
        if request.version == 4:
            sock.setsockopt(c.SOL_IP, c.IP_TTL, request.ttl)
            sock.setsockopt(c.SOL_IP, c.IP_TOS, request.tos)
        else:
            sock.setsockopt(c.SOL_IPV6, c.IPV6_UNICAST_HOPS, request.ttl)
            sock.setsockopt(c.SOL_IPV6, c.IPV6_TCLASS, request.tos)
        if request.detail:
            level, option = (c.SOL_IP, c.IP_RECVTTL) if request.version == 4 else (c.SOL_IPV6, c.IPV6_RECVHOPLIMIT)
            sock.setsockopt(level, option, 1)
        if request.mark:
            sock.setsockopt(c.SOL_SOCKET, c.SO_MARK, request.mark)
        if request.flow_label:
            sock.setsockopt(c.SOL_IPV6, c.IPV6_FLOWINFO_SEND, 1)
        bind_to_device(sock, template.device)
        if request.local_port and request.detail:  # mtr-packet knows none for TCP
            sock.setsockopt(c.SOL_SOCKET, c.SO_REUSEADDR, 1)
            sock.bind((request.local_address, request.local_port))
            return
        # Bound here, lest connect(2) should search for a port, which takes up to 0.2 ms, between our stamp and the SYN.
        try:
            sock.bind((request.local_address, 0))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            # All ports are taken; connect(2) can share one that goes to another target.
            sock.setsockopt(c.SOL_IP, c.IP_BIND_ADDRESS_NO_PORT, 1)
            sock.bind((request.local_address, 0))

    def ready(self, fd: int) -> None:
        """A descriptor is ready: its attempt has an answer."""
        seen_ns = self._clocks.steady_ns()
        attempt = self.attempts[fd]
        answer = self._read_error(attempt)
        if answer is None:
            number = attempt.sock.getsockopt(c.SOL_SOCKET, c.SO_ERROR)
            if number == 0 or number == errno.ECONNRESET:  # noqa: PLR1714 - two different things
                answer = self._established(attempt, number)
            elif number == errno.ECONNREFUSED:
                answer = self._timed(attempt, Answer(wire.REPLY, attempt.template.address), 0, seen_ns)
            elif number != errno.ETIMEDOUT:
                answer = icmp_meaning.answer_to_send_error(number)
        if self._waited_ns and attempt.steady_ns < self._waited_ns.get(_where(attempt.template), 0):
            # It has left when the neighbour told its address at last, and nobody knows when that was.
            answer = Answer(wire.HOST_DOWN)
        self._end(attempt)
        self._in_flight.done.append((attempt.serial, answer or Answer(wire.NO_REPLY)))

    def _read_error(self, attempt: Attempt) -> "Answer | None":
        """The answer that an ICMP error gives, if the error queue holds one."""
        version = attempt.template.request.version
        while True:
            try:
                data, messages, _, name = attempt.sock.recvmsg(ERROR_BYTES, ancillary.SPACE_BYTES, c.MSG_ERRQUEUE)
            except OSError:
                return None
            raw_error, rx_ns, ttl = ancillary.read(messages)
            if not raw_error:
                continue
            error = ancillary.ExtendedError(raw_error)
            if not error.is_icmp:
                continue
            word = icmp_meaning.word_of(version, error.type, error.code)
            if word is None or (name and name[0] != attempt.template.address):
                continue
            answer = Answer(word, error.sender, icmp_type=error.type, icmp_code=error.code)
            unannounced_at = icmp.QUOTE_MIN_BYTES - (20 if version == 4 else 40)
            extension.tell(answer, ancillary.extension_structure(error, data, unannounced_at))
            answer.reply_ttl = ttl
            headers = self._in_flight.quoted_headers.get(version)
            if headers is not None and attempt.template.request.detail:
                header = headers.header_of(error.sender, IPPROTO_TCP, attempt.template.address, data[:4])
                if header is not None:
                    answer.quoted_ttl, answer.quoted_tos = header.ttl, header.tos
            return self._timed(attempt, answer, rx_ns) or Answer(wire.NO_REPLY)

    def _established(self, attempt: Attempt, number: int) -> "Answer | None":
        """The target accepted; the kernel measured the RTT of the SYN itself."""
        answer = Answer(wire.REPLY, attempt.template.address)
        info = attempt.sock.getsockopt(IPPROTO_TCP, c.TCP_INFO, _INFO_BYTES)
        if len(info) == _INFO_BYTES:
            if _NUMBER.unpack_from(info, _RETRANSMISSIONS_AT)[0]:
                return None
            rtt_us = _NUMBER.unpack_from(info, _RTT_AT)[0]
            elapsed_us = (self._clocks.steady_ns() - attempt.steady_ns) // 1000
            if number == 0 and 0 < rtt_us <= elapsed_us + 1000:
                answer.rtt_us, answer.clock = rtt_us, stamps.KERNEL
                return answer
        return self._timed(attempt, answer, 0)

    def _timed(self, attempt: Attempt, answer: Answer, rx_ns: int, seen_ns: int = 0) -> "Answer | None":
        """The answer with its RTT; None if it may belong to a second SYN.

        ``rx_ns`` is the kernel's stamp of it, 0 if there is none; then it was ``seen_ns`` on the steady clock, or now.
        """
        departed_ns = attempt.departed_ns
        if rx_ns:  # within this host an answer comes before the call has returned
            departed_ns = min(departed_ns, max(rx_ns - attempt.real_ns, 0) // 2)
        steady_ns, real_ns = attempt.steady_ns + departed_ns, attempt.real_ns + departed_ns
        if rx_ns or not seen_ns:
            answer.rtt_us, answer.clock = self._clocks.round_trip(steady_ns, real_ns, 0, rx_ns)
        else:
            answer.rtt_us, answer.clock = (max(seen_ns - steady_ns, 0) + 500) // 1000, stamps.USER
        return answer if answer.rtt_us < _RETRANSMISSION_US else None

    def _end(self, attempt: Attempt) -> None:
        self._poller.unregister(attempt.fd)
        del self.attempts[attempt.fd]
        del self._by_serial[attempt.serial]
        attempt.sock.close()

    def forget(self, serial: int) -> bool:
        """End an attempt whose time is up; False if there is none."""
        attempt = self._by_serial.get(serial)
        if attempt is None:
            return False
        self._end(attempt)
        return True

    def next_due_us(self) -> "int | None":
        """When the oldest attempt is to be given up, on the steady clock."""
        for attempt in self.attempts.values():
            return attempt.steady_ns // 1000 + ATTEMPT_US
        return None

    def give_up(self, now_us: int) -> None:
        """End the attempts whose SYN is about to be sent again."""
        for attempt in list(self.attempts.values()):
            if attempt.steady_ns // 1000 + ATTEMPT_US > now_us:
                return
            self._end(attempt)
            word = wire.HOST_DOWN if self._waited(attempt, now_us) else wire.NO_REPLY
            self._in_flight.done.append((attempt.serial, Answer(word)))

    def _waited(self, attempt: Attempt, now_us: int) -> bool:
        """Whether an attempt's SYN still waits in this host for the link-layer address of the next hop.

        Not asked for mtr-packet's callers, which take it for a lost probe.
        """
        template = attempt.template
        request = template.request
        if not request.detail:
            return False
        age_us = now_us - attempt.steady_ns // 1000 - _NEIGHBOUR_SLACK_US
        # Where no question was open after this attempt began, none is that is as old as the attempt.
        where = _where(template)
        if now_us - self._asked_us.get(where, 0) < age_us:
            return False
        if len(self._asked_us) + len(self._waited_ns) >= _ASKED_MAX:
            self._asked_us.clear()
            self._waited_ns.clear()
        asked_us = neighbours.asked_for_us(template)
        if asked_us is None:
            self._asked_us[where] = now_us
        elif asked_us >= age_us:
            self._waited_ns[where] = now_us * 1000
            return True
        return False

    def close(self) -> None:
        """End everything."""
        for attempt in self.attempts.values():
            attempt.sock.close()
