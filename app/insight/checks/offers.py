"""Checks that would settle a verdict: what they send, and how much of it is needed. None is run unasked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ....probe.wire import DNS_QUERY, QUIC_INITIAL
from ...statistics.exact_tests import fisher_greater
from ...trace.checks import Arm, CheckKind, CheckPlan
from ...trace.flows import UDP_PORT
from .results import counts_before

if TYPE_CHECKING:
    from ...path.snapshot import Snapshot
    from ...protocols import ProtocolName
    from ...settings import TraceSettings
    from ..evidence.gather import Evidence

# A check is offered where the outcome that one expects would have so small a chance; it is judged at twice that.
DECISIVE = 0.005
HALF_RATE_PROBES = range(10, 61, 5)
# Sixty without loss exclude 5 %, so that the path can be called sound by them.
TARGET_PROBES = range(60, 181, 20)
# Probes that go to the target whatever its distance.
FAR_TTL = 64
TRIES = 3
SECOND_US = 1_000_000
APART_US = 150_000
# An arm that is not answered at all tells nothing, and stops.
PATIENCE = 5
OTHERS: tuple[tuple[ProtocolName, int], ...] = (
    ("tcp", 443),
    ("tcp", 80),
    ("udp", UDP_PORT),
    ("udp", 53),
    ("udp", 443),
    ("icmp", 0),
)


def halve_rate(evidence: Evidence, ttl: int) -> CheckPlan | None:
    """Whether a hop loses less at half the rate; None where that could not be told with so few probes."""
    lost, completed = counts_before(evidence, ttl)
    probes = _half_rate_probes(lost, completed)
    if not probes:
        return None
    interval_us = 2 * evidence.snapshot.settings.interval_us
    return CheckPlan(
        CheckKind.HALF_RATE,
        ttl,
        (Arm("half rate", ttl, probes, interval_us, delay_us=interval_us),),
        f"probe hop {ttl} at half the rate",
        "A rate limit then leaves fewer unanswered; a busy router or a lossy path does not.",
        exclusive=True,
    )


def other_protocols(settings: TraceSettings, ttl: int) -> CheckPlan:
    """Whether a silent target answers anything else."""
    arms = tuple(
        Arm(
            _name(protocol, port),
            FAR_TTL,
            TRIES,
            SECOND_US,
            protocol,
            port,
            delay_us=at * APART_US,
            payload=_payload(protocol, port),
        )
        for at, (protocol, port) in enumerate(_others(settings))
    )
    return CheckPlan(
        CheckKind.OTHER_PROTOCOLS,
        ttl,
        arms,
        "try other protocols at the target",
        "Any answer means that the host is up and only these probes are filtered.",
        enough=1,
    )


def target_alone(evidence: Evidence, ttl: int, lost: int, completed: int) -> CheckPlan | None:
    """Whether the target rate-limits its replies; None where that could not be told with so few probes."""
    settings = evidence.snapshot.settings
    probes = _target_probes(lost, completed)
    if not probes or settings.protocol not in {"icmp", "udp"}:
        return None
    interval_us = max(settings.interval_us, SECOND_US)
    kinds = [one for one in _others(settings) if one in {("tcp", 443), ("tcp", 80), ("udp", UDP_PORT), ("icmp", 0)}]
    arms = tuple(
        Arm(
            _name(protocol, port),
            FAR_TTL,
            probes,
            interval_us,
            protocol,
            port,
            patience=PATIENCE,
            delay_us=(at + 1) * interval_us // (len(kinds) + 1),
        )
        for at, (protocol, port) in enumerate(kinds)
    )
    return CheckPlan(
        CheckKind.TARGET_ALONE,
        ttl,
        arms,
        "probe the target by other protocols too",
        f"Where only {settings.protocol.upper()} loses, the target rate-limits its replies, and the path is sound.",
    )


def path_mtu(snapshot: Snapshot) -> CheckPlan | None:
    """The path MTU, which no verdict asks for; None where it cannot be looked for, or no hop has answered."""
    answering = [hop.ttl for hop in snapshot.hops if hop.received]
    if snapshot.settings.protocol not in {"icmp", "udp"} or not answering:
        return None
    return CheckPlan(
        CheckKind.PATH_MTU,
        answering[-1],
        (),
        "find the path MTU",
        "It tells the largest packet that gets to each hop whole, and where larger ones vanish.",
    )


def in_words(plan: CheckPlan) -> str:
    """The offer, for reports: the program itself runs no check there."""
    return f"To settle: {plan.question} (key ! on the screen). {plan.meaning}"


def _others(settings: TraceSettings) -> list[tuple[ProtocolName, int]]:
    return [
        (protocol, port)
        for protocol, port in OTHERS
        if protocol != settings.protocol or (protocol == "tcp" and port != settings.port)
    ]


def _payload(protocol: str, port: int) -> str:
    """What makes a server of this port answer; a bare datagram is no question to it."""
    return {("udp", 53): DNS_QUERY, ("udp", 443): QUIC_INITIAL}.get((protocol, port), "")


def _name(protocol: str, port: int) -> str:
    return f"{protocol.upper()} {port}" if port else protocol.upper()


@lru_cache(maxsize=256)
def _half_rate_probes(lost: int, completed: int) -> int:
    """So many probes tell a limit, that at half the rate leaves 2 p - 1 of them unanswered; 0: no number does."""
    share = max(0.0, 2 * lost / completed - 1) if completed else 1.0
    for probes in HALF_RATE_PROBES:
        if fisher_greater(lost, completed, round(share * probes), probes) < DECISIVE:
            return probes
    return 0


@lru_cache(maxsize=256)
def _target_probes(lost: int, completed: int) -> int:
    """So many probes of each kind tell a loss of this share from none; 0: no number does."""
    for probes in TARGET_PROBES:
        if completed and fisher_greater(round(lost / completed * probes), probes, 0, probes) < DECISIVE:
            return probes
    return 0
