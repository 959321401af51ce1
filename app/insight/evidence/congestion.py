"""Loss of a queue that is full at times: what is lost while packets wait, and hardly ever else.

A link that is offered more than it can send for some seconds or minutes makes packets wait, and drops what its buffer
does not hold. Between such spells it loses nothing, but to whoever uses it the loss goes on as long as the queue comes
back: it is counted from the first loss of the queue, it is where the queue is, and it has ended when the queue has.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ...path.snapshot import UNANSWERED
from ...path.stretches import Beginning
from ...statistics.exact_tests import CONFIDENCE, fisher_greater, proportion_interval
from .counts import Row, row_of
from .drops import Drops
from .excess_course import begin_of, kept_from_round
from .gather import gather, is_reported
from .trace_key import trace_of
from .waiting_times import queue_of
from .waits import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ...path.snapshot import Snapshot
    from .excess import Excess
    from .findings import LossFindings
    from .gather import Evidence
    from .told_place import Ends
    from .waiting_times import WaitingTimes

# Losses go with the waits where so many of them do, and the share that is lost without a wait is at most this part of
# that beside waits, which chance explains with less than DROPS_CHANCE.
DROPS_MIN, DROPS_PART, DROPS_CHANCE = 5, 0.25, 0.01
# They seem to where so many do, and then that is their likeliest place. What was told is told as long as they seem to.
SEEMS_MIN, SEEMS_PART, SEEMS_CHANCE = 3, 0.5, 0.15
BACK_ROUNDS = 120  # a queue that comes back so soon drops what it dropped before
PLACES_MAX = 64  # traces of which it is known
TOGETHER_ROUNDS = 10  # between the rise of a level and a loss that began with it
BESIDE = 1  # rounds before and after a spell that belong to it
LIMITED_SHARE = 0.1  # a hop that loses more without a wait rate-limits its replies


class _Told(NamedTuple):
    queue_round: int  # with which the queue began that was told to drop packets
    last_round: int  # in which it was told last
    sure: bool  # whether that was known, or only seemed so


_told: dict[Hashable, _Told] = {}  # by trace


def with_drops(evidence: Evidence) -> Evidence:
    """The same, counted anew where a queue drops packets: their loss begins and ends with it."""
    flap = evidence.snapshot.flap
    if (flap is not None and flap.ended_us is None) or is_reported(evidence.snapshot):
        return evidence
    queue = queue_of(evidence)
    dropped = drops(evidence, *queue) if queue is not None else None
    return evidence if dropped is None else gather(evidence.snapshot, dropped)


def drops(evidence: Evidence, found: Excess, times: WaitingTimes) -> Drops | None:
    """What the latest queue drops, or dropped; None where losses have nothing to do with it."""
    snapshot = evidence.snapshot
    if not times.spells or evidence.end is None or not evidence.end.dropped:
        return None
    kept_from, length = kept_from_round(snapshot), len(snapshot.hops[0].rtts_us)
    begin = max(begin_of(evidence), times.seen_from - kept_from)
    within: list[tuple[int, int]] = []
    for spell in times.spells:
        first = max(within[-1][1] if within else begin, spell.first - BESIDE - kept_from)
        after = min(spell.last + BESIDE + 1 - kept_from, length)
        if first < after:
            within.append((first, after))
    # A queue that stays full is a level of its own: what was before it had no such waits.
    before = max(evidence.since, begin - ROUNDS) if snapshot.level_round else begin
    without = _between(within, before, length)
    lost, rest = Row(0, 0, 0), Row(0, 0, 0)
    sound = []
    for hop in snapshot.hops:
        if hop.ttl < found.last_ttl or not hop.received:
            continue
        apart = row_of(hop, without, kept_from)
        if apart.share <= LIMITED_SHARE:
            lost, rest = lost.plus(row_of(hop, within, kept_from)), rest.plus(apart)
            sound.append(hop)
    queue_round = next(
        (later.first for one, later in reversed([*pairwise(times.spells)]) if later.first - one.last > BACK_ROUNDS),
        times.spells[0].first,
    )
    told = _told_before(snapshot, queue_round)
    seems = _go_together(lost, rest, SEEMS_MIN, SEEMS_PART, SEEMS_CHANCE)
    if not seems and (told is None or not lost.lost or rest.share > SEEMS_PART * lost.share):
        return None
    sure = _go_together(lost, rest, DROPS_MIN, DROPS_PART, DROPS_CHANCE) or (told is not None and told.sure)
    _remember(snapshot, _Told(queue_round, snapshot.last_round, sure))
    since = max(begin, queue_round - kept_from - BESIDE)
    firsts = [at for hop in sound if (at := _first_loss(hop.rtts_us[since:].tolist())) >= 0]
    if not firsts:
        return None
    first, after = since + min(firsts), within[-1][1] if times.gone else length
    counted = _together([row_of(hop, [(first, after)], kept_from) for hop in sound])
    if first >= after or not counted.lost:
        return None
    place = found.first_ttl - 1, found.last_ttl
    return Drops(kept_from + first, kept_from + after - 1, counted.lost, counted.completed, times.gone, sure, place)


with_drops.cache_clear = _told.clear  # type: ignore[attr-defined] # as of a function with an ``lru_cache``


def _go_together(within: Row, without: Row, least: int, part: float, level: float) -> bool:
    """Whether losses go with the waits: how many do, how large a part of that share is lost besides, and by chance."""
    if within.lost < least or not without.completed or without.share > part * within.share:
        return False
    return fisher_greater(within.lost, within.completed, without.lost, without.completed, level) < level


def _told_before(snapshot: Snapshot, queue_round: int) -> _Told | None:
    """What was told of the same queue before; None: nothing."""
    told = _told.get(trace_of(snapshot))
    if told is None or told.queue_round != queue_round or told.last_round > snapshot.last_round:
        return None
    return told


def _remember(snapshot: Snapshot, told: _Told) -> None:
    trace = trace_of(snapshot)
    if trace not in _told and len(_told) >= PLACES_MAX:
        del _told[next(iter(_told))]
    _told[trace] = told


def _first_loss(values: list[int]) -> int:
    return values.index(UNANSWERED) if UNANSWERED in values else -1


def _between(pieces: list[tuple[int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    found = []
    for first, after in pieces:
        if begin < first:
            found.append((begin, first))
        begin = after
    return [*found, (begin, end)] if begin < end else found


def where_packets_wait(evidence: Evidence, losses: LossFindings) -> LossFindings:
    """The loss at the place of the queue that drops it, where it may begin there and that is known better."""
    dropped, path = evidence.drops, losses.path
    if path is None or path.further is not None:
        return losses
    place = _rose_with(evidence) if dropped is None else None if dropped.gone else dropped.place
    if place is None:
        return losses
    after_ttl, from_ttl = max(path.after_ttl, place[0]), min(path.from_ttl, place[1])
    if after_ttl >= from_ttl or (after_ttl, from_ttl) == (path.after_ttl, path.from_ttl):
        return losses
    before = _together([row for row in losses.sound if row.ttl <= after_ttl])
    path = replace(path, after_ttl=after_ttl, from_ttl=from_ttl, before=before)
    if 0 < path.pooled_from <= after_ttl:
        counted = _together([row for row in losses.sound if row.ttl >= from_ttl])
        if not counted.lost:
            return losses
        low, high = proportion_interval(counted.lost, counted.completed, CONFIDENCE)
        path = replace(path, lost=counted.lost, completed=counted.completed, low=low, high=high, pooled_from=from_ttl)
    return replace(losses, path=path)


def _rose_with(evidence: Evidence) -> Ends | None:
    """Where the level of the RTT rose when loss began: a queue fills there, before it is known to be one."""
    shift, stretch = evidence.snapshot.rtt_shift, evidence.stretch
    if shift is None or shift.step_us <= 0 or shift.status == "back":
        return None
    if stretch is None or stretch.begun_by is not Beginning.LOSS_BEGAN:
        return None
    if not -TOGETHER_ROUNDS <= stretch.first_round - shift.round <= TOGETHER_ROUNDS:
        return None
    return shift.first_ttl - 1, shift.last_ttl


def _together(rows: list[Row]) -> Row:
    """The counts of several hops as one."""
    return Row(0, sum(row.lost for row in rows), sum(row.completed for row in rows))
