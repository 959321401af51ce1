"""mtr's CSV: a heading and a line a hop, quoted where RFC 4180 asks for it.

The column of the blank field has no title and holds the number of lost probes; in the layout that follows 0.96 it is
empty. A trace without any answer prints nothing, not even the heading. Where routers say which of their interfaces
probes came in by (RFC 5837), a last column beyond mtr's has that.
"""

from __future__ import annotations

from ...resolve.facts import AS_NUMBER
from ...sanitize import NO_DOCUMENT, composed, document
from ..columns import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...path.columns import Column
    from ...path.snapshot import Hop, Snapshot
    from ...sanitize import Document, Text
    from ..context import Context

FORMULA_STARTS = ("=", "+", "-", "@")  # a spreadsheet would calculate


def csv_report(snapshot: Snapshot, context: Context) -> Document:
    """A trace as lines of comma separated values, all with the time of its end."""
    if not snapshot.hops:
        return NO_DOCUMENT
    layout = context.layout
    with_as_number = AS_NUMBER in context.settings.ipinfo
    chosen = columns(context.settings.fields, exact_loss=layout.exact_loss)
    heads = ["Mtr_Version", "Start_Time", "Status", "Host", "Hop", "Ip", *(["Asn"] if with_as_number else [])]
    heads += [column.title or " " for column in chosen]
    with_interfaces = any(interfaces for hop in snapshot.hops for _, _, interfaces in _hosts(hop, context))
    source = [_text(context.source(snapshot.target))] if snapshot.target.vantage else []
    kind = snapshot.target.kind
    lane = [_text(composed(kind.words))] if kind is not None else []
    own = ["Interface"] * with_interfaces + ["Vantage"] * len(source) + ["Lane"] * len(lane)
    heads += own or [""] * layout.drops_in_csv
    lines = [",".join(heads)]
    ended_s = (snapshot.time_us + snapshot.clock_offset_us) // 1_000_000
    for hop in snapshot.hops:
        numbers = [_number(column, hop, drops=layout.drops_in_csv) for column in chosen]
        for address, host, interfaces in _hosts(hop, context):
            fields = [f"MTR.{layout.version}", str(ended_s), "OK", _text(snapshot.target.name), str(hop.ttl)]
            fields.append(_text(host))
            if with_as_number:
                fields.append(_text(context.as_fact(address, AS_NUMBER)))
            own = [_text(interfaces)] * with_interfaces + source + lane
            lines.append(",".join([*fields, *numbers, *own]))
    return document(lines)


def _hosts(hop: Hop, context: Context) -> Iterator[tuple[str | None, Text, Text]]:
    """The address of a hop, and in a wide report its other ones too, each with what it is called and its interfaces."""
    yield hop.address, context.hop_host(hop), context.hop_interfaces(hop)
    if context.settings.wide:
        for other in context.other_responders(hop):
            yield other.address, context.host(other.address), context.interfaces(other)


def _number(column: Column, hop: Hop, *, drops: bool) -> str:
    value = column.value(hop)
    if column.kind == "blank":
        return str(value) if drops else ""
    return str(value) if column.kind == "count" else f"{value / 1000:.2f}"


def _text(text: Text) -> str:
    """A field for text: never a formula, quoted where it holds a comma, a quote or a line end."""
    shown = f"'{text}" if text.startswith(FORMULA_STARTS) else text
    return '"' + shown.replace('"', '""') + '"' if "," in shown or '"' in shown else shown
