"""IPv4 (RFC 791 section 3.1) and IPv6 (RFC 8200 sections 3 and 4) headers."""

import struct

from ..record import Record
from .checksum import internet_checksum
from .cursor import Cursor, PacketError

ICMP = 1
TCP = 6
UDP = 17
ICMPV6 = 58
SCTP = 132

_HOP_BY_HOP = 0
_ROUTING = 43
_FRAGMENT = 44
_AUTHENTICATION = 51
_DESTINATION_OPTIONS = 60
_EXTENSION_HEADERS = frozenset((_HOP_BY_HOP, _ROUTING, _FRAGMENT, _AUTHENTICATION, _DESTINATION_OPTIONS))

_V4 = struct.Struct(">BBHHHBBH4s4s")
_V6 = struct.Struct(">IHBB16s16s")


class Packet(Record):
    """An IP packet of either version.

    ``tos`` is type of service or traffic class, ``ttl`` also the hop limit, ``protocol`` that of the upper layer even
    where IPv6 extension headers stand before it. ``extension_headers`` are pairs of their number and their bytes (the
    first byte, next header, is set when building). ``length`` is the size of the whole packet by its header, 0 to
    compute it when building; a quoted packet's payload may be shorter.
    """

    __slots__ = (
        "destination",
        "dont_fragment",
        "extension_headers",
        "flow_label",
        "fragment_offset",
        "identification",
        "length",
        "more_fragments",
        "options",
        "payload",
        "protocol",
        "source",
        "tos",
        "ttl",
        "version",
    )

    def __init__(
        self,
        source: bytes,
        destination: bytes,
        protocol: int,
        payload: bytes,
        *,
        ttl: int = 64,
        tos: int = 0,
        identification: int = 0,
        dont_fragment: bool = False,
        more_fragments: bool = False,
        fragment_offset: int = 0,
        flow_label: int = 0,
        options: bytes = b"",
        extension_headers: "tuple[tuple[int, bytes], ...]" = (),
        length: int = 0,
    ) -> None:
        self.version = 4 if len(source) == 4 else 6
        self.source = source
        self.destination = destination
        self.protocol = protocol
        self.payload = payload
        self.ttl = ttl
        self.tos = tos
        self.identification = identification
        self.dont_fragment = dont_fragment
        self.more_fragments = more_fragments
        self.fragment_offset = fragment_offset
        self.flow_label = flow_label
        self.options = options
        self.extension_headers = extension_headers
        self.length = length


def build(packet: Packet) -> bytes:
    """The packet's bytes, with length and header checksum computed."""
    return _build_v4(packet) if packet.version == 4 else _build_v6(packet)


def _build_v4(packet: Packet) -> bytes:
    options = packet.options + bytes(-len(packet.options) % 4)
    header_length = 20 + len(options)
    fragment = packet.dont_fragment << 14 | packet.more_fragments << 13 | packet.fragment_offset // 8
    header = _V4.pack(
        0x40 | header_length // 4,
        packet.tos,
        packet.length or header_length + len(packet.payload),
        packet.identification,
        fragment,
        packet.ttl,
        packet.protocol,
        0,
        packet.source,
        packet.destination,
    )
    header += options
    return header[:10] + internet_checksum(header).to_bytes(2, "big") + header[12:] + packet.payload


def _build_v6(packet: Packet) -> bytes:
    chain = b""
    next_header = packet.protocol
    for number, body in reversed(packet.extension_headers):
        chain = bytes((next_header,)) + body[1:] + chain
        next_header = number
    payload = chain + packet.payload
    first_word = 6 << 28 | packet.tos << 20 | packet.flow_label
    length = packet.length - 40 if packet.length else len(payload)
    return _V6.pack(first_word, length, next_header, packet.ttl, packet.source, packet.destination) + payload


def parse(data: bytes, *, quoted: bool = False) -> Packet:
    """Read a whole packet, or with ``quoted`` the beginning of one as an ICMP error returns it.

    The header checksum is verified unless quoted: a router may have changed the header before quoting it.

    Raises:
        PacketError: it is no IP packet, or is truncated where it may not be.
    """
    version = Cursor(data).number(1) >> 4
    if version == 4:
        return _parse_v4(data, quoted=quoted)
    if version == 6:
        return _parse_v6(data, quoted=quoted)
    raise PacketError(f"IP version {version}")


def _end(data: bytes, header_length: int, length: int, *, quoted: bool) -> int:
    if length < header_length:
        raise PacketError(f"length {length} ends before the header does")
    if length > len(data) and not quoted:
        raise PacketError(f"length {length}, but {len(data)} bytes")
    return min(length, len(data))


def _parse_v4(data: bytes, *, quoted: bool) -> Packet:
    cursor = Cursor(data)
    fields = _V4.unpack(cursor.take(_V4.size))
    first, tos, length, identification, fragment, ttl, protocol, _, source, destination = fields
    header_length = (first & 0x0F) * 4
    if header_length < 20:
        raise PacketError(f"header length {header_length}")
    options = cursor.take(header_length - 20)
    if not quoted and internet_checksum(data[:header_length]):
        raise PacketError("wrong header checksum")
    end = _end(data, header_length, length, quoted=quoted)
    return Packet(
        source,
        destination,
        protocol,
        data[header_length:end],
        ttl=ttl,
        tos=tos,
        identification=identification,
        dont_fragment=bool(fragment & 0x4000),
        more_fragments=bool(fragment & 0x2000),
        fragment_offset=(fragment & 0x1FFF) * 8,
        options=options,
        length=length,
    )


def _parse_v6(data: bytes, *, quoted: bool) -> Packet:
    cursor = Cursor(data)
    first_word, payload_length, next_header, hop_limit, source, destination = _V6.unpack(cursor.take(_V6.size))
    cursor.end = _end(data, 40, 40 + payload_length, quoted=quoted)
    headers = []
    fragment = 0
    while next_header in _EXTENSION_HEADERS and not fragment >> 3:
        start = cursor.position
        number, following, length = next_header, cursor.number(1), cursor.number(1)
        if number == _FRAGMENT:
            size = 8
            fragment = cursor.number(2)
        else:
            size = (length + 2) * 4 if number == _AUTHENTICATION else (length + 1) * 8
        cursor.position = start
        headers.append((number, cursor.take(size)))
        next_header = following
    return Packet(
        source,
        destination,
        next_header,
        cursor.rest(),
        ttl=hop_limit,
        tos=first_word >> 20 & 0xFF,
        more_fragments=bool(fragment & 1),
        fragment_offset=fragment & 0xFFF8,
        flow_label=first_word & 0xFFFFF,
        extension_headers=tuple(headers),
        length=40 + payload_length,
    )
