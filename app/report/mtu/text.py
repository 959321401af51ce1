"""The path MTU as text: a row a hop as in a report, a line where it falls, and what follows from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ...insight.subjects.mtu import about_mtu, mtu_advice, mtu_answer
from ...sanitize import document
from ..writers.explain import wrapped
from ..writers.text import NUMBERS_COLUMN, info_text, info_widths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...path.snapshot import Snapshot
    from ...sanitize import Document
    from ...trace.mtu.path_mtu import Fall, HopMtu, PathMtu
    from ..context import Context

NUMBER_WIDTH = 7


def mtu_text(result: PathMtu, snapshot: Snapshot, context: Context) -> Document:
    """The whole of one target."""
    started_s = (snapshot.started_us + snapshot.clock_offset_us) / 1_000_000
    start = datetime.fromtimestamp(started_s, UTC).astimezone()
    lines = [f"Start: {start:%Y-%m-%dT%H:%M:%S%z}", *_rows(result, context), ""]
    lines += wrapped(mtu_answer(result), "")
    advice = mtu_advice(result)
    if advice:
        lines += wrapped(advice, "")
    if context.settings.explain:
        for verdict in about_mtu(result, context.host):
            lines += wrapped(f"- {verdict.sentence}", "  ")
            for text in (*verdict.reasons, verdict.settle):
                lines += wrapped(f"  {text}", "  ") if text else []
    return document(lines)


def _rows(result: PathMtu, context: Context) -> Iterator[str]:
    addresses = [hop.address for hop in result.hops if hop.address]
    widths = info_widths(addresses if context.settings.wide else (), context)
    info = len(info_text(None, context, widths))
    width = NUMBERS_COLUMN
    if result.target.vantage:  # lanes are told apart by that line
        width = max(width, len(f"HOST: {context.source(result.target)}"))
    if context.settings.wide:
        names = [context.source(result.target), *(context.host(hop.address) for hop in result.hops)]
        width = max(map(len, names)) + 8 + info
    yield f"{f'HOST: {context.source(result.target)}':<{width}}"[:width] + f"{'MTU':>{NUMBER_WIDTH}}"
    for hop in result.hops:
        for fall in result.falls:
            if fall.ttl == hop.ttl:
                yield f"        v {fall_text(fall, context)}"
        lead = f"{hop.ttl:3d}. {info_text(hop.address, context, widths)}" if info else f"{hop.ttl:3d}.|-- "
        yield f"{lead + context.host(hop.address):<{width}}"[:width] + f"{mtu_word(hop):>{NUMBER_WIDTH}}"
    for fall in result.falls:
        if not fall.ttl:
            yield f"        v {fall_text(fall, context)}"


def mtu_word(hop: HopMtu) -> str:
    """The path MTU of a hop, or a question mark."""
    return "?" if hop.mtu is None else str(hop.mtu)


def fall_text(fall: Fall, context: Context) -> str:
    """Where the path MTU falls: to what, and who says so."""
    if fall.cause == "black-hole":
        return f"{fall.smaller}: larger packets vanish, and no router reports it (black hole)"
    words = "packet too big" if fall.icmp_type == 2 else "fragmentation needed"
    who = context.host(fall.reporter)
    if fall.cause == "reported":
        return f"{fall.smaller}: {who} says {words}, next-hop MTU {fall.said}"
    given = "without a size" if fall.said is None else f"next-hop MTU {fall.said}, which is not so"
    return f"{fall.smaller or '?'}: {who} says {words}, {given}"
