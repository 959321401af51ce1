"""What becomes of a packet on its path through a scenario: delays, losses, limits; no bytes, no clock.

The random numbers come from one seeded generator, so the same packets at the same times have the same fates.
"""

import math
import random
import zlib

from ..protocols import BY_NUMBER
from ..record import Record
from .hop import Hop
from .scenario import ELSEWHERE
from .schema import BY_PACKET, IN_TURN, SILENTLY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .scenario import Route, Scenario

# Fates.
ANSWERED = "answered"
LOST = "lost"  # on the forward path
LOST_BACK = "lost-back"
SILENT = "silent"
REPLY_LOST = "reply-lost"  # the answering router's own
RATE_LIMITED = "rate-limited"
BLOCKED = "blocked"  # without a message
TOO_BIG = "too-big"  # without a message
NO_ROUTE = "no-route"  # without a message: no hop to say so

# Kinds of answer.
EXPIRED = "expired"
ARRIVED = "arrived"
PACKET_TOO_BIG = "packet-too-big"
# ... or one of hop.BLOCKS but silent.


class Traveller(Record):
    """What of a packet decides its path: ``flow`` are the bytes that load balancers look at, ``size`` all of it."""

    __slots__ = ("destination", "dont_fragment", "flow", "protocol", "size", "ttl", "version")

    def __init__(
        self, destination: bytes, protocol: int, ttl: int, flow: bytes, *, size: int = 64, dont_fragment: bool = False
    ) -> None:
        self.version = 4 if len(destination) == 4 else 6
        self.destination = destination
        self.protocol = protocol
        self.ttl = ttl
        self.flow = flow
        self.size = size
        self.dont_fragment = dont_fragment


class Journey(Record):
    """How it ended.

    ``ttl`` counts the hops to where the packet met its fate, 0 when it met none of them; ``address`` is who answered
    or would have. ``answer`` is the kind of answer, ``mtu`` goes with PACKET_TOO_BIG. ``rtt_us`` is when the answer
    is back, also where it is lost before that. ``quoted_ttl`` and ``tos`` are the packet's when it arrived there,
    ``nat`` the source address that it then had, or None, ``nat_port_shift`` how far its source port had moved;
    ``nat_unrestored``: they are quoted; ``identification_shift`` how far its identification had moved.
    ``duplicate``: a duplicate reply comes a little later.
    ``by_icmp``: the answer is an ICMP message, not one of TCP or SCTP.
    """

    __slots__ = (
        "address", "answer", "by_icmp", "duplicate", "fate", "hop", "identification_shift", "mtu", "nat",
        "nat_port_shift", "nat_unrestored", "quoted_ttl", "rtt_us", "tos", "ttl",
    )  # fmt: skip

    def __init__(self) -> None:
        self.fate = NO_ROUTE
        self.ttl = 0
        self.by_icmp = True
        self.hop: Hop | None = None
        self.address = b""
        self.answer = ""
        self.mtu = 0
        self.rtt_us = 0.0
        self.quoted_ttl = 0
        self.tos: int | None = None
        self.nat: bytes | None = None
        self.nat_port_shift = 0
        self.nat_unrestored = False
        self.identification_shift = 0
        self.duplicate = False


