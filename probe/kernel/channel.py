"""One socket that probes leave by and whose queues bring their answers back, with the kernel's time stamps.

What ip(7) says of the error queue and this class takes care of: a pending ICMP error makes the next call on the
socket fail although that call has nothing to do with it, so a failed send is tried again; both queues are read until
they are empty; send stamps come by the error queue too, and are counted, not named.
"""

import errno
from _socket import socket as Socket  # noqa: N812 - a class

from .. import icmp_meaning, wire
from ..packet import extension, icmp
from ..wire import Answer
from . import ancillary
from . import constants as c
from .fragmentation import interface_mtu, set_fragmenting
from .in_flight import InFlight, Probe
from .rewrites import rewritten
from .sockets import DRAIN_MAX, raise_buffers
from .source import source_is_gone
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .sockets import SocketAddress
    from .stamps import Clocks

# Room for the longest quotation that comes by the error queue.
ERROR_BYTES = 2048
SEND_TRIES = 4
# Up to so many probes a second get a send stamp each; more would fill the error queue with stamps.
STAMPED_PER_S = 20_000
ADAPT_EVERY = 64
STAMPS_MAX = 1024  # that are waited for

# What is kept of a packet that comes back with its send stamp: the link's header and the one of IPv4.
LOOPED_BYTES = 96

_UNCOUNTED_FLAGS = c.RX_SOFTWARE | c.SOFTWARE
_COUNTED_FLAGS = _UNCOUNTED_FLAGS | c.OPT_ID


