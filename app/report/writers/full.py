"""JSON with everything that was seen; its form is laid down in schemas/report.schema.json."""

from __future__ import annotations

from ....probe.version import VERSION
from ...insight.evidence import change_effect
from ...insight.lanes.together import about_lanes, by_target
from ...insight.verdicts import verdicts
from ...json_text import json_document
from ...path.flow_map import flow_map
from ...resolve.facts import FACTS
from .. import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...insight.assessment import Assessment, HopJudgement
    from ...path.cuts import Unreachable
    from ...path.snapshot import Epoch, Hop, LogEntry, Responder, Snapshot
    from ...sanitize import Document
    from ...trace.checks import Check
    from ...trace.mtu.path_mtu import PathMtu
    from ..context import Context

SCHEMA_VERSION = 2


def full_report(snapshots: Sequence[Snapshot], context: Context) -> Document:
    """All traces as one JSON array, in the order given."""
    judged = [(one, verdicts(one, context.owner, context.host)) for one in snapshots]
    together: dict[str, object] = {}
    for name, traces in by_target(judged).items():
        found = about_lanes(traces, context.owner, context.host)
        together[name] = None if found is None else describe.lanes(found)
    made = [
        {**_trace(one, assessment, together, context), **_both(one, snapshots, context)} for one, assessment in judged
    ]
    return json_document(made, indent=2)


def _both(snapshot: Snapshot, snapshots: Sequence[Snapshot], context: Context) -> dict[str, object]:
    """Of two hosts that are traced from each other: which direction it is; of that from here also the one-way count."""
    if not snapshot.target.direction:
        return {}
    direction: dict[str, object] = {"direction": snapshot.target.direction}
    if snapshot.one_way is None:
        return direction
    from .both_ways import judged

    answer = judged(snapshots, context)
    return {
        **direction,
        "one_way": describe.one_way(snapshot.one_way, snapshot.clock_offset_us),
        "both_directions": None if answer is None else describe.both_ways(answer),
    }


def _trace(
    snapshot: Snapshot, assessment: Assessment, together: Mapping[str, object], context: Context
) -> dict[str, object]:
    """A trace; ``together`` is what the lanes of a target say, by its name."""
    offset_us = snapshot.clock_offset_us
    target = snapshot.target
    in_lanes = target.name in together and (target.vantage or target.kind is not None)
    paths = flow_map(snapshot)
    return {
        "schema_version": SCHEMA_VERSION,
        "program": {"name": "hopscope", "version": VERSION},
        "source": {
            "host": context.source(snapshot.target),
            "address": snapshot.local_address or None,
            **describe.vantage(snapshot.target),
            **describe.far_clock(snapshot.far_clock),
        },
        "target": describe.target(snapshot.target, snapshot.settings),
        "settings": describe.settings(snapshot.settings),
        "started": describe.moment(snapshot.started_us + offset_us),
        "ended": describe.moment(snapshot.time_us + offset_us),
        "state": snapshot.state,
        "reason": snapshot.reason or None,
        "rounds": snapshot.rounds,
        "reached": snapshot.reached,
        "assessment": describe.assessment(assessment, offset_us),
        **({"lanes": together[target.name]} if in_lanes else {}),
        "hops": [
            {
                **_hop(hop, assessment.hop(hop.ttl), snapshot, context),
                "load_sharing": describe.flow_hop(shared, hop) if shared.found else None,
            }
            for hop, shared in zip(snapshot.hops, paths.hops, strict=True)
        ],
        "links": [describe.link(one) for one in paths.links],
        "epochs": [_epoch(one) for one in snapshot.epochs],
        "refused": [
            {"answer": word, "reason": reason or None, "count": count, "last": describe.moment(last_us + offset_us)}
            for word, reason, count, last_us in snapshot.refused
        ],
        "checks": [_check(one, offset_us) for one in snapshot.checks if one.state == "done"],
        "events": [_log_entry(one, snapshot) for one in snapshot.log_entries],
    }


def _hop(hop: Hop, judgement: HopJudgement, snapshot: Snapshot, context: Context) -> dict[str, object]:
    return {
        "ttl": hop.ttl,
        "sent": hop.sent,
        "received": hop.received,
        "lost": hop.dropped,
        "pending": hop.pending,
        "loss_percent": hop.loss_milli_percent / 1000,
        "cut_off": hop.cut_off,
        "not_sent": hop.failed,
        "shared": hop.shared,
        "error": hop.error or None,
        "severity": judgement.severity or None,
        "loss": judgement.loss,
        "rtt_us": describe.round_trips(hop.statistics, hop.rtts_us),
        "other_answers": hop.others,
        "duplicates": hop.duplicates,
        "duplicates_elsewhere": hop.duplicates_elsewhere,
        "unreachables": [_unreachable(one, snapshot.clock_offset_us) for one in hop.unreachables],
        "addresses": [_responder(one, index, hop, snapshot, context) for index, one in enumerate(hop.responders)],
    }