class World:
    """A scenario in motion. Times are microseconds from the start and should not go back much from call to call."""

    def __init__(self, scenario: "Scenario", seed: "int | None" = None) -> None:
        self.scenario = scenario
        self._random = random.Random(scenario.seed if seed is None else seed)
        self._buckets: dict[bytes, tuple[float, float]] = {}
        self._turns: dict[tuple[int, bytes, int], int] = {}  # by balancer, destination and TTL

    def travel(self, packet: Traveller, time_us: float) -> Journey:
        """The fate of a packet that sets out at a time."""
        journey = Journey()
        routes = self.scenario.routes_at(time_us)
        route = routes.get(packet.destination) or routes[ELSEWHERE]
        crossed: list[Hop] = []
        branches: dict[int, int] = {}
        ttl = packet.ttl
        at_us = time_us
        while True:
            hop = self._next(route, len(crossed))
            if hop is None or packet.version not in hop.addresses:
                return journey
            crossed.append(hop)
            branch = self._branch(hop, packet, branches, _translation(journey))
            addresses = hop.addresses[packet.version]
            journey.ttl = len(crossed)
            journey.hop = hop
            journey.address = addresses[branch % len(addresses)]
            journey.quoted_ttl = ttl
            at_us += self._forward_us(hop, branch, at_us)
            if hop.loss and self._random.random() < hop.loss:
                journey.fate = LOST
                return journey
            # Where one of several ways leads to the target sooner, the packet has arrived there.
            arrives = hop.width > 1 and journey.address == packet.destination
            last = arrives or (len(crossed) == len(route.hops) and route.loop < 0)
            if not self._passes(hop, packet, journey, ttl, last=last):
                break
            ttl = max(ttl - 1, 0)
            journey.tos = hop.tos if hop.tos is not None else journey.tos
            journey.nat = hop.nats.get(packet.version, journey.nat)
            journey.nat_port_shift += hop.nat_port_shift
            journey.nat_unrestored = journey.nat_unrestored or hop.nat_unrestored
            journey.identification_shift += hop.identification_shift
        if journey.fate == ANSWERED:
            journey.by_icmp = journey.answer != ARRIVED or _replies_in_icmp(packet)
            self._return(journey, crossed, at_us)
            journey.rtt_us -= time_us
        return journey

    @staticmethod
    def _next(route: "Route", position: int) -> "Hop | None":
        hops = route.hops
        if position < len(hops):
            return hops[position]
        if route.loop < 0:
            return None
        return hops[route.loop + (position - len(hops)) % (len(hops) - route.loop)]

    def _branch(self, hop: Hop, packet: Traveller, branches: "dict[int, int]", translation: bytes) -> int:
        if not hop.balancer:
            return 0
        if hop.balancer not in branches:
            if hop.balance == BY_PACKET:
                branches[hop.balancer] = self._random.randrange(hop.width)
            elif hop.balance == IN_TURN:
                mine = (hop.balancer, packet.destination, packet.ttl)
                branches[hop.balancer] = self._turns.get(mine, 0) % hop.width
                self._turns[mine] = branches[hop.balancer] + 1
            else:
                key = packet.flow + packet.destination + bytes((packet.protocol,)) + translation
                branches[hop.balancer] = _mix(zlib.crc32(key), hop.balancer) % hop.width
        return branches[hop.balancer]

    def _passes(self, hop: Hop, packet: Traveller, journey: Journey, ttl: int, *, last: bool) -> bool:
        """Whether the hop forwards the packet; if not, fate and kind of answer are set."""
        journey.fate = ANSWERED
        blocked = hop.block and _is_of(packet, hop.block_protocols)
        if last and not blocked:
            journey.answer = ARRIVED
            journey.address = packet.destination
            return False
        if not last and (ttl < 1 or (ttl == 1 and not hop.zero_ttl)):
            journey.answer = EXPIRED
            return False
        if blocked:
            journey.answer = hop.block
            if hop.block == SILENTLY:
                journey.fate = BLOCKED
            return False
        if packet.size > hop.mtu and (packet.dont_fragment or packet.version == 6):
            journey.answer = PACKET_TOO_BIG
            journey.mtu = 0 if hop.mtu_unsaid and packet.version == 4 else hop.mtu
            if hop.mtu_black_hole:
                journey.fate = TOO_BIG
            return False
        return True

    def _forward_us(self, hop: Hop, branch: int, at_us: float) -> float:
        delay_us = hop.link_us
        if hop.branches_us:
            delay_us += hop.branches_us[branch] / 2
        if hop.jitter_us:
            delay_us += abs(self._random.gauss(0, hop.jitter_us))
        if hop.queue and not hop.queue.get("back"):
            delay_us += self._queue_us(hop, at_us)
        return delay_us

    def _queue_us(self, hop: Hop, at_us: float) -> float:
        """A queue that is empty at the start, full half a period later, with some noise."""
        fill = math.sin(math.pi * at_us / 1e6 / hop.queue["period_s"]) ** 2
        return float(hop.queue["peak_ms"]) * fill * self._random.uniform(0.8, 1)

    def _return(self, journey: Journey, crossed: "list[Hop]", at_us: float) -> None:
        """The answer's return path; sets the fate where it does not arrive, and the time when it does."""
        hop = crossed[-1]
        if hop.silent:
            journey.fate = SILENT
        elif hop.rate_limit and journey.by_icmp and not self._take(hop, at_us):
            journey.fate = RATE_LIMITED
        elif hop.reply_loss and self._random.random() < hop.reply_loss:
            journey.fate = REPLY_LOST
        at_us += hop.reply_delay_us
        if hop.spikes and self._random.random() < hop.spikes["percent"]:
            at_us += hop.spikes["delay_ms"] * self._random.uniform(0.5, 1)
        if hop.labels and journey.answer == EXPIRED:
            at_us += hop.carried_us
        for link in reversed(crossed):
            if link.back_loss and self._random.random() < link.back_loss and journey.fate == ANSWERED:
                journey.fate = LOST_BACK
            at_us += link.link_us
            if link.branches_us:
                at_us += sum(link.branches_us) / len(link.branches_us) / 2
            if link.queue and link.queue.get("back"):
                at_us += self._queue_us(link, at_us)
        journey.rtt_us = at_us
        journey.duplicate = bool(hop.duplicate) and self._random.random() < hop.duplicate

    def _take(self, hop: Hop, at_us: float) -> bool:
        """Take a token from the hop's bucket, if there is one."""
        key = next(iter(hop.addresses.values()))[0]
        burst = hop.rate_limit.get("burst", 1)
        tokens, last_us = self._buckets.get(key, (burst, at_us))
        tokens = min(burst, tokens + max(at_us - last_us, 0) * hop.rate_limit["per_s"] / 1e6)
        taken = tokens >= 1
        self._buckets[key] = (tokens - 1 if taken else tokens, max(at_us, last_us))
        return taken


def _translation(journey: Journey) -> bytes:
    """What translators have made of a packet's source; empty where it is the sender's."""
    port = journey.nat_port_shift.to_bytes(4, "big") if journey.nat_port_shift else b""
    return (journey.nat or b"") + port


def _mix(value: int, salt: int) -> int:
    """Spread the bits of a hash, differently for every balancer: a CRC is linear, so its bits alone would agree."""
    value = (value ^ salt * 0x9E3779B1) * 0x85EBCA6B & 0xFFFFFFFF
    value ^= value >> 13
    value = value * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16


def _is_of(packet: Traveller, protocols: "tuple[str, ...]") -> bool:
    protocol = BY_NUMBER.get(packet.protocol)
    return protocol is not None and protocol.name in protocols


def _replies_in_icmp(packet: Traveller) -> bool:
    protocol = BY_NUMBER.get(packet.protocol)
    return protocol is not None and protocol.replies_in_icmp
