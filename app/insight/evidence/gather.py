"""What verdicts look at: the counts of the current path, free of what must not be counted.

Counts begin with the latest path change, since loss on a path that is gone says nothing of the one in use, or with the
latest change of what probes are, and then with the latest beginning or end of loss. Rounds of an outage at the far end,
and those of a burst of loss that was the only one, are kept apart from the background loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ...path.event_log import latest
from ...path.flow_map import epoch_start
from ...path.outages import OUTAGE_MIN
from ...path.outages import outages as find_outages
from ...path.snapshot import UNANSWERED
from ...path.stretches import Beginning, Stretch
from ...statistics.exact_tests import variation
from .bursts import are_over, is_in_bursts, latest_bursts, lone_burst, since_bursts
from .counts import PROBES_MIN, Row, row_of
from .error_limits import AT_ONCE, SECOND_US, are_errors_faster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.bursts import Burst
    from ...path.outages import Outage
    from ...path.snapshot import Hop, LogEntry, Snapshot
    from .drops import Drops

# So many outages are bursts of loss, but for those that last so many times as long as is usual among them, unless their
# spaces vary by less than this (standard deviation over mean).
BURSTS_MIN, BURST_TIMES, EVEN_SPACES, PERIODIC_SPACES = 4, 3, 0.2, 2
# A pause of the end alone is an outage where the end answered so many times as many other probes, and lost so few of
# them, or where it lasts so long.
OUTAGE_SURE, OUTAGE_SURE_ROUNDS, OUTAGE_LOST, OUTAGE_LONG = 3, 8, 0.02, 30
# What begins a stretch that is counted by itself; a path change begins a new path, with all that depends on it.
OF_LOSS = frozenset({Beginning.LOSS_BEGAN, Beginning.LOSS_ENDED})


@dataclass(frozen=True, slots=True)
class Evidence:
    """A snapshot prepared for judging."""

    snapshot: Snapshot  # as it was taken
    rows: tuple[Row, ...]  # one a hop of the snapshot, on the current path and without outages
    since: int  # index in the histories where the current path, or the present settings, begin; 0: they begin with it
    change: LogEntry | None  # the latest path change; None: there was none
    outages: tuple[Outage, ...]  # of the far end on the current path, oldest first
    end: Hop | None  # the far end: the target, or the last hop that answers; None: nobody has
    end_row: Row | None  # its row; None: nobody has answered
    # The present stretch, where it began with loss or with the end of loss; None: it did not.
    stretch: Stretch | None = None
    by_settings: bool = False  # ``since`` is where the present settings begin, on a path that is older
    counted_from: int = 0  # index in the histories from which on ``rows`` count
    before: tuple[Row, ...] = ()  # of this path too, but before the present stretch; empty: nothing was
    bursts: tuple[Burst, ...] = ()  # of loss that comes in bursts and goes on, the oldest first; empty: it does not
    lone_burst: Burst | None = None  # of loss, the only one on this path, and over; None: there is none
    drops: Drops | None = None  # what the latest queue drops, or dropped; None: nothing, as far as is known
    left_out: tuple[tuple[int, int], ...] = ()  # what ``rows`` do not count: index of a first round, and how many

    def row(self, ttl: int) -> Row:
        """The row of a TTL."""
        return next((row for row in self.rows if row.ttl == ttl), Row(ttl, 0, 0))

    def completed(self, hop: Hop) -> int:
        """Probes to a hop that are of the present settings: others may have been filtered where these are not."""
        return row_of(hop, [(self.since, len(hop.rtts_us))], 0).completed if self.by_settings else hop.completed


def gather(snapshot: Snapshot, dropped: Drops | None = None) -> Evidence:
    """Prepare a snapshot for judging; ``dropped`` is what a queue drops, where that is known."""
    flaps = snapshot.flap is not None and snapshot.flap.ended_us is None
    change = latest(snapshot, "path-changed")
    if flaps or (change is not None and change.round < snapshot.path_round):
        change = None
    rounds = len(snapshot.hops[0].rtts_us) if snapshot.hops else 0
    offset = snapshot.last_round - rounds + 1
    reset = next((one for one in reversed(snapshot.stretches) if one.begun_by is Beginning.SETTINGS), None)
    since, reset_at = epoch_start(snapshot), 0 if reset is None else min(reset.first_round - offset, rounds)
    by_settings = reset_at > since
    since = max(since, reset_at)
    end = far_end(snapshot)
    outages = find_outages(end, since) if end is not None else ()
    if outages and end is not None:
        outages = _apart(tuple(one for one in outages if not _perhaps_limited(snapshot, end, one, since)))
    bursts = latest_bursts(snapshot, offset + since)
    if _periodic(outages):
        bursts = ()  # they are told as outages, with their period
    outages = tuple(one for one in outages if not is_in_bursts(one, bursts, offset))
    stretch = snapshot.stretches[-1] if snapshot.stretches else None
    lone = lone_burst(snapshot, since, bursts, outages)
    bursts = bursts if len(bursts) > 1 and not are_over(bursts, snapshot.last_round) else ()
    if stretch is not None and stretch.begun_by in OF_LOSS and bursts:
        stretch = since_bursts(stretch, bursts[0], offset + since)
    if dropped is not None and dropped.sure:
        lone, stretch = None, _of_drops(snapshot, dropped, stretch, offset + since)
    counted_from = since
    before: tuple[Row, ...] = ()
    if stretch is not None and stretch.begun_by in OF_LOSS:
        # Loss begins with a lost probe: that round would make any share look larger than it is.
        first = stretch.first_round - offset + (stretch.begun_by is Beginning.LOSS_BEGAN)
        counted_from = min(max(since, first), rounds)
        then = _without(since, counted_from, [(one.first, one.rounds) for one in outages if one.first < counted_from])
        lone = None if lone is not None and lone.first_round - offset < counted_from else lone
        before = tuple(row_of(hop, then, offset) for hop in snapshot.hops)
    else:
        stretch = None
    now = [(one.first, one.rounds) for one in outages if one.first >= counted_from]
    if lone is not None:
        now = sorted([*now, (lone.first_round - offset, lone.last_round - lone.first_round + 1)])
    # Where loss is, the round that proved it tells as well as any other.
    counted = now if stretch is None else _without_proof(now, stretch, counted_from, offset)
    pieces = _without(counted_from, rounds, counted) if counted_from or counted else None
    rows = tuple(row_of(hop, pieces, offset) for hop in snapshot.hops)
    end_row = next((row for row in rows if end is not None and row.ttl == end.ttl), None)
    return Evidence(
        snapshot,
        rows,
        since,
        change,
        outages,
        end,
        end_row,
        stretch,
        by_settings,
        counted_from,
        before,
        bursts,
        lone,
        dropped,
        tuple(now),
    )


def is_reported(snapshot: Snapshot) -> bool:
    """Whether the end is out of a router's reach, as it reports; how long that takes tells nothing of the path."""
    return bool(not snapshot.reached and snapshot.hops and snapshot.hops[-1].error)