def _unreachable(one: Unreachable, offset_us: int) -> dict[str, object]:
    return {
        "address": one.address,
        "answer": one.word,
        "icmp_type": one.icmp_type,
        "icmp_code": one.icmp_code,
        "count": one.count,
        "first": describe.moment(one.first_us + offset_us),
        "last": describe.moment(one.last_us + offset_us),
    }


def _responder(responder: Responder, index: int, hop: Hop, snapshot: Snapshot, context: Context) -> dict[str, object]:
    address, offset_us = responder.address, snapshot.clock_offset_us
    rtts_us = (rtt for rtt, who in zip(hop.rtts_us, hop.answered_by, strict=True) if who == index)
    return {
        "address": address,
        "name": context.name(address),
        "network": {fact.key: context.fact(address, fact.number) for fact in FACTS},
        "answers": responder.statistics.answers,
        "rtt_us": describe.round_trips(responder.statistics, rtts_us),
        "labels": describe.labels(responder.labels),
        "interfaces": describe.interfaces(responder.interfaces),
        "kinds": [
            {"answer": word, "icmp_type": icmp_type, "icmp_code": icmp_code, "count": count}
            for word, icmp_type, icmp_code, count in responder.kinds
        ],
        "reply_ttl": responder.reply_ttl,
        "quoted_ttl": responder.quoted_ttl,
        "quoted_tos": responder.quoted_tos,
        "rewrites": describe.rewrites(responder.rewrites),
        "first_answered": describe.moment(responder.first_us + offset_us),
        "last_answered": describe.moment(responder.last_us + offset_us),
    }


def _epoch(one: Epoch) -> dict[str, object]:
    return {
        "first_round": one.first_round,
        "last_round": one.last_round,
        "hops": [
            {
                "ttl": hop.ttl,
                "sent": hop.sent,
                "received": hop.received,
                "best_us": hop.statistics.best,
                "average_us": hop.statistics.average,
                "worst_us": hop.statistics.worst,
                "addresses": [{"address": address, "answers": count} for address, count in hop.addresses],
            }
            for hop in one.hops
        ],
    }


def _check(one: Check, offset_us: int) -> dict[str, object]:
    return {
        "kind": one.plan.kind.value,
        "ttl": one.plan.ttl,
        "question": one.plan.question,
        "started": describe.moment(one.started_us + offset_us),
        "ended": describe.moment(one.time_us + offset_us),
        "first_round": one.first_round,
        "last_round": one.last_round,
        "arms": [
            {
                "name": arm.name,
                "ttl": arm.ttl,
                "protocol": arm.protocol or None,
                "port": arm.port or None,
                "payload": arm.payload or None,
                "interval_us": arm.interval_us,
                "sent": result.sent,
                "answered": result.answered,
                "lost": result.lost,
                "from_target": result.from_target,
                "refusal": None
                if result.refusal is None
                else dict(zip(("address", "icmp_type", "icmp_code"), result.refusal, strict=True)),
                "failure": result.failure or None,
            }
            for arm, result in zip(one.plan.arms, one.results, strict=True)
        ],
        "path_mtu": None if one.mtu is None else _path_mtu(one.mtu),
    }


def _path_mtu(one: PathMtu) -> dict[str, object]:
    return {
        "mtu": one.mtu,
        **describe.mtu_search(one),
        "hops": [describe.mtu_hop(hop) for hop in one.hops],
    }


def _log_entry(one: LogEntry, snapshot: Snapshot) -> dict[str, object]:
    changed = one.kind == "path-changed"
    return {
        "time": describe.moment(one.time_us + snapshot.clock_offset_us),
        "round": one.round,
        "kind": one.kind,
        "text": one.text,
        "first_ttl": one.first_ttl or None,
        "last_ttl": one.last_ttl or None,
        "old": list(one.old),
        "new": list(one.new),
        "returned": one.returned,
        **({"cost": describe.change_cost(one, change_effect.cost(snapshot, one))} if changed else {}),
    }
