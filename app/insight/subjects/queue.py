"""Verdicts on queueing delay, which at the access link is bufferbloat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rules, wording
from ..assessment import Verdict
from ..evidence.network import Owner, network_at
from ..evidence.series import Series, correlation, recent_end, recent_stretch
from ..place import Place
from .traffic import FILLS, LOADED_RHO, own_traffic

if TYPE_CHECKING:
    from ..evidence.gather import Evidence
    from .traffic import OwnTraffic

# So much above base at the 95th percentile.
QUEUE_US, QUEUE_SHARE = 10_000, 0.5
QUEUE_RHO = 0.5
GRADES = ((5_000, "A"), (30_000, "B"), (60_000, "C"), (200_000, "D"))


def queueing(evidence: Evidence, owner: Owner) -> Verdict | None:
    """RTT that rises and falls together from some hop on to the end."""
    end = recent_end(evidence)
    if end is None or not _queued(end):
        return None
    recent = recent_stretch(evidence)
    calm = (at for at in reversed(range(len(recent) - 1)) if _calm(recent[at]))
    last_calm = next(calm, -1)
    before_ttl = recent[last_calm].ttl if last_calm >= 0 else 0
    # One that is slow by itself, but not with the end, neither is the onset nor speaks against one farther.
    onset = next((one for one in recent[last_calm + 1 : -1] if _queued(one) and _with(one, end)), end)
    excess_us = _excess_us(end)
    rho, p_value = correlation(onset, end)[:2] if onset is not end else (1.0, 0.0)
    network = network_at(evidence, onset.ttl, owner)
    bloat = onset.ttl <= 2
    own = own_traffic(evidence, onset) if bloat else None
    grade = next((name for limit, name in GRADES if excess_us < limit), "F")
    reasons = ["The same rounds are slow at every hop from there on, so it is a full queue and not a slow router."]
    if onset is not end:
        reasons.append(f"Rank correlation of hop {onset.ttl} with the end: {rho:.2f} ({wording.chance(p_value)}).")
    figures = f"base {wording.milliseconds(end.base_us)} ms, p95 {wording.milliseconds(end.percentile_us(0.95))} ms"
    if own is not None and own.loaded:
        figures += f"; it rises with this host's own traffic (correlation {own.rho:.2f})"
    if bloat:
        reasons += _who(own)
    else:
        reasons.append(
            f"It may be on the return path from hop {onset.ttl}." + (f" Network: {network}." if network else "")
        )
    return Verdict(
        rules.BUFFERBLOAT if bloat else rules.QUEUEING,
        "warning",
        Place(before_ttl, onset.ttl),
        f"bufferbloat, grade {grade}" if bloat else "queueing",
        brief=f"up to +{wording.milliseconds(excess_us)} ms",
        figures=figures,
        reasons=tuple(reasons),
        numbers=(
            ("excess_us", excess_us),
            ("base_us", end.base_us),
            ("rho", rho),
            ("p_value", p_value),
            ("from_ttl", onset.ttl),
            ("grade", grade),
            *(own.numbers if own is not None else ()),
        ),
        network=network,
        headline=True,
    )


def _who(own: OwnTraffic | None) -> list[str]:
    """Who fills the first link, as far as that is known."""
    someone = "It is the access link: someone is filling it, and its router queues too much."
    if own is None:
        return [someone]
    traffic = f"this host's own traffic on {own.interface}" if own.interface else "this host's own traffic"
    rho = f"rank correlation {own.rho:.2f}"
    if own.rho < LOADED_RHO:
        return [someone, f"It does not rise with {traffic} ({rho})."]
    if own.busy < FILLS:
        return [someone, f"This host's own traffic is too little to fill it: {wording.rate(own.busy)}."]
    if not own.loaded:
        return [someone, f"It may be {traffic} ({rho}): it has not come and gone often enough to be sure."]
    return [
        f"It rises with {traffic} ({rho}, {wording.chance(own.p_value)}).",
        "So the line is filled from here, and its router queues too much.",
        f"Own traffic in the slow rounds: {wording.rate(own.busy)}; in the others: {wording.rate(own.calm)}.",
    ]


def _excess_us(series: Series) -> int:
    return series.percentile_us(0.95) - series.base_us


def _calm(series: Series) -> bool:
    """Whether a hop's times speak against a queue before it."""
    return _excess_us(series) < max(QUEUE_US, QUEUE_SHARE * series.base_us) / 2


def _with(series: Series, end: Series) -> bool:
    """Whether a hop is slow in the same rounds as the end."""
    rho, p_value, pairs = correlation(series, end)
    return rho >= QUEUE_RHO and p_value < 0.01 and pairs >= 30


def _queued(series: Series) -> bool:
    return _excess_us(series) > max(QUEUE_US, QUEUE_SHARE * series.base_us)
