"""The judgement of a trace: all verdicts that a snapshot carries, and one answer to "where is the trouble?"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...probe.wire import TTL_EXPIRED
from ..path.interruptions import interruptions
from . import rules, wording
from .answer import Answer, Clause, Numbers, Status, figures
from .assessment import Assessment, HopJudgement, LossKind, Verdict
from .checks.results import half_rate, target_alone
from .evidence.congestion import where_packets_wait, with_drops
from .evidence.course import has_histories
from .evidence.gather import gather
from .evidence.loss import find_loss
from .evidence.own_losses import own_losses
from .second_clause import second_of
from .sentences import sentences
from .state_words import EARLY_US
from .subjects.changes import about_changes, without_flapping
from .subjects.ended import about_ended
from .subjects.headers import about_headers
from .subjects.latency import about_latency
from .subjects.loss import about_loss
from .subjects.no_loss import shown_lossy
from .subjects.outages import about_outages
from .subjects.path_mtu import about_path_mtu
from .subjects.reach import about_reach
from .subjects.sending import instead_of_icmp, not_sent
from .subjects.shape import about_shape
from .subjects.totals import about_totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..path.snapshot import Hop, Snapshot
    from .checks.results import Compared
    from .evidence.findings import LossFindings
    from .evidence.gather import Evidence
    from .evidence.network import Owner, Shown
    from .rules import Severity

# What a reader may take for a fault, in the order in which it is told; rules in one line make one clause.
CLAUSES = (
    (rules.REPLY_LIMIT, rules.REPLY_LIMIT_CONFIRMED, rules.LAST_HOP_REPLY_LIMIT, rules.LAST_HOP_REPLY_LIMIT_CONFIRMED),
    (rules.TARGET_REPLY_LIMIT, rules.TARGET_REPLY_LIMIT_CONFIRMED),
    (rules.SILENT_HOP,),
    (rules.SLOW_REPLIES,),
    (rules.LOAD_BALANCING,),
    (rules.ADDRESSES_BY_TURNS,),
)

WITH_CLAUSES = frozenset({rules.NO_LOSS, rules.LOSS_NOT_EXCLUDED, rules.LOSS_UNDECIDED})
# While the target is not reached, nobody asks whether it loses nothing else.
NOT_REACHED = frozenset({rules.Rank.LOOP, rules.Rank.UNREACHED, rules.Rank.OUTAGE})
LASTING = frozenset({"fault", "warning"})
PLACED_LOSS = frozenset({rules.PATH_LOSS, rules.LOCAL_LOSS, rules.LAST_LINK_LOSS})


def verdicts(snapshot: Snapshot, owner: Owner | None = None, shown: Shown | None = None) -> Assessment:
    """Judge a trace.

    A pure function of the snapshot: it looks at no clock, and says "ago" by the snapshot's own time. ``owner`` names
    the network of an address, where that is known; ``shown`` gives an address as the table shows it.
    """
    owner, shown = owner or _nobody, shown or str
    state = _state(snapshot)
    if state is not None:
        return Assessment(state, sentences(state))
    evidence = with_drops(gather(snapshot))
    losses = where_packets_wait(evidence, find_loss(evidence))
    alone, by_rate = _target_alone(evidence, losses), _last_router_alone(evidence, losses)
    found = not_sent(snapshot)
    found += about_reach(evidence, owner, shown, losses)
    if alone is not None or by_rate is not None:
        losses = _without_end(losses)
    found += about_loss(evidence, losses, owner, alone, by_rate)
    found += about_ended(evidence)
    found += about_outages(evidence, shown)
    found += about_latency(evidence, owner)
    found += about_totals(evidence, owner, shown)
    found += about_shape(evidence, shown)
    found += about_headers(evidence)
    found = _without_ways_back(found)
    found += about_path_mtu(evidence)
    if any(one.rule is rules.ROUTING_LOOP for one in found):  # which is why nothing answers beyond it
        found = [one for one in found if one.rule is not rules.TARGET_SILENT]
    found = without_flapping(snapshot, found)
    found += about_changes(evidence, owner, shown)
    found += instead_of_icmp(snapshot)
    found = _what_lasts_leads(found)
    found.sort(key=lambda verdict: verdict.rank)
    if found and found[0].rule.rank in NOT_REACHED and found[0].status is not Status.ENDED:
        found = [one for one in found if one.rule not in WITH_CLAUSES]
    host = wording.host(snapshot.target)
    answer = _answer(evidence, found)
    if answer.host != host:
        second = None if answer.second is None else replace(answer.second, host=host)
        answer = replace(answer, host=host, second=second)
    told = sentences(replace(answer, addresses=tuple(map(shown, answer.addresses))))
    return Assessment(answer, told, tuple(found), _hops(evidence, losses, alone or by_rate, found))


def _without_ways_back(found: list[Verdict]) -> list[Verdict]:
    """Where packets circle, or end whatever their TTL, the TTL of answers says nothing of their way back."""
    ends = [one.first_ttl for one in found if one.rule in {rules.ROUTING_LOOP, rules.TTL_LOWERED}]
    return [
        one for one in found if not (ends and one.rule is rules.ASYMMETRIC_RETURN_PATH and one.first_ttl >= ends[0])
    ]


def _what_lasts_leads(found: list[Verdict]) -> list[Verdict]:
    """An outage that is over is told after a trouble that is sure and goes on."""
    lasting = any(
        one.headline and one.status is Status.CONFIRMED and one.severity in LASTING and one.rank <= rules.Rank.QUEUE
        for one in found
    )
    if not lasting:
        return found
    return [replace(one, own_rank=rules.Rank.CHANGE) if one.rule is rules.OUTAGE else one for one in found]


def _nobody(_address: str) -> str | None:
    return None


def _state(snapshot: Snapshot) -> Answer | None:
    """What is to be said before any figure counts."""
    if snapshot.state == "failed":
        return Answer((rules.PROBE_PROCESS_FAILED,), "fault", status=Status.CONFIRMED, quoted=snapshot.reason)
    if snapshot.state == "network-down":
        down = interruptions(snapshot.log_entries)
        since_us, times = (down[-1].since_us, down[-1].times) if down else (snapshot.started_us, 1)
        numbers = figures((("duration_us", snapshot.time_us - since_us), ("times", times)))
        return Answer((rules.NETWORK_DOWN,), "fault", None, since_us, Status.CONFIRMED, numbers)
    if not any(hop.received for hop in snapshot.hops) and snapshot.state != "finished" and not snapshot.refused:
        elapsed_us = snapshot.time_us - snapshot.started_us
        if elapsed_us < EARLY_US:
            return Answer((rules.WAITING,), quoted=snapshot.target.name)
        if snapshot.rounds < 5:
            return Answer((rules.NO_ANSWER_YET,), "warning", figures=figures((("elapsed_us", elapsed_us),)))
    return None


def _answer(evidence: Evidence, found: Sequence[Verdict]) -> Answer:
    """The answer of the gravest verdict that may give it; verdicts come in the order of their rank."""
    first = next((verdict for verdict in found if verdict.headline), None)
    if first is None:
        hops = evidence.snapshot.hops
        probes = evidence.completed(hops[-1]) if hops else 0
        numbers: Numbers = (("completed", probes),)
        if lossy := shown_lossy(evidence):
            numbers = (*numbers, ("unclear_ttls", " ".join(map(str, lossy))))
        if _answered_nearer(evidence) and not evidence.by_settings:
            numbers = (*numbers, ("new_end_ttl", hops[-1].ttl))
        return Answer((rules.NOTHING_TO_JUDGE,), figures=figures(numbers))
    clauses = _clauses(found) if first.rule in WITH_CLAUSES else ()
    queue = _queue_there(evidence, first, found)
    second = second_of(first, found, queue_told=bool(queue))
    answer = _answer_of(first)
    beside = _answer_of(second) if second is not None else None
    return replace(
        answer,
        rules=(first.rule, *(clause.rule for clause in clauses), *(beside.rules if beside is not None else ())),
        figures=(*answer.figures, *figures(queue)),
        clauses=clauses,
        second=beside,
    )


def _answered_nearer(evidence: Evidence) -> bool:
    """Whether the target has answered, at a hop that is no longer the last one."""
    target = evidence.snapshot.target.address
    return any(
        one.address == target and any(word != TTL_EXPIRED for word, *_ in one.kinds)  # a gateway may have its address
        for hop in evidence.snapshot.hops[:-1]
        for one in hop.responders
    )


def _answer_of(one: Verdict) -> Answer:
    """The facts of one verdict."""
    return Answer(
        (one.rule,),
        one.severity,
        one.place,
        one.since_us,
        one.status,
        figures(one.numbers),
        network=one.network,
        addresses=one.addresses,
        further=one.further,
    )


def _queue_there(evidence: Evidence, loss: Verdict, found: Sequence[Verdict]) -> Numbers:
    """By how much packets wait where a loss may begin, so that its cause is told with it; empty: by nothing."""
    if loss.rule not in {rules.PATH_LOSS, rules.LOCAL_LOSS} or loss.place is None:
        return ()
    for one in found:
        if one.rule not in {rules.QUEUEING, rules.BUFFERBLOAT} or one.place is None or one.status is Status.ENDED:
            continue
        # Totals have no order in time: what they say of a queue is likely at most, and so it is told.
        sure = one.status is Status.CONFIRMED or not has_histories(evidence)
        meet = max(one.first_ttl, loss.first_ttl) < min(one.last_ttl, loss.last_ttl)
        if sure and meet:
            numbers = dict(one.numbers)
            return (("queue_us", numbers["excess_us"]), ("queue_share", numbers["excess_share"]))
    return ()


def _clauses(found: Sequence[Verdict]) -> tuple[Clause, ...]:
    """What a reader of the table might take for a fault, and is none."""
    clauses = []
    for alike in CLAUSES:
        # What concerns several hops together is no clause of one of them.
        mine = [one for one in found if one.rule in alike and one.first_ttl == one.last_ttl]
        if mine:
            ttls = tuple(one.last_ttl for one in mine)
            addresses = int(dict(mine[0].numbers).get("addresses", 0)) if len(mine) == 1 else 0
            clauses.append(Clause(mine[0].rule, ttls, addresses))
    return tuple(clauses)


def _target_alone(evidence: Evidence, losses: LossFindings) -> Compared | None:
    """The check that has shown that the target rate-limits its replies, where the loss is at the target alone."""
    end = evidence.end
    if end is None or not _end_alone(losses, end):
        return None
    compared = target_alone(evidence, end.ttl)
    return compared if compared is not None and compared.differs else None


def _last_router_alone(evidence: Evidence, losses: LossFindings) -> Compared | None:
    """The check that has shown that the last router that answers rate-limits its replies; nothing beyond it answers."""
    end = evidence.end
    if end is None or evidence.snapshot.reached or not _end_alone(losses, end):
        return None
    compared = half_rate(evidence, end.ttl)
    return compared if compared is not None and compared.differs else None


def _end_alone(losses: LossFindings, end: Hop) -> bool:
    """Whether what the far end loses by itself is all that is lost, or known apart from the rest."""
    return losses.path is None or losses.path.from_ttl == end.ttl or bool(losses.last_link or losses.limited)


def _without_end(losses: LossFindings) -> LossFindings:
    """What is lost apart from what the far end alone loses, since that is a rate limit on its replies."""
    path = losses.path if losses.last_link or losses.limited else None
    return replace(losses, path=path, last_link=None, limited=None)


def _hops(
    evidence: Evidence, losses: LossFindings, alone: Compared | None, found: Sequence[Verdict]
) -> tuple[HopJudgement, ...]:
    """How each hop is to be looked at."""
    harmless = {entry.row.ttl for entry in losses.reply_side}
    # What a router leaves unanswered while it reports that it cannot reach the target is a limit on its reports.
    reporting = {hop.ttl for hop in evidence.snapshot.hops if hop.unreachables}
    if alone is not None and evidence.end is not None:
        harmless.add(evidence.end.ttl)
    # Before a check has told, it may be traffic that is dropped.
    limited_ttl = evidence.end.ttl if alone is None and losses.limited is not None and evidence.end is not None else 0
    undecided = {verdict.last_ttl for verdict in found if verdict.rule.undecided}
    cut_off = {verdict.last_ttl: verdict.severity for verdict in found if verdict.rule.cuts_off}
    balance = {
        verdict.last_ttl: str(dict(verdict.numbers)["balance"])
        for verdict in found
        if verdict.rule is rules.LOAD_BALANCING
    }
    by_place = {one.last_ttl: one.severity for one in found if one.rule in PLACED_LOSS}
    turns, own = _turns(found), own_losses(evidence.rows)
    own |= {one.last_ttl for one in found if one.rule is rules.SLOW_REPLIES and one.status is Status.CONFIRMED}
    judged = []
    for row in evidence.rows:
        loss: LossKind = "none"
        severity: Severity = ""
        if losses.path is not None and row.ttl >= losses.path.from_ttl and row.answers:
            open_ = losses.path.from_ttl in undecided
            loss = "unjudged" if open_ else "path"
            severity = by_place.get(losses.path.from_ttl, "warning")
        if row.ttl in harmless:
            loss, severity = "harmless", severity or "note"
        elif row.ttl in reporting and not row.lost:
            loss = "harmless"
        elif not row.answers and row.completed and evidence.end is not None and row.ttl < evidence.end.ttl:
            loss, severity = "harmless", "note" if row.completed >= 10 else ""
        elif row.ttl == limited_ttl and loss == "none":
            loss, severity = "unjudged", "warning"
        elif row.lost and loss == "none":
            loss = "harmless" if row.ttl in own else "unjudged"
        if row.ttl in cut_off:
            severity = cut_off[row.ttl]
            loss = "harmless" if severity == "note" else "path" if row.lost else loss
        if row.ttl in turns:
            severity = severity or "changed"
        judged.append(HopJudgement(row.ttl, severity, loss, balance.get(row.ttl, ""), turns.get(row.ttl, 0)))
    return tuple(judged)


def _turns(found: Sequence[Verdict]) -> dict[int, int]:
    """The hops of a routing loop, and which of its turns each is in."""
    loop = next((one for one in found if one.rule is rules.ROUTING_LOOP), None)
    if loop is None or loop.status is Status.PROVISIONAL:
        return {}
    members = int(dict(loop.numbers)["members"])
    return {ttl: (ttl - loop.first_ttl) // members + 1 for ttl in range(loop.first_ttl, loop.last_ttl + 1)}
