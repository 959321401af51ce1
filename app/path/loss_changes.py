"""When loss on a path begins, grows and ends: told from the probes of all hops together.

What a link loses is missing at every hop beyond it, and each of these hops has a probe of its own in the same round:
counted together they show the loss several times as fast as the target's probes alone. So for each possible first
lossy hop the losses at the hops from there on are summed, round by round:

1. Beginning (or growth): a window that ends now against all rounds before it. The logarithm of the likelihood ratio of
   "two rates, the later one higher" to "one rate throughout" must reach BEGINS, for some window that begins with a
   lossy round, and some first hop. Rates below what a sound path may lose count as that: STRAY, or, where many probes
   before tell that it is less, that, down to STRAY_LEAST. Simulated paths that lose 0.3 % at random reach that
   less than once in 20 hours (tests/app/path/test_loss_changes.py). The window must hold RUNS_MIN separate runs of
   lossy rounds, or one run of ROUNDS_MIN, so that a single bad second is no beginning. Where there was loss before, the
   logarithm is divided by the dispersion of the losses of a round: those of one burst are one piece of news.
2. End: since the latest lossy round so many clean ones have passed that, by how clean rounds turned lossy before, so
   long a silence has too small a chance (``silences``). Where some silences are far longer than the rest, as between
   bursts, they are what it is compared with.

A hop that loses much more than the hops beyond it rate-limits its replies, and is left out; a beginning that one hop
alone carries is none, unless it is the last one, and none that the last one has no part in. Of one round no more than
ROUND_MAX losses count, and one less right after a lossy round: losses come in bursts, which hold less news than as many
single ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from .loss_chances import STRAY, STRAY_LEAST, chance_of_few, gain, surplus
from .silences import between_bursts, is_too_long

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEGINS = 11.0
# Growth is told of so many losses before.
GROWTH_MIN = 3
RUNS_MIN, ROUNDS_MIN = 2, 5
ROUND_MAX = 2
# Loss that was there from the start of a stretch may end too, where it is so much.
LOSSY_SHARE, LOSSY_COUNT = 0.01, 5
# After so many rounds without loss its earlier course says nothing of how the next one will go.
FORGET_ROUNDS = 900
# So many lossy rounds are looked back at; older ones are only counted.
LOSSY_MAX = 512
_BACK = (2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 42, 60, 90, 140, 220, 340, 512)
# A hop is a limiter if it loses so many times as much as those beyond it, and the negative logarithm of the chance of
# that among hops that lose alike exceeds the first (a chance of 1 in 10,000); it is one no more below the second (1 %).
LIMITER_TIMES, LIMITER_IS, LIMITER_STAYS = 1.5, 9.2, 4.6
# Loss is the path's where the end's part of it has at least this chance among hops that lose alike.
END_CHANCE = 0.05


class LossChange(Enum):
    """What happened to the loss on a path."""

    BEGAN = "loss-began"  # or grew
    ENDED = "loss-ended"


@dataclass(frozen=True, slots=True)
class LossTurn:
    """Loss began, grew or ended."""

    change: LossChange  # which of these
    round: int  # the first lossy round, or the first one without loss
    time_us: int  # when that round began (monotonic)
    first_ttl: int  # the likeliest first lossy hop; never 0
    end_ttl: int  # the last hop that was looked at
    # At the hops from ``first_ttl`` on but those that rate-limit their replies, while the loss lasted (so far).
    lost: int
    probes: int  # of so many probes
    rounds: int  # from the first lossy round to the last one


@dataclass(slots=True)
class LossyRound:
    """A round in which probes were lost."""

    at: int  # which of the rounds that were looked at it is, from 0
    round: int  # of the trace
    time_us: int  # when it began, monotonic
    hops: int  # bit ``ttl`` is set where that hop's probe was lost
    sums: list[int]  # by first hop: losses that count from there on, from the first kept lossy round to this one


class LossChanges:
    """Takes the rounds of a path in their order, each once the fate of all its probes is known."""

    def __init__(self) -> None:
        self._end = 0
        self._heard = 0  # the hops that have answered, as bits
        self._limiters = 0
        self._rounds = 0  # of this stretch
        self._lossy: list[LossyRound] = []  # of this stretch, the latest
        self._older: list[int] = []  # the sums of the latest that is not kept any more
        self._spaces = (0, 0, 0)  # those between bursts: see ``between_bursts``
        self._silence: tuple[int, int, int, int] | None = None  # what ends the loss, as long as no more is lost
        self._lost: dict[int, int] = {}  # by hop, in this stretch
        self._ever: dict[int, int] = {}  # losses by hop on this path, in all its stretches
        self._began = False  # this stretch began with loss
        self._before: tuple[dict[int, int], int] = {}, 0  # losses by hop and rounds before the loss that ended
        self._course = (0, 0)  # runs of lossy rounds, and clean rounds, of loss that ended lately
        self._carry_until = 0  # the round index up to which that holds

    @property
    def lossy(self) -> bool:
        """Whether this stretch began with loss."""
        return self._began

    def restart(self, keep: int = 0) -> None:
        """Another stretch has begun, as by a path change, of which the latest ``keep`` rounds are."""
        self._limiters = 0
        self._ever = {}
        self._before = {}, 0
        self._course = (0, 0)
        self._began = False
        self._cut(self._rounds - min(keep, self._rounds))

    def round(self, number: int, time_us: int, lost: int, heard: int, end_ttl: int) -> Iterator[LossTurn]:
        """The fates of a round: the hops whose probe was lost, and those that ever answered, as bits.

        The path ends at ``end_ttl``; what lies beyond is not looked at.
        """
        within = (2 << end_ttl) - 1
        heard &= within
        lost &= heard
        changed = (heard, end_ttl) != (self._heard, self._end)
        self._heard, self._end = heard, end_ttl
        at = self._rounds
        self._rounds += 1
        if changed:
            self._older = (self._older + [0] * (end_ttl + 1))[: end_ttl + 1] if self._older else []
            self._sum_up(0)
        if not lost:
            if (turn := self._ended(number, time_us)) is not None:
                yield turn
            return
        for ttl in _bits(lost):
            self._lost[ttl] = self._lost.get(ttl, 0) + 1
            self._ever[ttl] = self._ever.get(ttl, 0) + 1
        self._lossy.append(LossyRound(at, number, time_us, lost, []))
        if len(self._lossy) > LOSSY_MAX:
            self._older = self._lossy.pop(0).sums
        self._sum_up(len(self._lossy) - 1)
        if self._find_limiters():
            self._sum_up(0)
        turn = self._begun()
        if turn is not None:
            yield turn

    def late(self, number: int, ttl: int) -> None:
        """A probe that had been counted as lost was answered after all."""
        for index in range(len(self._lossy) - 1, -1, -1):
            entry = self._lossy[index]
            if entry.round < number:
                return
            if entry.round == number:
                if entry.hops >> ttl & 1:
                    entry.hops &= ~(1 << ttl)
                    self._lost[ttl] -= 1
                    self._ever[ttl] -= 1
                    if not entry.hops:
                        del self._lossy[index]
                    self._sum_up(index)
                return

    # ---- inside -----------------------------------------------------------------------------------------------

    @property
    def _sound(self) -> int:
        return self._heard & ~self._limiters

    def _sum_up(self, start: int) -> None:
        """Make the sums of the lossy rounds from an index on."""
        self._silence = None
        sound, end = self._sound, self._end
        before = self._lossy[start - 1] if start else None
        sums = before.sums if before is not None else self._older
        sums = sums or [0] * (end + 1)
        for entry in self._lossy[start:]:
            lost = entry.hops & sound
            most = ROUND_MAX - (before is not None and before.at == entry.at - 1 and bool(before.hops & sound))
            sums = [count + min(most, (lost >> ttl).bit_count()) for ttl, count in enumerate(sums)]
            entry.sums = sums
            before = entry

    def _find_limiters(self) -> bool:
        """Leave out the hops that lose much more than those beyond them; whether they are others than before."""
        found = beyond = hops = 0
        for ttl in range(self._end, 0, -1):
            if not self._heard >> ttl & 1:
                continue
            lost = self._ever.get(ttl, 0)
            level = LIMITER_STAYS if self._limiters >> ttl & 1 else LIMITER_IS
            if hops and lost > LIMITER_TIMES * beyond / hops and surplus(lost, beyond, hops) > level:
                found |= 1 << ttl
            else:
                beyond, hops = beyond + lost, hops + 1
        changed, self._limiters = found != self._limiters, found
        return changed

    def _begun(self) -> LossTurn | None:
        """Whether loss has begun or grown, by the round that came last."""
        lossy, sound, end = self._lossy, self._sound, self._end
        now = lossy[-1]
        earlier_lost, earlier_rounds = self._before if not self._began else ({}, 0)
        widths = [(sound >> ttl).bit_count() for ttl in range(end + 1)]
        earlier = [0] * (end + 2)
        for ttl in range(end, 0, -1):
            own = earlier_lost.get(ttl, 0) if sound >> ttl & 1 else 0
            earlier[ttl] = earlier[ttl + 1] + own
        best: tuple[float, int, int] | None = None
        for back in _BACK:
            if back > len(lossy):
                break
            first = len(lossy) - back
            start = lossy[first]
            sums = lossy[first - 1].sums if first else self._older or [0] * (end + 1)
            rounds_in = now.at - start.at + 1
            rounds_before = start.at + earlier_rounds
            if not rounds_before:
                continue
            for ttl in range(1, end + 1):
                if not sound >> ttl & 1:
                    continue
                lost = now.sums[ttl] - sums[ttl]
                if lost < 3:
                    break
                probes = widths[ttl] * rounds_in
                lost_before = sums[ttl] + earlier[ttl]
                probes_before = widths[ttl] * rounds_before
                stray = min(STRAY, max(STRAY_LEAST, (lost_before + 2) / probes_before))
                if lost * probes_before <= 1.5 * lost_before * probes or lost <= 1.5 * stray * probes:
                    continue
                score = gain(lost, probes, lost_before, probes_before, stray)
                if score >= BEGINS and lost_before >= GROWTH_MIN:
                    score /= self._dispersion(ttl)
                if score >= BEGINS and (best is None or score > best[0]) and self._agreed(first, ttl):
                    best = score, first, ttl
        if best is None:
            return None
        _, first, ttl = best
        return self._begin(first, ttl)

    def _dispersion(self, ttl: int) -> float:
        """How many losses from a hop on come together in a round, as far as they count; 1 or more."""
        sums = [self._older[ttl] if self._older else 0, *(entry.sums[ttl] for entry in self._lossy)]
        counts = [later - one for one, later in pairwise(sums)]
        return max(1.0, sum(one * one for one in counts) / max(1, sum(counts)))

    def _agreed(self, first: int, ttl: int) -> bool:
        """Whether a window is more than a bad second, and more than one hop of several that does not answer."""
        entries = self._lossy[first:]
        sound = self._sound >> ttl << ttl
        hit = [entry for entry in entries if entry.hops & sound]
        runs = 1 + sum(later.at - one.at > 1 for one, later in pairwise(hit))
        if len(hit) < 3 or (runs < RUNS_MIN and len(hit) < ROUNDS_MIN):
            return False
        hops = _bits(sound)
        if len(hops) == 1:
            return True
        counts = [sum(entry.hops >> hop & 1 for entry in hit) for hop in hops]
        lost, most = sum(counts), max(counts)
        others = lost - most
        # One hop alone: all but it would have lost as often, and did not.
        expected = most * (len(hops) - 1)
        if others < 1 or others * 4 < min(expected, 12):
            return False
        # What the path loses is missing at its end, too: hops that lose alone answer seldom.
        return counts[-1] > 0 and chance_of_few(counts[-1], lost, len(hops)) >= END_CHANCE

    def _begin(self, first: int, ttl: int) -> LossTurn:
        start = self._lossy[first]
        if not self._began:
            lost_in: dict[int, int] = {}
            for entry in self._lossy[first:]:
                for hop in _bits(entry.hops):
                    lost_in[hop] = lost_in.get(hop, 0) + 1
            base, rounds = self._before
            merged = {
                hop: base.get(hop, 0) + self._lost.get(hop, 0) - lost_in.get(hop, 0) for hop in {*base, *self._lost}
            }
            self._before = merged, rounds + start.at
        if self._carry_until < self._rounds:
            self._course = (0, 0)
        elif self._course[0]:
            self._course = self._course[0], self._course[1] + start.at
        self._cut(start.at)
        self._began = True
        return self._turn(LossChange.BEGAN, start.round, start.time_us, ttl)

    def _ended(self, number: int, time_us: int) -> LossTurn | None:
        """Whether the loss has ended, by another round without."""
        if not self._lossy:
            return None
        if self._silence is None:
            self._silence = self._course_so_far()
        ttl, last, runs, clean = self._silence
        silence = self._rounds - 1 - last
        if not runs or silence < 2:
            return None
        if not is_too_long(silence, runs, clean):
            return None
        if self._spaces[0] and not is_too_long(silence - self._spaces[0], *self._spaces[1:]):
            return None
        turn = self._turn(LossChange.ENDED, number - silence + 1, time_us, ttl)
        self._course = runs, clean
        self._cut(last + 1)
        self._carry_until = self._rounds + FORGET_ROUNDS
        if not self._began:
            self._before = {}, 0  # what was before is the loss itself
        self._began = False
        return turn

    def _course_so_far(self) -> tuple[int, int, int, int]:
        """The likeliest first lossy hop, the latest lossy round, runs of lossy rounds, and clean rounds between them.

        No runs: there is no loss that could end.
        """
        self._spaces = (0, 0, 0)
        ttl = self._onset()
        sound = self._sound >> ttl << ttl
        hit = [entry.at for entry in self._lossy if entry.hops & sound]
        if not hit:
            return ttl, 0, 0, 0
        if not self._began:
            lost = self._lossy[-1].sums[ttl]
            if lost < LOSSY_COUNT or lost < LOSSY_SHARE * sound.bit_count() * (hit[-1] + 1):
                return ttl, 0, 0, 0
            if not self._lost.get(sound.bit_length() - 1):
                return ttl, 0, 0, 0  # hops that lose alone, where the end loses nothing, answer seldom
        silences = [later - one - 1 for one, later in pairwise(hit) if later - one > 1]
        self._spaces = between_bursts(silences)
        runs, clean = 1 + len(silences), sum(silences)
        # Clean rounds before the first loss count, unless they were so many that the loss began with it.
        if not self._began and not self._older and not is_too_long(hit[0], runs, clean):
            clean += hit[0]
        return ttl, hit[-1], runs + self._course[0], clean + self._course[1]

    def _onset(self) -> int:
        """The likeliest first lossy hop: that from which on the losses are most against those before it."""
        sound, end = self._sound, self._end
        ttls = _bits(sound)
        total = sum(self._lost.get(ttl, 0) for ttl in ttls)
        probes = len(ttls) * max(self._rounds, 1)
        best, found = -1.0, ttls[0] if ttls else end
        lost_before = probes_before = 0
        for ttl in ttls:
            lost, rest = total - lost_before, probes - probes_before
            score = gain(lost, rest, lost_before, probes_before) if lost * probes_before >= lost_before * rest else 0.0
            if score > best:
                best, found = score, ttl
            lost_before += self._lost.get(ttl, 0)
            probes_before += max(self._rounds, 1)
        return found

    def _cut(self, at: int) -> None:
        """The stretch begins with the round of an index."""
        self._lossy = [entry for entry in self._lossy if entry.at >= at]
        for entry in self._lossy:
            entry.at -= at
        self._rounds -= at
        self._older = []
        self._silence = None
        self._lost = {}
        for entry in self._lossy:
            for ttl in _bits(entry.hops):
                self._lost[ttl] = self._lost.get(ttl, 0) + 1
        self._sum_up(0)

    def _turn(self, change: LossChange, number: int, time_us: int, ttl: int) -> LossTurn:
        sound = self._sound >> ttl << ttl
        hit = [entry for entry in self._lossy if entry.hops & sound]
        rounds = hit[-1].at - hit[0].at + 1
        lost, probes = sum((entry.hops & sound).bit_count() for entry in hit), rounds * sound.bit_count()
        if change is LossChange.BEGAN and lost > 2:
            # It was told since these were lost: the first and the last one make any share look larger.
            lost, probes = lost - 2, probes - 2
        return LossTurn(change, number, time_us, ttl, self._end, lost, probes, rounds)


def _bits(hops: int) -> Sequence[int]:
    """The TTLs whose bits are set, in order."""
    return [ttl for ttl in range(hops.bit_length()) if hops >> ttl & 1]
