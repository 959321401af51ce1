"""One hop of a scenario: what its ``[[hop]]`` table may say, and what is wrong with it if it says something else.

The keys, all optional but an address and ``rtt_ms``:

``address``, ``address6``
    Text, or a list where load is balanced over several routers. Neighbouring hops with equally many share one balancer.
``balance``
    ``"flow"`` (protocol, addresses and the first four transport bytes choose; the default), ``"packet"`` (chance
    chooses), or ``"turn"`` (of all packets to one destination, those with one TTL take the branches in turn, so that
    whoever traces it sees them in the same order).
``branch_ms``
    A list: RTT added on each of the branches.
``name``, ``asn``, ``as_name``
    What DNS and routing tables would say; a list of names where there are several addresses.
``rtt_ms``
    The undisturbed RTT from the source; the difference to the hop before belongs to the link between.
``jitter_ms``
    Standard deviation of what the link adds: the absolute value of a normal variable, so later hops feel it too.
``loss_percent``, ``back_loss_percent``
    Lost on the link to this hop, on the forward and on the return path.
``queue``
    ``{peak_ms, period_s, back, own_mbit}``: a queue before this hop that fills and empties, forward or on return;
    ``own_mbit``: the host's own traffic fills it, with so many Mbit/s when it is longest.
``silent``, ``reply_loss_percent``, ``reply_delay_ms``, ``spikes``, ``rate_limit``
    How the hop's own answers fare; what it forwards is not touched. The last two are tables: ``{percent, delay_ms}``
    and ``{per_s, burst}``; a rate limit is one of ICMP messages, so that TCP and SCTP at the target do not meet it.
``labels``, ``carried_to``, ``old_labels``
    MPLS label stack (numbers, or tables ``{label, tc, ttl}``), outermost first; the TTL of the hop where the tunnel
    ends, to which answers are carried first; whether the stack is sent in the form without a length field.
``interfaces``
    What the hop says of its interfaces in errors (RFC 5837): tables ``{role, name, index, address, mtu}``, the role
    ``"incoming"``, ``"sub-ip"``, ``"outgoing"`` or ``"next-hop"``, of which an answer holds four at most.
``quote_bytes``, ``initial_ttl``, ``return_hops``, ``duplicate_percent``
    Bytes quoted after the IP header, the TTL that answers set out with and how many routers they pass then;
    and how often a duplicate reply, the same packet again, follows.
``block``, ``block_protocols``
    ``"prohibited"``, ``"host-unreachable"``, ``"network-unreachable"`` or ``"silent"`` instead of forwarding (at the
    target: instead of answering).
``mtu``, ``mtu_black_hole``, ``mtu_unsaid``
    The largest packet forwarded, whether larger ones vanish without a message, and whether the message of IPv4 leaves
    the size out, as old routers do (RFC 792).
``nat``, ``nat6``, ``nat_port_shift``, ``nat_unrestored``, ``identification_shift``, ``tos``, ``zero_ttl``
    Rewrites: the source address beyond this hop, and the source port of UDP, to which the shift is added (errors quote
    the old ones, unless ``nat_unrestored``), likewise the identification of IPv4 (errors quote the new one), the TOS
    byte; forwards packets whose TTL it has brought to 0.
``open_ports``
    TCP and SCTP ports where the target accepts (UDP: stays silent); every other port is refused.
"""

import socket

