"""Our own JSON, in parts: what full reports and event lines have in common.

Times are integers, microseconds where a name ends in ``_us``; moments are UTC in the form of RFC 3339.
"""

from __future__ import annotations

from datetime import UTC, datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...probe.interface import Interface
    from ...probe.wire import Label
    from ..insight.answer import Answer
    from ..insight.assessment import Assessment, Verdict
    from ..insight.both_ways import BothAnswer
    from ..insight.evidence.change_effect import Cost
    from ..insight.lanes.answer import LanesAnswer
    from ..insight.place import Place
    from ..path.flow_map import HopFlows, Link
    from ..path.one_way import OneWay
    from ..path.snapshot import Hop, LogEntry, Rewrites, Statistics
    from ..settings import Target, TraceSettings
    from ..trace.events import AlertTurned, WayCount
    from ..trace.far_clock import ClockOffset
    from ..trace.mtu.path_mtu import HopMtu, PathMtu


def moment(epoch_us: int) -> str:
    """A moment, such as 2026-11-21T23:14:57.250000Z."""
    seconds, microseconds = divmod(epoch_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{microseconds:06d}Z"


def target(one: Target, settings: TraceSettings) -> dict[str, object]:
    """A target: its name as typed, the address that is probed, and the port where the protocol has one."""
    port = one.port_by(settings)
    return {
        "name": one.name,
        "address": one.address,
        "ip_version": one.version,
        "port": port or None,
        "other_addresses": list(one.others),
        **lane(one),
    }


def lane(one: Target) -> dict[str, object]:
    """By which protocol or family it is traced, in words; nothing where that was not named."""
    return {"lane": one.kind.words} if one.kind is not None else {}


def vantage(one: Target) -> dict[str, object]:
    """Where its probes leave from, as the user named it; nothing where that is this host and was not named."""
    return {"vantage": one.vantage} if one.vantage else {}


def far_clock(one: ClockOffset | None) -> dict[str, object]:
    """How far the vantage point's clock is ahead of this host's, and the bound of the error; nothing if not known."""
    return {} if one is None else {"clock_offset_us": one.offset_us, "clock_bound_us": one.bound_us}


def share(one: AlertTurned) -> dict[str, object]:
    """What an alert counts: probes, and the 95 % interval of the share."""
    return {"hits": one.hits, "probes": one.probes, "lower": round(one.lower, 6), "upper": round(one.upper, 6)}


def one_way(one: OneWay, clock_offset_us: int) -> dict[str, object]:
    """What was counted one way between two hosts, in all and by round."""
    return {
        "state": one.state,
        "reason": one.reason or None,
        "forward": way(one.forward),
        "return": way(one.back),
        "rounds": [
            {
                "round": each.round,
                "time": moment(each.time_us + clock_offset_us),
                "forward": way(each.forward),
                "return": way(each.back),
            }
            for each in one.rounds
        ],
    }


def way(one: WayCount) -> dict[str, int]:
    """What was counted of one direction."""
    return {
        "sent": one.sent,
        "arrived": one.arrived,
        "late": one.late,
        "lost": one.lost,
        "foreign": one.foreign,
    }


def both_ways(one: BothAnswer) -> dict[str, object]:
    """In which direction loss is, as facts and as a sentence."""
    return {
        "rule": one.rule.id,
        "severity": one.severity or None,
        "direction": one.direction or None,
        "answer": f"{one.lead} {one.rest}".strip(),
        "place": _place(one.place),
        "network": one.network or None,
        "numbers": dict(one.numbers),
    }


def settings(one: TraceSettings) -> dict[str, object]:
    """How a target is probed."""
    return {
        "protocol": one.protocol,
        "first_ttl": one.first_ttl,
        "max_ttl": one.max_ttl,
        "max_unknown": one.max_unknown,
        "rounds": one.rounds,
        "interval_us": one.interval_us,
        "gracetime_us": one.gracetime_us,
        "timeout_us": one.timeout_s * 1_000_000,
        "size_bytes": one.size_bytes,
        "bit_pattern": one.bit_pattern,
        "tos": one.tos,
        "due_ttl": one.due_ttl or None,
        "cache_us": one.cache_s * 1_000_000,
        "local_address": one.local_address or None,
        "interface": one.local_device or None,
        "local_port": one.local_port or None,
        "mark": one.mark or None,
        "flows": one.flows,
    }


def flow_hop(one: HopFlows, hop: Hop) -> dict[str, object]:
    """How the load is shared at a hop: what each flow met, and whether those are all addresses (95 % confidence)."""
    return {
        "found": one.found,
        "trials": one.trials,
        "complete": one.complete,
        "balance": one.balance or None,
        "flows": [
            {
                "flow": flow,
                "addresses": [
                    {"address": hop.responders[at].address, "answers": often} for at, often in counts.most_common()
                ],
            }
            for flow, counts in sorted(one.by_flow.items())
        ],
    }


def link(one: Link) -> dict[str, object]:
    """A link from one address to the next one that answered; no address: this host."""
    return {
        "first_ttl": one.first_ttl,
        "first": one.first or None,
        "last_ttl": one.last_ttl,
        "last": one.last,
        "flows": list(one.flows),
        "paths": one.paths,
        "certain": one.certain,
    }


def assessment(one: Assessment, clock_offset_us: int) -> dict[str, object]:
    """The answer as facts and as a sentence, and the verdicts."""
    answer = one.answer
    return {
        "severity": answer.severity or None,
        "answer": one.sentence or None,
        "rules": [rule.id for rule in answer.rules],
        "status": answer.status.value,
        "place": _place(answer.place),
        "further_place": _place(answer.further),
        "second": None if answer.second is None else _second(answer.second, clock_offset_us),
        "since": None if answer.since_us is None else moment(answer.since_us + clock_offset_us),
        "network": answer.network or None,
        "addresses": list(answer.addresses),
        "figures": [{"name": each.name, "value": each.value, "unit": each.unit or None} for each in answer.figures],
        "clauses": [
            {"rule": clause.rule.id, "ttls": list(clause.ttls), "addresses": clause.addresses or None}
            for clause in answer.clauses
        ],
        "verdicts": [verdict(each, clock_offset_us) for each in one.verdicts],
    }


def _second(one: Answer, clock_offset_us: int) -> dict[str, object]:
    """The trouble that the answer tells beside the one that leads."""
    return {
        "rule": one.rules[0].id,
        "severity": one.severity or None,
        "status": one.status.value,
        "place": _place(one.place),
        "since": None if one.since_us is None else moment(one.since_us + clock_offset_us),
    }


def verdict(one: Verdict, clock_offset_us: int | None = None) -> dict[str, object]:
    """What one rule says, with its sentence, its reasons and its numbers by name.

    ``clock_offset_us`` makes moments of its times; None: it has none.
    """
    since_us = None if clock_offset_us is None else one.since_us
    return {
        "rule": one.rule.id,
        "severity": one.severity or None,
        "status": one.status.value,
        "first_ttl": None if one.place is None else one.place.first_ttl,
        "last_ttl": None if one.place is None else one.place.last_ttl,
        "since": None if since_us is None else moment(since_us + (clock_offset_us or 0)),
        "sentence": one.sentence,
        "reasons": list(one.reasons),
        "settle": one.settle or None,
        "numbers": dict(one.numbers),
    }


def lanes(one: LanesAnswer) -> dict[str, object]:
    """What several lanes of one target say together, as facts and as a sentence."""
    return {
        "severity": one.severity,
        "answer": one.sentence,
        "verdicts": [
            {
                "rule": each.rule.id,
                "severity": each.severity,
                "lanes": list(each.lanes),
                "others": list(each.others),
                "first_ttl": None if each.place is None else each.place.first_ttl,
                "last_ttl": None if each.place is None else each.place.last_ttl,
                "address": each.address or None,
                "network": each.network or None,
                "sentence": each.sentence,
                "reasons": list(each.reasons),
                "numbers": dict(each.numbers),
            }
            for each in one.verdicts
        ],
    }


def _place(place: Place | None) -> dict[str, int] | None:
    """Both ends of a place; 0 is this host."""
    return None if place is None else {"first_ttl": place.first_ttl, "last_ttl": place.last_ttl}


def change_cost(change: LogEntry, cost: Cost) -> dict[str, object]:
    """What a path change cost: None for what is not known, or has no meaning in a routing loop."""
    return {
        "rounds_lost": cost.rounds_lost,
        "rise_us": cost.rise_us,
        "rise_from_ttl": cost.from_ttl or None,
        "hops_longer": None if change.circles else len(change.new) - len(change.old),
    }


def mtu_search(one: PathMtu) -> dict[str, object]:
    """What a path MTU was found with: the largest packet this host sends, the largest tried, and how many probes."""
    return {"interface_mtu": one.interface_mtu, "largest_tried": one.limit, "probes": one.probes}


def mtu_hop(one: HopMtu, **facts: object) -> dict[str, object]:
    """The largest packet that gets to a hop, and how that was found; ``facts`` are further ones of the address."""
    return {"ttl": one.ttl, "address": one.address, **facts, "mtu": one.mtu, "how": one.how}


def labels(stack: Iterable[Label]) -> list[dict[str, int]]:
    """An MPLS label stack, outermost first."""
    return [{"label": one.label, "tc": one.tc, "bottom": one.bottom, "ttl": one.ttl} for one in stack]


def interfaces(told: Iterable[Interface]) -> list[dict[str, str | int | None]]:
    """What a router says of its interfaces (RFC 5837), in its order."""
    return [
        {
            "role": one.role,
            "name": one.name or None,
            "index": one.index,
            "address": one.address or None,
            "mtu": one.mtu,
        }
        for one in told
    ]


def rewrites(one: Rewrites) -> dict[str, int] | None:
    """How many quotes of a probe's header differ from what was sent; None where none came."""
    if not one.quotes:
        return None
    return {
        "quotes": one.quotes,
        "source": one.source,
        "port": one.port,
        "checksum": one.checksum,
        "identification": one.identification,
    }


def round_trips(one: Statistics, rtts_us: Iterable[int] | None = None) -> dict[str, object] | None:
    """Figures of RTTs, with percentiles where the RTTs themselves are at hand; None without an answer."""
    if not one.answers:
        return None
    figures: dict[str, object] = {
        "last": one.last,
        "best": one.best,
        "average": one.average,
        "worst": one.worst,
        "stdev": one.stdev,
        "geometric_mean": one.geometric_mean,
        "jitter": one.jitter,
        "jitter_average": one.jitter_average,
        "jitter_worst": one.jitter_worst,
        "jitter_interarrival": one.jitter_interarrival,
    }
    if rtts_us is not None:
        from ..statistics.exact_tests import percentile

        ordered = sorted(rtt for rtt in rtts_us if rtt >= 0)
        for share in (50, 90, 95, 99):
            figures[f"p{share}"] = percentile(ordered, share / 100) if ordered else None
    return figures
