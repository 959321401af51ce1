"""mtr's report: a table for people, and for the many scripts that read it.

The layout is mtr 0.95's, or a newer one's. Numbers are written from a fixed column on, over whatever of a name reaches
so far; a wide report moves that column beyond the longest name.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ...resolve.facts import AS_NUMBER, FACTS
from ...sanitize import document
from ..columns import columns, number_line, title_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ....probe.wire import Label
    from ...path.snapshot import Snapshot
    from ...sanitize import Document
    from ..context import Context

NUMBERS_COLUMN = 33
HOST = "HOST: "


def text_report(snapshot: Snapshot, context: Context) -> Document:
    """A trace as mtr prints it, from ``Start:`` to the last hop."""
    started_s = (snapshot.started_us + snapshot.clock_offset_us) / 1_000_000
    start = datetime.fromtimestamp(started_s, UTC).astimezone()
    lines = [f"Start: {start:%Y-%m-%dT%H:%M:%S%z}", *_lines(snapshot, context)]
    if context.settings.explain:
        from .explain import explanation

        lines += ["", *explanation(snapshot, context)]
    return document(lines)


def table(snapshot: Snapshot, context: Context) -> Document:
    """The same without its first line, as newer mtrs print it when its screen is left."""
    return document(_lines(snapshot, context))


def _lines(snapshot: Snapshot, context: Context) -> Iterator[str]:
    settings = context.settings
    chosen = columns(settings.fields, exact_loss=context.layout.exact_loss)
    addresses = [one.address for hop in snapshot.hops for one in hop.responders]
    widths = info_widths(addresses if settings.wide else (), context)
    info_width = len(info_text(None, context, widths))
    source = context.beginning(snapshot.target)
    # mtr cuts names at its column; where lanes are told apart by that line, it is not cut.
    named = snapshot.target.vantage or snapshot.target.kind is not None
    column = max(NUMBERS_COLUMN, len(HOST) + len(source)) if named else NUMBERS_COLUMN
    name_width = column
    head = f"{HOST}{source:<{name_width}}"
    if settings.wide:
        name_width = max([len(source), *(len(context.hop_host(hop)) for hop in snapshot.hops)])
        name_width += bool(info_width)
        head = f"{HOST}{source:<{name_width - bool(info_width) + info_width}}"
    at = None if settings.wide else column
    yield _over(head, at, title_line(chosen))
    for hop in snapshot.hops:
        lead = f"{hop.ttl:3d}. {info_text(hop.address, context, widths)}" if settings.ipinfo else f"{hop.ttl:3d}.|-- "
        yield _over(f"{lead}{context.hop_host(hop):<{name_width}}", at, number_line(chosen, hop))
        yield from _labels(hop.responders[hop.latest].labels if hop.latest >= 0 else (), context)
        yield from _interfaces(context.hop_interfaces(hop))
        for other in context.other_responders(hop):
            name = context.host(other.address)
            if settings.ipinfo:
                yield f"     {info_text(other.address, context, widths)}{name}"
            else:
                yield f"        {name:<{name_width}}"
            yield from _labels(other.labels, context)
            yield from _interfaces(context.interfaces(other))


def _over(line: str, at: int | None, numbers: str) -> str:
    """Numbers written over a line from a column on, or after its end."""
    return line[:at] + numbers if numbers else line


def info_widths(addresses: Iterable[str], context: Context) -> tuple[int, ...]:
    """How wide the chosen facts are: each as its kind, but wider than that of any of the addresses is long."""
    widths = []
    for fact in (FACTS[number] for number in context.settings.ipinfo):
        width = fact.width or len(fact.prefix) + context.layout.as_number_width
        widths.append(max([width, *(len(context.as_fact(address, fact.number)) + 1 for address in addresses)]))
    return tuple(widths)


def info_text(address: str | None, context: Context, widths: tuple[int, ...]) -> str:
    """The chosen facts of an address in columns of given widths, with a blank between two."""
    facts = zip(context.settings.ipinfo, widths, strict=True)
    made = " ".join(f"{_fitting(context.as_fact(address, number), number, width):<{width}}" for number, width in facts)
    return made if made.endswith(" ") or not made else made + " "  # one origin may be wider than its column, too


def _fitting(fact: str, number: int, width: int) -> str:
    """A fact, or of several origins that are wider than their column the first, and a sign that there are more."""
    if number == AS_NUMBER and "/" in fact and len(fact) >= width:
        return f"{fact.partition('/')[0]}+"
    return fact


def _labels(labels: tuple[Label, ...], context: Context) -> Iterator[str]:
    if context.settings.mpls:
        for label in labels:
            yield f"       [MPLS: Lbl {label.label} TC {label.tc} S {label.bottom} TTL {label.ttl}]"


def _interfaces(told: str) -> Iterator[str]:
    """A line of its own, as labels have: programs that read a report split a hop's line at its blanks."""
    if told:
        yield f"       [Interface: {told}]"
