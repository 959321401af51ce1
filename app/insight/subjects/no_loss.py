"""Verdicts on a path on which no loss is known: none, not excluded, or too early to judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...statistics.exact_tests import probes_to_see, proportion_interval, unseen_bound
from ...trace.checks import CheckKind
from .. import rules, wording
from ..answer import Numbers, Status, yes
from ..assessment import Verdict
from ..checks.offers import path_mtu
from ..checks.results import latest

if TYPE_CHECKING:
    from ..evidence.counts import Row
    from ..evidence.findings import LossFindings
    from ..evidence.gather import Evidence

# The interval of so much confidence ends where the one-sided bound of 95 % is.
ONE_SIDED = 0.90
# While more loss than this is not excluded, it is too early to call a path healthy.
EARLY_SHARE = 0.05
# Every link takes packets of so many bytes whole (RFC 791): up to there they say nothing of larger ones.
SMALL_MAX = 576
# What a reader sees in the table: so many lost, and so much. Hops that lose less, but so many of them, and more than
# half from the first one on, make it too early to call a young path healthy.
SHOWN_COUNT, SHOWN_SHARE, SHARED_MIN, SHARED_ROUNDS = 1, 0.05, 3, 60
# So soon after a path change nothing is said of loss that was not seen.
NEW_PATH_MIN = 10


def end_to_end(evidence: Evidence, losses: LossFindings, row: Row) -> Verdict | None:
    """Healthy, or not yet to be told; None: the path has just changed, and so few probes say nothing."""
    low, high = proportion_interval(row.lost, row.completed)
    possible = unseen_bound(row.completed)
    lost, most = wording.of(row.lost, row.completed), wording.bound(possible)
    changed = evidence.change is not None and evidence.stretch is None
    numbers: Numbers = (
        ("lost", row.lost),
        ("completed", row.completed),
        ("low", low),
        ("high", high),
        ("since_change", yes(changed)),
        ("rtt_us", _average_us(evidence, since_change=changed)),
    )
    unclear, shared = _unclear(evidence, losses, row)
    if changed and row.completed < NEW_PATH_MIN and not (row.lost or unclear):
        return None
    if unclear:
        numbers = (*numbers, ("unclear_ttls", " ".join(map(str, unclear))))
    if (row.lost or shared) and high > EARLY_SHARE:
        return Verdict(
            rules.LOSS_UNDECIDED,
            "note",
            None,
            "too early to judge this loss",
            figures=f"{lost}; {wording.interval(low, high)}",
            reasons=("So few losses may be chance, or the target rate-limiting its replies.",),
            numbers=numbers,
            status=Status.PROVISIONAL,
            headline=True,
        )
    if row.lost:  # strays: of so many probes they say that there is hardly any loss
        possible = proportion_interval(row.lost, row.completed, ONE_SIDED)[1]
        most = wording.bound(possible)
    numbers = (*numbers, ("not_excluded", possible))
    if possible > EARLY_SHARE:
        return Verdict(
            rules.LOSS_NOT_EXCLUDED,
            "note",
            None,
            "fine so far" + (" on the new path" if changed else ""),
            figures=f"{lost} lost: loss could still be as high as {most} % (95 % confidence)",
            settle=_to_exclude(row.completed, EARLY_SHARE, evidence),
            numbers=numbers,
            status=Status.PROVISIONAL,
            headline=True,
        )
    small = _small_alone(evidence)
    if small:
        numbers = (*numbers, ("only_bytes", abs(evidence.snapshot.settings.size_bytes)))
    limits = () if row.lost else (limit for limit in (0.01, 0.005) if possible > limit)
    settle = next(filter(None, (_to_exclude(row.completed, limit, evidence) for limit in limits)), "")
    return Verdict(
        rules.NO_LOSS,
        "fine",
        None,
        "no loss",
        brief=lost,
        figures=f"95 %: below {most} %",
        reasons=small,
        settle=settle,
        numbers=numbers,
        headline=True,
    )


def _average_us(evidence: Evidence, *, since_change: bool) -> int:
    """The mean RTT of the end; since a change that of the new path alone, which began within a round. 0: none."""
    if evidence.end is None or not since_change:
        return 0 if evidence.end is None else evidence.end.statistics.average
    answered = [value for value in evidence.end.rtts_us[evidence.since + 1 :] if value >= 0]
    return sum(answered) // len(answered) if answered else 0


def _small_alone(evidence: Evidence) -> tuple[str, ...]:
    """That larger packets may fare otherwise, where none were sent."""
    snapshot = evidence.snapshot
    size = abs(snapshot.settings.size_bytes)
    if (
        not snapshot.settings_known
        or size > SMALL_MAX
        or path_mtu(snapshot) is None
        or latest(evidence, CheckKind.PATH_MTU) is not None
    ):
        return ()
    return (f"Small packets only ({size} B): the check of the path MTU tests larger ones.",)


def _unclear(evidence: Evidence, losses: LossFindings, end: Row) -> tuple[tuple[int, ...], bool]:
    """The hops that show loss of which it is not known yet whether it is on the path, and whether they share it."""
    limited = {entry.row.ttl for entry in losses.reply_side}
    rows = [row for row in evidence.rows if row.ttl < end.ttl and row.answers and row.ttl not in limited]
    lossy = [row for row in rows if row.lost]
    shown = tuple(ttl for ttl in shown_lossy(evidence) if ttl < end.ttl and ttl not in limited)
    beyond = [row for row in rows if lossy and row.ttl >= lossy[0].ttl]
    shared = len(lossy) >= SHARED_MIN and 2 * len(lossy) > len(beyond) and end.completed < SHARED_ROUNDS
    return (shown or (tuple(row.ttl for row in lossy) if shared else ())), shared


def shown_lossy(evidence: Evidence) -> tuple[int, ...]:
    """The hops that answer, and of which the table shows that they lose much."""
    return tuple(
        row.ttl for row in evidence.rows if row.answers and row.lost >= SHOWN_COUNT and row.share >= SHOWN_SHARE
    )


def _to_exclude(completed: int, share: float, evidence: Evidence) -> str:
    """How long it takes to exclude so much loss."""
    rounds = max(probes_to_see(share) - completed, 0)
    seconds = rounds * evidence.snapshot.settings.interval_us / 1e6
    takes = f" ({wording.duration(seconds)})" if evidence.snapshot.settings_known else ""
    return f"To exclude {100 * share:g} % loss: {rounds} more rounds{takes}." if rounds else ""
