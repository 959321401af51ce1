"""Verdicts on RTT: slow replies, steps, jitter, unequal-cost paths; queueing and shifts are modules of their own."""

from __future__ import annotations

import itertools
from array import array
from dataclasses import replace
from functools import lru_cache
from operator import sub
from typing import TYPE_CHECKING

from ...path.last_result import kept
from ...statistics.exact_tests import fisher_greater, mann_whitney_greater, percentile
from .. import rules, wording
from ..answer import Status
from ..assessment import Verdict
from ..evidence.gather import far_end, is_reported
from ..evidence.series import ADDRESSES, ORDER, Series, greater, long_bounds, long_stretch, young_stretch
from ..evidence.waits import answered_by_several, several_paths
from ..place import Place, at_hop
from ..rules import Rank
from .headers import ASYMMETRIC_HOPS, settled_hops_back
from .queue import queueing
from .shift import about_shift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Hop
    from ..evidence.gather import Evidence
    from ..evidence.network import Owner

# So much slower than later hops.
SLOW_US, SLOW_SHARE = 2000, 0.10
TAIL_US = 5000
P_MAX = 1e-4
# Of times that the table shows something is said earlier: that it seems so.
SEEMS_P = 0.01
# So far does light in fibre go and come back in a millisecond; so long it takes by a geostationary satellite.
KM_PER_MS = 100
SATELLITE_US = 477_000
TOO_FAR_US = 250_000  # RTT, of fibre: half the Earth's circumference takes 200 ms
STEPS_SHOWN = 3
# Jitter: mean difference of successive times. A fifth of the base counts from five milliseconds on: below that no call
# suffers, and on a LAN a fifth of the base is nothing.
JITTER_US, JITTER_SHARE, JITTER_FLOOR_US = 30_000, 0.20, 5_000
# A queue that is told with its place says more, and takes as long. A few slow answers, each of which makes two large
# differences, are no jitter: without the largest differences it has to be half as much.
JITTER_PAIRS, JITTER_FEW, JITTER_REST = 60, 0.10, 0.5
# Addresses that share a hop differ by more.
UNEQUAL_US = 2000


def about_latency(evidence: Evidence, owner: Owner) -> list[Verdict]:
    """All verdicts on times that the history carries."""
    verdicts: list[Verdict] = []
    evidence = _without_reports(evidence)
    if not evidence.snapshot.hops or evidence.end is None:
        return verdicts
    queue = queueing(evidence, owner)
    if queue is not None:
        verdicts.append(queue)
    verdicts += about_shift(evidence)
    stretch = long_stretch(evidence)
    standing = _standing(tuple(stretch)) if stretch else ()
    known = {one.last_ttl for one in standing if one.rule is rules.SLOW_REPLIES}
    young = [one for one in _slow_routers(tuple(young_stretch(evidence)), seems=True) if one.last_ttl not in known]
    for verdict in (*standing, *young):
        told = _beside_asymmetry(evidence, _about_tunnels(evidence, _beside_queue(queue, verdict)))
        if not _of_several_paths(evidence, told) and not (
            told.rule is rules.SLOW_REPLIES and _labelled(evidence, told)
        ):
            verdicts.append(told)
    bounds = long_bounds(evidence, evidence.end.ttl, ORDER)
    # Times that go with the path taken are no jitter, and which that was is not known of a later hop's answer.
    if bounds is not None and queue is None and not several_paths(evidence, *bounds):
        data = evidence.end.rtts_us[bounds[0] : bounds[1]].tobytes()
        verdicts += [found for found in (_jitter(data),) if found is not None]
    verdicts += _unequal(evidence)
    return verdicts


