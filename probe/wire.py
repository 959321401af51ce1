"""The line protocol between hopscope and the probe process, both directions, without I/O.

It is mtr-packet's protocol: a command is ``TOKEN COMMAND [NAME VALUE]...``, an answer ``TOKEN WORD [NAME VALUE]...``,
one a line. Both ends import this module; neither imports the other.

Extensions, sent only to a probe process that says ``ok`` to ``check-support feature hopscope``:

* ``detail 1`` asks for further pairs after the standard ones: ``icmp-type``, ``icmp-code``, ``reply-ttl``, ``clock``
  (``kernel`` or ``user``: which clock measured), ``quoted-ttl``, ``quoted-tos``, and ``mtu`` where a packet was too
  big: what a router says that the next link takes (0: an old router does not say), or, without an address, what the
  interface of this host takes that refused it. A pair that is not known is left out. ``unnumbered 1`` says of a UDP
  probe that the answer held too little of it to name it among others of its flow.
  ``rewritten`` says of a probe, but for TCP, what a router quotes otherwise than it was sent: ``source`` (the address),
  ``port`` (the source port of UDP), ``checksum`` (of UDP), ``identification`` (of IPv4, which the kernel chooses and
  shows with the send stamp), several joined by commas in this order, or ``nothing``. Like the quoted TTL it takes a raw
  receiver. UDP probes that may be found by one have payloads that begin with a number.
  ``interfaces`` is what a router says of its own (RFC 5837); ``interface.format_interfaces`` says how.
  With ``detail 1`` a UDP probe may be called ``ambiguous`` before its answer proper: an answer came, from the address
  that is given, that belongs to this probe or to another of its flow. And ``local-port`` counts for TCP too.
  And a probe may be called ``duplicate`` after its answer proper: a duplicate reply came, with the pairs that an answer
  has; ``icmp-type`` tells which kind. It is said once a probe, and only while its token names no later probe. TCP knows
  none: the kernel drops what comes once a connection attempt is decided.
* ``zone NAME`` is the interface of a link-local target (RFC 4007).
* ``local-device NAME`` is the interface that the probe leaves by, whatever the routes say; what comes back by another
  one may not be heard. An unknown name is ``unexpected-error errno`` ENODEV, as in mtr-packet 0.96.
* ``icmp-checksum N`` holds the ICMP checksum of the probe at N (1 to 65534), so that load balancers keep one path.
* ``dont-fragment 1`` has nobody cut the probe into fragments, this host included: what is too big for its interface
  is refused at once (``unexpected-error errno`` EMSGSIZE). Routers' reports about earlier packets are ignored. For
  ICMP and UDP.
* ``hold N`` says that answers may be held back for N milliseconds (0 to 1000) after the last probe, to be told
  together: reading one late costs no precision where the kernel has stamped its arrival, and is done there alone. What
  the last probe says holds for all that are in flight.
* ``flow-label N`` is the IPv6 flow label of the probe (1 to 1048575; RFC 6437).
* ``payload NAME`` is what a UDP probe carries, whatever its size is said to be, so that a server answers it:
  ``dns-query``, a query that every DNS server answers, or ``quic-initial``, 1200 bytes that make a QUIC server say
  which versions it speaks. One of the two ports must be free.
"""

from .interface import NUMBER_MAX, Interface, format_interfaces, is_address, parse_interfaces
from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LINE_MAX_BYTES = 4095
PAIRS_MAX = 16
FLOW_LABEL_MAX = (1 << 20) - 1
HOLD_MAX_MS = 1000
RTT_MAX_US = (1 << 31) - 1  # 35 minutes: longer than anybody waits

DNS_QUERY = "dns-query"
QUIC_INITIAL = "quic-initial"
PAYLOADS = ("", DNS_QUERY, QUIC_INITIAL)

