"""Extensions of ICMP errors (RFC 4884 sections 7 and 8): the MPLS label stack in them (RFC 4950), and interfaces."""

from ..interface import INTERFACES_MAX, Interface
from ..wire import Answer, Label
from . import interface
from .checksum import internet_checksum
from .cursor import Cursor, PacketError
from .icmp import EXTENSIBLE, QUOTE_MIN_BYTES, Message, quoted_length

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 2
MPLS_CLASS = 1
INCOMING_STACK_TYPE = 1
LABELS_MAX = 8  # what mtr-packet passes on at most


def build(labels: "tuple[Label, ...]", interfaces: "tuple[Interface, ...]" = ()) -> bytes:
    """An extension structure with an MPLS label stack object, if there are labels, and an object an interface."""
    objects = b""
    if labels:
        entries = [label.label << 12 | label.tc << 9 | label.bottom << 8 | label.ttl for label in labels]
        objects += _object(MPLS_CLASS, INCOMING_STACK_TYPE, b"".join([one.to_bytes(4, "big") for one in entries]))
    for one in interfaces:
        objects += _object(interface.INTERFACE_CLASS, interface.c_type_of(one), interface.build(one))
    structure = bytes((VERSION << 4, 0, 0, 0)) + objects
    return structure[:2] + internet_checksum(structure).to_bytes(2, "big") + structure[4:]


def _object(class_number: int, c_type: int, payload: bytes) -> bytes:
    return (4 + len(payload)).to_bytes(2, "big") + bytes((class_number, c_type)) + payload


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


def objects(structure: bytes) -> "Iterator[tuple[int, int, bytes]]":
    """Class number, C-Type and payload of each object in an extension structure whose checksum has been verified.

    Reading stops at the first object whose length contradicts the structure's; what stood before it counts.
    """
    cursor = Cursor(structure, 4)
    try:
        while cursor.remaining:
            length, class_number, c_type = cursor.number(2), cursor.number(1), cursor.number(1)
            yield class_number, c_type, cursor.take(length - 4)
    except PacketError:
        return


def tell(answer: Answer, structure: bytes) -> None:
    """Put into an answer what an extension structure says: at most eight labels, and at most four interfaces.

    An object that is not as its RFC has it is left out; no structure (no bytes) says nothing.
    """
    if not structure:
        return
    labels: list[Label] = []
    interfaces: list[Interface] = []
    for class_number, c_type, payload in objects(structure):
        if class_number == MPLS_CLASS and c_type == INCOMING_STACK_TYPE:
            for at in range(0, len(payload) - 3, 4)[: LABELS_MAX - len(labels)]:
                entry = int.from_bytes(payload[at : at + 4], "big")
                labels.append(Label(entry >> 12, entry >> 9 & 7, entry >> 8 & 1, entry & 255))
        elif class_number == interface.INTERFACE_CLASS and len(interfaces) < INTERFACES_MAX:
            try:
                interfaces.append(interface.parse(c_type, payload))
            except PacketError:
                continue
    answer.labels, answer.interfaces = tuple(labels), tuple(interfaces)


def structure_of(version: int, message: Message) -> bytes:
    """The extension structure of an ICMP error, its checksum verified; empty where there is none.

    Where the length field is 0 the extension stands after 128 bytes of quote, if there is one (RFC 4884 section 5.5:
    routers older than the field); then its checksum must be there and right.
    """
    if message.type not in EXTENSIBLE[version]:
        return b""
    length = quoted_length(version, message)
    structure = message.body[length or QUOTE_MIN_BYTES :]
    return structure if is_structure(structure, checksum_needed=not length) else b""