class Channel:
    """Base of the datagram and raw channels; ``match_error`` and ``drain_replies`` are the kind's own."""

    # Bytes of transport header that the kernel takes off a quotation, besides the IP header.
    transport_bytes = 0
    # Of IP.
    protocol = 0

    def __init__(self, sock: Socket, version: int, clocks: "Clocks", in_flight: InFlight) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        self.version = version
        self.flights: dict[int, Probe] = {}
        # Some that are answered already, for which a duplicate reply may come.
        self.answered: dict[int, Probe] = {}
        # Where an extension begins that nothing announces, in what the kernel leaves of a quotation.
        self._extension_at = icmp.QUOTE_MIN_BYTES - (20 if version == 4 else 40) - self.transport_bytes
        self._clocks = clocks
        self._steady_ns = clocks.steady_ns
        self._real_ns = clocks.real_ns
        self._in_flight = in_flight
        self._labels = False
        # Whether this socket serves a single probe and is then closed.
        self.one_probe = False
        # What the socket is set to: the last template and its options.
        self._template: Template | None = None
        self._ttl = 0
        self._tos = 0
        self._mark = 0
        self._whole = False
        # Whether a send failed because of an error that lay in the queue: then one is looked for before each send.
        self._errors_pend = False
        self._wants_ttl = False
        self._wants_packets = False
        self._stamped: dict[int, Probe] = {}
        self._stamps_on = True
        self._next_stamp = 0
        self._sends = 0
        self._adapted_ns = clocks.steady_ns()
        sock.setblocking(False)  # noqa: FBT003 - the socket's own interface
        raise_buffers(sock)
        set_fragmenting(sock, version, allowed=True)
        self._restart_stamps()

    # ---- sending

    def _prepare(self, template: Template) -> None:
        """Set what the next packet needs and the last one did not have."""
        if template.ttl != self._ttl:
            self._set(c.IP_TTL, c.IPV6_UNICAST_HOPS, template.ttl)
            self._ttl = template.ttl
        if template.tos != self._tos:
            self._set(c.IP_TOS, c.IPV6_TCLASS, template.tos)
            self._tos = template.tos
        if template.request.mark != self._mark:
            self.sock.setsockopt(c.SOL_SOCKET, c.SO_MARK, template.request.mark)
            self._mark = template.request.mark
        if template.request.dont_fragment != self._whole:
            set_fragmenting(self.sock, self.version, allowed=self._whole)
            self._whole = not self._whole
        if template.request.flow_label and not self._labels and self.version == 6:
            self.sock.setsockopt(c.SOL_IPV6, c.IPV6_FLOWINFO_SEND, 1)
            self._labels = True
        self._template = template

    def ask_for_ttl(self) -> None:
        """Have the TTL of answers handed over from now on."""
        if not self._wants_ttl:
            self._set(c.IP_RECVTTL, c.IPV6_RECVHOPLIMIT, 1)
            self._wants_ttl = True

    def ask_for_packets(self) -> None:
        """Have packets come back with their send stamps from now on."""
        if not self._wants_packets:
            self._wants_packets = True
            self.sock.setsockopt(c.SOL_SOCKET, c.SO_TIMESTAMPING, self._stamp_flags())

    def _set(self, v4_option: int, v6_option: int, value: int) -> None:
        if self.version == 4:
            self.sock.setsockopt(c.SOL_IP, v4_option, value)
        else:
            self.sock.setsockopt(c.SOL_IPV6, v6_option, value)

    def transmit(self, probe: Probe, packet: bytes, sockaddr: "SocketAddress") -> "Answer | None":
        """Send a probe's packet; None when it is in flight."""
        template = probe.template
        if self._errors_pend:
            self._take_pending_error()
        self._sends += 1
        if not self._sends % ADAPT_EVERY:
            self._adapt()
        try:
            if template is not self._template:
                self._prepare(template)
            probe.real_ns = self._real_ns()
            probe.steady_ns = self._steady_ns()
            if template.control:
                self.sock.sendmsg((packet,), template.control, 0, sockaddr)
            else:
                self.sock.sendto(packet, sockaddr)
        except OSError:
            answer = self._transmit_again(probe, packet, sockaddr)
            if answer is not None:
                return answer
        self.flights[probe.key] = probe
        self._in_flight.probes[probe.serial] = probe
        if self._stamps_on:
            self._stamped[self._next_stamp] = probe
            self._next_stamp = (self._next_stamp + 1) & 0xFFFFFFFF
            self._in_flight.stamped.add(self)
        return None

    def _transmit_again(self, probe: Probe, packet: bytes, sockaddr: "SocketAddress") -> "Answer | None":
        """Send after a failure that may have been another probe's."""
        number: int | None = 0
        for _ in range(SEND_TRIES):
            self._errors_pend = True
            if self._stamps_on:
                # Whether the failed send was counted depends on the kernel's version: count anew.
                self.drain_errors()
                self._restart_stamps()
            try:
                self._prepare(probe.template)
                probe.real_ns = self._real_ns()
                probe.steady_ns = self._steady_ns()
                self.sock.sendmsg((packet,), probe.template.control, 0, sockaddr)
            except OSError as error:
                number = error.errno
            else:
                return None
        if self._stamps_on:
            self._restart_stamps()
        if source_is_gone(probe.template):
            number = errno.EADDRNOTAVAIL  # the kernel says that the network cannot be reached
        answer = icmp_meaning.answer_to_send_error(number)
        if number == errno.EMSGSIZE:
            answer.mtu = interface_mtu(probe.template.request)
        return answer

    # ---- time stamps

    def _restart_stamps(self) -> None:
        # Counting begins at 0 when the kernel is first asked to count.
        self.sock.setsockopt(c.SOL_SOCKET, c.SO_TIMESTAMPING, _UNCOUNTED_FLAGS)
        self.sock.setsockopt(c.SOL_SOCKET, c.SO_TIMESTAMPING, self._stamp_flags())
        self._stamped.clear()
        self._next_stamp = 0

    def _stamp_flags(self) -> int:
        packets = 0 if self._wants_packets else c.OPT_TSONLY
        return _COUNTED_FLAGS | packets | (c.TX_SOFTWARE if self._stamps_on else 0)

    def _adapt(self) -> None:
        """Stop asking for send stamps while probes leave too fast for them, and read what has come meanwhile."""
        now_ns = self._steady_ns()
        on = (now_ns - self._adapted_ns) * STAMPED_PER_S > ADAPT_EVERY * 1_000_000_000
        self._adapted_ns = now_ns
        if len(self._stamped) > STAMPS_MAX:
            self._stamped.clear()  # what leaves by a device without send stamps would stay for ever
        if on != self._stamps_on:
            self._stamps_on = on
            self.sock.setsockopt(c.SOL_SOCKET, c.SO_TIMESTAMPING, self._stamp_flags())
        self.drain()

    # ---- receiving

    def drain(self) -> None:
        """Read both queues until they are empty: the error queue first, for the send stamps in it."""
        self.drain_errors()
        self.drain_replies()

    def drain_errors(self) -> None:
        """Read the error queue: send stamps, and ICMP errors where the kernel hands them over there."""
        recvmsg = self.sock.recvmsg
        try:
            for _ in range(DRAIN_MAX):
                self._take_error(*recvmsg(ERROR_BYTES, ancillary.SPACE_BYTES, c.MSG_ERRQUEUE))
        except OSError:  # it is empty
            return

    def _take_pending_error(self) -> None:
        """Read what would make the next send fail: one entry, or all where there are send stamps among them."""
        if self._stamps_on:
            self.drain_errors()
            return
        try:
            self._take_error(*self.sock.recvmsg(ERROR_BYTES, ancillary.SPACE_BYTES, c.MSG_ERRQUEUE))
        except OSError:
            self._errors_pend = False

    def _take_error(
        self, quoted: bytes, messages: "list[tuple[int, int, bytes]]", _: int, name: "tuple[str, int]"
    ) -> None:
        data, stamp_ns, ttl = ancillary.read(messages)
        if not data:
            return
        if ancillary.is_send_stamp(data):
            stamped = self._stamped.pop(ancillary.send_stamp_counter(data), None)
            if stamped is not None:
                stamped.tx_ns = stamp_ns
                stamped.looped = quoted[:LOOPED_BYTES]
            return
        error = ancillary.ExtendedError(data)
        probe = self.match_error(quoted, name, error.sender) if error.is_icmp else None
        if probe is None:
            return
        template = probe.template
        word = icmp_meaning.word_of(self.version, error.type, error.code)
        if word is not None:
            answer = Answer(word, error.sender, icmp_type=error.type, icmp_code=error.code)
            answer.mtu = icmp_meaning.next_hop_mtu(self.version, error.type, error.code, error.info)
            if self.is_unnumbered(quoted):
                answer.unnumbered = 1
            if error.extension_at or len(quoted) > self._extension_at:
                extension.tell(answer, ancillary.extension_structure(error, quoted, self._extension_at))
            headers = self._in_flight.quoted_headers.get(self.version)
            if headers is not None and template.request.detail:
                header = headers.header_of(error.sender, self.protocol, template.address, self.identity(quoted, name))
                if header is not None:
                    answer.quoted_ttl, answer.quoted_tos = header.ttl, header.tos
                    answer.rewritten = rewritten(self, probe, header.source, header.identification, header.checksum)
            self.finish(probe, answer, stamp_ns, ttl)

    def checksums(self, probe: Probe) -> "tuple[bytes, ...]":  # noqa: ARG002 - UDP has one that is quoted
        """The transport checksums that a probe may have when it is quoted, given its template's source."""
        return ()

    def match_error(self, quoted: bytes, name: "tuple[str, int]", sender: str) -> "Probe | None":
        """The probe that an error from ``sender`` is about, in flight or answered; ``name`` is where it was sent."""
        raise NotImplementedError

    def is_unnumbered(self, quoted: bytes) -> bool:  # noqa: ARG002 - most quotations name their probe
        """Whether an error quotes too little of a probe to name it among others of its flow."""
        return False

    def identity(self, quoted: bytes, name: "tuple[str, int]") -> bytes:
        """The four bytes that identify the quoted packet: its ports, or its ICMP identifier and sequence number."""
        raise NotImplementedError

    def drain_replies(self) -> None:
        """Read the ordinary queue."""
        raise NotImplementedError

    def finish(self, probe: Probe, answer: Answer, rx_ns: int, ttl: "int | None") -> None:
        """Complete an answer with times and TTL, and hand it over; the second one to a probe is named ``duplicate``."""
        answer.rtt_us, answer.clock = self._clocks.round_trip(probe.steady_ns, probe.real_ns, probe.tx_ns, rx_ns)
        answer.reply_ttl = ttl
        in_flight = self._in_flight
        in_flight.done.append((probe.serial, answer))
        if in_flight.probes.pop(probe.serial, None) is None:
            answer.word = wire.DUPLICATE
            if self.answered.get(probe.key) is probe:  # its port may have been another's since
                del self.answered[probe.key]  # a third one is not told
            in_flight.unnumber(probe)
            return
        del self.flights[probe.key]
        if probe.template.request.detail:
            in_flight.remember(probe)

    def forget(self, probe: Probe) -> None:
        """A probe's time is up. What comes late must not be taken for another's that once had its key."""
        self.flights.pop(probe.key, None)
        self.answered.pop(probe.key, None)
        self._in_flight.unnumber(probe)

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()
