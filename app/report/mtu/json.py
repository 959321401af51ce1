"""The path MTU as JSON; its form is laid down in schemas/mtu.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....probe.version import VERSION
from ...insight.subjects.mtu import about_mtu, mtu_advice, mtu_answer, tcp_mss
from ...json_text import json_document
from .. import describe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...path.snapshot import Snapshot
    from ...sanitize import Document
    from ...trace.mtu.path_mtu import Fall, HopMtu, PathMtu
    from ..context import Context

SCHEMA_VERSION = 2


def mtu_json(result: PathMtu, snapshot: Snapshot, context: Context) -> Document:
    """One target as one document."""
    return json_document(_result(result, snapshot, context), indent=4)


def mtu_full(results: Iterable[tuple[PathMtu, Snapshot]], context: Context) -> Document:
    """All targets as one array, in the order given."""
    documents = [_result(result, snapshot, context) for result, snapshot in results]
    return json_document(documents, indent=2)


def _result(result: PathMtu, snapshot: Snapshot, context: Context) -> dict[str, object]:
    offset_us = snapshot.clock_offset_us
    return {
        "schema_version": SCHEMA_VERSION,
        "program": {"name": "hopscope", "version": VERSION},
        "source": {
            "host": context.source(snapshot.target),
            "address": snapshot.local_address or None,
            **describe.vantage(snapshot.target),
        },
        "target": describe.target(result.target, snapshot.settings),
        "protocol": result.protocol,
        "started": describe.moment(snapshot.started_us + offset_us),
        "state": result.state,
        "reason": result.reason or None,
        "reached": result.reached,
        "path_mtu": result.mtu,
        "tcp_mss": None if result.mtu is None else tcp_mss(result.mtu, result.target.version),
        **describe.mtu_search(result),
        "hops": [_hop(hop, context) for hop in result.hops],
        "falls": [_fall(fall, context) for fall in result.falls],
        "answer": mtu_answer(result),
        "caveat": result.caveat or None,
        "advice": mtu_advice(result) or None,
        "verdicts": [describe.verdict(one) for one in about_mtu(result, context.host)],
    }


def _hop(hop: HopMtu, context: Context) -> dict[str, object]:
    return describe.mtu_hop(hop, name=None if hop.address is None else context.name(hop.address))


def _fall(fall: Fall, context: Context) -> dict[str, object]:
    return {
        "after_ttl": fall.after_ttl or None,
        "ttl": fall.ttl or None,
        "larger": fall.larger,
        "smaller": fall.smaller or None,
        "cause": fall.cause,
        "reporter": fall.reporter or None,
        "reporter_name": context.name(fall.reporter) if fall.reporter else None,
        "reported_mtu": fall.said,
        "icmp_type": fall.icmp_type,
        "icmp_code": fall.icmp_code,
        "large_sent": fall.large_sent,
        "large_lost": fall.large_lost,
        "small_sent": fall.small_sent,
        "small_lost": fall.small_lost,
        "p_value": fall.chance if fall.cause == "black-hole" else None,
    }
