"""The settings of a trace: what is asked of every target, and the target itself."""

from __future__ import annotations

from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes milliseconds that the first probe would wait for
    from typing import Literal

    Protocol = Literal["icmp", "udp", "tcp", "sctp"]


@dataclass(frozen=True, slots=True)
class Target:
    """A host to trace: the name as the user gave it, and the address that is probed.

    ``version`` is 4 or 6; ``port`` overrides the settings' when the operand named one; ``others`` are further
    addresses that the name has; ``zone`` is the interface of a link-local address (RFC 4007), else
    empty; ``source`` is the local address that packets to it leave from, empty when unknown.
    """

    name: str
    address: str
    version: int
    port: int | None = None
    others: tuple[str, ...] = ()
    zone: str = ""
    source: str = field(default="", compare=False)  # a matter of this host, not of the target


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """How a target is probed; the defaults are mtr's.

    ``rounds`` is None when there is no end. ``size_bytes`` is the whole IP packet; negative: random sizes up to that.
    ``bit_pattern`` is -1 for a random one each round. ``due_ttl`` 0 and ``cache_s`` 0 are off. ``port``, ``local_port``
    and ``mark`` are 0 when unset; ``local_device`` is the interface that probes leave by, empty when the routes
    say; ``local_address`` is empty when the kernel chooses or, with an interface, when it is the target's ``source``.
    ``flows`` is in how many flows probes are held at most, 0: each has its own; ``until_enumerated``: the trace ends as
    soon as enough of them have been tried.
    """

    protocol: Protocol = "icmp"
    port: int = 0
    local_port: int = 0
    local_address: str = ""
    local_device: str = ""
    first_ttl: int = 1
    max_ttl: int = 30
    max_unknown: int = 12
    due_ttl: int = 0
    interval_us: int = 1_000_000
    gracetime_us: int = 5_000_000
    timeout_s: int = 10
    rounds: int | None = None
    size_bytes: int = 64
    bit_pattern: int = 0
    tos: int = 0
    mark: int = 0
    cache_s: int = 0
    flows: int = 0
    until_enumerated: bool = False


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """How results are shown; the defaults are mtr's.

    ``fields`` are column letters in order (app/report/columns.py). ``wide``: names are not cut. ``show_ips``: names
    and addresses. ``mpls``: label stacks. ``ipinfo`` are the facts shown of each hop's network: 0 AS, 1 prefix,
    2 country, 3 registry, 4 date. ``max_display_path`` is the most addresses shown of one hop. ``layout`` is that of
    mtr 0.95, of 0.96, or of what follows. ``explain``: a text report says what its numbers mean.
    """

    fields: str = "LS NABWV"
    wide: bool = False
    show_ips: bool = False
    mpls: bool = False
    ipinfo: tuple[int, ...] = ()
    max_display_path: int = 8
    layout: Literal["0.95", "0.96", "next"] = "0.95"
    explain: bool = False


@dataclass(frozen=True, slots=True)
class LookupSettings:
    """What is looked up about addresses, and where.

    ``servers`` are ``(address, port)`` of name servers, empty for the system's. ``databases`` are paths of files that
    answer instead of the DNS for origins. ``provider_4`` and ``provider_6`` are DNS zones, empty for the usual ones.
    ``privacy_hops`` is the number of hops to hide, 0 for none.
    """

    names: bool = True
    origins: bool = False
    servers: tuple[tuple[str, int], ...] = ()
    databases: tuple[str, ...] = ()
    provider_4: str = ""
    provider_6: str = ""
    privacy_hops: int = 0
