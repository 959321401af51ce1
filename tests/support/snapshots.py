"""Snapshots made by hand, for what only looks at them: reports and screens.

``hop`` builds one TTL from the values of its history, ``snapshot`` a trace from its hops; the canned traces below are
made with them. Everything is deterministic.
"""

from __future__ import annotations

import math
import random
from array import array
from typing import TYPE_CHECKING

from hopscope.app.path.snapshot import (
    FAILED,
    NO_FLOW,
    NOT_SENT,
    PENDING,
    UNANSWERED,
    Hop,
    LogEntry,
    Responder,
    Snapshot,
    Statistics,
)
from hopscope.app.sanitize import Text, sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.probe.interface import Interface
from hopscope.probe.wire import Label

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import State

START_US = 5_000_000_000
CLOCK_OFFSET_US = 1_795_302_897_000_000 - START_US  # the start is 2026-11-21 23:14:57 UTC

NAMES = {
    "100.64.0.1": "gw.example.net",
    "100.64.1.1": "ecmp-a.example.net",
    "100.64.1.2": "ecmp-b.example.net",
    "100.64.3.1": "a-very-long-router-name-xe-0-0-1-100.core1.ams.example.net",
    "203.0.113.9": "target.example.net",
    "2001:db8:1::1": "gw6.example.net",
    "2001:db8:99::9": "target.example.net",
}


def name(address: str) -> Text | None:
    """The reverse name of an address in the canned traces."""
    return sanitize(NAMES[address]) if address in NAMES else None


def statistics(rtts_us: list[int]) -> Statistics:
    """The figures of these answers, by mtr's formulas; written apart from the program's own."""
    if not rtts_us:
        return Statistics()
    last = rtts_us[0]
    average = ssd = jitter = jitter_average = jitter_worst = jitter_16 = 0
    geometric = float(rtts_us[0])
    for count, rtt in enumerate(rtts_us, 1):
        jitter = abs(rtt - last) if count > 1 else 0
        last = rtt
        old = average
        average = int(average + (rtt - old) / count)
        ssd = int(ssd + (rtt - old) * (rtt - average)) if count > 1 else 0
        jitter_average += int((jitter - jitter_average) / count)
        jitter_worst = max(jitter_worst, jitter)
        jitter_16 += jitter - ((jitter_16 + 8) >> 4)
        if count > 1:
            geometric = int(geometric ** ((count - 1) / count) * rtt ** (1 / count))
    return Statistics(
        answers=len(rtts_us),
        last=last,
        best=min(rtts_us),
        worst=max(rtts_us),
        average=average,
        stdev=int(math.sqrt(ssd / (len(rtts_us) - 1))) if len(rtts_us) > 1 else 0,
        geometric_mean=int(geometric),
        jitter=jitter,
        jitter_average=jitter_average,
        jitter_worst=jitter_worst,
        jitter_interarrival=jitter_16 // 16,
    )


def hop(
    ttl: int,
    rtts_us: list[int],
    *addresses: str,
    by: list[int] | None = None,
    flows: list[int] | None = None,
    labels: dict[str, tuple[Label, ...]] | None = None,
    interfaces: dict[str, tuple[Interface, ...]] | None = None,
    kinds: dict[str, tuple[tuple[str, int | None, int | None, int], ...]] | None = None,
    error: str = "",
    reply_ttl: int | None = None,
) -> Hop:
    """One TTL from a value a round: a round-trip time, or UNANSWERED, NOT_SENT, PENDING, FAILED.

    ``addresses`` are the responders in the order of their first answer; ``by`` says which of them answered each
    round (the first one where it is not given), ``flows`` the flow of each round's probe (none where it is not given).
    ``labels``, ``interfaces`` and ``kinds`` are by address.
    """
    by = by if by is not None else [0 if value >= 0 else -1 for value in rtts_us]
    answers = [value for value in rtts_us if value >= 0]
    responders = []
    for index, address in enumerate(addresses):
        rounds = [at for at, who in enumerate(by) if who == index and rtts_us[at] >= 0]
        default = (("ttl-expired", 3 if ":" in address else 11, 0, len(rounds)),)
        responders.append(
            Responder(
                address=address,
                statistics=statistics([rtts_us[at] for at in rounds]),
                labels=(labels or {}).get(address, ()),
                interfaces=(interfaces or {}).get(address, ()),
                kinds=(kinds or {}).get(address, default),
                reply_ttl=reply_ttl,
                first_us=START_US + (rounds[0] if rounds else 0) * 1_000_000,
                last_us=START_US + (rounds[-1] if rounds else 0) * 1_000_000,
            )
        )
    return Hop(
        ttl=ttl,
        sent=sum(1 for value in rtts_us if value not in {NOT_SENT, FAILED}),
        received=len(answers),
        pending=rtts_us.count(PENDING),
        statistics=statistics(answers),
        responders=tuple(responders),
        latest=next((who for who, value in zip(reversed(by), reversed(rtts_us), strict=True) if value >= 0), -1),
        error=error,
        waiting=not rtts_us or rtts_us[-1] < 0,
        rtts_us=memoryview(array("i", rtts_us)).toreadonly(),
        answered_by=memoryview(array("h", by)).toreadonly(),
        flows=memoryview(array("h", flows or [NO_FLOW] * len(by))).toreadonly(),
    )


