"""ICMP errors about UDP probes that no error queue is given, told by the number that their payload begins with.

A translator that does not put back in what routers quote the source port, or the address, that it has rewritten keeps
the error from the kernel's error queues: no socket has the quoted source. Raw sockets hear it all the same. The source
proves nothing then, and another process may well probe the same port of the same target, with a payload as plain as
ours. So probes whose answers may come so carry a number of 32 bits that each process begins at random, as a TCP
connection does its own (RFC 9293 section 3.4.1), and an error is theirs only where the number is quoted and nothing
else in the quotation contradicts. What quotes eight bytes of UDP, as RFC 792 asks for at least, is dropped: the
checksum in them is that of another's packet too often. So is what is about a payload that has no number.
"""

from _socket import inet_pton

from .. import icmp_meaning
from ..packet import extension, icmp, ip, udp
from ..wire import Answer
from .rewrites import rewritten, template_source
from .sockets import FAMILY
from .udp import NUMBER_BYTES, UdpChannel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .channel import Channel
    from .in_flight import Carrier, InFlight, Probe

# Errors kept until the queues of the channels have been read; more come of nothing but a flood.
HEARD_MAX = 4096


class Quotation:
    """An ICMP error as a raw socket heard it: ``quoted`` is the UDP packet that it is about.

    ``sender`` is text without a zone, ``rx_ns`` the kernel's stamp, 0 where missing, ``ttl`` the message's own.
    """

    __slots__ = ("message", "quoted", "rx_ns", "sender", "ttl")

    def __init__(self, sender: str, message: icmp.Message, quoted: ip.Packet, rx_ns: int, ttl: "int | None") -> None:
        self.sender = sender
        self.message = message
        self.quoted = quoted
        self.rx_ns = rx_ns
        self.ttl = ttl


class UnclaimedErrors:
    """The errors without a socket that were heard, and the probes that they may be about.

    ``channels`` are all open ones, by descriptor.
    """

    def __init__(self, channels: "dict[int, Channel]", in_flight: "InFlight") -> None:
        self.heard: list[tuple[Probe, Quotation]] = []
        self._channels = channels
        self._numbered = in_flight.numbered

    def take(self, sender: str, message: icmp.Message, quoted: ip.Packet, rx_ns: int, ttl: "int | None") -> bool:
        """Keep an error about a UDP packet, if it is about a probe of ours and no error queue is given it."""
        number = quoted.payload[8 : 8 + NUMBER_BYTES]
        probe = self._numbered.get(int.from_bytes(number, "big")) if len(number) == NUMBER_BYTES else None
        if probe is None or quoted.fragment_offset:
            return False
        source, port = quoted.source, int.from_bytes(quoted.payload[:2], "big")
        if _finds(probe.channel, source, port) or any(_finds(one, source, port) for one in self._channels.values()):
            return False
        if not _is_about(probe, message, quoted):
            return False
        if len(self.heard) < HEARD_MAX:
            self.heard.append((probe, Quotation(sender, message, quoted, rx_ns, ttl)))
        return True

    def answers(self) -> "Iterator[tuple[Probe, Answer, Quotation]]":
        """What has been heard since the last call: each probe, still without its times, as long as it may be answered.

        Each is to be finished before the next one is asked for.
        """
        heard, self.heard = self.heard, []
        for probe, quotation in heard:
            if self._numbered.get(probe.number) is probe and self._channels.get(probe.channel.fd) is probe.channel:
                answer = _answer(probe, quotation)
                if answer is not None:
                    yield probe, answer, quotation


def _finds(channel: "Carrier", source: bytes, port: int) -> bool:
    """Whether the kernel gives a channel's socket an error about a UDP packet from there: ``__udp4_lib_err`` in udp.c.

    The other end is left out, which connected sockets look at too: in doubt it does.
    """
    if not isinstance(channel, UdpChannel) or channel.local_port != port:
        return False
    return channel.local_address in {source, bytes(len(source))}


def _is_about(probe: "Probe", message: icmp.Message, quoted: ip.Packet) -> bool:
    """Whether a quotation that has a probe's number has its target, port, length and payload too."""
    channel, template = probe.channel, probe.template
    assert isinstance(channel, UdpChannel)
    if channel.version != quoted.version or quoted.destination != inet_pton(FAMILY[channel.version], template.address):
        return False
    body = channel.body(probe)
    datagram = udp.parse(quoted.payload)
    if datagram.destination_port != channel.port_of(probe) or datagram.length != 8 + len(body):
        return False
    data = datagram.data
    structure = b"" if icmp.quoted_length(channel.version, message) else message.body[icmp.QUOTE_MIN_BYTES :]
    if extension.is_structure(structure, checksum_needed=True):
        # An old router's, unannounced: the quote ends where it begins.
        begin = min(quoted.length, len(message.body)) - len(data)
        data = data[: max(icmp.QUOTE_MIN_BYTES - begin, 0)]
    return body.startswith(data)


def _answer(probe: "Probe", quotation: Quotation) -> "Answer | None":
    """The answer that a quotation gives to its probe; None if the checksum speaks against that, or nothing ends it."""
    channel, quoted, message = probe.channel, quotation.quoted, quotation.message
    assert isinstance(channel, UdpChannel)
    version, datagram = channel.version, udp.parse(quoted.payload)
    word = icmp_meaning.word_of(version, message.type, message.code)
    source = template_source(channel, probe.template, quoted.source)
    # Where the address is put back and the port is not, the checksum may be that of an address that is not told.
    if word is None or not source or (quoted.source != source and not _fits(probe, quoted.source, datagram)):
        return None
    answer = Answer(word, quotation.sender, icmp_type=message.type, icmp_code=message.code)
    answer.mtu = icmp_meaning.next_hop_mtu(version, message.type, message.code, int.from_bytes(message.rest, "big"))
    extension.tell(answer, extension.structure_of(version, message))
    answer.quoted_ttl, answer.quoted_tos = quoted.ttl, quoted.tos
    moved = datagram.source_port != channel.local_port
    checksum, identification = quoted.payload[6:8], quoted.identification
    answer.rewritten = rewritten(channel, probe, quoted.source, identification, checksum, moved=moved)
    return answer


def _fits(probe: "Probe", source: bytes, datagram: udp.Datagram) -> bool:
    """Whether a quoted checksum is the probe's as it was sent, or as it fits the quoted source (RFC 1624)."""
    channel = probe.channel
    assert isinstance(channel, UdpChannel)
    checksum = datagram.checksum.to_bytes(2, "big")
    return checksum in channel.checksums(probe) + channel.checksums(probe, source, datagram.source_port)
