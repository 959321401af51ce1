"""What the waits of a path came to, look by look: so that what is said does not change with every round.

It is looked for at fixed numbers of rounds. What one look has found is kept until a later one speaks against it, and so
is its place. Spells of waiting are remembered beyond what one look sees.
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ...statistics.exact_tests import fisher_greater
from .excess import END_WAITS_MIN, FELT_SHARE, FELT_US, FIRM, TAIL_SHARE, WAITS_MIN, Excess, measure
from .waits import ROUNDS, several_paths

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from ...path.snapshot import Snapshot
    from .gather import Evidence

# What has been told is told until it is so much rarer, and no hop may have far fewer waits than those it stands for.
KEPT = 0.6
EARLY_ROUNDS = 5  # of ten rounds it takes half as many waits again
END_PART = 0.5
END_ALONE_MIN = 6
BETWEEN_SHARE = 0.6  # of the waits beyond, that hops have at which it may begin
AGAINST_CHANCE = 1e-3  # hops that have fewer, and by no chance, speak against a place
# Stretches of at most ROUNDS are looked at after so many of them: what is asked every round finds by chance what is not
# there.
STEP = 20
CHECKPOINTS = (6, 8, 10, 14, *range(20, 120, 10), *range(120, 2 * ROUNDS, STEP))
WIDE = 3  # hops; a narrower place is kept, a wider one only until it can be halved
PLACES_MAX = 64  # traces of which the last stretch is known
JUST_ROUNDS = 6
LOOKS_KEPT = 4
ITEM_BYTES = array("i").itemsize
BASE_US = 2_500  # a best RTT that has become so much better makes waits of what were none


class _Stretch(NamedTuple):
    """Rounds of the hops' histories, as far back as one looks."""

    begin_round: int  # with which the present level of the path begins
    several: bool  # paths
    first_round: int  # of the histories
    hops: tuple[tuple[int, int, bytes], ...]  # TTL, base (microseconds, 0: not known) and bytes of each

    def goes_on(self, before: _Stretch) -> bool:
        """Whether an earlier one went on to this one, and no base has become quite another since."""
        gone = ITEM_BYTES * (self.first_round - before.first_round)
        return (
            self[:2] == before[:2]
            and gone >= 0
            and len(self.hops) == len(before.hops)
            and all(
                now[0] == then[0] and abs(now[1] - then[1]) <= BASE_US and now[2].startswith(then[2][gone:])
                for now, then in zip(self.hops, before.hops, strict=True)
            )
        )


class _Told(NamedTuple):
    """What the looks have come to."""

    round: int  # of the latest look: up to here
    found: Excess | None
    doubted: bool  # whether the look doubted the place


_NOTHING = _Told(0, None, doubted=False)
# By trace: the latest stretch, and what the latest looks came to, the oldest first.
_known: dict[Hashable, tuple[_Stretch, tuple[_Told, ...]]] = {}


def find_excess(evidence: Evidence) -> Excess | None:
    """What is felt to wait now, or was a short while ago; None where nothing is."""
    snapshot = evidence.snapshot
    begin, kept_from = begin_of(evidence), kept_from_round(snapshot)
    ends = _checkpoints(evidence, begin)
    if not ends:
        return None
    last_ttl = evidence.end.ttl if evidence.end is not None else 0
    first = max(begin, ends[0] - ROUNDS)
    hops = tuple(
        (hop.ttl, max(0, hop.base_us), hop.rtts_us[first : ends[-1]].tobytes())
        for hop in snapshot.hops
        if hop.ttl <= last_ttl and hop.received
    )
    begin_round = kept_from + begin if begin else 0
    stretch = _Stretch(begin_round, several_paths(evidence, first, ends[-1]), kept_from + first, hops)
    shift = snapshot.rtt_shift
    # Where the level seems to move one waits: whether it does will be known soon.
    until = shift.round if shift is not None and shift.status == "seeming" else kept_from + ends[-1]
    looks = [kept_from + end for end in ends if kept_from + end <= until]
    return _told((snapshot.target.address, snapshot.started_us), stretch, looks)


def begin_of(evidence: Evidence) -> int:
    """Where in the histories the present level of the path begins."""
    level_round = evidence.snapshot.level_round
    if not level_round:
        return evidence.since
    # Of the round in which it began some probes met the level before.
    return max(evidence.since, level_round + 1 - kept_from_round(evidence.snapshot))


def kept_from_round(snapshot: Snapshot) -> int:
    """The round that the histories begin with."""
    return snapshot.last_round + 1 - len(snapshot.hops[0].rtts_us)


