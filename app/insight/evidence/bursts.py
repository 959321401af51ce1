"""Bursts of loss on the present path: those that follow one another, and one that was the only one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ...path.stretches import Beginning, Stretch
from .counts import PROBES_MIN, row_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.bursts import Burst
    from ...path.outages import Outage
    from ...path.snapshot import Snapshot

# Bursts are short, and follow one another within so many rounds. They are over when so long a silence has a smaller
# chance than this under the spaces between them.
BURST_ROUNDS, BURST_SPACE, BURSTS_OVER = 30, 900, 0.01
# A burst that was the only one is over after so many rounds without another. It is of at most so many itself, at so
# many hops, and they lose at most this part of its share besides; a hop that loses more than the last share besides
# rate-limits its replies.
LONE_ROUNDS, LONE_MOST, LONE_HOPS, LONE_USUAL, LONE_QUIET = 30, 12, 2, 0.05, 0.1


def latest_bursts(snapshot: Snapshot, since_round: int) -> tuple[Burst, ...]:
    """The latest short bursts on this path that follow one another, the oldest first."""
    short = [
        one
        for one in snapshot.bursts
        if one.first_round >= since_round and one.last_round - one.first_round < BURST_ROUNDS
    ]
    first = len(short)
    while first and (first == len(short) or short[first].first_round - short[first - 1].last_round < BURST_SPACE):
        first -= 1
    return tuple(short[first:])


def since_bursts(stretch: Stretch, burst: Burst, since_round: int) -> Stretch | None:
    """A stretch that begins with the first of several bursts; None where that was about when the path began."""
    if burst.first_round >= stretch.first_round:
        return stretch
    if burst.first_round < since_round + PROBES_MIN:
        return None
    return Stretch(burst.first_round, None, Beginning.LOSS_BEGAN, burst.time_us)


def are_over(bursts: Sequence[Burst], last_round: int) -> bool:
    """Whether the silence since the latest burst is too long for chance under the spaces between them."""
    clean = sum(later.first_round - one.last_round for one, later in pairwise(bursts))
    silence = last_round - bursts[-1].last_round
    return (clean / (clean + silence)) ** (len(bursts) - 1) < BURSTS_OVER


def is_in_bursts(outage: Outage, bursts: Sequence[Burst], offset: int) -> bool:
    """Whether a short outage is one of several bursts, or follows one."""
    if outage.rounds >= BURST_ROUNDS:
        return False
    apart = [
        one
        for one in bursts
        if not (one.first_round < outage.first + outage.rounds + offset and one.last_round >= outage.first + offset)
    ]
    return bool(apart)


def lone_burst(snapshot: Snapshot, since: int, bursts: Sequence[Burst], outages: Sequence[Outage]) -> Burst | None:
    """The only burst on this path, where it is over and no outage, and hardly anything was lost besides."""
    if len(bursts) != 1:
        return None
    burst, rounds = bursts[0], len(snapshot.hops[0].rtts_us)
    offset = snapshot.last_round + 1 - rounds
    first, after = burst.first_round - offset, burst.last_round + 1 - offset
    if first < since or after - first > LONE_MOST or rounds - after < LONE_ROUNDS:
        return None
    if any(one.first < after and one.first + one.rounds > first for one in outages):
        return None
    within = [row_of(hop, [(first, after)]) for hop in snapshot.hops if hop.ttl >= burst.first_ttl]
    besides = [row_of(hop, [(since, first), (after, rounds)], offset) for hop in snapshot.hops]
    quiet = {row.ttl for row in besides if row.answers and row.share < LONE_QUIET}
    lost, rest = ([row for row in rows if row.ttl in quiet] for rows in (within, besides))
    if sum(row.lost > 0 for row in lost) < LONE_HOPS:
        return None
    share, usual = (sum(row.lost for row in rows) / max(1, sum(row.completed for row in rows)) for rows in (lost, rest))
    return burst if usual <= LONE_USUAL * share else None
