"""Where packets wait: the RTT above its base, hop by hop over the same stretch, and from which hop on all show it.

The probes of a round leave one after the other, and a queue may fill and drain within a second, so that in one round
it looks different at each hop. What all hops beyond it share is the distribution: how many of their answers waited.
So each hop is compared with those beyond it, from the far end back, until one waits clearly less often. A router just
before a queue whose own replies are slow looks as if the queue began there, which only a correlation by rounds can
rule out, where there is one: else the hop after it is left open too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from ...path.last_result import kept
from ...path.snapshot import NOBODY
from ...statistics.exact_tests import fisher_greater, percentile
from .series import correlation, series_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from ...path.snapshot import Hop
    from .gather import Evidence
    from .series import Series

# A wait is felt that one packet in twenty has, or a longer one that one in fifty has: busy air is such a tail.
FELT_US, FELT_SHARE = 10_000, 0.05
TAIL_US, TAIL_SHARE = 20_000, 0.02
# What has been told is told until it is so much rarer, and no hop may have far fewer waits than those it stands for.
KEPT = 0.6
EARLY_ROUNDS = 5  # of ten rounds it takes half as many waits again
END_PART = 0.5
WAITS_MIN, END_WAITS_MIN = 10, 2
END_ALONE_MIN = 6
ANSWERS_MIN = 5
# Hops are compared by the answers that waited for a part of what the far end's slow ones did, at least for so long.
PART, LEAST_US = 0.25, 5_000
CALM_SHARE, CALM_CHANCE = 0.35, 1e-3  # of the share beyond: a hop with less, and by no chance, is before the queue
SHOWS_SHARE = 0.75
BETWEEN_SHARE = 0.6  # the hops between two that show it, together
WITH_RHO, WITH_CHANCE, WITH_PAIRS = 0.5, 1e-3, 20
# Stretches of at most so many rounds, looked at after so many of them: what is asked every round finds by chance what
# is not there.
ROUNDS, STEP = 240, 20
CHECKPOINTS = (6, 8, 10, 14, *range(20, 120, 10), *range(120, 2 * ROUNDS, STEP))
FIRM = 20  # rounds; what is found in fewer may be taken back
WIDE = 3  # hops; a narrower place is kept, a wider one only until it can be halved
# Where several paths are in use, times of one of them lie no farther apart, and are no fewer.
MODE_GAP_US, MODE_SHARE, MODE_MIN = 3_000, 0.08, 3
SEVERAL_SHARE = 0.05  # of the answers of a hop, by another address than the most frequent one
PLACES_MAX = 16  # traces of which the last stretch is known
GRAIN_US = 250  # of bases: a new best that is a little better is nothing new


@dataclass(frozen=True, slots=True)
class Waited:
    """How long the answers of a hop waited."""

    series: Series  # its RTTs over the stretch
    base_us: int  # that waits are counted from: an RTT without any
    times_us: Sequence[int]  # the waits in order, each with the same time added
    added_us: int  # that time

    @property
    def answers(self) -> int:
        """How many there are."""
        return len(self.times_us)

    def longer(self, than_us: int) -> int:
        """How many waited for so long or longer."""
        return len(self.times_us) - bisect_left(self.times_us, self.added_us + than_us)

    def percentile_us(self, share: float) -> int:
        """The wait that this share of them does not exceed."""
        return percentile(self.times_us, share) - self.added_us


class _Stretch(NamedTuple):
    """Rounds of the hops' histories, from a round on: TTL, base and bytes of each."""

    first_round: int
    several: bool  # paths
    hops: tuple[tuple[int, int, bytes], ...]

    def goes_on(self, before: _Stretch) -> bool:
        """Whether it begins with an earlier one."""
        return (
            self[:2] == before[:2]
            and len(self.hops) == len(before.hops)
            and all(
                now[:2] == then[:2] and now[2].startswith(then[2])
                for now, then in zip(self.hops, before.hops, strict=True)
            )
        )


@dataclass(frozen=True, slots=True)
class Excess:
    """What waits before the far end, and where."""

    first_ttl: int  # the nearest hop at which it may begin
    last_ttl: int  # the farthest
    onset_ttl: int  # the first that shows it, as all do beyond it
    calm_ttl: int  # the last hop that waits clearly less often; 0: none does
    waits: int  # answers that waited for FELT_US, at the far end and the hops that share it
    answers: int  # of so many
    long_waits: int  # and for TAIL_US
    end: Waited  # the far end
    counts: tuple[tuple[int, int, int], ...]  # of each hop: its TTL, the waits that hops are compared by, answers
    pooled_share: float  # of such waits, at the hops that share it
    rho: float  # rank correlation, by rounds, of the first hop that shows it with the far end; 0.0: not known
    p_value: float  # of such a correlation by chance, one-sided, 0 to 1; 1.0: not known
    rounds: int  # of the stretch

    @property
    def share(self) -> float:
        """The answers that waited, of all."""
        return self.waits / self.answers

    @property
    def excess_us(self) -> int:
        """How far the slow answers of the far end lie above its base: one in twenty, or one in a hundred of a tail."""
        usual_us = self.end.percentile_us(0.95)
        return usual_us if usual_us >= FELT_US else self.end.percentile_us(0.99)

    @property
    def end_alone(self) -> bool:
        """Whether it is at the far end alone: the last link, or a target that is slow."""
        return self.first_ttl == self.last_ttl == self.end.series.ttl

    @property
    def firm(self) -> bool:
        """Whether it rests on more than a few rounds."""
        return self.rounds >= FIRM


