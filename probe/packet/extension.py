"""Extensions of ICMP errors (RFC 4884 sections 7 and 8) and the MPLS label stack in them (RFC 4950 section 3)."""

from ..wire import Label
from .checksum import internet_checksum
from .cursor import Cursor, PacketError
from .icmp import EXTENSIBLE, QUOTE_MIN_BYTES, Message, quoted_length

VERSION = 2
MPLS_CLASS = 1
INCOMING_STACK_TYPE = 1
LABELS_MAX = 8  # what mtr-packet passes on at most


def build(labels: "tuple[Label, ...]") -> bytes:
    """An extension structure with one MPLS label stack object."""
    entries = b"".join(
        (label.label << 12 | label.tc << 9 | label.bottom << 8 | label.ttl).to_bytes(4, "big") for label in labels
    )
    objects = (4 + len(entries)).to_bytes(2, "big") + bytes((MPLS_CLASS, INCOMING_STACK_TYPE)) + entries
    structure = bytes((VERSION << 4, 0, 0, 0)) + objects
    return structure[:2] + internet_checksum(structure).to_bytes(2, "big") + structure[4:]


def is_structure(data: bytes, *, checksum_needed: bool = False) -> bool:
    """Whether bytes are an extension structure: its version and its checksum over all of them are right.

    A checksum field of 0 says that none was computed (RFC 4884 section 7); ``checksum_needed`` refuses that, for the
    places where nothing but the bytes themselves says that an extension is there.
    """
    if len(data) < 4 or data[0] >> 4 != VERSION:
        return False
    if data[2:4] == b"\0\0":
        return not checksum_needed
    return internet_checksum(data) == 0


def parse_labels(structure: bytes) -> "tuple[Label, ...]":
    """The label stack in an extension structure whose checksum has been verified; at most eight labels.

    Reading stops at the first object whose length contradicts the structure's; what stood before it counts.
    """
    labels: list[Label] = []
    cursor = Cursor(structure, 4)
    try:
        while cursor.remaining:
            length, class_number, c_type = cursor.number(2), cursor.number(1), cursor.number(1)
            value = Cursor(cursor.take(length - 4))
            if class_number == MPLS_CLASS and c_type == INCOMING_STACK_TYPE:
                while value.remaining >= 4 and len(labels) < LABELS_MAX:
                    entry = value.number(4)
                    labels.append(Label(entry >> 12, entry >> 9 & 7, entry >> 8 & 1, entry & 255))
    except PacketError:
        pass
    return tuple(labels)


def labels_of(version: int, message: Message) -> "tuple[Label, ...]":
    """The label stack that an ICMP error carries, if any.

    Where the length field is 0 the extension stands after 128 bytes of quote, if there is one (RFC 4884 section 5.5:
    routers older than the field); then its checksum must be there and right.
    """
    if message.type not in EXTENSIBLE[version]:
        return ()
    length = quoted_length(version, message)
    structure = message.body[length or QUOTE_MIN_BYTES :]
    if not is_structure(structure, checksum_needed=not length):
        return ()
    return parse_labels(structure)
