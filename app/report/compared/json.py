"""A comparison as JSON; its form is laid down in schemas/compare.schema.json."""

from __future__ import annotations

from ....probe.version import VERSION
from ...compare.sentence import notes, row_words, sentence
from ...json_text import json_document
from ..describe import moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...compare.comparison import Comparison, Row
    from ...compare.difference import DelayDifference, LossDifference
    from ...compare.trace import ComparedHop, ComparedTrace
    from ...insight.place import Place
    from ...sanitize import Document
    from ..context import Context

SCHEMA_VERSION = 1


def compared_json(comparisons: Sequence[Comparison], _context: Context) -> Document:
    """All comparisons as one array."""
    return json_document([_comparison(one) for one in comparisons], indent=2)


def _comparison(made: Comparison) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "program": {"name": "hopscope", "version": VERSION},
        "differs": made.differs,
        "answer": sentence(made),
        "notes": notes(made),
        "first": _trace(made.first),
        "second": _trace(made.second),
        "other_path": made.other_path,
        "no_longer_reached": made.no_longer_reached,
        "reached_again": made.reached_again,
        "slower": made.slower,
        "lossier": made.lossier,
        "rtt_place": _place(made.delay_place),
        "loss_place": _place(made.loss_place),
        "hops": [_row(made, row) for row in made.rows],
    }


def _trace(trace: ComparedTrace) -> dict[str, object]:
    return {
        "label": trace.label,
        "target": trace.target,
        "address": trace.address or None,
        "source": trace.source or None,
        "protocol": trace.protocol or None,
        "reached": trace.reached,
        "probes_a_hop": trace.rounds,
        "started": None if trace.started_us is None else moment(trace.started_us),
        "ended": None if trace.ended_us is None else moment(trace.ended_us),
        "path_changes": trace.changes,
    }


def _row(made: Comparison, row: Row) -> dict[str, object]:
    return {
        "first": _hop(row.pair.first),
        "second": _hop(row.pair.second),
        "router": row.pair.kind,
        "what": row_words(made, row),
        "loss": None if row.loss is None else _loss(row, row.loss),
        "rtt": None if row.delay is None else _delay(row, row.delay),
    }


def _hop(hop: ComparedHop | None) -> dict[str, object] | None:
    if hop is None:
        return None
    return {
        "ttl": hop.ttl,
        "host": hop.host or None,
        "addresses": [address for address, _ in hop.addresses],
        "network": hop.network or None,
        "probes": hop.completed,
        "received": hop.received,
    }


def _loss(row: Row, loss: LossDifference) -> dict[str, object]:
    return {
        "first_lost": loss.first[0],
        "second_lost": loss.second[0],
        "points": 100 * loss.points,
        "independent_share": loss.independent,
        "p_value": loss.p_value,
        "p_adjusted": row.loss_p,
        "differs": row.loses_differently,
    }


def _delay(row: Row, delay: DelayDifference) -> dict[str, object]:
    return {
        "first_us": delay.first_us,
        "second_us": delay.second_us,
        "step_us": delay.step_us,
        "basis": delay.basis,
        "independent_share": delay.independent,
        "p_value": delay.p_value,
        "p_adjusted": row.delay_p,
        "differs": row.takes_differently,
    }


def _place(place: Place | None) -> dict[str, int] | None:
    return None if place is None else {"first_ttl": place.first_ttl, "last_ttl": place.last_ttl}
