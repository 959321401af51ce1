"""Where packets wait: the RTT above its base, hop by hop over the same stretch, and from which hop on all show it.

The probes of a round leave one after the other, and a queue may fill and drain within a second, so that in one round
it looks different at each hop. What all hops beyond it share is the distribution: how many of their answers waited.
So each hop is compared with those beyond it, from the far end back, until one waits clearly less often. A router just
before a queue whose own replies are slow looks as if the queue began there, which only a correlation by rounds can
rule out, where there is one: else the hop after it is left open too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...statistics.exact_tests import fisher_greater
from .series import correlation, series_of
from .waits import waited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .waits import Waited

# A wait is felt that one packet in twenty has, or a longer one that one in fifty has: busy air is such a tail.
FELT_US, FELT_SHARE = 10_000, 0.05
TAIL_US, TAIL_SHARE = 20_000, 0.02
USUAL_SHARE, RARE_SHARE = 0.95, 0.99
WAITS_MIN, END_WAITS_MIN = 10, 2
ANSWERS_MIN = 5
# Hops are compared by the answers that waited for a part of what the far end's slow ones did, at least for so long.
PART, LEAST_US = 0.25, 5_000
CALM_SHARE, CALM_CHANCE = 0.35, 1e-3  # of the share beyond: a hop with less, and by no chance, is before the queue
SHOWS_SHARE = 0.75
BETWEEN_SHARE = 0.6  # the hops between two that show it, together
WITH_RHO, WITH_CHANCE, WITH_PAIRS = 0.5, 1e-3, 20
WATCHED_MAX = 4  # hops that tell when packets waited
FIRM = 20  # rounds; what is found in fewer may be taken back


@dataclass(frozen=True, slots=True)
class Excess:
    """What waits before the far end, and where."""

    first_ttl: int  # the nearest hop at which it may begin
    last_ttl: int  # the farthest
    onset_ttl: int  # the first that shows it, as all do beyond it
    calm_ttl: int  # the last hop that waits clearly less often; 0: none does
    waits: int  # answers that waited for FELT_US, at the far end and the hops that share it, or may where they are few
    answers: int  # of so many
    long_waits: int  # and for TAIL_US
    end: Waited  # the far end
    # Of the hops from the last calm one on, the nearest first: TTL, the waits that hops are compared by, answers.
    counts: tuple[tuple[int, int, int], ...]
    pooled: tuple[int, int]  # such waits, and answers, at the hops that share it
    rho: float  # rank correlation, by rounds, of the first hop that shows it with the far end; 0.0: not known
    p_value: float  # of such a correlation by chance, one-sided, 0 to 1; 1.0: not known
    rounds: int  # of the stretch
    # Of hops beyond it, of which the far end is one: TTL, and the RTT (microseconds) from which on an answer waited.
    beyond: tuple[tuple[int, int], ...]

    @property
    def share(self) -> float:
        """The answers that waited, of all."""
        return self.waits / self.answers

    @property
    def pooled_share(self) -> float:
        """The waits that hops are compared by, of all answers of those that share it."""
        return self.pooled[0] / self.pooled[1]

    @property
    def excess_share(self) -> float:
        """The share of the far end's answers that wait no longer than ``excess_us``; more of them where few wait."""
        return USUAL_SHARE if self.end.percentile_us(USUAL_SHARE) >= FELT_US else RARE_SHARE

    @property
    def excess_us(self) -> int:
        """How far the slow answers of the far end lie above its base: one in twenty, or one in a hundred of a tail."""
        return self.end.percentile_us(self.excess_share)

    @property
    def end_alone(self) -> bool:
        """Whether it is at the far end alone: the last link, or a target that is slow."""
        return self.first_ttl == self.last_ttl == self.end.series.ttl

    @property
    def firm(self) -> bool:
        """Whether it rests on more than a few rounds."""
        return self.rounds >= FIRM


def _watched(shown: Waited, shows: Sequence[Waited]) -> tuple[tuple[int, int], ...]:
    """Some of the hops that show it, from the one on that is sure to: those that tell when it is there."""
    beyond = [one for one in shows if one.series.ttl >= shown.series.ttl]
    step = max(1, -(-len(beyond) // WATCHED_MAX))
    return tuple((one.series.ttl, one.longest_base_us + FELT_US) for one in beyond[::step])


def measure(hops: tuple[tuple[int, int, bytes], ...], rounds: int, *, several: bool) -> Excess | None:
    """The waits of a stretch, and their place; None where the far end does not answer, or hardly waits.

    Of each hop, the far end last, ``hops`` has the TTL, the best RTT in microseconds (0: not known) and the history.
    ``several`` paths may be in use.
    """
    last_ttl, last_base_us, data = hops[-1]
    end = waited(series_of(last_ttl, data), last_base_us, several=several)
    if end.answers < ANSWERS_MIN or end.longer(FELT_US) < END_WAITS_MIN:
        return None  # and nobody else need be looked at
    bound_us = max(LEAST_US, int(PART * end.percentile_us(0.95)))
    calm_ttl, shows, share_it = 0, [end], [end]
    pooled, total = end.longer(bound_us), end.answers
    counts: list[tuple[int, int, int]] = []
    unsure: list[Waited] = []  # hops that are not calm, nor sure to show it
    between = between_all = 0  # waits and answers of the hops since the last that shows it, of which neither is sure
    onset = beyond_onset = latest = end  # the first hop that shows it, the next one, and that after the one looked at
    for ttl, base_us, rtts_us in reversed(hops[:-1]):
        series = series_of(ttl, rtts_us)
        if len(series.answers) < ANSWERS_MIN:
            continue
        one = waited(series, base_us, several=several)
        count, answers = one.longer(bound_us), one.answers
        counts.append((ttl, count, answers))
        share = pooled / total
        if count < CALM_SHARE * share * answers and (
            fisher_greater(pooled, total, count, answers, CALM_CHANCE) < CALM_CHANCE
        ):
            calm_ttl = ttl
            break
        if count >= SHOWS_SHARE * share * answers and between >= BETWEEN_SHARE * share * between_all:
            onset, beyond_onset = one, latest
            shows.append(one)
            if count <= share * answers / SHOWS_SHARE:  # one that waits far more often does so by itself
                pooled, total = pooled + count, total + answers
                share_it.append(one)
            between = between_all = 0
        else:
            between, between_all = between + count, between_all + answers
            unsure.append(one)
        latest = one
    rho, p_value, pairs = correlation(onset.series, end.series) if onset is not end else (0.0, 1.0, 0)
    together = rho >= WITH_RHO and p_value < WITH_CHANCE and pairs >= WITH_PAIRS
    shown = onset if together else beyond_onset
    felt = shows
    if sum(one.longer(FELT_US) for one in shows) < WAITS_MIN:
        felt = [*shows, *unsure]  # of a rare wait hops have now one, now three: all together tell whether it is there
    return Excess(
        first_ttl=min(calm_ttl + 1, shown.series.ttl),
        last_ttl=shown.series.ttl,
        onset_ttl=onset.series.ttl,
        calm_ttl=calm_ttl,
        waits=sum(one.longer(FELT_US) for one in felt),
        answers=sum(one.answers for one in felt),
        long_waits=sum(one.longer(TAIL_US) for one in felt),
        end=end,
        counts=tuple(reversed(counts)),
        pooled=(pooled, total),
        rho=rho if together else 0.0,
        p_value=p_value,
        rounds=rounds,
        beyond=_watched(shown, share_it),
    )
