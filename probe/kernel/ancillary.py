"""What the kernel hands over beside the bytes of a message: errors, time stamps, TTL.

Source: the control messages of recvmsg(2) as ip(7), ipv6(7) and Documentation/networking/timestamping.rst give them.
"""

from _socket import AF_INET, AF_INET6, inet_ntop
from struct import Struct
from sys import byteorder

from ..packet import extension
from . import constants as c

_STAMP = Struct("=qq").unpack_from
# errno, origin, type, code, pad, info; then the union: extension offset, flags, pad.
_EXTENDED_ERROR = Struct("=IBBBBIHBB")
_COUNTER = Struct("=I").unpack_from
_INT = Struct("=i").unpack_from
_V4_ADDRESS_AT = _EXTENDED_ERROR.size + 4
_V6_ADDRESS_AT = _EXTENDED_ERROR.size + 8

# Bytes that the control messages of one message may take.
SPACE_BYTES = 512

_STAMPS = frozenset(((c.SOL_SOCKET, c.SO_TIMESTAMPING), (c.SOL_SOCKET, c.SO_TIMESTAMPNS)))
_ERRORS = frozenset(((c.SOL_IP, c.IP_RECVERR), (c.SOL_IPV6, c.IPV6_RECVERR)))
_TTLS = frozenset(((c.SOL_IP, c.IP_TTL), (c.SOL_IPV6, c.IPV6_HOPLIMIT)))


def read(messages: "list[tuple[int, int, bytes]]") -> "tuple[bytes, int, int | None]":
    """The control messages of one received message: extended error, time stamp in ns, TTL.

    The error is empty if the message came by the ordinary queue, the stamp is 0 and the TTL None where missing.
    """
    error, stamp_ns, ttl = b"", 0, None
    for level, kind, data in messages:
        named = (level, kind)
        if named in _STAMPS:
            seconds, nanoseconds = _STAMP(data)
            stamp_ns = seconds * 1_000_000_000 + nanoseconds
        elif named in _ERRORS:
            error = data
        elif named in _TTLS:
            ttl = _INT(data)[0]
    return error, stamp_ns, ttl


def is_send_stamp(error: bytes) -> bool:
    """Whether an extended error only tells when a packet was sent."""
    return error[4] == c.ORIGIN_TIMESTAMPING


def send_stamp_counter(error: bytes) -> int:
    """Which send a send stamp is about, counted from 0 on its socket."""
    counter: int = _COUNTER(error, 12)[0]
    return counter


class ExtendedError:
    """A ``sock_extended_err`` with the address of who reported it (``sender``, text, empty when unknown).

    ``number`` is an errno; ``info`` an MTU where the error is about a packet's size.
    """

    __slots__ = ("code", "extension_at", "extension_valid", "info", "number", "origin", "sender", "type")

    def __init__(self, data: bytes) -> None:
        fields = _EXTENDED_ERROR.unpack_from(data)
        self.number, self.origin, self.type, self.code, _, self.info, self.extension_at, flags, _ = fields
        self.extension_valid = not flags & c.RFC4884_FLAG_INVALID
        family = int.from_bytes(data[16:18], byteorder)
        self.sender = ""
        if family == AF_INET and len(data) >= _V4_ADDRESS_AT + 4:
            self.sender = inet_ntop(AF_INET, data[_V4_ADDRESS_AT : _V4_ADDRESS_AT + 4])
        elif family == AF_INET6 and len(data) >= _V6_ADDRESS_AT + 16:
            self.sender = inet_ntop(AF_INET6, data[_V6_ADDRESS_AT : _V6_ADDRESS_AT + 16])

    @property
    def is_icmp(self) -> bool:
        """Whether somebody said so in an ICMP message; else it is this host's own."""
        return self.origin in {c.ORIGIN_ICMP, c.ORIGIN_ICMP6} and self.sender != ""


def extension_structure(error: ExtendedError, quoted: bytes, unannounced_at: int) -> bytes:
    """The extension structure of an ICMP error from the error queue, its checksum verified; empty: there is none.

    ``quoted`` is what the kernel handed back of the quoted packet; ``unannounced_at`` is where an extension begins in
    it whose place the message does not tell.
    """
    if error.extension_at:
        structure = quoted[error.extension_at :] if error.extension_valid else b""
    else:
        structure = quoted[unannounced_at:]
    return structure if extension.is_structure(structure, checksum_needed=not error.extension_at) else b""
