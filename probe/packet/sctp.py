"""SCTP packets with an INIT chunk and the chunks that answer it (RFC 9260 sections 3.1, 3.2, 3.3.2, 3.3.3, 3.3.7)."""

import struct

from ..record import Record
from .checksum import crc32c
from .cursor import Cursor, PacketError

INIT = 1
INIT_ACK = 2
ABORT = 6

_COMMON = struct.Struct(">HHI")
_INIT = struct.Struct(">IIHHI")
_WINDOW_BYTES = 65536  # the least that section 3.3.2 lets a receiver advertise is 1500
_STREAMS = 1
_COOKIE_PARAMETER = struct.pack(">HH4s", 7, 8, b"hops")  # INIT ACK must carry one (section 3.3.3)


class Packet(Record):
    """An SCTP packet of one chunk; ``value`` is the chunk's, without its header and padding."""

    __slots__ = ("chunk", "destination_port", "flags", "source_port", "tag", "value")

    def __init__(
        self, source_port: int, destination_port: int, tag: int, chunk: int, value: bytes = b"", *, flags: int = 0
    ) -> None:
        self.source_port = source_port
        self.destination_port = destination_port
        self.tag = tag
        self.chunk = chunk
        self.value = value
        self.flags = flags

    @property
    def initiate_tag(self) -> int:
        """Of an INIT or INIT ACK."""
        return int.from_bytes(self.value[:4], "big")


def init(source_port: int, destination_port: int, initiate_tag: int) -> Packet:
    """A packet that asks for an association; the tag is not 0 and is returned in answers."""
    value = _INIT.pack(initiate_tag, _WINDOW_BYTES, _STREAMS, _STREAMS, initiate_tag)
    return Packet(source_port, destination_port, 0, INIT, value)


def answer(packet: Packet, *, accept: bool, tag: int = 1) -> Packet:
    """What a host answers to INIT: INIT ACK where somebody listens, else ABORT (sections 5.1 and 8.4)."""
    ports = packet.destination_port, packet.source_port
    if accept:
        value = _INIT.pack(tag, _WINDOW_BYTES, _STREAMS, _STREAMS, tag) + _COOKIE_PARAMETER
        return Packet(*ports, packet.initiate_tag, INIT_ACK, value)
    return Packet(*ports, packet.initiate_tag, ABORT)


def build(packet: Packet) -> bytes:
    """The packet's bytes, with lengths and CRC32c computed."""
    head = _COMMON.pack(packet.source_port, packet.destination_port, packet.tag)
    chunk = struct.pack(">BBH", packet.chunk, packet.flags, 4 + len(packet.value)) + packet.value
    chunk += bytes(-len(chunk) % 4)
    return head + crc32c(head + bytes(4) + chunk).to_bytes(4, "little") + chunk


def verify(data: bytes) -> bool:
    """Whether the CRC32c of a packet is right."""
    return len(data) >= 12 and crc32c(data[:8] + bytes(4) + data[12:]) == int.from_bytes(data[8:12], "little")


def parse(data: bytes) -> Packet:
    """Read a packet's common header and first chunk; the CRC32c is ``verify``'s business.

    Raises:
        PacketError: it is truncated, or the chunk's length is less than its header's.
    """
    cursor = Cursor(data)
    source_port, destination_port, tag = _COMMON.unpack(cursor.take(_COMMON.size))
    cursor.take(4)
    chunk, flags, length = cursor.number(1), cursor.number(1), cursor.number(2)
    if length < 4:
        raise PacketError(f"chunk length {length}")
    return Packet(source_port, destination_port, tag, chunk, cursor.take(length - 4), flags=flags)


def parse_quoted(data: bytes) -> "tuple[int, int, int]":
    """Source port, destination port and verification tag: the eight bytes that every quote holds.

    Raises:
        PacketError: fewer than eight bytes are quoted.
    """
    ports = _COMMON.unpack(Cursor(data).take(_COMMON.size))
    return ports[0], ports[1], ports[2]
