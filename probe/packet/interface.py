"""The Interface Information Object of an ICMP extension (RFC 5837 section 4): one interface of the router.

C-Type: Interface Role (2 bits) | reserved (2) | ifIndex | IPAddr | name | MTU
payload, each part where its bit is set: ifIndex (4 bytes), IP Address Sub-Object, Interface Name Sub-Object,
MTU (4 bytes)
"""

from _socket import AF_INET, AF_INET6, inet_ntop, inet_pton

from ..interface import NAME_MAX_BYTES, ROLES, Interface
from .cursor import Cursor, PacketError

INTERFACE_CLASS = 2
IF_INDEX, IP_ADDRESS, NAME, MTU = 0x08, 0x04, 0x02, 0x01  # bits of the C-Type
_ROLE_SHIFT = 6
# The address family numbers of the IP Address Sub-Object (section 4.2).
_AFI_IPV4, _AFI_IPV6 = 1, 2


def c_type_of(interface: Interface) -> int:
    """The C-Type that says which parts follow."""
    bits = (
        (IF_INDEX, interface.index is not None),
        (IP_ADDRESS, bool(interface.address)),
        (NAME, bool(interface.name)),
        (MTU, interface.mtu is not None),
    )
    return ROLES.index(interface.role) << _ROLE_SHIFT | sum(bit for bit, there in bits if there)


def build(interface: Interface) -> bytes:
    """The object's payload; a name is cut to the 63 bytes that there is room for."""
    data = b""
    if interface.index is not None:
        data += interface.index.to_bytes(4, "big")
    if interface.address:
        family, afi = (AF_INET6, _AFI_IPV6) if ":" in interface.address else (AF_INET, _AFI_IPV4)
        data += afi.to_bytes(2, "big") + bytes(2) + inet_pton(family, interface.address)
    if interface.name:
        name = interface.name.encode()[:NAME_MAX_BYTES]
        name += bytes(-(1 + len(name)) % 4)
        data += bytes((1 + len(name),)) + name
    if interface.mtu is not None:
        data += interface.mtu.to_bytes(4, "big")
    return data


def parse(c_type: int, payload: bytes) -> Interface:
    """Read an object's payload.

    Raises:
        PacketError: it is shorter than its C-Type says, or an address or a name is not as the RFC has it.
    """
    cursor = Cursor(payload)
    interface = Interface(ROLES[c_type >> _ROLE_SHIFT])
    if c_type & IF_INDEX:
        interface.index = cursor.number(4)
    if c_type & IP_ADDRESS:
        interface.address = _address(cursor)
    if c_type & NAME:
        interface.name = _name(cursor)
    if c_type & MTU:
        interface.mtu = cursor.number(4)
    return interface


def _address(cursor: Cursor) -> str:
    """An IP Address Sub-Object (section 4.2): AFI, two reserved bytes, the address."""
    afi = cursor.number(2)
    cursor.take(2)
    if afi == _AFI_IPV4:
        return inet_ntop(AF_INET, cursor.take(4))
    if afi == _AFI_IPV6:
        return inet_ntop(AF_INET6, cursor.take(16))
    raise PacketError(f"address family {afi} is not IPv4 or IPv6")


def _name(cursor: Cursor) -> str:
    """An Interface Name Sub-Object (section 4.3): its length, this byte included, and UTF-8 padded with zeros."""
    length = cursor.number(1)
    if not 4 <= length <= 1 + NAME_MAX_BYTES or length % 4:
        raise PacketError(f"a name of {length} bytes")
    return cursor.take(length - 1).rstrip(b"\0").decode("utf-8", "replace")
