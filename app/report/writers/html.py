"""A page that stands alone: the answer, the table, a graph of every hop with a slider, what changed, and the screen.

It loads nothing from anywhere and works from a file. Its Content-Security-Policy allows the one style sheet and the one
script that it brings, by their hashes, and pictures that stand in it (CSP Level 3, section 8.4). Names come from
routers and are hostile: what stands in the page is escaped, what the script needs is JSON in which ``<``, ``>``, ``&``,
U+2028 and U+2029 are escaped too, and the script puts texts in as texts.
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from importlib import resources
from typing import Any

from ....probe.version import VERSION
from ...insight.verdicts import verdicts
from ...protocols import PROTOCOLS
from ...resolve.facts import AS_NUMBER
from ...sanitize import composed, document_of
from ..columns import cell, columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...insight.assessment import Assessment
    from ...path.snapshot import Hop, Snapshot
    from ...sanitize import Document
    from ..context import Context

VALUES_MAX = 60_000  # RTTs of one trace in the page: 1,000 rounds of 12 hops are 12,000
SVG_HEADER = "data:image/svg+xml;base64,"
_ESCAPES = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}


def html_page(snapshots: Sequence[Snapshot], context: Context) -> Document:
    """All traces in one page."""
    style, script = (_resource(name) for name in ("page.css", "page.js"))
    sections: list[str] = []
    data: list[dict[str, object]] = []
    for index, snapshot in enumerate(snapshots):
        judged = verdicts(snapshot, context.owner, context.host)
        sections += _section(index, snapshot, judged, context)
        data.append(_data(snapshot, context))
    title = ", ".join(dict.fromkeys(one.target.called for one in snapshots))
    policy = f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{_text(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        *sections,
        *_picture(context),
        f'<p class="dim">Made by hopscope {VERSION}.</p>',
        f'<script type="application/json" id="data">{data_text(data)}</script>',
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return document_of("\n".join(parts))


def data_text(value: Any) -> str:
    """A value as JSON that may stand in a page: nothing in it ends an element or a line of script."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).translate(_ESCAPES)


def _resource(name: str) -> str:
    """A file of this folder, as it stands in the page."""
    text = (resources.files(__package__) / name).read_text(encoding="utf-8")
    return f"\n{text}"


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _text(text: str) -> str:
    """A text as content or attribute of an element."""
    return escape(composed(text))


def _section(index: int, snapshot: Snapshot, judged: Assessment, context: Context) -> Iterator[str]:
    target = snapshot.target
    address = "" if target.name == target.address else f" ({target.address})"
    yield f'<section id="trace-{index}">'
    yield f"<h1>{_text(f'{context.beginning(target)} to {target.name}{address}')}</h1>"
    yield f'<p class="answer {judged.severity or "dim"}">{_text(judged.sentence or "Nothing was measured.")}</p>'
    yield f'<p class="dim">{_text(_how(snapshot))}</p>'
    if context.note:
        yield f"<p>Note: {_text(context.note)}</p>"
    if judged.verdicts:
        yield "<h2>Why</h2>"
        yield "<ul>"
        for one in judged.verdicts:
            reasons = "".join(f'<br><span class="dim">{_text(reason)}</span>' for reason in one.reasons)
            yield f'<li class="{one.severity or "dim"}">{_text(one.sentence)}{reasons}</li>'
        yield "</ul>"
    yield "<h2>Hops</h2>"
    yield from _table(snapshot, context)
    yield from _graph(snapshot)
    yield from _log(snapshot)
    yield "</section>"


def _how(snapshot: Snapshot) -> str:
    settings, port = snapshot.settings, snapshot.target.port_by(snapshot.settings)
    begin, end = (_moment(snapshot, at) for at in (snapshot.started_us, snapshot.time_us))
    protocol = f"{PROTOCOLS[settings.protocol].title}{f' port {port}' if port else ''}, {settings.size_bytes} bytes"
    rounds = f"{snapshot.rounds} round{'s' * (snapshot.rounds != 1)} of {settings.interval_us / 1_000_000:g} s"
    return f"{begin:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S} UTC, {protocol}, {rounds}"


