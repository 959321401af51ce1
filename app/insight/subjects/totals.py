"""Verdicts from totals alone: best, average and worst RTT and addresses of each hop, without the order of its answers.

A report that was made elsewhere has no more. What it says is likely at most, since one slow minute and a slow hour
have the same average.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rules, wording
from ..answer import Status, yes
from ..assessment import Verdict
from ..evidence.network import Owner, Shown, network_at
from ..place import Place, at_hop
from .latency import unless_too_far
from .queue import ACCESS_TTL, GRADES, TIMES_BEST

if TYPE_CHECKING:
    from ...path.snapshot import Hop
    from ..evidence.gather import Evidence

ANSWERS_MIN = 5
# The average lies so far above the best where packets wait.
WAIT_US, WAIT_SHARE = 10_000, 0.5
SHARED = 0.5  # a hop shares the wait of the far end from this part of it on
# A hop is slower than a later one by so much.
SLOW_US, SLOW_SHARE = 5_000, 0.5
STEP_US = 15_000
NAMES_SHOWN = 3


def about_totals(evidence: Evidence, owner: Owner, shown: Shown) -> list[Verdict]:
    """All verdicts on delay and addresses that totals carry; empty where the histories are there, which carry more."""
    snapshot = evidence.snapshot
    if evidence.end is None or len(evidence.end.rtts_us):
        return []
    hops = [
        hop
        for hop in snapshot.hops
        if hop.received >= ANSWERS_MIN and hop.statistics.average and hop.ttl <= evidence.end.ttl
    ]
    found = [verdict for at, hop in enumerate(hops) if (verdict := _slow(hop, hops[at + 1 :])) is not None]
    found += _steps(hops)
    found += [_several(hop, shown) for hop in snapshot.hops if len(hop.responders) > 1]
    queue = _queue(evidence, hops, owner)
    return found if queue is None else [*found, queue]


def _slow(hop: Hop, later: list[Hop]) -> Verdict | None:
    """A router whose answers take longer than those of a later hop."""
    quick = min(later, key=lambda one: one.statistics.average, default=None)
    if quick is None:
        return None
    average_us, quick_us = hop.statistics.average, quick.statistics.average
    if average_us <= quick_us + max(SLOW_US, SLOW_SHARE * quick_us):
        return None
    return Verdict(
        rules.SLOW_REPLIES,
        "note",
        at_hop(hop.ttl),
        "answers slowly, forwards fine",
        figures=f"average {wording.milliseconds(average_us)} ms here,"
        f" {wording.milliseconds(quick_us)} ms at hop {quick.ttl}",
        reasons=("Packets to later hops pass this router and are faster: only its own replies are slow.",),
        numbers=(("average_us", average_us), ("later_hop_ttl", quick.ttl), ("later_hop_average_us", quick_us)),
        status=Status.PROVISIONAL,
    )


def _steps(hops: list[Hop]) -> list[Verdict]:
    """Where the best RTT rises by much and stays so to the end."""
    least: list[int] = []
    for hop in reversed(hops):
        least.append(min(hop.statistics.best, least[-1] if least else hop.statistics.best))
    least.reverse()
    found = []
    for before, hop, low, high in zip(hops, hops[1:], least, least[1:], strict=False):
        if high - low < STEP_US:
            continue
        step = Verdict(
            rules.LATENCY_STEP,
            "note",
            Place(before.ttl, hop.ttl),
            f"latency step +{wording.milliseconds(high - low)} ms",
            figures=f"best {wording.milliseconds(low)} to {wording.milliseconds(high)} ms",
            reasons=("Distance, a detour, or a queue that never drained while this was measured.",),
            numbers=(("rise_us", high - low), ("from_us", low), ("to_us", high)),
            status=Status.PROVISIONAL,
        )
        found.append(unless_too_far(step, high - low))
    return found


def _several(hop: Hop, shown: Shown) -> Verdict:
    """More than one address at a hop: how often each answered, and when, is not known."""
    many = len(hop.responders)
    names = [shown(responder.address) for responder in hop.responders[:NAMES_SHOWN]]
    more = f" and {many - NAMES_SHOWN} more" if many > NAMES_SHOWN else ""
    return Verdict(
        rules.SEVERAL_ADDRESSES,
        "note",
        at_hop(hop.ttl),
        f"{many} addresses answered",
        figures=f"{', '.join(names)}{more}",
        reasons=("Load balancing, or the path changed meanwhile. Not a fault by itself.",),
        settle="A trace of your own tells which.",
        numbers=(("addresses", many),),
        status=Status.PROVISIONAL,
    )


def _queue(evidence: Evidence, hops: list[Hop], owner: Owner) -> Verdict | None:
    """An average far above the best, from some hop on to the end."""
    if not hops or hops[-1] is not evidence.end:
        return None
    waits = [hop.statistics.average - hop.statistics.best for hop in hops]
    best_us, wait_us = hops[-1].statistics.best, waits[-1]
    if wait_us < max(WAIT_US, WAIT_SHARE * best_us):
        return None
    onset = len(hops) - 1
    while onset and waits[onset - 1] >= SHARED * wait_us:
        onset -= 1
    first, alone = hops[onset], onset == len(hops) - 1
    before_ttl = hops[onset - 1].ttl if onset else 0
    bloat = first.ttl <= ACCESS_TTL and not alone
    excess_us = hops[-1].statistics.worst - best_us
    average_us = hops[-1].statistics.average
    return Verdict(
        rules.BUFFERBLOAT if bloat else rules.QUEUEING,
        "note",
        Place(before_ttl, first.ttl),
        "likely bufferbloat" if bloat else "likely queueing",
        brief=wording.up_to(excess_us, 1),
        figures=f"best {wording.milliseconds(best_us)} ms, average {wording.milliseconds(average_us)} ms",
        reasons=(
            f"From hop {first.ttl} to the end the average lies far above the best.",
            f"It may be on the return path from hop {first.ttl}.",
        ),
        numbers=(
            ("excess_us", excess_us),
            ("excess_share", 1),
            ("base_us", best_us),
            ("from_ttl", first.ttl),
            ("grade", next((name for limit, name in GRADES if wait_us < limit), "F")),
            ("end_alone", yes(alone)),
            ("times_best", average_us / best_us if best_us and average_us > TIMES_BEST * best_us else 0),
        ),
        network=network_at(evidence, first.ttl, owner),
        status=Status.PROVISIONAL,
        headline=True,
        begins=True,
    )
