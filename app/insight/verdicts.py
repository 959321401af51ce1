"""The judgement of a trace: all verdicts that a snapshot carries, and one answer to "where is the trouble?"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..path.changes import CHANCE_MAX
from . import wording
from .answer import answer
from .assessment import Assessment, HopJudgement, LossKind, Severity, Verdict
from .checks.results import half_rate, target_alone
from .evidence.gather import gather
from .evidence.loss import find_loss
from .finding import Finding, Owner, Rank
from .subjects.headers import about_headers
from .subjects.latency import about_latency
from .subjects.loss import EITHER, about_loss
from .subjects.outages import about_outages
from .subjects.path_mtu import about_path_mtu
from .subjects.reach import about_reach, not_sent, place
from .subjects.shape import about_shape

if TYPE_CHECKING:
    from ..path.snapshot import Hop, Snapshot
    from .checks.results import Compared
    from .evidence.gather import Evidence
    from .evidence.loss import LossFindings

# For so long a path change is the answer, where nothing is worse.
CHANGE_NEWS_US = 60_000_000
EARLY_US = 5_000_000
# A change of the base time that is worth a word.
NEWS_US = 1000


def verdicts(snapshot: Snapshot, owner: Owner | None = None) -> Assessment:
    """Judge a trace.

    A pure function of the snapshot: it looks at no clock, and says "ago" by the snapshot's own time. ``owner`` names
    the network of an address, where that is known.
    """
    owner = owner or _nobody
    state = _state(snapshot)
    if state is not None:
        return state
    evidence = gather(snapshot)
    losses = find_loss(evidence)
    findings = not_sent(snapshot)
    findings += about_reach(evidence, owner)
    alone, by_rate = _target_alone(evidence, losses), _last_router_alone(evidence, losses)
    if alone is not None or by_rate is not None:
        losses = _without_end(losses)
    findings += about_loss(evidence, losses, owner, alone, by_rate)
    findings += about_outages(evidence)
    findings += about_latency(evidence, owner)
    findings += about_shape(evidence)
    findings += about_headers(evidence)
    findings += about_path_mtu(evidence)
    findings += _changes(evidence)
    findings += _notes(snapshot)
    findings.sort(key=lambda finding: finding.rank)
    return Assessment(
        *answer(snapshot, findings),
        tuple(finding.verdict for finding in findings),
        _hops(evidence, losses, alone or by_rate, [finding.verdict for finding in findings]),
    )


def _nobody(_address: str) -> str | None:
    return None


def _state(snapshot: Snapshot) -> Assessment | None:
    """What is to be said before any figure counts."""
    if snapshot.state == "failed":
        return Assessment("fault", ((snapshot.reason or "The probe process is gone.", ""),))
    if snapshot.state == "network-down":
        return Assessment("fault", (("Network is down.", "Waiting."),))
    if not any(hop.received for hop in snapshot.hops):
        if snapshot.time_us - snapshot.started_us < EARLY_US:
            return Assessment("", ((f"Waiting for the first answer from {snapshot.target.name} ...", ""),))
        if snapshot.rounds < 5 and snapshot.state != "finished":
            return Assessment("warning", (("No hop has answered yet.", ""),))
    return None


def _changes(evidence: Evidence) -> list[Finding]:
    """P2: the latest path change."""
    change, snapshot = evidence.change, evidence.snapshot
    if change is None:
        return []
    ago_us = snapshot.time_us - change.time_us
    rise_us = _rise_us(evidence)
    rise = (
        ""
        if rise_us is None or abs(rise_us) < NEWS_US
        else f"{'+' if rise_us >= 0 else '-'}{wording.milliseconds(abs(rise_us))} ms"
    )
    routers = f"{len(change.new)} router{'' if len(change.new) == 1 else 's'} replaced"
    where = place(change.first_ttl, change.last_ttl)
    verdict = Verdict(
        "P2",
        "changed",
        change.first_ttl,
        change.last_ttl,
        "Path changed",
        brief=routers,
        figures=f"target {rise}" if rise else "",
        reasons=(
            f"Was {', '.join(change.old)}; now {', '.join(change.new)}.",
            "Averages in the table span both paths; the verdicts here are of the new one.",
        ),
        numbers=(
            ("chance_below", CHANCE_MAX),
            ("round", change.round),
            ("ago_us", ago_us),
            ("rise_us", 0 if rise_us is None else rise_us),
        ),
    )
    news = ago_us < CHANGE_NEWS_US
    lead = f"Path changed {max(0, ago_us) // 1_000_000} s ago at {where}"
    answers = ((f"{lead}:", f"{routers}{f', {rise}' if rise else ''}."), (f"{lead}:", f"{routers}."), (f"{lead}.", ""))
    return [Finding(Rank.CHANGE, verdict, answers if news else ())]


def _rise_us(evidence: Evidence) -> int | None:
    """By how much the base time to the far end differs from that of the path before; None: too few answers."""
    if evidence.end is None:
        return None
    values = evidence.end.rtts_us.tolist()
    before = [value for value in values[: evidence.since] if value >= 0]
    after = [value for value in values[evidence.since :] if value >= 0]
    return min(after) - min(before) if min(len(before), len(after)) >= 5 else None


def _notes(snapshot: Snapshot) -> list[Finding]:
    """What the trace itself could not do as asked."""
    if not snapshot.note:
        return []
    verdict = Verdict(
        "N1",
        "note",
        0,
        0,
        "ICMP is not allowed for this user, using UDP",
        figures=snapshot.note.partition("UDP. ")[2] or snapshot.note,
        reasons=("UDP measures the same path; the target answers that the port is closed.",),
    )
    return [Finding(Rank.HARMLESS, verdict)]


def _target_alone(evidence: Evidence, losses: LossFindings) -> Compared | None:
    """The check that has shown that the target limits its own replies, where the loss is at the target alone."""
    end = evidence.end
    if end is None or not _end_alone(losses, end):
        return None
    compared = target_alone(evidence, end.ttl)
    return compared if compared is not None and compared.differs else None


def _last_router_alone(evidence: Evidence, losses: LossFindings) -> Compared | None:
    """The check that has shown that the last router that answers limits its replies, with nothing heard behind it."""
    end = evidence.end
    if end is None or evidence.snapshot.reached or not _end_alone(losses, end):
        return None
    compared = half_rate(evidence, end.ttl)
    return compared if compared is not None and compared.differs else None


def _end_alone(losses: LossFindings, end: Hop) -> bool:
    """Whether what the far end loses by itself is all that is lost, or known apart from the rest."""
    return losses.path is None or losses.path.from_ttl == end.ttl or bool(losses.last_link or losses.limited)


def _without_end(losses: LossFindings) -> LossFindings:
    """What is lost apart from what the far end alone loses, since that is its own limit."""
    path = losses.path if losses.last_link or losses.limited else None
    return replace(losses, path=path, last_link=None, limited=None)


def _hops(
    evidence: Evidence, losses: LossFindings, alone: Compared | None, found: list[Verdict]
) -> tuple[HopJudgement, ...]:
    """How each hop is to be looked at."""
    harmless = {entry.row.ttl for entry in losses.reply_side}
    if (alone is not None or losses.limited is not None) and evidence.end is not None:
        harmless.add(evidence.end.ttl)
    undecided = {verdict.last_ttl for verdict in found if verdict.rule in EITHER.values()}
    judged = []
    for row in evidence.rows:
        loss: LossKind = "none"
        severity: Severity = ""
        if losses.path is not None and row.ttl >= losses.path.from_ttl and row.answers:
            open_ = losses.path.from_ttl in undecided
            loss = "unjudged" if open_ else "path"
            severity = "fault" if losses.path.share >= 0.01 and not open_ else "warning"
        if row.ttl in harmless:
            loss, severity = "harmless", severity or "note"
        elif not row.answers and row.completed and evidence.end is not None and row.ttl < evidence.end.ttl:
            loss, severity = "harmless", "note" if row.completed >= 10 else ""
        elif row.lost and loss == "none":
            loss = "unjudged"
        for verdict in found:
            if verdict.rule in {"L8", "L9", "P7"} and verdict.last_ttl == row.ttl:
                if verdict.severity == "note":
                    loss, severity = "harmless", "note"
                else:
                    loss, severity = ("path" if row.lost else loss), verdict.severity
        judged.append(HopJudgement(row.ttl, severity, loss))
    return tuple(judged)