def _without_reports(evidence: Evidence) -> Evidence:
    """The same without an end that a router reports to be out of its reach.

    How long that takes tells nothing of the path: a router asks for its neighbour for seconds before it gives up
    (RFC 1122 section 2.3.2.2; RFC 4861 section 7.2.2), and is there with its own times at a hop before.
    """
    snapshot = evidence.snapshot
    if not is_reported(snapshot):
        return evidence
    snapshot = replace(snapshot, hops=snapshot.hops[:-1], rtt_shift=None)
    return replace(evidence, snapshot=snapshot, end=far_end(snapshot))


def _beside_queue(queue: Verdict | None, verdict: Verdict) -> Verdict:
    """A step where a queue begins whose base was never seen may be that queue."""
    if verdict.rule is not rules.LATENCY_STEP or queue is None or queue.place is None:
        return verdict
    if dict(queue.numbers)["base_seen"] == "yes" or not queue.place.holds(verdict.last_ttl):
        return verdict
    return replace(verdict, reasons=("It may be the queue that begins there: its base was not seen.",))


@lru_cache(maxsize=16)
def _standing(stretch: tuple[Series, ...]) -> tuple[Verdict, ...]:
    """What the times of a stretch say, apart from its end: slow routers and steps."""
    return (*_slow_routers(stretch, seems=False), *_steps(stretch))


def _slow_routers(stretch: tuple[Series, ...], *, seems: bool) -> list[Verdict]:
    """The routers that answer slowly although later hops do not; ``seems``: of few answers, which carry no more."""
    if not stretch:
        return []
    slow = []
    quick = steady = stretch[-1]  # of all later hops: the smallest median, and the smallest tail
    least_us, tail_us = quick.median_us, steady.tail_us
    for here in reversed(stretch[:-1]):
        found = _slow(here, quick, steady, len(stretch), seems=seems)
        if found is not None:
            slow.append(found)
        if (median_us := here.median_us) <= least_us:
            quick, least_us = here, median_us
        if (own_us := here.tail_us) <= tail_us:
            steady, tail_us = here, own_us
    return slow[::-1]


# ---- slow replies ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _slow(here: Series, quick: Series, steady: Series, hops: int, *, seems: bool) -> Verdict | None:
    """A router that answers slowly although later hops do not."""
    later = quick
    share = 0.0
    if here.median_us > later.median_us + max(SLOW_US, SLOW_SHARE * later.median_us):
        p_value = greater(here, later)
        test = "Mann-Whitney"
    else:
        later = steady
        late = here.later_than_median(TAIL_US)
        p_value = (
            fisher_greater(late, len(here.answers), later.later_than_median(TAIL_US), len(later.answers))
            if late
            else 1.0
        )
        share = late / len(here.answers)
        test = "Fisher"
        # A later hop whose slowest answers are as slow says nothing, however rare they are there.
        if share < 0.02 or here.percentile_us(0.99) <= later.percentile_us(0.99):
            return None
    if p_value >= (SEEMS_P if seems else P_MAX / hops) or (seems and test != "Mann-Whitney"):
        return None
    return Verdict(
        rules.SLOW_REPLIES,
        "note",
        at_hop(here.ttl),
        "seems to answer slowly" if seems else "answers slowly, forwards fine",
        figures=f"p99 {wording.milliseconds(here.percentile_us(0.99))} ms here,"
        f" {wording.milliseconds(later.percentile_us(0.99))} ms at hop {later.ttl}",
        reasons=(f"The router's own replies are slow; traffic through it is not ({test} {wording.chance(p_value)}).",),
        numbers=(
            ("median_us", here.median_us),
            ("later_hop_ttl", later.ttl),
            ("later_hop_median_us", later.median_us),
            ("late_share", share),
            ("p_value", p_value),
        ),
        status=Status.PROVISIONAL if seems else Status.CONFIRMED,
    )


# ---- steps ----------------------------------------------------------------------------------------------------------


