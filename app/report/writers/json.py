"""mtr's JSON, in its keys, their order and their types: programs decode it strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...json_text import json_document
from ...resolve.facts import AS_NUMBER
from .. import describe
from ..columns import columns
from ..packet_words import bit_pattern, packet_size, tests

if TYPE_CHECKING:
    from ...path.snapshot import Hop, Snapshot
    from ...sanitize import Document
    from ..context import Context

SIGNIFICANT_DIGITS = 5


def json_report(snapshot: Snapshot, context: Context) -> Document:
    """A trace as one JSON document."""
    report = {
        "report": {
            "mtr": {
                "src": context.source(snapshot.target),
                "dst": snapshot.target.name,
                **describe.lane(snapshot.target),
                "tos": snapshot.settings.tos,
                "tests": tests(snapshot),
                "psize": packet_size(snapshot.settings),
                "bitpattern": bit_pattern(snapshot.settings),
            },
            "hubs": [_hub(hop, context) for hop in snapshot.hops],
        }
    }
    return json_document(report, indent=4)


def _hub(hop: Hop, context: Context) -> dict[str, object]:
    hub: dict[str, object] = {"count": hop.ttl, "host": context.hop_host(hop)}
    if AS_NUMBER in context.settings.ipinfo:
        hub["ASN"] = context.as_fact(hop.address, AS_NUMBER)
    for column in columns(context.settings.fields):
        if column.title:
            value = column.value(hop)
            hub[column.title] = value if column.kind == "count" else _real(value)
    return hub


def _real(thousandths: int) -> float:
    """Thousandths as a number of up to five significant digits, which is how mtr prints them."""
    return float(f"{thousandths / 1000:.{SIGNIFICANT_DIGITS}g}")
