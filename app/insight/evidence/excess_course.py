"""What the waits of a path came to, look by look: so that what is said does not change with every round.

It is looked for at fixed numbers of rounds. What one look has found is kept until a later one speaks against it, and so
is its place: also while nothing waits, since what comes back is most likely the same queue. Spells of waiting are
remembered beyond what one look sees.
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ...statistics.exact_tests import fisher_greater
from .excess import END_WAITS_MIN, FELT_SHARE, FELT_US, FIRM, TAIL_SHARE, WAITS_MIN, Excess, measure
from .trace_key import trace_of
from .waits import ROUNDS, several_paths

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from ...path.snapshot import Hop, Snapshot
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
# Hops. A place as narrow as this is kept until one hop alone is left, so many rounds after the first place was told and
# at twice the age of the present one; a wider one until a narrow one is known that halves it, or then one of both. Two
# hops are the two ends of one link: which of them it is is worth no other answer before so many rounds.
WIDE, PRECISE_ROUNDS = 3, 100
PAIR, PAIR_ROUNDS = 2, 300
PLACES_MAX = 64  # traces of which the last stretch is known
JUST_ROUNDS = 6
# What waits above a level that rose so few rounds ago is that which made it rise: by chance some hops have seen hardly
# an answer without a wait yet, and so their bests, above which they wait, are too large.
RISEN_ROUNDS = 60
SEEMS_ROUNDS = 6  # after so many it is known that a level seems to move, not before
LOOKS_KEPT = 4
# Rounds of a history by which a trace is known again, and the rounds after them, of which some fates may be open.
SAMPLE, SETTLED = 16, 8
ITEM_BYTES = array("i").itemsize
FRESH_ROUNDS = 3  # no figure is older by more
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
    place: Excess | None  # where it was told last; None: nothing was told on this level
    first: int  # up to this round the first look went that told a place
    placed: int  # and the one that told this place
    doubted: bool  # whether the look doubted the place


class _Given(NamedTuple):
    """What the looks depend on besides."""

    was: _Place | None  # where packets waited before on this path, whatever its level was; None: it is not known
    rose: _Place | None  # where its level moved; None: it did not
    until: int  # the last round up to which one looks now
    over: bool  # no look will follow the last one
    began: bool  # whether the present level is the one to which it rose


_NOTHING = _Told(0, None, None, 0, 0, doubted=False)
# The nearest hop at which it may begin, the farthest, and the first that shows it.
_Place = tuple[int, int, int]


class _Remembered(NamedTuple):
    """Where packets waited, beyond the level of the path on which they did."""

    place: _Place
    path_round: int  # with which the path began
    end_ttl: int  # its far end
    first_round: int  # of the sample
    sample: bytes  # of the far end's history, by which the trace is known again


_places: dict[Hashable, _Remembered] = {}  # by trace
# By trace: the latest stretch, and what the latest looks came to, the oldest first.
_known: dict[Hashable, tuple[_Stretch, tuple[_Told, ...]]] = {}


def find_excess(evidence: Evidence) -> Excess | None:
    """What is felt to wait now, or was a short while ago; None where nothing is."""
    snapshot = evidence.snapshot
    begin, kept_from = begin_of(evidence), kept_from_round(snapshot)
    ends = _checkpoints(evidence, begin)
    if not ends:
        return None
    first = max(begin, ends[0] - ROUNDS)
    hops = _histories(evidence, first, ends[-1])
    begin_round = kept_from + begin if begin else 0
    stretch = _Stretch(begin_round, several_paths(evidence, first, ends[-1]), kept_from + first, hops)
    shift = snapshot.rtt_shift
    # Where the level seems to move one waits: whether it does will be known soon. What was told before that was known
    # to be so stays.
    until = kept_from + ends[-1]
    if shift is not None and shift.status == "seeming":
        until = shift.round + SEEMS_ROUNDS - 1
    looks = [kept_from + end for end in ends]
    trace = trace_of(snapshot)
    rose = _where_it_rose(snapshot)
    began = shift is not None and shift.status == "confirmed" and shift.step_us > 0 and shift.round + 1 == begin_round
    over = snapshot.state == "finished"
    given = _Given(_where_it_was(snapshot), rose, until, over=over, began=began)
    found = _told(trace, stretch, looks, given)
    end_ttl, _, data = hops[-1] if hops else (0, 0, b"")
    sample = data[-ITEM_BYTES * (SETTLED + SAMPLE) : -ITEM_BYTES * SETTLED]
    place = _place_of(found) if found is not None else rose
    if place is not None and len(sample) == ITEM_BYTES * SAMPLE:
        if trace not in _places and len(_places) >= PLACES_MAX:
            del _places[next(iter(_places))]
        first_round = kept_from + ends[-1] - SETTLED - SAMPLE
        _places[trace] = _Remembered(place, snapshot.path_round, end_ttl, first_round, sample)
    return None if found is None else _fresh(evidence, begin, ends[-1], found)


def _fresh(evidence: Evidence, begin: int, looked: int, found: Excess) -> Excess:
    """What was found by the latest look, with the figures of now, as long as so much waits that it is told.

    Looks are far apart, so that what is told and its place stand still; the table beside it does not.
    """
    rounds = _known_rounds(evidence.snapshot)
    now = rounds if evidence.snapshot.state == "finished" else rounds - (rounds - looked) % FRESH_ROUNDS
    if now <= looked:
        return found
    first = max(begin, now - ROUNDS)
    several = several_paths(evidence, first, now)
    fresh = measure(_histories(evidence, first, now), now - first, several=several)
    return _at_place(fresh, found) if fresh is not None and _still_felt(fresh) else found


def _histories(evidence: Evidence, first: int, after: int) -> tuple[tuple[int, int, bytes], ...]:
    """Of each hop up to the far end that has answered: TTL, base (microseconds, 0: not known), bytes of its history."""
    last_ttl = evidence.end.ttl if evidence.end is not None else 0
    over = evidence.snapshot.state == "finished"
    return tuple(
        (hop.ttl, _base_us(hop, evidence.since, over=over), hop.rtts_us[first:after].tobytes())
        for hop in evidence.snapshot.hops
        if hop.ttl <= last_ttl and hop.received
    )


def _base_us(hop: Hop, since: int, *, over: bool) -> int:
    """The RTT without any wait (microseconds, 0: not known), but for one that has just become far better.

    A path that becomes shorter would make waits of all that came before it; whether it has will be known soon, unless
    the trace is ``over``.
    """
    base_us = max(0, hop.base_us)
    if over:
        return base_us
    latest = [value for value in hop.rtts_us[max(since, len(hop.rtts_us) - JUST_ROUNDS) :] if value >= 0]
    if not base_us or not latest or min(latest) > base_us:
        return base_us
    before = [value for value in hop.rtts_us[since:-JUST_ROUNDS] if value >= 0]
    return min(before) if before and min(before) >= base_us + FELT_US else base_us


def _known_rounds(snapshot: Snapshot) -> int:
    """How many rounds of the histories are looked at: the probes of the newest are in flight, unless it is the last."""
    return len(snapshot.hops[0].rtts_us) - (snapshot.state != "finished")


find_excess.cache_clear = _places.clear  # type: ignore[attr-defined] # as of a function with an ``lru_cache``


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
    rounds = _known_rounds(snapshot)
    if rounds - begin < 2 * ROUNDS:
        ends = [begin + age for age in CHECKPOINTS if begin + age <= rounds]
    else:
        # Later at multiples since counts began, for where the level began is forgotten one day.
        gone = snapshot.rounds - len(snapshot.hops[0].rtts_us)
        anchor = ((gone + rounds) // ROUNDS - 1) * ROUNDS - gone
        ends = list(range(anchor, rounds + 1, STEP))
    if snapshot.state == "finished" and ends and ends[-1] < rounds:
        ends.append(rounds)  # what is told at last is told of all
    return ends


def _where_it_was(snapshot: Snapshot) -> _Place | None:
    """Where packets waited before on this path, or its level rose, whatever the level was; None: it is not known."""
    known = _places.get(trace_of(snapshot))
    if known is None or known.path_round != snapshot.path_round:
        return None
    at = known.first_round - kept_from_round(snapshot)
    end = next((hop for hop in snapshot.hops if hop.ttl == known.end_ttl), None)
    if end is None or at < 0 or end.rtts_us[at : at + SAMPLE].tobytes() != known.sample:
        return None  # it is another trace
    return known.place


def _place_of(found: Excess) -> _Place:
    return found.first_ttl, found.last_ttl, found.onset_ttl


def _where_it_rose(snapshot: Snapshot) -> _Place | None:
    """Where the level rose, as it was told, or fell back from: where packets wait, that is most likely why."""
    shift = snapshot.rtt_shift
    return None if shift is None else (shift.first_ttl, shift.last_ttl, shift.last_ttl)


def _told(place: Hashable, stretch: _Stretch, looks: Sequence[int], given: _Given) -> Excess | None:
    """What the looks at a stretch come to one after the other, each up to a round.

    Where the stretch only goes on from the last one seen at a place, so do the looks.
    """
    known = _known.get(place)
    before = known[1] if known is not None and stretch.goes_on(known[0]) else ()
    told = [one for one in before if looks and one.round <= looks[-1] - given.over]
    for end in looks:
        latest = told[-1] if told else _NOTHING
        if latest.round < end <= given.until:
            told.append(_next(stretch, end, latest, given._replace(over=given.over and end == looks[-1])))
    found = told[-1].found if told else None
    if found is not None and not before and given.was is not None and given.was[1] - given.was[0] < WIDE:
        # Looked at anew, since a level or a base is another one: what was told stays all the same.
        now, there = _look(stretch, told[-1].round), _there(found, given.was)
        if now is not None and _holds(now, there):
            found = there
            told[-1] = told[-1]._replace(found=found, place=found)
    if place not in _known and len(_known) >= PLACES_MAX:
        del _known[next(iter(_known))]
    _known[place] = stretch, tuple(told[-LOOKS_KEPT:])
    return found


_told.cache_clear = _known.clear  # type: ignore[attr-defined] # as of a function with an ``lru_cache``


def _next(stretch: _Stretch, end: int, then: _Told, given: _Given) -> _Told:
    """What a look comes to, after those before it."""
    now = _look(stretch, end)
    if now is None or not (_felt(now) if then.found is None else _still_felt(now)):
        return then._replace(round=end, found=None, doubted=False)
    if given.began and given.rose is not None and end - stretch.begin_round <= RISEN_ROUNDS:
        now = _there(now, given.rose)
        return _Told(end, now, now, then.first or end, then.placed or end, doubted=False)
    if then.place is None:
        now = _where_known(now, given.was, given.rose)
        return _Told(end, now, now, end, end, doubted=False)
    if _holds(now, then.place):
        placed = _placed(now, then.place, end - then.first, then.placed - then.first, over=given.over)
        moved = (placed.first_ttl, placed.last_ttl) != (then.place.first_ttl, then.place.last_ttl)
        return _Told(end, placed, placed, then.first, end if moved else then.placed, doubted=False)
    if then.doubted or then.found is None:
        return _Told(end, now, now, end, end, doubted=False)
    # One look alone may err: what was told before is left when the next one says so too.
    return then._replace(round=end, found=_at_place(now, then.place), doubted=True)


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


def _placed(now: Excess, told: Excess, age: int, placed: int, *, over: bool) -> Excess:
    """What is found now, at the place that was told before unless that can be said much better.

    ``age`` is the rounds since a place was told first, ``placed`` how many of them went before this place was told.
    """
    width, narrow = told.last_ttl - told.first_ttl + 1, now.last_ttl - now.first_ttl + 1
    later = age >= 2 * placed
    if over:  # nothing changes any more
        better = narrow < width
    elif width > WIDE:
        halved = 2 * narrow <= width
        better = now.firm and ((narrow <= WIDE and halved) or (later and (narrow <= WIDE or halved)))
    else:
        better = narrow == 1 < width and later and age >= (PRECISE_ROUNDS if width > PAIR else PAIR_ROUNDS)
    return now if better else _at_place(now, told)


def _where_known(now: Excess, *likely: _Place | None) -> Excess:
    """What is found first, at the first of some places that nothing speaks against; a wide one says too little."""
    there = (_there(now, one) for one in likely if one is not None and one[1] - one[0] < WIDE)
    return next((one for one in there if _holds(now, one)), now)


def _there(now: Excess, place: _Place) -> Excess:
    return replace(now, first_ttl=place[0], last_ttl=place[1], onset_ttl=place[2])


def _at_place(now: Excess, told: Excess) -> Excess:
    return _there(now, _place_of(told))