def _of_drops(snapshot: Snapshot, dropped: Drops, stretch: Stretch | None, since_round: int) -> Stretch | None:
    """The present stretch where a queue drops packets: its loss begins and ends with the queue."""
    first, begun_by = dropped.first_round, Beginning.LOSS_BEGAN
    of_loss = stretch is not None and stretch.begun_by in OF_LOSS
    if dropped.gone:
        first, begun_by = dropped.last_round + 1, Beginning.LOSS_ENDED
        if stretch is not None and stretch.first_round >= first:
            return stretch
    elif not of_loss or (stretch is not None and stretch.first_round <= first):
        return stretch
    elif first < since_round + PROBES_MIN:
        return None
    time_us = snapshot.time_us - (snapshot.last_round - first) * snapshot.settings.interval_us
    return Stretch(first, None, begun_by, time_us)


def _without_proof(
    left_out: list[tuple[int, int]], stretch: Stretch, counted_from: int, offset: int
) -> list[tuple[int, int]]:
    """What is left out, and the round by whose losses the beginning of loss was told: it was told as it lost.

    With it, and with the first lossy round, a share of few rounds would be half as large again as it is.
    """
    if stretch.begun_by is not Beginning.LOSS_BEGAN or stretch.loss is None:
        return left_out
    proof = stretch.first_round - offset + stretch.loss.rounds - 1
    if proof < counted_from or any(first <= proof < first + many for first, many in left_out):
        return left_out
    return sorted([*left_out, (proof, 1)])


def _apart(outages: tuple[Outage, ...]) -> tuple[Outage, ...]:
    """The outages that are told by themselves: many short ones at uneven spaces are loss that comes in bursts."""
    if len(outages) < BURSTS_MIN or _periodic(outages):
        return outages
    usual = sorted(one.rounds for one in outages)[len(outages) // 2]
    return tuple(one for one in outages if one.rounds > BURST_TIMES * usual)


def _periodic(outages: Sequence[Outage]) -> bool:
    """Whether outages come at even spaces."""
    spaces = [later.first - one.first for one, later in pairwise(outages)]
    return len(spaces) >= PERIODIC_SPACES and variation(spaces) < EVEN_SPACES


def _perhaps_limited(snapshot: Snapshot, end: Hop, outage: Outage, since: int) -> bool:
    """Whether a pause of the end, or of the last two hops, may be a limit on replies: not enough is answered around it.

    Where more routers that answered fall silent with the end, there is no such doubt.
    """
    first, after = outage.first, outage.first + outage.rounds
    if outage.reported or any(snapshot.cut_by[first:after]):
        return False
    if are_errors_faster(snapshot) and all(hop.received <= AT_ONCE for hop in snapshot.hops):
        return True  # another trace of this host may have all the errors that there are
    around = [
        value for piece in (end.rtts_us[since:first], end.rtts_us[after:]) for value in piece if value >= UNANSWERED
    ]
    # One that lasts and was told when it was short is not withdrawn for going on.
    enough = OUTAGE_SURE * (OUTAGE_MIN if outage.lasting else min(outage.rounds, OUTAGE_SURE_ROUNDS))
    if len(around) >= enough and around.count(UNANSWERED) <= OUTAGE_LOST * len(around):
        return False
    if outage.rounds >= OUTAGE_LONG and not around.count(UNANSWERED):
        return False
    nearer = [hop for hop in snapshot.hops if hop.ttl < end.ttl and hop.received][-2:]
    # They answer for a part of the run alone where the run began with losses of other kinds.
    # Where errors are limited, one in six seconds is enough.
    needed = outage.rounds / 3
    if are_errors_faster(snapshot):
        needed = min(needed, 1 + outage.rounds * snapshot.settings.interval_us / (6 * SECOND_US))
    return any(sum(value >= 0 for value in hop.rtts_us[first:after]) >= needed for hop in nearer)


def far_end(snapshot: Snapshot) -> Hop | None:
    """The target's hop if it ever answered, else the last hop that answers."""
    return next((hop for hop in reversed(snapshot.hops) if hop.received), None)


def _without(since: int, rounds: int, left_out: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of the history: each piece's begin and end; of what is left out the first round, and how many."""
    pieces = []
    for first, many in left_out:
        pieces.append((since, first))
        since = first + many
    return [*pieces, (since, rounds)]
