"""The probe process's side of the line protocol: what a command line asks for. No I/O.

As lenient as mtr-packet where a client can depend on it: unknown argument names are ignored, the last of a repeated
name wins, any white space separates, and a token that is no number counts as 0.
"""

from _socket import AF_INET, AF_INET6, if_nametoindex, inet_ntop, inet_pton

from . import wire
from .limits import LOCAL_PORT_MIN, PORT_MAX, SIZE_MAX_BYTES, TTL_MAX
from .protocols import ICMP, PROTOCOLS, UDP
from .wire import Answer, ProbeRequest

CHECKSUM_MAX = 65534  # 65535 and 0 stand for the same sum
_FAMILIES = {4: AF_INET, 6: AF_INET6}
_DIGITS = b"0123456789"

# What the value of an argument is.
INTEGER, ADDRESS, PROTOCOL, PAYLOAD, INTERFACE = "integer", "address", "protocol", "payload", "interface"
# Every argument of send-probe: one that is not here is not read.
ARGUMENTS = {
    b"ip-4": ADDRESS,
    b"ip-6": ADDRESS,
    b"local-ip-4": ADDRESS,
    b"local-ip-6": ADDRESS,
    b"protocol": PROTOCOL,
    b"payload": PAYLOAD,
    b"local-device": INTERFACE,
    b"zone": INTERFACE,
    b"port": INTEGER,
    b"local-port": INTEGER,
    b"ttl": INTEGER,
    b"size": INTEGER,
    b"bit-pattern": INTEGER,
    b"tos": INTEGER,
    b"timeout": INTEGER,
    b"mark": INTEGER,
    b"detail": INTEGER,
    b"dont-fragment": INTEGER,
    b"icmp-checksum": INTEGER,
    b"flow-label": INTEGER,
    b"hold": INTEGER,
}

# Stands for bytes that were dropped: longer than any line can be.
OVERFLOW = bytes(wire.LINE_MAX_BYTES + 1)


class LineBuffer:
    """Cuts the byte stream into lines of at most ``wire.LINE_MAX_BYTES``, their ends included."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> "list[bytes]":
        """The lines that ``data`` completes, without their ends, each overflow among them as ``OVERFLOW``.

        Bytes that overflow without a line end are dropped, and a rest that follows begins a new line.
        """
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) < wire.LINE_MAX_BYTES and all(len(line) < wire.LINE_MAX_BYTES for line in lines):
            return lines
        cut = []
        for line in lines:
            overflows = len(line) // wire.LINE_MAX_BYTES
            cut += [OVERFLOW] * overflows + [line[overflows * wire.LINE_MAX_BYTES :]]
        overflows = len(self._rest) // wire.LINE_MAX_BYTES
        self._rest = self._rest[overflows * wire.LINE_MAX_BYTES :]
        return cut + [OVERFLOW] * overflows


class Refused(Exception):  # noqa: N818 - a state of one command, not an error of the program
    """A command asks for what cannot be; ``answer`` says so to the client."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.word)
        self.answer = answer


def parse_token(word: bytes) -> "int | None":
    """The number that begins a word, 0 if none does, cut to 32 bits; None where it needs more than 64."""
    if len(word) < 10 and word.isdigit():
        return int(word)
    sign = word[:1] in (b"+", b"-")
    digits = len(word) - len(word[sign:].lstrip(_DIGITS))
    if digits == sign:
        return 0
    value = int(word[:digits]) if digits < 24 else 1 << 64
    if not -(1 << 63) <= value < 1 << 63:
        return None
    return (value + (1 << 31)) % (1 << 32) - (1 << 31)


def split_arguments(text: bytes) -> "list[tuple[bytes, bytes]] | None":
    """Names and values in their order; None if they do not come in pairs, or in too many."""
    words = text.split()
    if len(words) % 2 or len(words) > 2 * wire.PAIRS_MAX:
        return None
    return [(words[at], words[at + 1]) for at in range(0, len(words), 2)]


def first_value(arguments: "list[tuple[bytes, bytes]]", name: bytes) -> "bytes | None":
    """The value of the first argument of this name: of a feature asked about twice, mtr-packet takes the first."""
    return next((value for at, value in arguments if at == name), None)


