"""What keeps the probes of a round in one flow, so that load balancers send them along one path.

Balancers look at the ports of UDP packets, and at the bytes in their place of others: for ICMP that is the checksum
(RFC 792), which the probe process can hold constant. Flow ``n`` of several is that of the rounds n, n + flows, ...
"""

from __future__ import annotations

from ..settings import TraceSettings

# Ports and checksums of a trace's flows follow each other from a base that is drawn below this.
FLOW_BASES = 20_000
FIRST_LOCAL_PORT = 20_000
FIRST_CHECKSUM = 1024
# The port that traceroute begins with: hardly ever open.
UDP_PORT = 33_434


def flow_of(settings: TraceSettings, round_number: int) -> int:
    """The flow of a round, counted from 0."""
    return round_number % settings.flows if settings.flows else 0


def flow_fields(settings: TraceSettings, base: int, round_number: int) -> dict[str, int]:
    """The fields of a probe that make it one of the round's flow; none for protocols that have no such field."""
    number = base + flow_of(settings, max(round_number, 0))
    if settings.protocol == "udp":
        return {"port": UDP_PORT, "local_port": FIRST_LOCAL_PORT + number}
    return {"icmp_checksum": FIRST_CHECKSUM + number} if settings.protocol == "icmp" else {}
