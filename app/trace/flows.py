"""The flow of each probe: what keeps probes together, so that load balancers send them along one path.

Balancers look at the ports of UDP and TCP packets, and at the bytes in their place of others: for ICMP that is the
checksum (RFC 792), which the probe process can hold constant. Of IPv6 packets they may take the flow label too.

1. In one flow, every hop is met by the same flow in every round.
2. Of several, each hop is met by the one that was there least often. A further one is tried as long as it, or a hop
   beside it, may have routers that no flow has met (``enumeration``), so that all flows can be followed hop by hop.
3. A router may quote too little of a UDP packet to tell probes of one flow apart. No such answer counts; its hop is
   probed with new ports each time, until an answer shows that it quotes enough.
4. The kernel lets one TCP attempt at a time have a pair of ports. So a whole round cannot be in one flow, and of
   several only those that are free are taken.
"""

from __future__ import annotations

from ...probe.limits import HEADER_BYTES
from ..protocols import PROTOCOLS
from ..ranges import FLOWS
from .enumeration import Trials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from random import Random

    from ..settings import Target, TraceSettings

# The flow of a probe that shares it with no other.
OWN = -1
FLOWS_MAX = int(FLOWS.high)
# Ports, checksums and labels of a trace's flows follow each other from a base that is drawn below this.
FLOW_BASES = 11_700
# Below those that kernels choose, as the probe process's own are.
FIRST_LOCAL_PORT = 20_000
FIRST_CHECKSUM = 1024
# The ports that traceroute has always begun with: hardly ever open, and let through where it is.
UDP_PORT, UDP_PORTS = 33_434, 64
_LABELS, _LABEL_STEP = (1 << 20) - 2, 40_503
# An echo request of fewer bytes has no room for what makes up for its sequence number.
ICMP_SIZE_MIN_BYTES = {version: header + 2 for version, header in HEADER_BYTES.items()}
REDRAWN_MAX = 16


class Flows:
    """Chooses the flows of one target's probes, and says which fields make a probe one of a flow.

    ``detail``: the probe process can hold ICMP checksums, flow labels, and source ports of TCP.
    """

    def __init__(self, target: Target, settings: TraceSettings, randomness: Random) -> None:
        self.detail = False
        self._settings = settings
        self._version = target.version
        self._target = target
        self._randomness = randomness
        self._base = randomness.randrange(FLOW_BASES)
        self._port = randomness.randrange(UDP_PORTS)
        self._redrawn = 0
        self._trials: dict[int, Trials] = {}
        self._own_ports: set[int] = set()

    def change(self, settings: TraceSettings) -> None:
        """Go on with other settings; what other flows have met says nothing of the new ones."""
        if (settings.protocol, settings.flows) != (self._settings.protocol, self._settings.flows):
            self.forget()
        self._settings = settings

    def forget(self) -> None:
        """Begin anew: nothing is known of any hop."""
        self._trials.clear()
        self._own_ports.clear()

    def redraw(self) -> bool:
        """Take other ports, since these are another program's; False where that has been done too often."""
        self._redrawn += 1
        self._base = self._randomness.randrange(FLOW_BASES)
        self.forget()
        return self._redrawn <= REDRAWN_MAX

    @property
    def most(self) -> int:
        """How many flows there may be; 0 where each probe has its own."""
        settings = self._settings
        protocol = PROTOCOLS[settings.protocol]
        if not protocol.flow_field or (protocol.flow_needs_own_process and not self.detail):
            return 0
        if protocol.one_probe_a_flow:
            return settings.flows if settings.flows > 1 else 0
        if protocol.flow_field == "checksum":
            fits = settings.size_bytes < 0 or settings.size_bytes >= ICMP_SIZE_MIN_BYTES[self._version]
            return settings.flows if fits else 0
        return settings.flows if self.can_have_own_ports else min(settings.flows, 1)

    @property
    def can_have_own_ports(self) -> bool:
        """Whether probes can have ports of their own: not where both are given."""
        return not (self._target.port_by(self._settings) and self._settings.local_port)

    def choose(self, ttl: int, end_ttl: int = 255, busy: Container[int] = ()) -> int:
        """The flow of the next probe of a TTL, from 0, or OWN.

        ``end_ttl`` is where the path ends as far as is known, ``busy`` are flows that may not be taken now.
        """
        most = self.most
        if not most or ttl in self._own_ports:
            return OWN
        trials = self._trials.get(ttl)
        if trials is None:
            trials = self._trials[ttl] = Trials()
        uses = trials.uses
        if len(uses) < most and (not uses or self._wants_more(ttl, end_ttl)):
            uses.append(0)
        free = [flow for flow in range(len(uses)) if flow not in busy]
        if not free and len(uses) < most and len(uses) not in busy:
            uses.append(0)
            free = [len(uses) - 1]
        if not free:
            return OWN
        flow = min(free, key=uses.__getitem__)
        uses[flow] += 1
        return flow

    def usual(self, ttl: int) -> int:
        """The flow of a probe of a TTL that is sent beside the rounds, or OWN."""
        shared = self.most and not PROTOCOLS[self._settings.protocol].one_probe_a_flow
        return 0 if shared and ttl not in self._own_ports else OWN

    def answered(self, ttl: int, flow: int, address: str, *, unnumbered: bool) -> None:
        """A probe was answered; ``unnumbered``: others of its flow could not be told from it by that answer."""
        self._trials.setdefault(ttl, Trials()).answered(flow, address)
        if unnumbered and self.can_have_own_ports:
            self._own_ports.add(ttl)
        else:
            self._own_ports.discard(ttl)

    def give_own_ports(self, ttl: int) -> None:
        """Give the probes of a TTL ports of their own: an answer came that may be theirs, or another's."""
        self._own_ports.add(ttl)

    def is_enumerated(self, first_ttl: int, last_ttl: int) -> bool:
        """Whether it is known from ``first_ttl`` to ``last_ttl`` which routers there are and how they share load."""
        trials = [self._trials.get(ttl) for ttl in range(first_ttl, last_ttl + 1)]
        return all(one is not None and one.complete and one.told for one in trials)

    def fields(self, flow: int) -> dict[str, int]:
        """The fields of a probe that make it one of a flow; none of one of its own."""
        if flow < 0:
            return {}
        number = self._base + flow
        label = {"flow_label": 1 + number * _LABEL_STEP % _LABELS} if self._version == 6 and self.detail else {}
        field = PROTOCOLS[self._settings.protocol].flow_field
        if field == "checksum":
            return {"icmp_checksum": FIRST_CHECKSUM + number, **label}
        if field == "source-port":
            return {"local_port": FIRST_LOCAL_PORT + number, **label}
        # Where the user gives the source port, it is the other one that differs.
        moving = flow if self._settings.local_port else 0
        port = UDP_PORT + (self._port + moving) % FLOWS_MAX
        return {"port": port, "local_port": FIRST_LOCAL_PORT + number, **label}

    def _wants_more(self, ttl: int, end_ttl: int) -> bool:
        """Whether another flow is of use at a TTL, or at one beside it."""
        near = (ttl - 1, ttl, ttl + 1) if ttl < end_ttl else (ttl - 1, ttl)
        beside = [trials for one in near if (trials := self._trials.get(one)) is not None]
        tried = len(self._trials[ttl].uses)
        return any(not trials.complete or trials.enough > tried for trials in beside)
