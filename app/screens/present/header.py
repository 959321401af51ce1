"""From a snapshot to the header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets import numbers
from ....widgets.header import STATES, Head
from ...protocols import ICMP, PROTOCOLS, UDP
from ...ranges import SIZE
from . import hop_marks

if TYPE_CHECKING:
    from ...insight.assessment import Assessment
    from ...path.snapshot import Snapshot, State

ENDED: tuple[State, ...] = ("finished", "failed")  # states of a trace that goes on no more
RESTARTED_FOR_US = 10_000_000


def state(snapshot: Snapshot, now_us: int) -> str:
    """The state to show: a restart stays for ten seconds."""
    if snapshot.link_lost is not None:
        return "link-lost"
    restarted = snapshot.restarted_us
    if snapshot.state == "running" and restarted is not None and now_us - restarted < RESTARTED_FOR_US:
        return "restarted"
    return snapshot.state if snapshot.state in STATES else "running"


def head(snapshot: Snapshot, assessment: Assessment, now_us: int, *, source: str = "", lan: bool = False) -> Head:
    """The header of a snapshot at a time (monotonic microseconds)."""
    settings, target = snapshot.settings, snapshot.target
    end = hop_marks.end_hop(snapshot)
    size = settings.size_bytes
    protocol = PROTOCOLS[settings.protocol].title
    if snapshot.icmp_refused and settings.protocol == UDP.name:
        protocol = f"{protocol} ({ICMP.title} not allowed)"
    made = Head(
        source=source,
        name=target.called,
        address=target.address,
        protocol=protocol,
        size=f"{SIZE.low}-{-size}" if size < 0 else str(size),
        interval_us=settings.interval_us,
        state=state(snapshot, now_us),
        elapsed_us=(snapshot.time_us if snapshot.state in ENDED else now_us) - snapshot.started_us
        if snapshot.state != "starting"
        else 0,
        hops=len(snapshot.hops),
        decimals=2 if lan else 1,
    )
    if end is None or end.completed == 0:
        return made
    if not snapshot.reached:
        if end.received:
            return made._replace(reached=False)
        return made._replace(completed=end.completed, loss=numbers.loss(0, 1), loss_ink="bad")
    from .percentiles import percentile_us

    judgement = assessment.hop(end.ttl)
    loss_ink = "ok" if end.dropped == 0 and end.completed >= 10 else "text"
    if end.dropped and (judgement.loss == "path" or judgement.severity == "warning"):
        loss_ink = "warn" if judgement.severity == "warning" else "bad"
    times = end.statistics
    return made._replace(
        answered=end.received > 0,
        completed=end.completed,
        loss=numbers.loss(end.received, end.completed),
        loss_ink=loss_ink,
        last_us=times.last,
        average_us=times.average,
        best_us=times.best,
        p99_us=percentile_us(end, 99),
        jitter_us=times.jitter_average,
    )
