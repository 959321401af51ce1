"""Verdicts on round-trip times: R1 to R3, R8 to R10; R6 and R7 are those of queues."""

from __future__ import annotations

import itertools
from array import array
from dataclasses import replace
from functools import lru_cache
from math import exp
from operator import sub
from typing import TYPE_CHECKING

from ...path.last_result import kept
from ...statistics.exact_tests import fisher_greater, mann_whitney_greater, percentile, ranks
from .. import wording
from ..assessment import Verdict
from ..evidence.series import ADDRESSES, ORDER, Series, greater, long_bounds, long_stretch
from ..finding import Finding, Owner, Rank
from .headers import ASYMMETRIC_HOPS, hops_back
from .queue import queueing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evidence.gather import Evidence

# R2: so much slower than what lies behind it.
SLOW_US, SLOW_SHARE = 2000, 0.10
TAIL_US = 5000
P_MAX = 1e-4
# R3: the label of a step of base round-trip time by its size in milliseconds.
STEPS = ((2, "a city"), (15, "a region"), (40, "a continent"), (120, "an ocean"))
SATELLITE_MS = 477
KM_PER_MS = 100
STEPS_SHOWN = 3
# R9: mean difference of successive times. A fifth of the base counts from five milliseconds on: below that no call
# suffers, and on a LAN a fifth of the base is nothing.
JITTER_US, JITTER_SHARE, JITTER_FLOOR_US = 30_000, 0.20, 5_000
SHIFT_US, SHIFT_SHARE, SHIFT_SIDE = 2000, 0.05, 20
# R10: addresses that share a hop differ by more.
UNEQUAL_US = 2000


def about_latency(evidence: Evidence, owner: Owner) -> list[Finding]:
    """All verdicts on times that the history carries."""
    findings: list[Finding] = []
    if not evidence.snapshot.hops or evidence.end is None:
        return findings
    queue = queueing(evidence, owner)
    if queue is not None:
        findings.append(queue)
    stretch = long_stretch(evidence)
    if len(stretch) < 1:
        return findings
    findings += (_beside_asymmetry(evidence, finding) for finding in _standing(tuple(stretch)))
    bounds = long_bounds(evidence, evidence.end.ttl, ORDER)
    if bounds is not None and queue is None:
        data = evidence.end.rtts_us[bounds[0] : bounds[1]].tobytes()
        findings += [found for found in (_shift(data), _jitter(data)) if found is not None]
    findings += _unequal(evidence)
    return findings


@lru_cache(maxsize=16)
def _standing(stretch: tuple[Series, ...]) -> tuple[Finding, ...]:
    """What the times of a stretch say, apart from its end: slow routers and steps."""
    slow = []
    quick = steady = stretch[-1]  # of all behind: the smallest median, and the smallest tail
    least_us, tail_us = quick.median_us, steady.tail_us
    for here in reversed(stretch[:-1]):
        found = _slow(here, quick, steady, len(stretch))
        if found is not None:
            slow.append(found)
        if (median_us := here.median_us) <= least_us:
            quick, least_us = here, median_us
        if (own_us := here.tail_us) <= tail_us:
            steady, tail_us = here, own_us
    return (*reversed(slow), *_steps(stretch))


# ---- R2 -----------------------------------------------------------------------------------------------------------


def _slow(here: Series, quick: Series, steady: Series, hops: int) -> Finding | None:
    """A router that answers slowly although what lies behind it does not."""
    witness = quick
    share = 0.0
    if here.median_us > witness.median_us + max(SLOW_US, SLOW_SHARE * witness.median_us):
        p_value = greater(here, witness)
        test = "Mann-Whitney"
    else:
        witness = steady
        late = here.later_than_median(TAIL_US)
        p_value = (
            fisher_greater(late, len(here.answers), witness.later_than_median(TAIL_US), len(witness.answers))
            if late
            else 1.0
        )
        share = late / len(here.answers)
        test = "Fisher"
        if share < 0.02:
            return None
    if p_value >= P_MAX / hops:
        return None
    verdict = Verdict(
        "R2",
        "note",
        here.ttl,
        here.ttl,
        "Answers slowly, forwards fine",
        figures=f"p99 {wording.milliseconds(here.percentile_us(0.99))} ms here,"
        f" {wording.milliseconds(witness.percentile_us(0.99))} ms at hop {witness.ttl}",
        reasons=(f"The router's own replies are slow; traffic through it is not ({test} {wording.chance(p_value)}).",),
        numbers=(
            ("median_us", here.median_us),
            ("witness_ttl", witness.ttl),
            ("witness_median_us", witness.median_us),
            ("late_share", share),
            ("p_value", p_value),
        ),
    )
    return Finding(Rank.HARMLESS, verdict)


# ---- R3 -----------------------------------------------------------------------------------------------------------


def _steps(stretch: Sequence[Series]) -> list[Finding]:
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
    findings = []
    for rise_us, at in sorted(sorted(found, reverse=True)[:STEPS_SHOWN], key=lambda entry: entry[1]):
        milliseconds = rise_us / 1000
        label = next((name for limit, name in STEPS if milliseconds <= limit), "more than an ocean")
        if milliseconds >= SATELLITE_MS:
            label = "space by a geostationary satellite"
        km = wording.count(round(milliseconds) * KM_PER_MS)
        verdict = Verdict(
            "R3",
            "note",
            stretch[at - 1].ttl,
            stretch[at].ttl,
            f"Latency step +{wording.milliseconds(rise_us)} ms",
            figures=f"base {wording.milliseconds(path[at - 1])} to {wording.milliseconds(path[at])} ms",
            reasons=(f"Like crossing {label}: {km} km at most. Not a fault.",),
            numbers=(("rise_us", rise_us), ("from_us", path[at - 1]), ("to_us", path[at])),
        )
        findings.append(Finding(Rank.DETOUR, verdict))
    return findings


