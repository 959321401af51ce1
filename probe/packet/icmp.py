"""ICMP (RFC 792) and ICMPv6 (RFC 4443) messages, with the length field of RFC 4884."""

from ..record import Record
from . import ip
from .checksum import internet_checksum, pseudo_header
from .cursor import Cursor

ECHO_REPLY = 0
DESTINATION_UNREACHABLE = 3
ECHO_REQUEST = 8
TIME_EXCEEDED = 11
PARAMETER_PROBLEM = 12
NETWORK_UNREACHABLE_CODE = 0
HOST_UNREACHABLE_CODE = 1
PROTOCOL_UNREACHABLE_CODE = 2
PORT_UNREACHABLE_CODE = 3
FRAGMENTATION_NEEDED_CODE = 4  # RFC 1191 section 4: the next hop's MTU in the last 16 bits
PROHIBITED_CODE = 13  # RFC 1812 section 5.2.7.1

V6_DESTINATION_UNREACHABLE = 1
V6_PACKET_TOO_BIG = 2
V6_TIME_EXCEEDED = 3
V6_PARAMETER_PROBLEM = 4
V6_ECHO_REQUEST = 128
V6_ECHO_REPLY = 129
V6_NO_ROUTE_CODE = 0
V6_PROHIBITED_CODE = 1
V6_ADDRESS_UNREACHABLE_CODE = 3
V6_PORT_UNREACHABLE_CODE = 4

# Messages with a length field, and so possibly with extensions (RFC 4884 section 4).
EXTENSIBLE = {4: frozenset((3, 11, 12)), 6: frozenset((1, 3))}
# Messages that quote the packet that caused them.
ERRORS = {4: frozenset((3, 4, 5, 11, 12)), 6: frozenset(range(1, 128))}

# RFC 4884 sections 4.1 to 4.5: a quote before an extension is padded to this size at least.
QUOTE_MIN_BYTES = 128


class Message(Record):
    """An ICMP message: ``rest`` are the second four bytes of its header, ``body`` what follows them."""

    __slots__ = ("body", "code", "rest", "type")

    def __init__(self, type: int, code: int, rest: bytes, body: bytes) -> None:  # noqa: A002 - the RFCs' word
        self.type = type
        self.code = code
        self.rest = rest
        self.body = body

    @property
    def identifier(self) -> int:
        """Of an echo or its reply."""
        return int.from_bytes(self.rest[:2], "big")

    @property
    def sequence(self) -> int:
        """Of an echo or its reply."""
        return int.from_bytes(self.rest[2:], "big")


def echo_request(version: int, identifier: int, sequence: int, payload: bytes) -> Message:
    """An echo request (RFC 792 page 14, RFC 4443 section 4.1)."""
    rest = identifier.to_bytes(2, "big") + sequence.to_bytes(2, "big")
    return Message(ECHO_REQUEST if version == 4 else V6_ECHO_REQUEST, 0, rest, payload)


def echo_reply(version: int, request: Message) -> Message:
    """What a host answers to an echo request."""
    return Message(ECHO_REPLY if version == 4 else V6_ECHO_REPLY, 0, request.rest, request.body)


def error(
    version: int,
    type: int,  # noqa: A002 - the RFCs' word
    code: int,
    quote: bytes,
    *,
    info: int = 0,
    extension: bytes = b"",
) -> Message:
    """An error message about the packet whose beginning is ``quote``.

    ``info`` is the number in the second word (MTU). With an extension the quote is padded with zeros and its length
    given, in words of 32 bits in ICMP (byte 5) and of 64 bits in ICMPv6 (byte 4).
    """
    rest = bytearray(info.to_bytes(4, "big"))
    if extension:
        unit = 4 if version == 4 else 8
        quote += bytes(max(QUOTE_MIN_BYTES - len(quote), -len(quote) % unit))
        rest[1 if version == 4 else 0] = len(quote) // unit
    return Message(type, code, bytes(rest), quote + extension)


def build(message: Message, source: bytes = b"", destination: bytes = b"") -> bytes:
    """The message's bytes; ICMPv6 needs the addresses of the packet, since its checksum covers them."""
    data = bytes((message.type, message.code, 0, 0)) + message.rest + message.body
    covered = pseudo_header(source, destination, ip.ICMPV6, len(data)) + data if len(source) == 16 else data
    return data[:2] + internet_checksum(covered).to_bytes(2, "big") + data[4:]


def verify(data: bytes, source: bytes = b"", destination: bytes = b"") -> bool:
    """Whether the checksum of a message is right; ICMPv6 needs the addresses."""
    covered = pseudo_header(source, destination, ip.ICMPV6, len(data)) + data if len(source) == 16 else data
    return internet_checksum(covered) == 0


def parse(data: bytes) -> Message:
    """Read a message; its checksum is ``verify``'s business.

    Raises:
        PacketError: it is shorter than its header.
    """
    cursor = Cursor(data)
    type_, code = cursor.number(1), cursor.number(1)
    cursor.take(2)
    return Message(type_, code, cursor.take(4), cursor.rest())


def quoted_length(version: int, message: Message) -> int:
    """How many bytes of the body quote the packet by the message's length field; 0: it has none (RFC 4884)."""
    if message.type not in EXTENSIBLE[version]:
        return 0
    return message.rest[1] * 4 if version == 4 else message.rest[0] * 8


def quoted_packet(version: int, message: Message) -> ip.Packet:
    """The packet that an error message is about, as far as it is quoted.

    Raises:
        PacketError: what is quoted is no IP header.
    """
    length = quoted_length(version, message) or len(message.body)
    return ip.parse(message.body[:length], quoted=True)