# Answer words.
REPLY = "reply"
TTL_EXPIRED = "ttl-expired"
NO_REPLY = "no-reply"
NO_ROUTE = "no-route"
NETWORK_DOWN = "network-down"
HOST_DOWN = "host-down"
PERMISSION_DENIED = "permission-denied"
INVALID_ARGUMENT = "invalid-argument"
ADDRESS_IN_USE = "address-in-use"
ADDRESS_NOT_AVAILABLE = "address-not-available"
PROBES_EXHAUSTED = "probes-exhausted"
UNEXPECTED_ERROR = "unexpected-error"
AMBIGUOUS = "ambiguous"
DUPLICATE = "duplicate"
# Those that come from a host or router where they have an address; without one they are this host's refusals.
FROM_NETWORK = (REPLY, TTL_EXPIRED, NO_ROUTE, NETWORK_DOWN, HOST_DOWN)
# Of a ``rewritten`` pair, several joined by commas in this order.
REWRITTEN_NOTHING = "nothing"
REWRITTEN_SOURCE, REWRITTEN_PORT, REWRITTEN_CHECKSUM, REWRITTEN_ID = "source", "port", "checksum", "identification"
_REWRITTEN = (REWRITTEN_SOURCE, REWRITTEN_PORT, REWRITTEN_CHECKSUM, REWRITTEN_ID)
REWRITTEN = tuple(
    ",".join([word for at, word in enumerate(_REWRITTEN) if chosen >> at & 1]) or REWRITTEN_NOTHING
    for chosen in range(1 << len(_REWRITTEN))
)
# Of a line that begins with a token and is no answer; the client's own word, never on the wire.
UNREADABLE = "unreadable"
COMMAND_PARSE_ERROR = "command-parse-error"
COMMAND_BUFFER_OVERFLOW = "command-buffer-overflow"
UNKNOWN_COMMAND = "unknown-command"
FEATURE_SUPPORT = "feature-support"

# Words of mtr-packet 0.96 for what 0.95 calls no-route.
NO_ROUTE_DIALECTS = ("no-route", "no-route-host", "no-route-network")


class Label(Record):
    """One MPLS label stack entry (RFC 3032 section 2.1): label 0-1048575, tc 0-7, bottom 0/1, ttl 0-255."""

    __slots__ = ("bottom", "label", "tc", "ttl")

    def __init__(self, label: int, tc: int, bottom: int, ttl: int) -> None:
        self.label = label
        self.tc = tc
        self.bottom = bottom
        self.ttl = ttl


class ProbeRequest(Record):
    """What one ``send-probe`` command asks for, without its token, so that equal commands share one request.

    ``version`` is 4 or 6, ``address`` the target as text. ``port``, ``local_port`` and ``mark`` are 0 when unset,
    ``local_address`` and ``local_device`` are empty when the kernel is to choose; ``ttl`` is -1 for the system's
    default. ``size`` is the whole IP packet in bytes, ``bit_pattern`` and ``tos`` are bytes 0-255, ``icmp_checksum``
    and ``flow_label`` are 0 when free. ``payload`` is one of ``PAYLOADS``. Answers may wait for ``hold_ms`` to be told.
    """

    __slots__ = (
        "address",
        "bit_pattern",
        "detail",
        "dont_fragment",
        "flow_label",
        "hold_ms",
        "icmp_checksum",
        "local_address",
        "local_device",
        "local_port",
        "mark",
        "payload",
        "port",
        "protocol",
        "size",
        "timeout_s",
        "tos",
        "ttl",
        "version",
        "zone",
    )

    def __init__(
        self,
        version: int,
        address: str,
        protocol: str = "icmp",
        *,
        port: int = 0,
        local_address: str = "",
        local_device: str = "",
        local_port: int = 0,
        ttl: int = 255,
        size: int = 64,
        bit_pattern: int = 0,
        tos: int = 0,
        timeout_s: int = 10,
        mark: int = 0,
        detail: bool = False,
        icmp_checksum: int = 0,
        flow_label: int = 0,
        zone: str = "",
        dont_fragment: bool = False,
        payload: str = "",
        hold_ms: int = 0,
    ) -> None:
        self.version = version
        self.address = address
        self.protocol = protocol
        self.port = port
        self.local_address = local_address
        self.local_device = local_device
        self.local_port = local_port
        self.ttl = ttl
        self.size = size
        self.bit_pattern = bit_pattern
        self.tos = tos
        self.timeout_s = timeout_s
        self.mark = mark
        self.detail = detail
        self.icmp_checksum = icmp_checksum
        self.flow_label = flow_label
        self.zone = zone
        self.dont_fragment = dont_fragment
        self.payload = payload
        self.hold_ms = hold_ms

    @property
    def host(self) -> str:
        """The target's address as sockets take it: with the zone where there is one. Answers come without."""
        return f"{self.address}%{self.zone}" if self.zone else self.address