def _beside_asymmetry(evidence: Evidence, finding: Finding) -> Finding:
    """A step where answers begin to take another number of hops back may be one of the way back alone."""
    verdict = finding.verdict
    if verdict.rule != "R3":
        return finding
    ends = [hop for hop in evidence.snapshot.hops if hop.ttl in {verdict.first_ttl, verdict.last_ttl}]
    first, last = hops_back(ends[0]), hops_back(ends[-1])
    if first is None or last is None or abs(last - first - (ends[-1].ttl - ends[0].ttl)) < ASYMMETRIC_HOPS:
        return finding
    why = f"Answers take {first} hops back before it and {last} behind it: maybe only the way back is longer."
    return replace(finding, verdict=replace(verdict, reasons=(*verdict.reasons, why)))


# ---- R8, R9 -------------------------------------------------------------------------------------------------------


def _shift(data: bytes) -> Finding | None:
    """A lasting change of the end-to-end time although no router changed."""
    found = _change_point(data)
    if found is None:
        return None
    at, before_us, after_us, p_value = found
    rise_us = after_us - before_us
    if p_value >= P_MAX or abs(rise_us) < max(SHIFT_US, SHIFT_SHARE * before_us):
        return None
    sign = "+" if rise_us > 0 else "-"
    size = wording.milliseconds(abs(rise_us))
    verdict = Verdict(
        "R8",
        "warning" if rise_us > 0 else "note",
        0,
        0,
        f"Latency shifted by {sign}{size} ms",
        figures=f"median {wording.milliseconds(before_us)} to {wording.milliseconds(after_us)} ms",
        reasons=(
            (
                f"The same routers answer (Pettitt {wording.chance(p_value)}): a change inside a tunnel,"
                " on the way back, or load."
            ),
        ),
        numbers=(("shift_us", rise_us), ("round", at), ("p_value", p_value)),
    )
    return Finding(
        Rank.CHANGE,
        verdict,
        (
            (
                "Latency shifted:",
                f"median {wording.milliseconds(before_us)} to {wording.milliseconds(after_us)} ms, same visible path.",
            ),
            ("Latency shifted:", f"{sign}{size} ms on the same visible path."),
        ),
    )


@lru_cache(maxsize=64)
def _change_point(data: bytes) -> tuple[int, int, int, float] | None:
    """Pettitt's test: place, medians before and after, p-value; None where a side is too short."""
    values = [value for value in array("i", data) if value >= 0]
    n = len(values)
    if n < 2 * SHIFT_SIDE:
        return None
    off_middle = map(sub, ranks(values), itertools.repeat((n + 1) / 2))
    distances = [2 * abs(total) for total in itertools.accumulate(off_middle)][SHIFT_SIDE - 1 : n - SHIFT_SIDE]
    best = max(distances)
    if not best:
        return None
    place = SHIFT_SIDE + distances.index(best)
    p_value = min(1.0, 2 * exp(-6 * best * best / (n**3 + n**2)))
    before, after = sorted(values[:place]), sorted(values[place:])
    return place, percentile(before, 0.5), percentile(after, 0.5), p_value


def _jitter(data: bytes) -> Finding | None:
    mean_us, pairs, base_us = _mean_difference(data)
    if pairs < 30 or mean_us <= max(JITTER_FLOOR_US, min(JITTER_US, JITTER_SHARE * base_us)):
        return None
    verdict = Verdict(
        "R9",
        "warning",
        0,
        0,
        f"Jitter {wording.milliseconds(mean_us)} ms",
        figures=f"on a base of {wording.milliseconds(base_us)} ms",
        reasons=("Successive round trips differ so much that calls and games suffer.",),
        numbers=(("jitter_us", mean_us), ("base_us", base_us)),
    )
    size, base = wording.milliseconds(mean_us), wording.milliseconds(base_us)
    return Finding(Rank.QUEUE, verdict, (("Jitter:", f"{size} ms end to end on a base of {base} ms."),))


@lru_cache(maxsize=64)
def _mean_difference(data: bytes) -> tuple[int, int, int]:
    """Of successive answers: the mean, how many there are, and the smallest time."""
    values = [value for value in array("i", data) if value >= 0]
    pairs = max(0, len(values) - 1)
    total = sum(map(abs, map(sub, values, itertools.islice(values, 1, None))))
    return (total // pairs if pairs else 0), pairs, min(values, default=0)


# ---- R10 ----------------------------------------------------------------------------------------------------------


def _unequal(evidence: Evidence) -> list[Finding]:
    """Addresses that share a hop and differ in their times: balanced paths of unequal length."""
    findings: list[Finding] = []
    for hop in evidence.snapshot.hops:
        if len(hop.responders) < 2 or (bounds := long_bounds(evidence, hop.ttl, ADDRESSES)) is None:
            continue
        begin, end = bounds
        place = evidence.snapshot.target.address, hop.ttl
        modes = _modes(place, hop.rtts_us[begin:end].tobytes(), hop.answered_by[begin:end].tobytes())
        if modes is None:
            continue
        fast_us, slow_us, p_value = modes
        if p_value >= P_MAX:
            continue
        verdict = Verdict(
            "R10",
            "note",
            hop.ttl,
            hop.ttl,
            "Balanced paths of unequal length",
            figures=f"medians {wording.milliseconds(fast_us)} and {wording.milliseconds(slow_us)} ms",
            reasons=(f"The times go with the address ({wording.chance(p_value)}): two paths, not jitter.",),
            numbers=(("fast_us", fast_us), ("slow_us", slow_us), ("p_value", p_value)),
        )
        findings.append(Finding(Rank.HARMLESS, verdict))
    return findings


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