from ..interface import INTERFACES_MAX, NAME_MAX_BYTES, NUMBER_MAX, ROLES, Interface
from ..protocols import PROTOCOLS
from ..record import Record
from ..wire import Label
from .schema import (
    BALANCES,
    BLOCKS,
    BY_FLOW,
    ScenarioError,
    address,
    boolean,
    check_table,
    choice,
    fields,
    listed,
    number,
    text,
    whole,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def _microseconds(value: "Any") -> float:
    return number(value) * 1000


def _fraction(value: "Any") -> float:
    return number(value, 0, 100) / 100


def _label(value: "Any") -> Label:
    if not isinstance(value, dict):
        return Label(whole(value, 0, (1 << 20) - 1), 0, 0, 1)
    checks = {
        "label": lambda number: whole(number, 0, (1 << 20) - 1),
        "tc": lambda number: whole(number, 0, 7),
        "ttl": lambda number: whole(number, 0, 255),
    }
    entry = check_table(value, checks, ("label",))
    return Label(entry["label"], entry.get("tc", 0), 0, entry.get("ttl", 1))


def _label_stack(value: "Any") -> "tuple[Label, ...]":
    labels = listed(_label)(value)
    labels[-1].bottom = 1
    return labels


def _interface(value: "Any") -> Interface:
    checks = {
        "role": choice(*ROLES),
        "name": _interface_name,
        "index": lambda number: whole(number, 0, NUMBER_MAX),
        "address": _either_address,
        "mtu": lambda number: whole(number, 0, NUMBER_MAX),
    }
    entry = fields(checks, ("role",))(value)
    return Interface(
        entry["role"],
        entry.get("name", ""),
        index=entry.get("index"),
        address=entry.get("address", ""),
        mtu=entry.get("mtu"),
    )


def _interface_name(value: "Any") -> str:
    if len(text(value).encode("utf-8", "replace")) > NAME_MAX_BYTES:
        raise ScenarioError(f"must have {NAME_MAX_BYTES} bytes at most, not {value!r}")
    return str(value)


def _either_address(value: "Any") -> str:
    family = socket.AF_INET6 if ":" in text(value) else socket.AF_INET
    return socket.inet_ntop(family, address(family)(value))


def _interfaces(value: "Any") -> "tuple[Interface, ...]":
    interfaces = listed(_interface)(value)
    if len(interfaces) > INTERFACES_MAX:
        raise ScenarioError(f"must be {INTERFACES_MAX} tables at most, not {len(interfaces)}")
    return interfaces


CHECKS: "dict[str, Callable[[Any], Any]]" = {
    "address": listed(address(socket.AF_INET), single=True),
    "address6": listed(address(socket.AF_INET6), single=True),
    "balance": choice(*BALANCES),
    "branch_ms": listed(_microseconds),
    "name": listed(text, single=True),
    "asn": lambda value: whole(value, 1, (1 << 32) - 1),
    "as_name": text,
    "rtt_ms": _microseconds,
    "jitter_ms": _microseconds,
    "loss_percent": _fraction,
    "back_loss_percent": _fraction,
    "queue": fields(
        {"peak_ms": _microseconds, "period_s": number, "back": boolean, "own_mbit": number}, ("peak_ms", "period_s")
    ),
    "silent": boolean,
    "reply_loss_percent": _fraction,
    "reply_delay_ms": _microseconds,
    "spikes": fields({"percent": _fraction, "delay_ms": _microseconds}, ("percent", "delay_ms")),
    "rate_limit": fields({"per_s": number, "burst": lambda value: number(value, 1)}, ("per_s",)),
    "labels": _label_stack,
    "carried_to": lambda value: whole(value, 1, 255),
    "old_labels": boolean,
    "interfaces": _interfaces,
    "quote_bytes": lambda value: whole(value, 0, 1500),
    "initial_ttl": lambda value: whole(value, 1, 255),
    "return_hops": lambda value: whole(value, 0, 254),
    "duplicate_percent": _fraction,
    "block": choice(*BLOCKS),
    "block_protocols": listed(choice(*PROTOCOLS)),
    "mtu": lambda value: whole(value, 68, 65535),
    "mtu_black_hole": boolean,
    "mtu_unsaid": boolean,
    "nat": address(socket.AF_INET),
    "nat6": address(socket.AF_INET6),
    "nat_port_shift": lambda value: whole(value, 0, 65535),
    "nat_unrestored": boolean,
    "identification_shift": lambda value: whole(value, 0, 65535),
    "tos": lambda value: whole(value, 0, 255),
    "zero_ttl": boolean,
    "open_ports": listed(lambda value: whole(value, 1, 65535)),
}


class Hop(Record):
    """One hop: times in microseconds, shares from 0 to 1.

    ``link_us`` is the one-way delay of the link before it, ``carried_us`` what a tunnel adds to an answer's path.
    ``addresses``, ``nats`` map 4 and 6 to packed addresses; ``balancer`` is the TTL of the first of the hops that
    share one balancer, or 0. The other fields are those of the table.
    """

    __slots__ = (
        "addresses", "as_name", "asn", "back_loss", "balance", "balancer", "block", "block_protocols", "branches_us",
        "carried_to", "carried_us", "duplicate", "identification_shift", "initial_ttl", "interfaces", "jitter_us",
        "labels", "link_us", "loss", "mtu", "mtu_black_hole", "mtu_unsaid", "names", "nat_port_shift", "nat_unrestored",
        "nats", "old_labels", "open_ports", "queue", "quote_bytes", "rate_limit", "reply_delay_us", "reply_loss",
        "return_hops", "rtt_us", "silent", "spikes", "tos", "zero_ttl",
    )  # fmt: skip

    def __init__(self, table: "Mapping[str, Any]") -> None:
        value = check_table(table, CHECKS, ("rtt_ms",))
        self.addresses: dict[int, tuple[bytes, ...]] = {}
        self.nats: dict[int, bytes] = {}
        for version, suffix in ((4, ""), (6, "6")):
            if "address" + suffix in value:
                self.addresses[version] = value["address" + suffix]
            if "nat" + suffix in value:
                self.nats[version] = value["nat" + suffix]
        if not self.addresses:
            raise ScenarioError("address: missing")
        self.balance: str = value.get("balance", BY_FLOW)
        self.balancer = 0
        self.branches_us: tuple[float, ...] = value.get("branch_ms", ())
        self.names: tuple[str, ...] = value.get("name", ())
        self.asn: int = value.get("asn", 0)
        self.as_name: str = value.get("as_name", "")
        self.rtt_us: float = value["rtt_ms"]
        self.link_us = 0.0
        self.jitter_us: float = value.get("jitter_ms", 0)
        self.loss: float = value.get("loss_percent", 0)
        self.back_loss: float = value.get("back_loss_percent", 0)
        self.queue: dict[str, Any] = value.get("queue", {})
        self.silent: bool = value.get("silent", False)
        self.reply_loss: float = value.get("reply_loss_percent", 0)
        self.reply_delay_us: float = value.get("reply_delay_ms", 0)
        self.spikes: dict[str, float] = value.get("spikes", {})
        self.rate_limit: dict[str, float] = value.get("rate_limit", {})
        self.labels: tuple[Label, ...] = value.get("labels", ())
        self.interfaces: tuple[Interface, ...] = value.get("interfaces", ())
        self.carried_to: int = value.get("carried_to", 0)
        self.carried_us = 0.0
        self.old_labels: bool = value.get("old_labels", False)
        self.quote_bytes: int | None = value.get("quote_bytes")
        self.initial_ttl: int | None = value.get("initial_ttl")
        self.return_hops: int | None = value.get("return_hops")
        self.duplicate: float = value.get("duplicate_percent", 0)
        self.block: str = value.get("block", "")
        self.block_protocols: tuple[str, ...] = value.get("block_protocols", tuple(PROTOCOLS))
        self.mtu: int = value.get("mtu", 65535)
        self.mtu_black_hole: bool = value.get("mtu_black_hole", False)
        self.mtu_unsaid: bool = value.get("mtu_unsaid", False)
        self.nat_port_shift: int = value.get("nat_port_shift", 0)
        self.nat_unrestored: bool = value.get("nat_unrestored", False)
        self.identification_shift: int = value.get("identification_shift", 0)
        self.tos: int | None = value.get("tos")
        self.zero_ttl: bool = value.get("zero_ttl", False)
        self.open_ports: tuple[int, ...] = value.get("open_ports", ())

    @property
    def width(self) -> int:
        """How many routers share the load here."""
        return max(len(addresses) for addresses in self.addresses.values())
