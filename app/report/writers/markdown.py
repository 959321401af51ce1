"""A table in Markdown (GitHub's tables extension), to paste into a ticket."""

from __future__ import annotations

from datetime import UTC, datetime

from ...insight.lanes.together import about_lanes, by_target
from ...insight.verdicts import verdicts
from ...protocols import PROTOCOLS
from ...resolve.facts import FACTS
from ...sanitize import composed, document
from ..columns import cell, columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Hop, Snapshot
    from ...sanitize import Document, Text
    from ..context import Context

SPECIAL = "\\`*_[]<>|~&"


def markdown_report(snapshot: Snapshot, context: Context) -> Document:
    """A heading that says what was traced, when and how, a table of the hops, and what it means."""
    chosen = [
        column for column in columns(context.settings.fields, exact_loss=context.layout.exact_loss) if column.title
    ]
    info = context.settings.ipinfo
    heads = [
        "Hop",
        "Host",
        *(FACTS[number].title for number in info),
    ]
    rules = ["--:", "---", *("---" for _ in info), *("--:" for _ in chosen)]
    lines = [
        _heading(snapshot, context),
        "",
        row([*heads, *(column.title for column in chosen)]),
        row(rules),
    ]
    for hop in snapshot.hops:
        facts = [escaped(context.as_fact(hop.address, kind)) for kind in info]
        lines.append(row([str(hop.ttl), _host(hop, context), *facts, *(cell(one, hop).strip() for one in chosen)]))
    if not snapshot.hops:
        lines.append("No hop answered." if snapshot.rounds else "Nothing was measured.")
    shared = [str(hop.ttl) for hop in snapshot.hops if hop.shared]
    if shared:
        lines += ["", f"Probed once for several targets: hop {', '.join(shared)}."]
    judged = verdicts(snapshot, context.owner, context.host)
    if judged.sentence:
        lines += ["", escaped(composed(judged.sentence))]
    if judged.verdicts:
        lines += ["", *(f"- {escaped(composed(one.sentence))}" for one in judged.verdicts)]
    return document([*lines, ""])


def side_by_side_markdown(snapshots: Sequence[Snapshot], context: Context) -> Document:
    """What the lanes of each target say together, a paragraph a target; nothing where that is nothing."""
    judged = ((one, verdicts(one, context.owner, context.host)) for one in snapshots)
    lines: list[str] = []
    for name, traces in by_target(judged).items():
        together = about_lanes(traces, context.owner, context.host)
        if together is not None:
            lines += [f"**{escaped(name)}**: {escaped(composed(together.sentence))}", ""]
    return document(lines)


def _heading(snapshot: Snapshot, context: Context) -> str:
    settings, target = snapshot.settings, snapshot.target
    address = "" if target.name == target.address else f" ({target.address})"
    port = target.port_by(settings)
    packets = f"{PROTOCOLS[settings.protocol].title}{f' port {port}' if port else ''}, {settings.size_bytes} bytes"
    start = datetime.fromtimestamp((snapshot.started_us + snapshot.clock_offset_us) / 1_000_000, UTC).astimezone()
    rounds = f"{snapshot.rounds} round{'s' * (snapshot.rounds != 1)}"
    between = f"{escaped(context.source(target))} to {escaped(target.name)}{escaped(composed(address))}"
    if target.kind is not None and target.kind.version:
        packets += f", IPv{target.version}"
    return (
        f"**{between}**, {packets}, {rounds}"
        f" of {settings.interval_us / 1_000_000:g} s from {start:%Y-%m-%d %H:%M:%S %z}"
    )


def _host(hop: Hop, context: Context) -> str:
    """All that is to be said in the cell of the host: its name, other addresses, interfaces, labels."""
    others = ((context.host(one.address), context.interfaces(one)) for one in context.other_responders(hop))
    parts: list[str] = []
    for host, interfaces in [(context.hop_host(hop), context.hop_interfaces(hop)), *others]:
        parts += [escaped(host), *([f"Interface: {escaped(interfaces)}"] if interfaces else [])]
    if context.settings.mpls:
        for responder in hop.responders:
            parts += [f"MPLS {one.label} TC {one.tc} S {one.bottom} TTL {one.ttl}" for one in responder.labels]
    return "<br>".join(parts)


def row(cells: list[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def escaped(text: Text) -> str:
    """Text with every character escaped that would format something."""
    return "".join(f"\\{character}" if character in SPECIAL else character for character in text)