def _checkpoints(evidence: Evidence, begin: int) -> list[int]:
    """Where in the histories the stretches end that are looked at, the oldest first."""
    snapshot = evidence.snapshot
    kept_from = kept_from_round(snapshot)
    rounds = len(snapshot.hops[0].rtts_us) - 1  # the probes of the newest are in flight
    if rounds - begin < 2 * ROUNDS:
        return [begin + age for age in CHECKPOINTS if begin + age <= rounds]
    # Later at multiples of the round number, since where the level began is forgotten one day.
    anchor = ((kept_from + rounds) // ROUNDS - 1) * ROUNDS - kept_from
    return list(range(anchor, rounds + 1, STEP))


def _told(place: Hashable, stretch: _Stretch, looks: Sequence[int]) -> Excess | None:
    """What the looks at a stretch come to one after the other, each up to a round.

    Where the stretch only goes on from the last one seen at a place, so do the looks.
    """
    known = _known.get(place)
    before = known[1] if known is not None and stretch.goes_on(known[0]) else ()
    told = [one for one in before if looks and one.round <= looks[-1]]
    _, found, doubted = told[-1] if told else _NOTHING
    for end in looks:
        if told and end <= told[-1].round:
            continue
        now = _look(stretch, end)
        if now is None or not (_felt(now) if found is None else _still_felt(now)):
            found, doubted = None, False
        elif found is None or _holds(now, found):
            found, doubted = _placed(now, found), False
        else:  # one look alone may err: what was told before is left when the next one says so too
            found, doubted = (now, False) if doubted else (_at_place(now, found), True)
        told.append(_Told(end, found, doubted))
    if place not in _known and len(_known) >= PLACES_MAX:
        del _known[next(iter(_known))]
    _known[place] = stretch, tuple(told[-LOOKS_KEPT:])
    return found


_told.cache_clear = _known.clear  # type: ignore[attr-defined] # as of a function with an ``lru_cache``


def _look(stretch: _Stretch, end_round: int) -> Excess | None:
    """The waits of the rounds before one."""
    end = end_round - stretch.first_round
    begin = max(0, end - ROUNDS)
    hops = tuple((ttl, base_us, data[ITEM_BYTES * begin : ITEM_BYTES * end]) for ttl, base_us, data in stretch.hops)
    return measure(hops, end - begin, several=stretch.several)


def _felt(found: Excess) -> bool:
    """Whether so many packets wait that it matters, at the far end too; of few rounds it has to be more."""
    least = END_ALONE_MIN if found.end_alone else WAITS_MIN
    waits, answers = found.end.longer(FELT_US), found.end.answers
    if found.waits < least or waits < END_WAITS_MIN or _just_began(found):
        return False
    part = 1 + EARLY_ROUNDS / found.rounds
    return any(
        count >= part * share * found.answers and waits >= END_PART * share * answers
        for count, share in ((found.waits, FELT_SHARE), (found.long_waits, TAIL_SHARE))
    )


def _just_began(found: Excess) -> bool:
    """Whether all that waits does so since a few rounds: whether it is a level or a queue will be known soon."""
    least_us = found.end.longest_base_us + FELT_US
    before = found.end.series.data[: -ITEM_BYTES * JUST_ROUNDS]
    return found.rounds >= FIRM and max(array("i", before), default=0) < least_us


def _still_felt(found: Excess) -> bool:
    """Whether what has been told is still about as frequent."""
    return found.waits >= KEPT * FELT_SHARE * found.answers or found.long_waits >= KEPT * TAIL_SHARE * found.answers


def _holds(now: Excess, told: Excess) -> bool:
    """Whether what is found now does not speak against the place that was told before."""
    if now.onset_ttl < told.first_ttl or now.calm_ttl >= told.last_ttl:
        return False
    usual = BETWEEN_SHARE * now.pooled_share
    before = [one for one in now.counts if one[0] < told.first_ttl][-1:]
    if any(waits >= usual * answers for _, waits, answers in before):
        return False  # the hop that was thought to be calm is not
    skipped = [one for one in now.counts if told.last_ttl <= one[0] < now.onset_ttl]
    waits, answers = sum(waits for _, waits, _ in skipped), sum(answers for _, _, answers in skipped)
    return waits >= usual * answers or fisher_greater(*now.pooled, waits, answers, AGAINST_CHANCE) >= AGAINST_CHANCE


def _placed(now: Excess, told: Excess | None) -> Excess:
    """What is found now, at the place that was told before unless that can be said much better."""
    if told is None:
        return now
    width, narrow = told.last_ttl - told.first_ttl + 1, now.last_ttl - now.first_ttl + 1
    better = narrow == 1 or (width > WIDE and (narrow <= WIDE or 2 * narrow <= width))
    return now if better else _at_place(now, told)


def _at_place(now: Excess, told: Excess) -> Excess:
    return replace(now, first_ttl=told.first_ttl, last_ttl=told.last_ttl, onset_ttl=told.onset_ttl)