def parse_request(pairs: "list[tuple[bytes, bytes]]") -> ProbeRequest:
    """The probe that the arguments of ``send-probe`` ask for. Addresses come out in their usual form.

    Raises:
        Refused: an argument is missing or out of its range.
    """
    pairs = [(name, value) for name, value in pairs if name in ARGUMENTS]
    numbers = _numbers(pairs)
    arguments = dict(pairs)
    version, address = _target(pairs)
    request = ProbeRequest(version, address)
    request.protocol = arguments.get(b"protocol", ICMP.name.encode()).decode("ascii", "replace")
    for name, value in pairs:
        if name in {b"local-ip-4", b"local-ip-6"}:
            request.local_address = value.decode("ascii", "replace")
    if request.local_address:
        request.local_address = _address(version, request.local_address)
    request.port = numbers.get(b"port", 0) % 65536
    request.local_port = numbers.get(b"local-port", 0)
    request.ttl = numbers.get(b"ttl", TTL_MAX)
    if not 1 <= request.ttl <= TTL_MAX and request.ttl != -1:
        raise _invalid()
    request.size = max(numbers.get(b"size", 64), 0)
    if request.size > SIZE_MAX_BYTES:
        raise _invalid()
    request.bit_pattern = numbers.get(b"bit-pattern", 0) % 256
    request.tos = numbers.get(b"tos", 0) % 256
    request.timeout_s = max(numbers.get(b"timeout", 10), 0)
    request.local_device = arguments.get(b"local-device", b"").decode("ascii", "replace")
    request.zone = _zone(version, arguments.get(b"zone", b""))
    request.mark = numbers.get(b"mark", 0) % (1 << 32)
    request.detail = numbers.get(b"detail", 0) != 0
    request.dont_fragment = numbers.get(b"dont-fragment", 0) != 0
    if request.dont_fragment and not PROTOCOLS[request.protocol].sized:
        raise _invalid("protocol-not-supported")
    request.payload = _payload(request, arguments.get(b"payload", b""))
    request.icmp_checksum = numbers.get(b"icmp-checksum", 0)
    request.flow_label = numbers.get(b"flow-label", 0)
    if not 0 <= request.icmp_checksum <= CHECKSUM_MAX or not 0 <= request.flow_label <= wire.FLOW_LABEL_MAX:
        raise _invalid()
    request.hold_ms = min(max(numbers.get(b"hold", 0), 0), wire.HOLD_MAX_MS)
    return request


def _invalid(reason: "str | None" = None) -> Refused:
    return Refused(Answer(wire.INVALID_ARGUMENT, reason=reason))


def _numbers(pairs: "list[tuple[bytes, bytes]]") -> "dict[bytes, int]":
    """The arguments that are numbers; these and protocols are all looked at, also those that a later one replaces."""
    numbers = {}
    for name, value in pairs:
        if name == b"protocol" and value.decode("ascii", "replace") not in PROTOCOLS:
            raise _invalid()
        if ARGUMENTS[name] == INTEGER:
            numbers[name] = _integer(value)
            if name == b"local-port" and not LOCAL_PORT_MIN <= numbers[name] <= PORT_MAX:
                raise _invalid()
    return numbers


def _target(pairs: "list[tuple[bytes, bytes]]") -> "tuple[int, str]":
    version, text = 0, ""
    for name, value in pairs:
        if name in {b"ip-4", b"ip-6"}:
            version, text = (4 if name == b"ip-4" else 6), value.decode("ascii", "replace")
    if not version:
        raise _invalid("ip-version-not-supported")
    address = _address(version, text)
    if address.startswith("::ffff:") and "." in address:
        raise Refused(Answer(wire.ADDRESS_NOT_AVAILABLE))  # packets to it would be IPv4 (RFC 4291 section 2.5.5.2)
    # The unspecified address means this host, which answers by another name.
    return version, {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)


def _zone(version: int, text: bytes) -> str:
    """An interface of this host, for IPv6 alone: addresses of IPv4 have no zones (RFC 4007 section 1)."""
    if text and version != 6:
        raise _invalid()
    try:
        if text:
            if_nametoindex(text.decode("ascii"))
        return text.decode("ascii")
    except (OSError, ValueError):
        raise _invalid() from None


def _payload(request: ProbeRequest, word: bytes) -> str:
    name = word.decode("ascii", "replace")
    if name not in wire.PAYLOADS:
        raise _invalid()
    if name and request.protocol != UDP.name:
        raise _invalid("protocol-not-supported")
    if name and request.port and request.local_port:
        raise _invalid()  # the probes of one flow begin with a number of ours
    return name


def _address(version: int, text: str) -> str:
    family = _FAMILIES[version]
    try:
        return inet_ntop(family, inet_pton(family, text))
    except (OSError, ValueError):
        raise _invalid() from None


def _integer(word: bytes) -> int:
    """The number that a word is, cut to 64 bits as strtol(3) does."""
    digits = word[1:] if word[:1] in (b"+", b"-") else word
    if not digits.isdigit():
        raise _invalid()
    value = int(digits) if len(digits) < 24 else 1 << 63
    return max(-value, -(1 << 63)) if word[:1] == b"-" else min(value, (1 << 63) - 1)
