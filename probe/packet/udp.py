"""UDP headers (RFC 768; over IPv6 RFC 8200 section 8.1)."""

import struct

from ..record import Record
from . import ip
from .checksum import internet_checksum, pseudo_header
from .cursor import Cursor

_HEADER = struct.Struct(">HHHH")


class Datagram(Record):
    """A datagram; ``length`` is that of header and data by the header, ``data`` may be shorter where quoted."""

    __slots__ = ("checksum", "data", "destination_port", "length", "source_port")

    def __init__(
        self, source_port: int, destination_port: int, data: bytes, length: int = 0, checksum: int = 0
    ) -> None:
        self.source_port = source_port
        self.destination_port = destination_port
        self.data = data
        self.length = length
        self.checksum = checksum


def build(datagram: Datagram, source: bytes, destination: bytes) -> bytes:
    """The datagram's bytes, with length and checksum computed; a checksum of 0 is sent as 65535."""
    length = _HEADER.size + len(datagram.data)
    header = _HEADER.pack(datagram.source_port, datagram.destination_port, length, 0)
    checksum = internet_checksum(pseudo_header(source, destination, ip.UDP, length) + header + datagram.data)
    return header[:6] + (checksum or 65535).to_bytes(2, "big") + datagram.data


def parse(data: bytes) -> Datagram:
    """Read a datagram, whole or quoted.

    Raises:
        PacketError: it is shorter than its header.
    """
    cursor = Cursor(data)
    source_port, destination_port, length, checksum = _HEADER.unpack(cursor.take(_HEADER.size))
    return Datagram(source_port, destination_port, cursor.rest(), length, checksum)
