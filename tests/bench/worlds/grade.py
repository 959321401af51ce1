"""Right, undecided or wrong: what was read against what is true and what could be known.

Right: the truth is among what the answer leaves open, and where the oracle could decide, it is decided. Undecided: the
truth is left open though it could be decided, or something true is missing beside something true. Wrong: the answer
says what is not so, or that all is well where the oracle tells that it is not. A queue that comes and goes by itself
may be told as ended while it is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bench.worlds.oracle import QUIET_ROUNDS, Oracle

if TYPE_CHECKING:
    from bench.worlds.draw import World
    from bench.worlds.observed import Claim, Observed
    from bench.worlds.truth import Trouble

Mark = Literal["right", "undecided", "wrong"]
WIDTH_MAX = 3  # hops that a place may span ...
WIDTH_FROM_S = 299.0  # ... from this time on
NEWS_S = 60.0  # for so long a change, a shift, or what has ended is to be told first
EARLY_UNTIL_S = 60.0  # until then "too early to tell" is honest on a path on which nothing is wrong
SINCE_FROM_S = 30.0  # what begins later than this is to be told with the time it began ...
SINCE_OFF_S = 10.0  # ... to this, or to the time that three more losses take
SHARE_OFF = 2.0  # a share that is off by more than this factor is not so
_PLACED = frozenset({"loss", "queue", "shift", "outage"})
_DATED = frozenset({"loss", "queue", "shift", "outage", "change"})


@dataclass(frozen=True, slots=True)
class Grade:
    """A mark, and why where it is not right."""

    mark: Mark
    why: str = ""


RIGHT = Grade("right")


def grade(world: World, read: Observed, at_s: float) -> Grade:
    """Grade an answer that was read at a time (seconds from the start)."""
    oracle = Oracle(world)
    grades = [_false_claim(world, claim, at_s) for claim in read.claims]
    begun = [one for one in world.truth.troubles if one.since_s <= at_s]
    grades += [_told(world, oracle, read, one, at_s) for one in begun]
    if all("fine" in one.also or (one.event and at_s - one.since_s > NEWS_S) for one in begun):
        calm_since_s = max((one.since_s for one in begun), default=0.0)
        grades.append(_calm(read, at_s - calm_since_s))
    for mark in ("wrong", "undecided"):
        for one in grades:
            if one.mark == mark:
                return one
    return RIGHT


def _calm(read: Observed, calm_s: float) -> Grade:
    if read.kinds <= {"early"} and calm_s > EARLY_UNTIL_S:
        return Grade("undecided", "too early to tell, for too long")
    return RIGHT


def names(claim: Claim, trouble: Trouble) -> bool:
    """Whether a claim is of a trouble, wherever it says it is; milder names count."""
    return bool(claim.kinds & (trouble.names | trouble.milder))


def placed(claim: Claim, trouble: Trouble) -> bool:
    """Whether the place that is said, if one is, holds the true one."""
    if not claim.first_hop or not trouble.first_hop:
        return True
    return claim.first_hop <= trouble.last_hop and trouble.first_hop <= claim.last_hop


def _false_claim(world: World, claim: Claim, at_s: float) -> Grade:
    """Whether it says anything that is not so."""
    begun = [one for one in world.truth.troubles if one.since_s <= at_s]
    true = [one for one in begun if names(claim, one)]
    if claim.kinds & {"fine", "early"} or (claim.kinds & world.truth.harmless and not true):
        return RIGHT  # whether that is too little is judged where troubles are looked for
    if not true:
        return Grade("wrong", f"says {'/'.join(sorted(claim.kinds))}, which is not so")
    if not any(placed(claim, one) for one in true):
        return Grade("wrong", f"says hops {claim.first_hop}-{claim.last_hop}, not {true[0].first_hop}")
    return RIGHT


def _told(world: World, oracle: Oracle, read: Observed, trouble: Trouble, at_s: float) -> Grade:
    """Whether a trouble that is there, or was, is told as it should be."""
    claims = [claim for claim in read.claims if names(claim, trouble) and placed(claim, trouble)]
    if trouble.has_ended(at_s):
        others = [one for one in world.truth.troubles if one is not trouble and one.lasts(at_s)]
        there = [one for one in claims if not any(one.kinds & each.names and placed(one, each) for each in others)]
        return _told_as_ended(oracle, read, trouble, there, at_s)
    # The probes of a round leave over a second: rounds tell a silence to one second more or less.
    quiet_s = oracle.quiet_s(trouble, at_s) + 1
    if quiet_s >= QUIET_ROUNDS and ({claim.status for claim in claims} == {"ended"} or quiet_s > NEWS_S):
        return RIGHT  # it is empty for now: that it ended is so, and so is that it comes back
    if not claims:
        return _missing(oracle, read, trouble, at_s)
    claim = claims[0]
    # Bursts that last are outages to whoever looks: each of them ends.
    if claim.status == "ended" and "outage" not in trouble.also:
        return Grade("wrong", f"says that {trouble.kind} has ended")
    if not oracle.detects(trouble, at_s):
        return RIGHT
    extra = claim.kinds - trouble.names - trouble.twins - world.truth.harmless
    grade = RIGHT
    if not claim.kinds & trouble.names:
        grade = Grade("undecided", f"calls {trouble.kind} {'/'.join(sorted(claim.kinds))}")
    elif extra:
        grade = Grade("undecided", f"leaves {'/'.join(sorted(extra))} open")
    elif (figures := _figures(oracle, claim, trouble, at_s)).mark != "right":
        grade = figures
    elif trouble.kind in _PLACED and at_s >= WIDTH_FROM_S:
        grade = _narrow(oracle, claim, trouble, at_s)
    return grade


def _figures(oracle: Oracle, claim: Claim, trouble: Trouble, at_s: float) -> Grade:
    """Whether the time and the share that are told are so, where they are told."""
    if trouble.kind in _DATED and trouble.since_s > SINCE_FROM_S:
        off_s = SINCE_OFF_S + claim.since_off_s + oracle.apart_s(trouble)
        old = trouble.event and at_s - trouble.since_s > NEWS_S
        if claim.since_s is None:
            return RIGHT if old else Grade("undecided", f"does not say since when {trouble.kind} is")
        if abs(claim.since_s - trouble.since_s) > off_s:
            return Grade("wrong", f"says since {claim.since_s:.0f} s, not {trouble.since_s:.0f}")
    if trouble.kind == "loss" and claim.share and claim.status != "ended" and "outage" not in trouble.also:
        low, high = oracle.shares(trouble, at_s)
        if not low / SHARE_OFF <= claim.share <= high * SHARE_OFF:
            return Grade("wrong", f"says {100 * claim.share:.1f} % lost, not {100 * low:.1f} to {100 * high:.1f}")
    return RIGHT


def _narrow(oracle: Oracle, claim: Claim, trouble: Trouble, at_s: float) -> Grade:
    left = oracle.open_places(trouble, at_s)
    span = max(left) - min(left) + 1
    if not claim.first_hop:
        if "jitter" in claim.kinds or span <= WIDTH_MAX:
            return Grade("undecided", f"does not say where {trouble.kind} is")
        return RIGHT
    width = claim.width
    if width > max(WIDTH_MAX, span):
        return Grade("undecided", f"place spans {width} hops, {span} would do")
    return RIGHT


def _missing(oracle: Oracle, read: Observed, trouble: Trouble, at_s: float) -> Grade:
    if trouble.event and at_s - trouble.since_s > NEWS_S:
        return RIGHT
    if not oracle.detects(trouble, at_s) or read.kinds & trouble.names:
        return RIGHT
    if trouble.kind in {"limiter", "slow-router"} and "fine" in trouble.also:
        return RIGHT
    if read.kinds <= {"early"}:
        return Grade("undecided", f"too early to tell of {trouble.kind}")
    if any(not claim.kinds & {"fine", "limiter", "slow-router", "balance"} for claim in read.claims):
        return Grade("undecided", f"{trouble.kind} at {trouble.first_hop} is not told")
    return Grade("wrong", f"{trouble.kind} at {trouble.first_hop} is not told: all is called well")


def _told_as_ended(oracle: Oracle, read: Observed, trouble: Trouble, claims: list[Claim], at_s: float) -> Grade:
    detected = oracle.detects(trouble, trouble.until_s)
    ended = oracle.silent_since(trouble, at_s)
    if any(claim.status != "ended" for claim in claims):
        return Grade("wrong", f"{trouble.kind} has ended and is told as present") if ended else RIGHT
    if detected and read.kinds <= {"early"}:
        return Grade("undecided", f"too early to tell, after {trouble.kind} that has ended")
    if claims or not detected or at_s - trouble.until_s > NEWS_S:
        return RIGHT
    return Grade("undecided", f"{trouble.kind} ended {at_s - trouble.until_s:.0f} s ago and is not told")