def snapshot(
    target: Target,
    hops: list[Hop],
    settings: TraceSettings | None = None,
    *,
    reached: bool = True,
    state: State = "finished",
    reason: str = "",
    log_entries: tuple[LogEntry, ...] = (),
    note: str = "",
) -> Snapshot:
    """A trace that began at START_US and ran as many rounds as its hops have values."""
    rounds = max((len(one.rtts_us) for one in hops), default=0)
    return Snapshot(
        target=target,
        settings=settings or TraceSettings(rounds=rounds or None),
        state=state,
        reason=reason,
        started_us=START_US,
        time_us=START_US + rounds * 1_000_000,
        clock_offset_us=CLOCK_OFFSET_US,
        rounds=rounds,
        last_round=rounds - 1,
        hops=tuple(hops),
        reached=reached,
        log_entries=log_entries,
        path_round=max((one.round for one in log_entries if one.kind == "path-changed"), default=0),
        local_address="2001:db8::2" if target.version == 6 else "198.18.0.2",
        note=note,
        version=rounds,
    )


TARGET = Target(sanitize("203.0.113.9"), "203.0.113.9", 4)
REPLY = (("reply", 0, 0, 3),)


def healthy(rounds: int = 60, *, hops: int = 12) -> Snapshot:
    """Every hop answers every probe; round-trip times grow along the path and vary a little."""
    chance = random.Random(7)
    made = []
    for ttl in range(1, hops + 1):
        address = TARGET.address if ttl == hops else f"198.51.100.{ttl}"
        base = 400 + 60_000 * ttl // hops
        values = [base + chance.randrange(base // 20 + 50) for _ in range(rounds)]
        made.append(hop(ttl, values, address, kinds={TARGET.address: (("reply", 0, 0, rounds),)}))
    return snapshot(TARGET, made)


def lossy(rounds: int = 60) -> Snapshot:
    """Loss that begins at hop 5 and reaches the target, and a rate limit that loses answers at hop 3 alone."""
    chance = random.Random(11)
    made = []
    for ttl in range(1, 9):
        address = TARGET.address if ttl == 8 else f"198.51.100.{ttl}"
        share = {3: 0.5}.get(ttl, 0.2 if ttl >= 5 else 0.0)
        values = [
            UNANSWERED if chance.random() < share else 1_000 + 4_000 * ttl + chance.randrange(900)
            for _ in range(rounds)
        ]
        made.append(hop(ttl, values, address))
    return snapshot(TARGET, made)


def silent() -> Snapshot:
    """Hops 2 and 3 never answer, nor does hop 6 (nor anything behind): the last row is the one after hop 5."""
    nothing = [UNANSWERED] * 5
    return snapshot(
        TARGET,
        [
            hop(1, [700, 650, 820, 701, 660], "192.0.2.1"),
            hop(2, nothing),
            hop(3, nothing),
            hop(4, [9_900, 9_800, 10_100, 9_850, 9_900], "198.51.100.4"),
            hop(5, [12_000, UNANSWERED, 12_400, 12_100, 12_050], "198.51.100.5"),
            hop(6, nothing),
        ],
        reached=False,
    )


CORE_LABELS = (Label(24015, 0, 0, 1), Label(299920, 5, 1, 1))


def ecmp_mpls() -> Snapshot:
    """Seven hops: three addresses behind hop 2, labels at hops 4 and 5, a silent hop 3, a lossy hop 6."""
    edge = (Label(16, 1, 1, 250),)
    return snapshot(
        TARGET,
        [
            hop(1, [2_812, 3_840, 4_790], "100.64.0.1"),
            hop(2, [5_104, 5_300, 5_511], "100.64.1.3", "100.64.1.1", "100.64.1.2", by=[0, 1, 2]),
            hop(3, [UNANSWERED] * 3),
            hop(4, [8_300, 8_210, 8_340], "100.64.3.1", labels={"100.64.3.1": CORE_LABELS}),
            hop(
                5,
                [9_240, 9_600, 9_200],
                "100.64.4.1",
                "100.64.4.2",
                by=[0, 1, 0],
                labels={"100.64.4.1": edge, "100.64.4.2": edge},
            ),
            hop(6, [10_240, UNANSWERED, UNANSWERED], "100.64.5.1"),
            hop(7, [12_210, 12_300, 12_340], "203.0.113.9", kinds={"203.0.113.9": REPLY}),
        ],
    )


def ipv6() -> Snapshot:
    """Four hops over IPv6, two addresses and a label at hop 2, a silent hop 3."""
    return snapshot(
        Target(sanitize("2001:db8:99::9"), "2001:db8:99::9", 6),
        [
            hop(1, [2_500, 2_300, 2_700], "2001:db8:1::1"),
            hop(
                2,
                [5_500, 5_300, 5_600],
                "2001:db8:2::2",
                "2001:db8:2::1",
                by=[0, 1, 0],
                labels={"2001:db8:2::1": (Label(77, 0, 1, 1),)},
            ),
            hop(3, [UNANSWERED] * 3),
            hop(4, [12_500, 12_200, 12_400], "2001:db8:99::9", kinds={"2001:db8:99::9": (("reply", 129, 0, 3),)}),
        ],
    )


def unreachable() -> Snapshot:
    """The router at hop 2 says that there is no way to the target."""
    return snapshot(
        Target(sanitize("203.0.113.50"), "203.0.113.50", 4),
        [
            hop(1, [2_300, 14_500], "100.64.0.1"),
            hop(
                2,
                [3_400, 3_300],
                "100.64.1.9",
                kinds={"100.64.1.9": (("no-route", 3, 1, 2),)},
                error="no-route",
            ),
        ],
        reached=False,
    )


TOLD = (
    Interface("incoming", "ae3.100", index=526, address="198.51.100.9", mtu=9000),
    Interface("next-hop", address="203.0.113.1"),
)
LISTED = "ae3.100 in, index 526, 198.51.100.9, MTU 9000; next hop, 203.0.113.1"  # the same in words
FORGED = Interface("incoming", '=1|2,"<b>&')  # of printable characters that formats give a meaning


def interfaces() -> Snapshot:
    """Of two routers at hop 2, which share the load, one tells of its interfaces; the one at hop 3 as well."""
    return snapshot(
        Target(sanitize("203.0.113.9"), "203.0.113.9", 4),
        [
            hop(1, [700, 800], "192.0.2.1"),
            hop(2, [900, 950], "198.51.100.2", "198.51.100.3", by=[0, 1], interfaces={"198.51.100.2": TOLD}),
            hop(3, [900, 950], "198.51.100.4", interfaces={"198.51.100.4": (FORGED,)}),
            hop(4, [1200, 1300], "203.0.113.9", kinds={"203.0.113.9": (("reply", 0, 0, 2),)}),
        ],
    )


def nothing_answered() -> Snapshot:
    """No probe was ever answered: there are no rows."""
    return snapshot(Target(sanitize("203.0.113.53"), "203.0.113.53", 4), [], TraceSettings(rounds=2), reached=False)


def just_started() -> Snapshot:
    """The first second of a trace: two answers, two probes on their way."""
    return snapshot(
        TARGET,
        [
            hop(1, [640], "100.64.0.1"),
            hop(2, [4_100], "100.64.1.1"),
            hop(3, [PENDING]),
            hop(4, [PENDING]),
        ],
        TraceSettings(),
        reached=False,
        state="running",
    )
