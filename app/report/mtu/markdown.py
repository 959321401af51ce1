"""The path MTU as a table in Markdown, to paste into a ticket."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ...insight.subjects.mtu import about_mtu, mtu_advice, mtu_answer
from ...protocols import PROTOCOLS
from ...sanitize import composed, document
from ..writers.markdown import escaped, row
from .text import fall_text, mtu_word

if TYPE_CHECKING:
    from ...path.snapshot import Snapshot
    from ...sanitize import Document
    from ...trace.mtu.path_mtu import PathMtu
    from ..context import Context


def mtu_markdown(result: PathMtu, snapshot: Snapshot, context: Context) -> Document:
    """A heading that says what was measured and when, the hops, and what follows."""
    target = result.target
    address = "" if target.name == target.address else f" ({target.address})"
    start = datetime.fromtimestamp((snapshot.started_us + snapshot.clock_offset_us) / 1_000_000, UTC).astimezone()
    when = f"{PROTOCOLS[result.protocol].title}, {start:%Y-%m-%d %H:%M:%S %z}"
    title = f"Path MTU from {escaped(context.source(target))} to {escaped(target.name)}{escaped(composed(address))}"
    lines = [
        f"**{title}**, {when}",
        "",
        row(["Hop", "Host", "MTU", "Forward path"]),
        row(["--:", "---", "--:", "---"]),
    ]
    for hop in result.hops:
        falls = [composed(fall_text(fall, context)) for fall in result.falls if fall.ttl == hop.ttl]
        cells = [str(hop.ttl), escaped(context.host(hop.address)), mtu_word(hop), "<br>".join(map(escaped, falls))]
        lines.append(row(cells))
    lines += ["", escaped(composed(mtu_answer(result)))]
    advice = mtu_advice(result)
    if advice:
        lines += ["", escaped(composed(advice))]
    found = about_mtu(result, context.host)
    if found:
        lines += ["", *(f"- {escaped(composed(verdict.sentence))}" for verdict in found)]
    return document([*lines, ""])