def _moment(snapshot: Snapshot, time_us: int) -> datetime:
    return datetime.fromtimestamp((time_us + snapshot.clock_offset_us) / 1_000_000, UTC)


def _table(snapshot: Snapshot, context: Context) -> Iterator[str]:
    chosen = [one for one in columns(context.settings.fields, exact_loss=context.layout.exact_loss) if one.title]
    heads = ["Hop", "Host", "Network", *(one.title for one in chosen)]
    head = "".join(f"<th>{_text(one)}</th>" for one in heads)
    yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
    for index, hop in enumerate(snapshot.hops):
        cells = [str(hop.ttl), _host(hop, context), _network(hop, context)]
        cells += [cell(one, hop).strip() for one in chosen]
        made = "".join(f"<td>{_text(one)}</td>" for one in cells)
        yield f'<tr data-hop="{index}" tabindex="0">{made}</tr>'
    yield "</tbody></table></div>"
    if not snapshot.hops:
        yield "<p>No hop answered.</p>"


def _host(hop: Hop, context: Context) -> str:
    others = [context.host(one.address) for one in context.other_responders(hop)]
    return ", ".join([context.hop_host(hop), *others])


def _network(hop: Hop, context: Context) -> str:
    number = context.fact(hop.address, AS_NUMBER) if hop.address is not None else None
    return f"AS{number}" if number else ""


def _graph(snapshot: Snapshot) -> Iterator[str]:
    shown, known = _rounds(snapshot), len(snapshot.hops[0].rtts_us) if snapshot.hops else 0
    yield "<h2>RTT and loss by round</h2>"
    part = f" The latest {shown:,} of {known:,} rounds are in this page." if shown < known else ""
    yield f'<p class="dim">A click on a hop above shows it here; red: lost, violet: a change.{part}</p>'
    yield '<div class="controls"><label>From <input class="from" type="range" min="0" max="100" value="100"></label>'
    yield '<label>Width <input class="width" type="range" min="1" max="100" value="100"></label></div>'
    yield '<canvas></canvas><p class="told"></p>'


def _log(snapshot: Snapshot) -> Iterator[str]:
    told = [one for one in snapshot.log_entries if one.text]
    if not told:
        return
    yield "<h2>Log</h2>"
    yield "<ul>"
    for one in told:
        yield f"<li>{_moment(snapshot, one.time_us):%Y-%m-%d %H:%M:%S} UTC: {_text(one.text)}</li>"
    yield "</ul>"


def _rounds(snapshot: Snapshot) -> int:
    """How many rounds are in the page, the latest ones."""
    known = len(snapshot.hops[0].rtts_us) if snapshot.hops else 0
    return min(known, VALUES_MAX // max(1, len(snapshot.hops)))


def _data(snapshot: Snapshot, context: Context) -> dict[str, object]:
    rounds = _rounds(snapshot)
    first = snapshot.last_round + 1 - rounds
    return {
        "ended_ms": (snapshot.time_us + snapshot.clock_offset_us) // 1000,
        "interval_ms": snapshot.settings.interval_us / 1000,
        "rounds": rounds,
        "hops": [
            {
                "ttl": hop.ttl,
                "host": composed(_host(hop, context)),
                "rtts": list(hop.rtts_us[len(hop.rtts_us) - rounds :]),
            }
            for hop in snapshot.hops
        ],
        "events": [
            [one.round - first, composed(one.text)]
            for one in snapshot.log_entries
            if one.text and one.round >= first and one.kind not in {"start", "finished"}
        ],
    }


def _picture(context: Context) -> Iterator[str]:
    if context.picture:
        yield "<h2>The screen</h2>"
        made = b64encode(context.picture.encode()).decode()
        yield f'<img alt="The screen of hopscope at that moment" src="{SVG_HEADER}{made}">'
