"""What an ICMP message, or the error of a send, means for a probe (RFC 792, RFC 4443; errno(3))."""

import errno

from . import wire
from .packet import extension, icmp, ip
from .packet.checksum import ones_complement_sum
from .packet.cursor import PacketError
from .wire import Answer

ECHO_REQUEST = {4: icmp.ECHO_REQUEST, 6: icmp.V6_ECHO_REQUEST}
ECHO_REPLY = {4: icmp.ECHO_REPLY, 6: icmp.V6_ECHO_REPLY}
ICMP_PROTOCOL = {4: ip.ICMP, 6: ip.ICMPV6}
_PORT_UNREACHABLE = {4: (icmp.DESTINATION_UNREACHABLE, icmp.PORT_UNREACHABLE_CODE), 6: (1, 4)}
_TIME_EXCEEDED = {4: icmp.TIME_EXCEEDED, 6: icmp.V6_TIME_EXCEEDED}
_UNREACHABLE = {
    4: frozenset((icmp.DESTINATION_UNREACHABLE, icmp.PARAMETER_PROBLEM)),
    # A parameter problem is how a host says in IPv6 that it does not know a protocol (RFC 8200 section 4).
    6: frozenset((icmp.V6_DESTINATION_UNREACHABLE, icmp.V6_PACKET_TOO_BIG, icmp.V6_PARAMETER_PROBLEM)),
}

_SEND_ERRORS = {
    errno.EINVAL: wire.INVALID_ARGUMENT,
    errno.ENETDOWN: wire.NETWORK_DOWN,
    errno.EHOSTDOWN: wire.HOST_DOWN,
    errno.ENETUNREACH: wire.NO_ROUTE,
    errno.EHOSTUNREACH: wire.NO_ROUTE,
    errno.EPERM: wire.PERMISSION_DENIED,
    errno.EACCES: wire.PERMISSION_DENIED,
    errno.EADDRINUSE: wire.ADDRESS_IN_USE,
    errno.EADDRNOTAVAIL: wire.ADDRESS_NOT_AVAILABLE,
}


def word_of(version: int, icmp_type: int, icmp_code: int) -> "str | None":
    """The answer word for an ICMP error; None for one that does not end a probe (redirect, source quench)."""
    if icmp_type == _TIME_EXCEEDED[version]:
        return wire.TTL_EXPIRED
    if (icmp_type, icmp_code) == _PORT_UNREACHABLE[version]:
        return wire.REPLY
    return wire.NO_ROUTE if icmp_type in _UNREACHABLE[version] else None


def next_hop_mtu(version: int, icmp_type: int, icmp_code: int, info: int) -> "int | None":
    """What a router says that the next link takes, in bytes; None for an error that is not about a packet's size.

    ``info`` is the second word of the message's header (RFC 1191 section 4: its lower half; RFC 4443 section 3.2: all
    of it). Elsewhere that word means something else. 0: an old router, which leaves the field empty (RFC 792).
    """
    if version == 4 and (icmp_type, icmp_code) == (icmp.DESTINATION_UNREACHABLE, icmp.FRAGMENTATION_NEEDED_CODE):
        return info & 0xFFFF
    return info if version == 6 and icmp_type == icmp.V6_PACKET_TOO_BIG else None


def answer_to_send_error(number: "int | None") -> Answer:
    """The answer to a probe whose send failed with this errno."""
    word = _SEND_ERRORS.get(number or 0)
    if word is None:
        return Answer(wire.UNEXPECTED_ERROR, reason=str(number or 0))
    return Answer(word)


class Heard:
    """An ICMP message that answers an echo request, by its content.

    ``destination`` is where the request was sent, ``source`` where from, as quoted (packed); empty in a reply. ``echo``
    begins with the header of reply or request. ``identification`` is the quoted one of IPv4.
    ``answer`` lacks address and times.
    """

    __slots__ = ("answer", "destination", "echo", "identification", "source")

    def __init__(
        self, answer: Answer, destination: bytes, echo: bytes, source: bytes = b"", identification: int = 0
    ) -> None:
        self.answer = answer
        self.destination = destination
        self.echo = echo
        self.source = source
        self.identification = identification


def icmp_message(version: int, data: bytes) -> bytes:
    """The ICMP message in what a raw socket hands over; empty if it is none, or its checksum is wrong.

    IPv4 comes with its header. Of ICMPv6 messages the kernel has verified the checksum.
    """
    if version == 4:
        if len(data) < 20:
            return b""
        data = data[(data[0] & 15) * 4 :]
        if ones_complement_sum(data) != 65535:
            return b""
    return data if len(data) >= 8 else b""


def heard(version: int, message: bytes) -> "Heard | None":
    """What a whole ICMP message says about an echo request; None if it is about something else, or malformed."""
    answer = Answer(wire.REPLY, icmp_type=message[0], icmp_code=message[1])
    if message[0] == ECHO_REPLY[version]:
        return Heard(answer, b"", message)
    word = word_of(version, message[0], message[1])
    if word is None:
        return None
    parsed = icmp.parse(message)
    try:
        quoted = icmp.quoted_packet(version, parsed)
    except PacketError:
        return None
    if quoted.protocol != ICMP_PROTOCOL[version] or quoted.fragment_offset or len(quoted.payload) < 8:
        return None
    if quoted.payload[0] != ECHO_REQUEST[version]:
        return None
    answer.word = word
    answer.mtu = next_hop_mtu(version, parsed.type, parsed.code, int.from_bytes(parsed.rest, "big"))
    extension.tell(answer, extension.structure_of(version, parsed))
    answer.quoted_ttl = quoted.ttl
    answer.quoted_tos = quoted.tos
    return Heard(answer, quoted.destination, quoted.payload, quoted.source, quoted.identification)
