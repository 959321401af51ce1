"""An interface of a router as it tells of it in an ICMP error (RFC 5837), and how the line protocol writes that."""

from _socket import AF_INET, AF_INET6, inet_pton

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# What a router says of an interface that it has to do with the probe, by the number of RFC 5837 section 4.1.
INCOMING = "incoming"  # the IP interface that the probe arrived by
SUB_IP = "sub-ip"  # the part of it below IP that the probe arrived by: a link of a bundle
OUTGOING = "outgoing"  # the IP interface that the probe would have left by
NEXT_HOP = "next-hop"  # the router that the probe would have gone to
ROLES = (INCOMING, SUB_IP, OUTGOING, NEXT_HOP)

INTERFACES_MAX = 4  # of one answer: one of each role
NAME_MAX_BYTES = 63  # RFC 5837 section 4.3
NUMBER_MAX = (1 << 32) - 1

ADDRESSES_KNOWN_MAX = 4096

_FIELDS = 5
_addresses: "set[str]" = set()
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:")


class Interface(Record):
    """One interface. ``name`` is as the router wrote it: not yet safe to show.

    ``role`` is one of ``ROLES``. ``index`` (ifIndex, RFC 2863) and ``mtu`` (bytes) are None, ``address`` (text, IPv4
    or IPv6) and ``name`` empty where the router does not say.
    """

    __slots__ = ("address", "index", "mtu", "name", "role")

    def __init__(
        self, role: str, name: str = "", *, index: "int | None" = None, address: str = "", mtu: "int | None" = None
    ) -> None:
        self.role = role
        self.name = name
        self.index = index
        self.address = address
        self.mtu = mtu


def format_interfaces(interfaces: "Iterable[Interface]") -> str:
    """The value of an ``interfaces`` pair: role, index, MTU, address, name; five fields each, all joined by commas.

    Of a name all bytes of its UTF-8 but letters, digits and ``-._~/:`` are written as ``%`` and two hex digits.
    """
    return ",".join(
        f"{one.role},{_number(one.index)},{_number(one.mtu)},{one.address},{_quoted(one.name)}" for one in interfaces
    )


def parse_interfaces(text: str) -> "tuple[Interface, ...]":
    """The interfaces of an ``interfaces`` value.

    Raises:
        ValueError: it is none, or a field is out of its range.
    """
    words = text.split(",")
    if len(words) % _FIELDS or len(words) > _FIELDS * INTERFACES_MAX:
        raise ValueError("five fields make an interface, and there are four at most")
    interfaces = []
    for at in range(0, len(words), _FIELDS):
        role, index, mtu, address, name = words[at : at + _FIELDS]
        if role not in ROLES or not (not address or is_address(address)):
            raise ValueError("an interface's role or address is none")
        interfaces.append(
            Interface(role, _unquoted(name), index=_read_number(index), address=address, mtu=_read_number(mtu))
        )
    return tuple(interfaces)


def _number(value: "int | None") -> str:
    return "" if value is None else str(value)


def _read_number(text: str) -> "int | None":
    if not text:
        return None
    if not (text.isdigit() and len(text) <= 10 and int(text) <= NUMBER_MAX):
        raise ValueError("a number of an interface is out of its range")
    return int(text)


def is_address(text: str) -> bool:
    """Whether a text is a numeric address. Those of a trace come again and again: they are remembered."""
    if text in _addresses:
        return True
    try:
        inet_pton(AF_INET6 if ":" in text else AF_INET, text)
    except (OSError, ValueError):
        return False
    if len(_addresses) >= ADDRESSES_KNOWN_MAX:
        _addresses.clear()
    _addresses.add(text)
    return True


def _quoted(name: str) -> str:
    data = name.encode("utf-8", "replace")[:NAME_MAX_BYTES]
    return "".join([chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data])


def _unquoted(text: str) -> str:
    head, *rest = text.split("%")
    data = head.encode("ascii")
    for part in rest:
        if len(part) < 2 or not set(part[:2]) <= set("0123456789abcdefABCDEF"):
            raise ValueError("a byte of a name is not two hex digits")
        data += bytes((int(part[:2], 16),)) + part[2:].encode("ascii")
    if len(data) > NAME_MAX_BYTES:
        raise ValueError("a name is too long")
    return data.decode("utf-8", "replace")