# By trace: the last stretch, the looks at it, what they came to, and whether the last look doubted the place.
_last: dict[Hashable, tuple[_Stretch, tuple[int, ...], Excess | None, bool]] = {}


def find_excess(evidence: Evidence) -> Excess | None:
    """What is felt to wait now; None where nothing is.

    It is looked for at fixed numbers of rounds. What one look has found is kept until a later one speaks against it.
    """
    begin = begin_of(evidence)
    ends = _checkpoints(evidence, begin)
    if not ends:
        return None
    snapshot = evidence.snapshot
    last_ttl = evidence.end.ttl if evidence.end is not None else 0
    first = max(begin, ends[0] - ROUNDS)
    hops = tuple(
        (hop.ttl, max(0, hop.base_us) // GRAIN_US * GRAIN_US, hop.rtts_us[first : ends[-1]].tobytes())
        for hop in snapshot.hops
        if hop.ttl <= last_ttl and hop.received
    )
    kept_from = snapshot.last_round + 1 - len(snapshot.hops[0].rtts_us)
    place = snapshot.target.address, snapshot.started_us
    stretch = _Stretch(kept_from + first, several_paths(evidence, first, ends[-1]), hops)
    return _told(place, stretch, tuple(end - first for end in ends))


def several_paths(evidence: Evidence, begin: int, end: int) -> bool:
    """Whether several routers answer at any hop, so that times may be those of different paths."""
    last_ttl = evidence.end.ttl if evidence.end is not None else 0
    return any(answered_by_several(hop, begin, end) for hop in evidence.snapshot.hops if hop.ttl <= last_ttl)


def answered_by_several(hop: Hop, begin: int, end: int) -> bool:
    """Whether several routers answer at a hop by turns, or one after the other."""
    if len(hop.responders) < 2:
        return False
    counts = Counter(hop.answered_by[max(begin, end - ROUNDS) : end].tolist())
    del counts[NOBODY]
    return counts.total() > 0 and max(counts.values()) < (1 - SEVERAL_SHARE) * counts.total()


def _told(place: Hashable, stretch: _Stretch, ends: tuple[int, ...]) -> Excess | None:
    """What the looks at a stretch of the hops' histories come to one after the other.

    Where the stretch only goes on from the last one seen at a place, so do the looks.
    """
    told: Excess | None = None
    doubted = False
    seen = 0
    known = _last.get(place)
    if known is not None and stretch.goes_on(known[0]) and ends[: len(known[1])] == known[1]:
        told, doubted, seen = known[2], known[3], len(known[1])
    for end in ends[seen:]:
        now = _look(stretch, end)
        if now is None or not (_felt(now) if told is None else _still_felt(now)):
            told, doubted = None, False
        elif told is None or _holds(now, told):
            told, doubted = _placed(now, told), False
        else:  # one look alone may err: what was told before is left when the next one says so too
            told, doubted = (now, False) if doubted else (_at_place(now, told), True)
    if place not in _last and len(_last) >= PLACES_MAX:
        del _last[next(iter(_last))]
    _last[place] = stretch, ends, told, doubted
    return told


_told.cache_clear = _last.clear  # type: ignore[attr-defined] # as of a function with an ``lru_cache``


def _look(stretch: _Stretch, end: int) -> Excess | None:
    """The waits of the rounds before an index of a stretch."""
    begin = max(0, end - ROUNDS)
    hops = tuple((ttl, base_us, data[4 * begin : 4 * end]) for ttl, base_us, data in stretch.hops)
    return _measure((stretch.first_round + end, hops[-1][0]), hops, end - begin, several=stretch.several)


def _felt(found: Excess) -> bool:
    """Whether so many packets wait that it matters, at the far end too; of few rounds it has to be more."""
    least = END_ALONE_MIN if found.end_alone else WAITS_MIN
    waits, answers = found.end.longer(FELT_US), found.end.answers
    if found.waits < least or waits < END_WAITS_MIN:
        return False
    part = 1 + EARLY_ROUNDS / found.rounds
    return any(
        count >= part * share * found.answers and waits >= END_PART * share * answers
        for count, share in ((found.waits, FELT_SHARE), (found.long_waits, TAIL_SHARE))
    )


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
    return sum(waits for _, waits, _ in skipped) >= usual * sum(answers for _, _, answers in skipped)


def _placed(now: Excess, told: Excess | None) -> Excess:
    """What is found now, at the place that was told before unless that can be said much better."""
    if told is None:
        return now
    width, narrow = told.last_ttl - told.first_ttl + 1, now.last_ttl - now.first_ttl + 1
    better = narrow == 1 or (width > WIDE and (narrow <= WIDE or 2 * narrow <= width))
    return now if better else _at_place(now, told)


def _at_place(now: Excess, told: Excess) -> Excess:
    return replace(now, first_ttl=told.first_ttl, last_ttl=told.last_ttl, onset_ttl=told.onset_ttl)


def _checkpoints(evidence: Evidence, begin: int) -> list[int]:
    """Where in the histories the stretches end that are looked at, the oldest first."""
    snapshot = evidence.snapshot
    rounds = len(snapshot.hops[0].rtts_us) - 1  # the probes of the newest are in flight
    kept_from = snapshot.last_round - rounds
    shift = snapshot.rtt_shift
    if shift is not None and shift.status == "seeming":
        rounds = min(rounds, shift.round - kept_from)  # what it is will be known soon
    if rounds - begin < 2 * ROUNDS:
        return [begin + age for age in CHECKPOINTS if begin + age <= rounds]
    # Later at multiples of the round number, since where the level began is forgotten one day.
    anchor = ((kept_from + rounds) // ROUNDS - 1) * ROUNDS - kept_from
    return list(range(anchor, rounds + 1, STEP))


def begin_of(evidence: Evidence) -> int:
    """Where in the histories the present level of the path begins."""
    shift = evidence.snapshot.rtt_shift
    if shift is None or shift.status != "confirmed":
        return evidence.since
    rounds = len(evidence.snapshot.hops[0].rtts_us)
    # Of the round in which it began some probes met the level before.
    return max(evidence.since, shift.round + 1 - (evidence.snapshot.last_round + 1 - rounds))


@kept(places=48)
def _measure(hops: tuple[tuple[int, int, bytes], ...], rounds: int, *, several: bool) -> Excess | None:
    """The waits of a stretch, and their place; None where the far end does not answer, or hardly waits."""
    last_ttl, last_base_us, data = hops[-1]
    end = _waited(series_of(last_ttl, data), last_base_us, several=several)
    if end.answers < ANSWERS_MIN or not end.longer(FELT_US):
        return None  # and nobody else need be looked at
    known = ((series_of(ttl, data), base_us) for ttl, base_us, data in hops[:-1])
    waited = [_waited(one, base_us, several=several) for one, base_us in known if len(one.answers) >= ANSWERS_MIN]
    bound_us = max(LEAST_US, int(PART * end.percentile_us(0.95)))
    calm_ttl, shows = 0, [end]
    pooled, total = end.longer(bound_us), end.answers
    between = between_all = 0  # waits and answers of the hops since the last that shows it, of which neither is sure
    for one in reversed(waited):
        count, answers = one.longer(bound_us), one.answers
        share = pooled / total
        if count < CALM_SHARE * share * answers and (
            fisher_greater(pooled, total, count, answers, CALM_CHANCE) < CALM_CHANCE
        ):
            calm_ttl = one.series.ttl
            break
        if count >= SHOWS_SHARE * share * answers and between >= BETWEEN_SHARE * share * between_all:
            shows.append(one)
            if count <= share * answers / SHOWS_SHARE:  # one that waits far more often does so by itself
                pooled, total = pooled + count, total + answers
            between = between_all = 0
        else:
            between, between_all = between + count, between_all + answers
    onset = shows[-1]
    rho, p_value, pairs = correlation(onset.series, end.series) if onset is not end else (0.0, 1.0, 0)
    together = rho >= WITH_RHO and p_value < WITH_CHANCE and pairs >= WITH_PAIRS
    after_onset = next((one.series.ttl for one in (*waited, end) if one.series.ttl > onset.series.ttl), last_ttl)
    shown_ttl = onset.series.ttl if together else after_onset
    return Excess(
        first_ttl=min(calm_ttl + 1, shown_ttl),
        last_ttl=shown_ttl,
        onset_ttl=onset.series.ttl,
        calm_ttl=calm_ttl,
        waits=sum(one.longer(FELT_US) for one in shows),
        answers=sum(one.answers for one in shows),
        long_waits=sum(one.longer(TAIL_US) for one in shows),
        end=end,
        counts=tuple((one.series.ttl, one.longer(bound_us), one.answers) for one in waited),
        pooled_share=pooled / total,
        rho=rho if together else 0.0,
        p_value=p_value,
        rounds=rounds,
    )


def _waited(series: Series, base_us: int, *, several: bool) -> Waited:
    """How long each answer of a hop waited; where several paths are in use, above the best of the path it took.

    Which that was is not known of an answer of a later hop, but the times of a path lie close together and apart from
    those of another.
    """
    answers = series.answers
    if not several or not answers:
        base_us = base_us or (answers[0] if answers else 0)
        return Waited(series, base_us, answers, base_us)
    waits_us: list[int] = []
    base_us = base_us or answers[0]
    least = max(MODE_MIN, int(MODE_SHARE * len(answers)))
    begin = 0
    for at in range(1, len(answers) + 1):
        if at < len(answers) and answers[at] - answers[at - 1] <= MODE_GAP_US:
            continue
        if at - begin >= least:
            base_us = answers[begin]
        waits_us += [one - base_us for one in answers[begin:at]]
        begin = at
    return Waited(series, answers[0], sorted(waits_us), 0)