def _steps(stretch: Sequence[Series]) -> list[Verdict]:
    """Where the base time of the path rises: only what carries on to the end counts."""
    path: list[int] = []
    lowest = None
    for series in reversed(stretch):
        lowest = series.base_us if lowest is None else min(lowest, series.base_us)
        path.append(lowest)
    path.reverse()
    found = []
    for at in range(1, len(stretch)):
        rise_us = path[at] - path[at - 1]
        large = rise_us > 15_000 or (rise_us > 2000 and rise_us > 0.5 * path[-1])
        if large and rise_us > 3 * stretch[at].spread_us:
            found.append((rise_us, at))
    verdicts = []
    for rise_us, at in sorted(sorted(found, reverse=True)[:STEPS_SHOWN], key=lambda entry: entry[1]):
        delay = f"{wording.count(round(rise_us / 1000) * KM_PER_MS)} km of fibre"
        if rise_us >= SATELLITE_US:
            delay = "a geostationary satellite"
        verdict = Verdict(
            rules.LATENCY_STEP,
            "note",
            Place(stretch[at - 1].ttl, stretch[at].ttl),
            f"latency step {wording.change(rise_us)}",
            figures=f"base {wording.milliseconds(path[at - 1])} to {wording.milliseconds(path[at])} ms",
            reasons=(f"About the delay of {delay}. Not a fault.",),
            numbers=(("rise_us", rise_us), ("from_us", path[at - 1]), ("to_us", path[at])),
        )
        verdicts.append(unless_too_far(verdict, rise_us) if rise_us < SATELLITE_US else verdict)
    return verdicts


def unless_too_far(verdict: Verdict, rise_us: int) -> Verdict:
    """A step as a warning where it is larger than any distance on the ground."""
    if rise_us < TOO_FAR_US:
        return verdict
    why = "The way around half the Earth and back takes some 200 ms: this is a queue, a detour, or a satellite."
    return replace(verdict, severity="warning", reasons=(why,), headline=True, own_rank=Rank.QUEUE)


def _of_several_paths(evidence: Evidence, verdict: Verdict) -> bool:
    """Whether its hop has routers of different distance, whose times belong to different paths."""
    hop = next((one for one in evidence.snapshot.hops if one.ttl == verdict.last_ttl), None)
    bounds = long_bounds(evidence, verdict.last_ttl)
    if hop is None or bounds is None or not answered_by_several(hop, *bounds):
        return False
    best = [one.statistics.best for one in hop.responders if one.statistics.answers]
    return max(best) - min(best) > UNEQUAL_US


def _labelled(evidence: Evidence, verdict: Verdict) -> bool:
    """Whether its hop lies in a tunnel: replies from there may travel on to its end first."""
    return _in_tunnel(next((one for one in evidence.snapshot.hops if one.ttl == verdict.last_ttl), None))


def _in_tunnel(hop: Hop | None) -> bool:
    return hop is not None and hop.latest >= 0 and bool(hop.responders[hop.latest].labels)


def _about_tunnels(evidence: Evidence, verdict: Verdict) -> Verdict:
    """A step into a tunnel may be at any hop of it, since all of them may answer by way of its end."""
    if verdict.rule is not rules.LATENCY_STEP or verdict.place is None or not _labelled(evidence, verdict):
        return verdict
    end_ttl = verdict.last_ttl
    for hop in evidence.snapshot.hops:
        if hop.ttl == end_ttl + 1 and _in_tunnel(hop):
            end_ttl = hop.ttl
    if end_ttl == verdict.last_ttl:
        return verdict
    why = f"Hops {verdict.last_ttl}-{end_ttl} are an MPLS tunnel: the step cannot be placed inside the tunnel."
    return replace(verdict, place=Place(verdict.first_ttl, end_ttl), reasons=(*verdict.reasons, why))


