"""The probe process's side of the line protocol: what a command line asks for. No I/O.

As lenient as mtr-packet where a client can depend on it: unknown argument names are ignored, the last of a repeated
name wins, any white space separates, and a token that is no number counts as 0.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, if_nametoindex, inet_ntop, inet_pton

from . import wire
from .wire import Answer, ProbeRequest

TTL_MAX = 255
CHECKSUM_MAX = 65534  # 65535 and 0 stand for the same sum
_FAMILIES = {4: AF_INET, 6: AF_INET6}
_DIGITS = b"0123456789"


# Stands for bytes that were dropped: longer than any line can be.
OVERFLOW = bytes(wire.LINE_MAX_BYTES + 1)


class LineBuffer:
    """Cuts the byte stream into lines of at most ``wire.LINE_MAX_BYTES``."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that ``data`` completes, without their ends, each overflow among them as ``OVERFLOW``.

        Bytes that overflow without a line end are dropped, and a rest that follows begins a new line.
        """
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) < wire.LINE_MAX_BYTES and all(len(line) <= wire.LINE_MAX_BYTES for line in lines):
            return lines
        cut = []
        for line in lines:
            overflows, rest_bytes = divmod(max(len(line) - 1, 0), wire.LINE_MAX_BYTES)
            cut += [OVERFLOW] * overflows + [line[-rest_bytes - 1 :]]
        overflows = len(self._rest) // wire.LINE_MAX_BYTES
        self._rest = self._rest[overflows * wire.LINE_MAX_BYTES :]
        return cut + [OVERFLOW] * overflows


class Refused(Exception):  # noqa: N818 - a state of one command, not an error of the program
    """A command asks for what cannot be; ``answer`` says so to the client."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.word)
        self.answer = answer


def parse_token(word: bytes) -> int | None:
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


def split_arguments(text: bytes) -> dict[bytes, bytes] | None:
    """Names and values; None if they do not come in pairs, or in too many."""
    words = text.split()
    if len(words) % 2 or len(words) > 2 * wire.PAIRS_MAX:
        return None
    return dict(zip(words[::2], words[1::2], strict=True))


def first_value(text: bytes, name: bytes) -> bytes | None:
    """The value of the first argument of this name: of a feature asked about twice, mtr-packet takes the first."""
    words = text.split()
    return next((value for at, value in zip(words[::2], words[1::2], strict=True) if at == name), None)


def parse_request(arguments: dict[bytes, bytes]) -> ProbeRequest:
    """The probe that the arguments of ``send-probe`` ask for. Addresses come out in their usual form.

    Raises:
        Refused: an argument is missing or out of its range.
    """
    version, address = _target(arguments)
    request = ProbeRequest(version, address)
    request.protocol = arguments.get(b"protocol", b"icmp").decode("ascii", "replace")
    if request.protocol not in wire.PROTOCOLS:
        raise _invalid()
    local = arguments.get(b"local-ip-%d" % version)
    if local is not None:
        request.local_address = _address(version, local)
    elif b"local-ip-4" in arguments or b"local-ip-6" in arguments:
        raise _invalid()
    request.port = _integer(arguments, b"port", 0) % 65536
    request.local_port = _integer(arguments, b"local-port", 0)
    if request.local_port and not wire.LOCAL_PORT_MIN <= request.local_port <= 65535:
        raise _invalid()
    request.ttl = _integer(arguments, b"ttl", TTL_MAX)
    if not 1 <= request.ttl <= TTL_MAX and request.ttl != -1:
        raise _invalid()
    request.size = max(_integer(arguments, b"size", 64), 0)
    if request.size > wire.SIZE_MAX_BYTES:
        raise _invalid()
    request.bit_pattern = _integer(arguments, b"bit-pattern", 0) % 256
    request.tos = _integer(arguments, b"tos", 0) % 256
    request.timeout_s = max(_integer(arguments, b"timeout", 10), 0)
    request.local_device = arguments.get(b"local-device", b"").decode("ascii", "replace")
    request.zone = _zone(arguments.get(b"zone", b""))
    request.mark = _integer(arguments, b"mark", 0) % (1 << 32)
    request.detail = _integer(arguments, b"detail", 0) != 0
    request.dont_fragment = _integer(arguments, b"dont-fragment", 0) != 0
    if request.dont_fragment and request.protocol not in {"icmp", "udp"}:
        raise _invalid("protocol-not-supported")
    request.icmp_checksum = _integer(arguments, b"icmp-checksum", 0)
    request.flow_label = _integer(arguments, b"flow-label", 0)
    if not 0 <= request.icmp_checksum <= CHECKSUM_MAX or not 0 <= request.flow_label <= wire.FLOW_LABEL_MAX:
        raise _invalid()
    return request


def _invalid(reason: str | None = None) -> Refused:
    return Refused(Answer(wire.INVALID_ARGUMENT, reason=reason))


def _target(arguments: dict[bytes, bytes]) -> tuple[int, str]:
    version = 0
    for name in arguments:  # in the order of the command: the last wins
        if name in {b"ip-4", b"ip-6"}:
            version = 4 if name == b"ip-4" else 6
    if not version:
        raise _invalid("ip-version-not-supported")
    address = _address(version, arguments[b"ip-%d" % version])
    # The unspecified address means this host, which answers by another name.
    return version, {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)


def _zone(text: bytes) -> str:
    try:
        if text:
            if_nametoindex(text.decode("ascii"))
        return text.decode("ascii")
    except (OSError, ValueError):
        raise _invalid() from None


def _address(version: int, text: bytes) -> str:
    family = _FAMILIES[version]
    try:
        return inet_ntop(family, inet_pton(family, text.decode("ascii")))
    except (OSError, ValueError):
        raise _invalid() from None


def _integer(arguments: dict[bytes, bytes], name: bytes, default: int) -> int:
    word = arguments.get(name)
    if word is None:
        return default
    digits = word[1:] if word[:1] in (b"+", b"-") else word
    if not digits.isdigit() or len(digits) > 18:
        raise _invalid()
    return int(word)