class Answer(Record):
    """What became of one probe, on both sides of the pipe.

    ``word`` is one of the answer words above. ``address`` (text) and ``rtt_us`` are given together, for answers that
    came from the network. ``reason`` is the reason pair of ``invalid-argument`` or the ``errno`` of
    ``unexpected-error``. The rest is what ``detail 1`` adds; None where it is not known.
    """

    __slots__ = (
        "address",
        "clock",
        "icmp_code",
        "icmp_type",
        "interfaces",
        "labels",
        "mtu",
        "quoted_tos",
        "quoted_ttl",
        "reason",
        "reply_ttl",
        "rewritten",
        "rtt_us",
        "unnumbered",
        "word",
    )

    def __init__(
        self,
        word: str,
        address: "str | None" = None,
        rtt_us: "int | None" = None,
        labels: "tuple[Label, ...]" = (),
        *,
        reason: "str | None" = None,
        icmp_type: "int | None" = None,
        icmp_code: "int | None" = None,
        reply_ttl: "int | None" = None,
        clock: "str | None" = None,
        quoted_ttl: "int | None" = None,
        quoted_tos: "int | None" = None,
        mtu: "int | None" = None,
        unnumbered: "int | None" = None,
        rewritten: "str | None" = None,
        interfaces: "tuple[Interface, ...]" = (),
    ) -> None:
        self.word = word
        self.address = address
        self.rtt_us = rtt_us
        self.labels = labels
        self.reason = reason
        self.icmp_type = icmp_type
        self.icmp_code = icmp_code
        self.reply_ttl = reply_ttl
        self.clock = clock
        self.quoted_ttl = quoted_ttl
        self.quoted_tos = quoted_tos
        self.mtu = mtu
        self.unnumbered = unnumbered
        self.rewritten = rewritten
        self.interfaces = interfaces


# ---- client side ------------------------------------------------------------------------------------------------


def format_check_support(token: int, feature: str) -> bytes:
    """The line that asks whether a feature is supported."""
    return b"%d check-support feature %s\n" % (token, feature.encode("ascii"))


def format_send_probe(token: int, arguments: bytes) -> bytes:
    """The line that sends a probe, whose arguments are those of ``format_request``."""
    return b"%d send-probe %s\n" % (token, arguments)


def format_request(request: ProbeRequest, hold_ms: int = 0) -> bytes:
    """The arguments of ``send-probe``: standard pairs in mtr's order, extensions last and only when asked for.

    A ``hold_ms`` given here counts instead of the request's.
    """
    pairs: list[tuple[str, object]] = [(f"ip-{request.version}", request.address)]
    if request.local_address:
        pairs.append((f"local-ip-{request.version}", request.local_address))
    pairs += [
        ("protocol", request.protocol),
        ("size", request.size),
        ("bit-pattern", request.bit_pattern),
        ("tos", request.tos),
        ("ttl", request.ttl),
        ("timeout", request.timeout_s),
    ]
    for name, value in (
        ("port", request.port),
        ("local-port", request.local_port),
        ("mark", request.mark),
        ("detail", int(request.detail)),
        ("icmp-checksum", request.icmp_checksum),
        ("local-device", request.local_device),
        ("flow-label", request.flow_label),
        ("zone", request.zone),
        ("dont-fragment", int(request.dont_fragment)),
        ("payload", request.payload),
        ("hold", hold_ms or request.hold_ms),
    ):
        if value:
            pairs.append((name, value))
    return " ".join(f"{name} {value}" for name, value in pairs).encode("ascii")


def parse_labels(text: str) -> "tuple[Label, ...]":
    """The labels of an ``mpls`` value: four numbers a label, all joined by commas.

    Raises:
        ValueError: the count is not a multiple of four, or a number is none or out of its field's range.
    """
    numbers = [int(word) for word in text.split(",")]
    if len(numbers) % 4:
        raise ValueError("four numbers make a label")
    labels = []
    for at in range(0, len(numbers), 4):
        label, tc, bottom, ttl = numbers[at : at + 4]
        if not (0 <= label < 1 << 20 and 0 <= tc < 8 and 0 <= bottom < 2 and 0 <= ttl < 256):
            raise ValueError("a label's field is out of range")
        labels.append(Label(label, tc, bottom, ttl))
    return tuple(labels)