def _beside_asymmetry(evidence: Evidence, verdict: Verdict) -> Verdict:
    """A step where answers begin to take another number of hops back may be one of the return path alone."""
    if verdict.rule is not rules.LATENCY_STEP:
        return verdict
    ends = [hop for hop in evidence.snapshot.hops if hop.ttl in {verdict.first_ttl, verdict.last_ttl}]
    first, last = settled_hops_back(ends[0]), settled_hops_back(ends[-1])
    if first is None or last is None or abs(last - first - (ends[-1].ttl - ends[0].ttl)) < ASYMMETRIC_HOPS:
        return verdict
    why = f"Answers take {first} hops back before it and {last} beyond it: maybe only the return path is longer."
    return replace(verdict, reasons=(*verdict.reasons, why))


# ---- jitter ---------------------------------------------------------------------------------------------------------


def _jitter(data: bytes) -> Verdict | None:
    differences, base_us = _differences(data)
    pairs, bound_us = len(differences), max(JITTER_FLOOR_US, min(JITTER_US, JITTER_SHARE * base_us))
    if pairs < JITTER_PAIRS or (mean_us := sum(differences) // pairs) <= bound_us:
        return None
    usual = differences[: round((1 - JITTER_FEW) * pairs)]
    if sum(usual) <= JITTER_REST * bound_us * len(usual):
        return None
    return Verdict(
        rules.JITTER,
        "warning",
        None,
        f"jitter {wording.milliseconds(mean_us)} ms",
        figures=f"on a base of {wording.milliseconds(base_us)} ms",
        reasons=("RTT differs so much from round to round that calls and games suffer.",),
        numbers=(("jitter_us", mean_us), ("base_us", base_us)),
        headline=True,
    )


@lru_cache(maxsize=64)
def _differences(data: bytes) -> tuple[list[int], int]:
    """Those of successive answers, the smallest first, and the smallest time."""
    values = [value for value in array("i", data) if value >= 0]
    return sorted(map(abs, map(sub, values, itertools.islice(values, 1, None)))), min(values, default=0)


# ---- unequal-cost paths ---------------------------------------------------------------------------------------------


def _unequal(evidence: Evidence) -> list[Verdict]:
    """Addresses that share a hop and differ in their times: balanced paths of unequal length."""
    verdicts: list[Verdict] = []
    for hop in evidence.snapshot.hops:
        if len(hop.responders) < 2 or (bounds := long_bounds(evidence, hop.ttl, ADDRESSES)) is None:
            continue
        begin, end = bounds
        place = evidence.snapshot.target, hop.ttl
        modes = _modes(place, hop.rtts_us[begin:end].tobytes(), hop.answered_by[begin:end].tobytes())
        if modes is None:
            continue
        fast_us, slow_us, p_value = modes
        if p_value >= P_MAX:
            continue
        verdict = Verdict(
            rules.UNEQUAL_COST_PATHS,
            "note",
            at_hop(hop.ttl),
            "unequal-cost paths",
            figures=f"medians {wording.milliseconds(fast_us)} and {wording.milliseconds(slow_us)} ms",
            reasons=(f"RTT goes with the address ({wording.chance(p_value)}): two paths, not jitter.",),
            numbers=(("fast_us", fast_us), ("slow_us", slow_us), ("p_value", p_value)),
        )
        verdicts.append(verdict)
    return verdicts


@kept(places=256)
def _modes(rtts: bytes, answered_by: bytes) -> tuple[int, int, float] | None:
    """Medians of the two commonest addresses, the faster first, and the p-value that they are alike.

    None where there are too few answers for that, or the medians lie close together.
    """
    times: dict[int, list[int]] = {}
    for rtt_us, by in zip(array("i", rtts), array("h", answered_by), strict=True):
        if by >= 0 and rtt_us >= 0:
            times.setdefault(by, []).append(rtt_us)
    common = sorted(times.values(), key=len)[-2:]
    if len(common) < 2 or len(common[0]) < 10:
        return None
    fast, slow = sorted(map(sorted, common), key=lambda values: percentile(values, 0.5))
    fast_us, slow_us = percentile(fast, 0.5), percentile(slow, 0.5)
    return (fast_us, slow_us, mann_whitney_greater(slow, fast)) if slow_us - fast_us > UNEQUAL_US else None
