"""TCP headers (RFC 9293 section 3.1)."""

import struct

from ..record import Record
from . import ip
from .checksum import internet_checksum, pseudo_header
from .cursor import Cursor, PacketError

FIN = 1
SYN = 2
RST = 4
ACK = 16

_HEADER = struct.Struct(">HHIIBBHHH")


class Segment(Record):
    """A segment; ``flags`` are the control bits above."""

    __slots__ = ("acknowledgment", "data", "destination_port", "flags", "options", "sequence", "source_port", "window")

    def __init__(
        self,
        source_port: int,
        destination_port: int,
        *,
        sequence: int = 0,
        acknowledgment: int = 0,
        flags: int = SYN,
        window: int = 65535,
        options: bytes = b"",
        data: bytes = b"",
    ) -> None:
        self.source_port = source_port
        self.destination_port = destination_port
        self.sequence = sequence
        self.acknowledgment = acknowledgment
        self.flags = flags
        self.window = window
        self.options = options
        self.data = data


def build(segment: Segment, source: bytes, destination: bytes) -> bytes:
    """The segment's bytes, with data offset and checksum computed."""
    options = segment.options + bytes(-len(segment.options) % 4)
    header = _HEADER.pack(
        segment.source_port,
        segment.destination_port,
        segment.sequence,
        segment.acknowledgment,
        (_HEADER.size + len(options)) // 4 << 4,
        segment.flags,
        segment.window,
        0,
        0,
    )
    data = header + options + segment.data
    checksum = internet_checksum(pseudo_header(source, destination, ip.TCP, len(data)) + data)
    return data[:16] + checksum.to_bytes(2, "big") + data[18:]


def parse(data: bytes) -> Segment:
    """Read a whole segment.

    Raises:
        PacketError: it is shorter than its header says.
    """
    cursor = Cursor(data)
    fields = _HEADER.unpack(cursor.take(_HEADER.size))
    source_port, destination_port, sequence, acknowledgment, offset, flags, window, _, _ = fields
    header_length = (offset >> 4) * 4
    if header_length < _HEADER.size:
        raise PacketError(f"data offset {offset >> 4}")
    return Segment(
        source_port,
        destination_port,
        sequence=sequence,
        acknowledgment=acknowledgment,
        flags=flags,
        window=window,
        options=cursor.take(header_length - _HEADER.size),
        data=cursor.rest(),
    )


def parse_quoted(data: bytes) -> "tuple[int, int, int]":
    """Source port, destination port and sequence number: the eight bytes that every quote holds (RFC 792).

    Raises:
        PacketError: fewer than eight bytes are quoted.
    """
    cursor = Cursor(data)
    return cursor.number(2), cursor.number(2), cursor.number(4)


def answer(segment: Segment, *, accept: bool, sequence: int = 0) -> Segment:
    """What a host answers to a SYN: SYN and ACK where the port is open, else a reset (RFC 9293 section 3.5)."""
    return Segment(
        segment.destination_port,
        segment.source_port,
        sequence=sequence if accept else 0,
        acknowledgment=(segment.sequence + 1 + len(segment.data)) & 0xFFFFFFFF,
        flags=SYN | ACK if accept else RST | ACK,
        window=65535 if accept else 0,
    )
