"""The settings of a trace: what is asked of every target, and the target itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from . import defaults
from .protocols import ICMP, PROTOCOLS, TCP
from .sanitize import NOTHING, composed, sanitize

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes milliseconds that the first probe would wait for
    from collections.abc import Sequence
    from typing import Literal

    from .protocols import ProtocolName
    from .sanitize import Text

    Direction = Literal["", "forward", "return"]


@dataclass(frozen=True, slots=True)
class LaneKind:
    """What sets one lane to a target apart from others that leave from the same place: protocol, or family, or both."""

    protocol: ProtocolName | Literal[""] = ""
    """Of its probes; empty: that of the settings."""
    port: int = 0
    """Of the target; 0: not named, so that of the settings, or as the protocol has it."""
    version: int = 0
    """4 or 6; 0: either."""

    @property
    def words(self) -> str:
        """As it stands after "by": ``TCP 443``, ``IPv6``, ``UDP over IPv4``."""
        family = f"IPv{self.version}" if self.version else ""
        if not self.protocol:
            return family
        title = PROTOCOLS[self.protocol].title + (f" {self.port}" if self.port else "")
        return f"{title} over {family}" if family else title


@dataclass(frozen=True, slots=True)
class Target:
    """A host to trace, and where from and how: a lane."""

    name: Text
    """As the user gave it, safe to show."""
    address: str
    """What is probed: numeric, without its zone."""
    version: int
    """4 or 6."""
    port: int | None = None
    """Named with the host, and stronger than that of the settings; None: not named."""
    others: tuple[str, ...] = ()
    """Further addresses that the name has."""
    zone: str = ""
    """The interface of a link-local address (RFC 4007), else empty."""
    source: str = field(default="", compare=False)  # a matter of this host, not of the target
    """The local address that packets to it leave from; empty: unknown."""
    tcp_port: int | None = None
    """That of the URL that it was typed as, for when it is traced by TCP; None: it was typed otherwise."""
    vantage: Text = NOTHING
    """Where its probes leave from; empty: this host, and nothing else is traced from elsewhere."""
    kind: LaneKind | None = None
    """What sets it apart from other lanes to the same host; None: there is one way alone, that of the settings."""
    direction: Direction = ""
    """Of two hosts that are traced from each other, which direction this is; empty: there is one direction alone."""

    @property
    def lane(self) -> Text:
        """Its name after the vantage point, and before protocol or family, where those were named."""
        start = f"{self.vantage} to " if self.vantage else ""
        return composed(f"{start}{self.called}")

    @property
    def called(self) -> Text:
        """Its name, and by which protocol or family where that was named: ``example.org by TCP 443``."""
        return composed(f"{self.name} by {self.kind.words}") if self.kind is not None else sanitize(self.name)

    def own(self, settings: TraceSettings) -> TraceSettings:
        """The settings of all as they are for this lane."""
        kind = self.kind
        if kind is None:
            return settings
        protocol = PROTOCOLS[kind.protocol or settings.protocol]
        port = kind.port or settings.port or protocol.default_port
        return replace(settings, protocol=protocol.name, port=port if protocol.has_ports else 0)

    def port_by(self, settings: TraceSettings) -> int:
        """The port that probes go to under these settings; 0: as the protocol has it."""
        if self.kind is not None:
            if not PROTOCOLS[settings.protocol].has_ports:
                return 0
            if self.kind.port:
                return self.kind.port
        by_url = self.tcp_port if settings.protocol == TCP.name else None
        return self.port or by_url or settings.port


def by_vantage(targets: Sequence[Target]) -> dict[Text, list[int]]:
    """The indices of targets by where their probes leave from, places in the order in which they first come."""
    found: dict[Text, list[int]] = {}
    for index, target in enumerate(targets):
        found.setdefault(target.vantage, []).append(index)
    return found


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """How a target is probed; the defaults are mtr's."""

    protocol: ProtocolName = ICMP.name
    """Of the probes, by its name."""
    port: int = 0
    """Of the target; 0: as the protocol has it."""
    local_port: int = 0
    """Source port; 0: not fixed."""
    local_address: str = ""
    """Empty: the kernel chooses, or, with an interface, it is the target's ``source``."""
    local_device: str = ""
    """The interface that probes leave by; empty: the routes say."""
    first_ttl: int = defaults.FIRST_TTL
    """The nearest hop that is probed, 1 to ``max_ttl``."""
    max_ttl: int = defaults.MAX_TTL
    """The farthest hop that is probed, up to 255."""
    max_unknown: int = defaults.UNKNOWN_HOPS
    """A round ends after more silent hops than this."""
    due_ttl: int = 0
    """Probed even beyond the target, up to this TTL; 0: off."""
    interval_us: int = defaults.INTERVAL_S * 1_000_000
    """How long a round lasts."""
    gracetime_us: int = defaults.GRACETIME_S * 1_000_000
    """How long answers are waited for after the last round, at most."""
    timeout_s: int = defaults.TIMEOUT_S
    """After this, no answer to a probe counts."""
    rounds: int | None = None
    """None: there is no end."""
    size_bytes: int = defaults.SIZE_BYTES
    """The whole IP packet; negative: random sizes up to that."""
    bit_pattern: int = 0
    """The byte that fills packets; -1: a random one each round."""
    tos: int = 0
    """Type of service: DSCP and ECN."""
    mark: int = 0
    """Firewall mark; 0: none."""
    cache_s: int = 0
    """A hop that answered less than this ago is not probed again; 0: off."""
    flows: int = 0
    """In how many flows probes are kept at most; 0: each has its own."""
    until_enumerated: bool = False
    """Whether the trace ends as soon as enough flows have been tried."""


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """How results are shown; the defaults are mtr's."""

    fields: str = defaults.COLUMNS
    """Letters of columns, in their order (app/path/columns.py)."""
    wide: bool = False
    """Names are not cut."""
    show_ips: bool = False
    """Names and addresses."""
    mpls: bool = False
    """Label stacks are shown."""
    interfaces: bool = True
    """What routers say of their interfaces is shown; mtr does not."""
    ipinfo: tuple[int, ...] = ()
    """The facts shown of each hop's network, by number (app/resolve/facts.py)."""
    max_display_path: int = defaults.SHOWN_ADDRESSES
    """The most addresses shown of one hop."""
    layout: Literal["0.95", "0.96", "next"] = defaults.LAYOUT
    """That of mtr 0.95, of 0.96, or of its sources after that."""
    explain: bool = False
    """A text report says what its numbers mean."""


@dataclass(frozen=True, slots=True)
class LookupSettings:
    """What is looked up about addresses, and where."""

    names: bool = True
    """Whether reverse names are looked up."""
    names_at: Literal["local", "vantage"] = "local"
    """Whose resolver names what answers to a vantage point: this host's, or its own."""
    origins: bool = False
    """Whether networks are looked up: AS, prefix, country."""
    servers: tuple[tuple[str, int], ...] = ()
    """Addresses and ports of name servers; empty: the system's."""
    databases: tuple[str, ...] = ()
    """Paths of files that answer instead of the DNS for origins."""
    provider_4: str = defaults.PROVIDER_4
    """The DNS zone for origins of IPv4 addresses."""
    provider_6: str = defaults.PROVIDER_6
    """Likewise for IPv6."""
    privacy_hops: int = 0
    """How many hops to hide; 0: none."""


@dataclass(frozen=True, slots=True)
class KeepLimits:
    """How much is kept of sessions of the screen."""

    days: int = 7
    """Those that have not been written to for so long are removed."""
    size_bytes: int = 200_000_000
    """The oldest are removed where all together are larger."""
