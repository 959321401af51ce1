"""Checks that would settle a verdict: what they send, and how much of it is needed. None is run unasked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ....probe.wire import DNS_QUERY, QUIC_INITIAL
from ...protocols import ICMP, PROTOCOLS, TCP, UDP, Protocol
from ...statistics.exact_tests import fisher_greater
from ...trace.checks import Arm, CheckKind, CheckPlan
from ...trace.flows import UDP_PORT
from .results import counts_before

if TYPE_CHECKING:
    from ...path.snapshot import Snapshot
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
Other = tuple[Protocol, int]  # with the target's port; 0: it has none
OTHERS: tuple[Other, ...] = ((TCP, 443), (TCP, 80), (UDP, UDP_PORT), (UDP, 53), (UDP, 443), (ICMP, 0))
# What makes a server of this port answer; a bare datagram is no question to it.
QUESTIONS: dict[Other, str] = {(UDP, 53): DNS_QUERY, (UDP, 443): QUIC_INITIAL}


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
            protocol.name,
            port,
            delay_us=at * APART_US,
            payload=QUESTIONS.get((protocol, port), ""),
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
    mine = PROTOCOLS[settings.protocol]
    if not probes or not mine.replies_in_icmp:
        return None
    interval_us = max(settings.interval_us, SECOND_US)
    kinds = [one for one in _others(settings) if one not in QUESTIONS]
    title = mine.title if evidence.snapshot.settings_known else "the protocol of the trace"
    arms = tuple(
        Arm(
            _name(protocol, port),
            FAR_TTL,
            probes,
            interval_us,
            protocol.name,
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
        f"Where only {title} loses, the target rate-limits its replies, and the path is sound.",
    )


def tcp_beside(settings: TraceSettings, ttl: int, probes: int, patience: int) -> CheckPlan | None:
    """TCP to port 443 of the target beside a trace of another protocol, as tickets have it; None: it is that already.

    ``patience`` is after how many lost probes in a row from the start it is given up.
    """
    if settings.protocol == TCP.name:
        return None
    arm = Arm(_name(TCP, 443), FAR_TTL, probes, max(settings.interval_us, SECOND_US), TCP.name, 443, patience=patience)
    return CheckPlan(
        CheckKind.TARGET_ALONE,
        ttl,
        (arm,),
        "probe the target by TCP too",
        "Loss that TCP meets as well is no rate limit of the target's replies.",
    )


def path_mtu(snapshot: Snapshot) -> CheckPlan | None:
    """The path MTU, which no verdict asks for; None where it cannot be looked for, or no hop has answered."""
    answering = [hop.ttl for hop in snapshot.hops if hop.received]
    if not PROTOCOLS[snapshot.settings.protocol].any_size or not answering:
        return None
    return CheckPlan(
        CheckKind.PATH_MTU,
        answering[-1],
        (),
        "find the path MTU",
        "It finds the largest packet that reaches each hop whole, and where larger ones vanish.",
    )


def in_words(plan: CheckPlan) -> str:
    """The offer, for reports: the program itself runs no check there."""
    return f"To settle: {plan.question}. {plan.meaning}"


def _others(settings: TraceSettings) -> list[Other]:
    """What the trace does not send: another port counts where the server of it answers, and not the host by ICMP."""
    return [
        (protocol, port)
        for protocol, port in OTHERS
        if protocol.name != settings.protocol or (not protocol.replies_in_icmp and port != settings.port)
    ]


def _name(protocol: Protocol, port: int) -> str:
    return f"{protocol.title} {port}" if port else protocol.title


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