# How numbers are read that are octets on the wire: faster than int(), and nothing else is one.
_octet = {str(number): number for number in range(256)}.__getitem__


def _mtu(text: str) -> int:
    number = int(text)
    if not 0 <= number <= NUMBER_MAX:
        raise ValueError("an MTU is out of its range")
    return number


# Names of pairs to what they are called in an answer, and how their values are read.
_PAIRS: "dict[str, tuple[str, Callable[[str], object]]]" = {
    "round-trip-time": ("rtt_us", int),
    "icmp-type": ("icmp_type", _octet),
    "icmp-code": ("icmp_code", _octet),
    "reply-ttl": ("reply_ttl", _octet),
    "quoted-ttl": ("quoted_ttl", _octet),
    "quoted-tos": ("quoted_tos", _octet),
    "mtu": ("mtu", _mtu),
    "unnumbered": ("unnumbered", _octet),
    "ip-4": ("address", str),
    "ip-6": ("address", str),
    "clock": ("clock", str),
    "rewritten": ("rewritten", str),
    "support": ("reason", str),
    "reason": ("reason", str),
    "errno": ("reason", str),
    "mpls": ("labels", parse_labels),
    "interfaces": ("interfaces", parse_interfaces),
}


_ESSENTIAL = ("address", "rtt_us")


def parse_token(line: bytes) -> "int | None":
    """The token that a line begins with, whatever follows; None where it begins with none."""
    word = line.partition(b" ")[0]
    return int(word) if word.isdigit() and len(word) < 12 else None


def parse_answer(line: bytes) -> "tuple[int, Answer] | None":
    """Token and answer of one line, in the words of 0.95 or 0.96; None for a line that is neither.

    What comes out is safe to show: a character that does not print spoils the line, and so does an address or a
    round-trip time that is none; any other pair whose value is none is left out.

    A ``feature-support`` answer carries its value in ``reason``.
    """
    text = line.decode("ascii", "replace")
    words = text.split()
    if len(words) < 2 or len(words) % 2 or not (text.isprintable() or "".join(words).isprintable()):
        return None
    try:
        token = int(words[0])
    except ValueError:
        return None
    answer = Answer(words[1])
    if answer.word in NO_ROUTE_DIALECTS:
        answer.word = NO_ROUTE
    for at in range(2, len(words), 2):
        known = _PAIRS.get(words[at])
        if known is not None:
            field, read = known
            try:
                setattr(answer, field, read(words[at + 1]))
            except (ValueError, KeyError):  # KeyError: no octet
                if field in _ESSENTIAL:
                    return None
    if answer.rtt_us is None:
        answer.address = None
    elif not 0 <= answer.rtt_us <= RTT_MAX_US or not (answer.address is None or is_address(answer.address)):
        return None
    if answer.rewritten not in REWRITTEN:
        answer.rewritten = None
    if answer.word in {REPLY, TTL_EXPIRED} and (answer.address is None or answer.rtt_us is None):
        return None
    return token, answer


# ---- server side ------------------------------------------------------------------------------------------------


def format_answer(token: int, version: int, answer: Answer, *, detail: bool) -> str:
    """The line that answers a ``send-probe``; the pairs of ``detail`` follow the standard ones."""
    text = f"{token} {answer.word}"
    if answer.address is not None:
        text += f" ip-{version} {answer.address} round-trip-time {answer.rtt_us}"
    elif answer.reason is not None:
        text += f" {'errno' if answer.word == UNEXPECTED_ERROR else 'reason'} {answer.reason}"
    if answer.labels:
        text += f" mpls {format_labels(answer.labels)}"
    if detail:
        for name, value in (
            ("icmp-type", answer.icmp_type),
            ("icmp-code", answer.icmp_code),
            ("reply-ttl", answer.reply_ttl),
            ("clock", answer.clock),
            ("quoted-ttl", answer.quoted_ttl),
            ("quoted-tos", answer.quoted_tos),
            ("mtu", answer.mtu),
            ("unnumbered", answer.unnumbered),
            ("rewritten", answer.rewritten),
            ("interfaces", format_interfaces(answer.interfaces) or None),
        ):
            if value is not None:
                text += f" {name} {value}"
    return text + "\n"


def format_labels(labels: "Iterable[Label]") -> str:
    """The value of an ``mpls`` pair."""
    return ",".join(f"{label.label},{label.tc},{label.bottom},{label.ttl}" for label in labels)
