"""What the kernel hands over beside the bytes of a message: errors, time stamps, TTL.

Source: the control messages of recvmsg(2) as ip(7), ipv6(7) and Documentation/networking/timestamping.rst give them.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop
from struct import Struct
from sys import byteorder

from ..packet import extension, icmp
from . import constants as c

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..wire import Label

_STAMP = Struct("=qq")
# errno, origin, type, code, pad, info; then the union: extension offset, flags, pad.
_EXTENDED_ERROR = Struct("=IBBBBIHBB")
_COUNTER = Struct("=I")
_INT = Struct("=i")
_V4_ADDRESS_AT = _EXTENDED_ERROR.size + 4
_V6_ADDRESS_AT = _EXTENDED_ERROR.size + 8

# Bytes that the control messages of one message may take.
SPACE_BYTES = 512


class Ancillary:
    """The control messages of one received message; ``error`` is None if it came by the ordinary queue."""

    __slots__ = ("error", "rx_ns", "ttl")

    def __init__(self, messages: list[tuple[int, int, bytes]]) -> None:
        self.error: bytes | None = None
        self.rx_ns = 0
        self.ttl: int | None = None
        for level, kind, data in messages:
            if level == c.SOL_SOCKET:
                if kind in {c.SO_TIMESTAMPING, c.SO_TIMESTAMPNS}:
                    seconds, nanoseconds = _STAMP.unpack_from(data)
                    self.rx_ns = seconds * 1_000_000_000 + nanoseconds
            elif (level == c.SOL_IP and kind == c.IP_RECVERR) or (level == c.SOL_IPV6 and kind == c.IPV6_RECVERR):
                self.error = data
            elif (level == c.SOL_IP and kind == c.IP_TTL) or (level == c.SOL_IPV6 and kind == c.IPV6_HOPLIMIT):
                self.ttl = _INT.unpack_from(data)[0]


class ExtendedError:
    """A ``sock_extended_err`` with the address of who reported it (``sender``, text, empty when unknown)."""

    __slots__ = ("code", "errno", "extension_at", "extension_valid", "info", "origin", "sender", "type")

    def __init__(self, data: bytes) -> None:
        fields = _EXTENDED_ERROR.unpack_from(data)
        self.errno, self.origin, self.type, self.code, _, self.info, self.extension_at, flags, _ = fields
        self.extension_valid = not flags & c.RFC4884_FLAG_INVALID
        family = int.from_bytes(data[16:18], byteorder) if len(data) >= 18 else 0
        self.sender = ""
        if family == AF_INET and len(data) >= _V4_ADDRESS_AT + 4:
            self.sender = inet_ntop(AF_INET, data[_V4_ADDRESS_AT : _V4_ADDRESS_AT + 4])
        elif family == AF_INET6 and len(data) >= _V6_ADDRESS_AT + 16:
            self.sender = inet_ntop(AF_INET6, data[_V6_ADDRESS_AT : _V6_ADDRESS_AT + 16])


def is_send_stamp(error: bytes) -> bool:
    """Whether an extended error only tells when a packet was sent."""
    return error[4] == c.ORIGIN_TIMESTAMPING


def send_stamp_counter(error: bytes) -> int:
    """Which send a send stamp is about, counted from 0 on its socket."""
    counter: int = _COUNTER.unpack_from(error, 12)[0]
    return counter


def labels(error: ExtendedError, quoted: bytes, stripped_bytes: int) -> tuple[Label, ...]:
    """The MPLS labels of an ICMP error from the error queue.

    ``quoted`` is what the kernel handed back of the quoted packet, ``stripped_bytes`` the size of the headers that it
    took off the front.
    """
    if error.extension_at:
        structure = quoted[error.extension_at :] if error.extension_valid else b""
        announced = True
    else:
        structure = quoted[icmp.QUOTE_MIN_BYTES - stripped_bytes :]
        announced = False
    if not extension.is_structure(structure, checksum_needed=not announced):
        return ()
    return extension.parse_labels(structure)
