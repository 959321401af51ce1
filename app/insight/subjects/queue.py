"""Verdicts on queueing delay, which at the access link is bufferbloat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rules, wording
from ..answer import Status, yes
from ..assessment import Verdict, capitalized
from ..evidence.excess import FELT_US, Excess
from ..evidence.network import Owner, network_at
from ..evidence.series import recent_of
from ..evidence.waiting_times import queue_of
from ..place import Place
from .traffic import FILLS, LOADED_RHO, own_traffic

if TYPE_CHECKING:
    from ..evidence.gather import Evidence
    from ..evidence.waiting_times import WaitingTimes
    from .traffic import OwnTraffic

GRADES = ((5_000, "A"), (30_000, "B"), (60_000, "C"), (200_000, "D"))
ACCESS_TTL = 2  # a queue that begins no farther is the access link's
# So many answers wait where the queue was there from the first probe on: the best RTT may hold a wait, too.
ALWAYS_SHARE = 0.8
TIMES_BEST = 2  # from here on an early figure is told as a multiple of the best RTT
SHIFT_TIMES = 2  # a level that has just risen by more is told first
NEWS_US = 120_000_000  # for so long a queue that has gone leads the answer


def queueing(evidence: Evidence, owner: Owner) -> Verdict | None:
    """RTT that rises above its base at every hop from some hop on to the end."""
    queue = queue_of(evidence)
    if queue is None:
        return None
    found, times = queue
    news = (not times.gone or times.ago_us < NEWS_US) and not _beside_shift(evidence, found)
    bloat = found.onset_ttl <= ACCESS_TTL and not found.end_alone
    excess_us = found.excess_us
    at_onset = recent_of(evidence, found.onset_ttl) if bloat else None
    own = own_traffic(evidence, at_onset) if at_onset is not None else None
    host = wording.host(evidence.snapshot.target)
    grade = next((name for limit, name in GRADES if excess_us < limit), "F")
    network = _network(evidence, found, owner)
    series, base_us = found.end.series, found.end.base_us
    median_us = series.median_us
    base_seen = _is_base_seen(evidence, found)
    lowest = f"base {wording.milliseconds(base_us)} ms" if base_seen else f"best {wording.milliseconds(base_us)} ms"
    share = found.excess_share
    figures = f"{lowest}, p{100 * share:.0f} {wording.milliseconds(series.percentile_us(share))} ms"
    if own is not None and own.loaded:
        figures += f"; it rises with {host}'s own traffic (correlation {own.rho:.2f})"
    reasons = _reasons(found)
    if not base_seen:
        reasons.append(
            "The base was not seen, as hardly any answer came without a wait: it may be lower, and the queue longer."
        )
    if times.gone:
        reasons.append("Nothing has waited since then, for longer than it stayed away before.")
    if bloat:
        reasons += _who(own, host)
    elif not found.end_alone:
        whose = f" Network: {network}." if network else ""
        reasons.append(f"It may be on the return path from hop {found.last_ttl}.{whose}")
    return Verdict(
        rules.BUFFERBLOAT if bloat else rules.QUEUEING,
        "warning" if found.firm and not times.gone else "note",
        Place(found.first_ttl - 1, found.last_ttl),
        f"bufferbloat, grade {grade}" if bloat else "queueing",
        brief=f"{wording.up_to(excess_us, share)}{_lasted(times)}",
        figures=figures,
        reasons=tuple(reasons),
        numbers=(
            ("excess_us", excess_us),
            ("excess_share", share),
            ("base_us", base_us),
            ("base_seen", yes(base_seen)),
            ("share", found.share),
            *((("rho", found.rho), ("p_value", found.p_value)) if found.rho else ()),
            ("from_ttl", found.onset_ttl),
            ("grade", grade),
            ("end_alone", yes(found.end_alone)),
            (
                "times_best",
                median_us / base_us if base_us and median_us > TIMES_BEST * base_us else 0,
            ),
            *((("lost_share", evidence.drops.share),) if evidence.drops is not None and evidence.drops.sure else ()),
            *((("lasted_us", times.lasted_us),) if times.lasted_us else ()),
            *((("ago_us", times.ago_us),) if times.gone else ()),
            *(own.numbers if own is not None else ()),
        ),
        network=network,
        status=Status.ENDED if times.gone else Status.CONFIRMED if found.firm else Status.PROVISIONAL,
        since_us=times.since_us,
        headline=news,
        begins=True,
        own_rank=None if news else rules.Rank.HARMLESS,
    )


def _is_base_seen(evidence: Evidence, found: Excess) -> bool:
    """Whether an RTT without any wait was seen: most answers had none, or the best one leaves no room for one."""
    if found.share < ALWAYS_SHARE:
        return True
    best_us = {hop.ttl: hop.base_us if hop.base_us >= 0 else hop.statistics.best for hop in evidence.snapshot.hops}
    return best_us[found.onset_ttl] - best_us.get(found.calm_ttl, 0) < FELT_US


def _beside_shift(evidence: Evidence, found: Excess) -> bool:
    """Whether the level rose just now by far more than what waits above it."""
    snapshot = evidence.snapshot
    shift = snapshot.rtt_shift
    if shift is None or shift.status != "confirmed" or snapshot.time_us - shift.time_us >= NEWS_US:
        return False
    return shift.step_us > SHIFT_TIMES * found.excess_us


def _lasted(times: WaitingTimes) -> str:
    """As ``, for 2 min, ended 40 s ago``."""
    lasted = f", for {wording.duration(times.lasted_us / 1e6)}" if times.lasted_us else ""
    return lasted + (f", ended {wording.duration(times.ago_us / 1e6)} ago" if times.gone else "")


def _reasons(found: Excess) -> list[str]:
    """Why it is a queue, and why there."""
    waits = f"{wording.of(found.waits, found.answers)} answers waited {FELT_US // 1000} ms or more"
    if found.end_alone:
        return [
            f"{waits} at the far end, and hardly any at hop {found.calm_ttl}.",
            "The last link or the target itself: nothing beyond it tells them apart.",
        ]
    reasons = [f"{waits} at the hops that share it, from hop {found.onset_ttl} to the end."]
    if 0 < found.calm_ttl < found.first_ttl:
        reasons.append(f"At hop {found.calm_ttl} clearly fewer did, so it begins beyond it.")
    if found.rho:
        reasons.append(
            f"Rank correlation of hop {found.onset_ttl} with the end, by rounds: {found.rho:.2f}"
            f" ({wording.chance(found.p_value)})."
        )
    elif found.last_ttl > found.onset_ttl:
        reasons.append(f"If hop {found.onset_ttl} only answers slowly, it begins at hop {found.last_ttl}.")
    return reasons


def _network(evidence: Evidence, found: Excess, owner: Owner) -> str:
    """The network of the place, where all of it lies in one; empty where it does not, or is not known."""
    first, last = (network_at(evidence, ttl, owner) for ttl in (found.first_ttl, found.last_ttl))
    return last if first == last else ""


def _who(own: OwnTraffic | None, host: str) -> list[str]:
    """Who fills the first link, as far as that is known."""
    someone = "It is the access link: someone is filling it, and its router queues too much."
    if own is None:
        return [someone]
    traffic = f"{host}'s own traffic" + (f" on {own.interface}" if own.interface else "")
    rho = f"rank correlation {own.rho:.2f}"
    if own.rho < LOADED_RHO:
        return [someone, f"It does not rise with {traffic} ({rho})."]
    if own.busy < FILLS:
        return [someone, f"{capitalized(host)}'s own traffic is too little to fill it: {wording.rate(own.busy)}."]
    if not own.loaded:
        return [someone, f"It may be {traffic} ({rho}): it has not come and gone often enough to be sure."]
    return [
        f"It rises with {traffic} ({rho}, {wording.chance(own.p_value)}).",
        "So this host fills the line, and its router queues too much.",
        f"Own traffic in the slow rounds: {wording.rate(own.busy)}; in the others: {wording.rate(own.calm)}.",
    ]
