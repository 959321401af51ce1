"""mtr's XML: one document a target, hops as ``HUB`` elements (XML 1.0, escaped by section 2.4)."""

from __future__ import annotations

from ...sanitize import composed, document
from ..columns import cell, columns
from ..packet_words import bit_pattern, packet_size, tests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...path.snapshot import Hop, Snapshot
    from ...sanitize import Document, Text
    from ..context import Context
    from ..layouts import Layout

ENCODING = ' encoding="UTF-8" standalone="yes"'


def xml_report(snapshot: Snapshot, context: Context) -> Document:
    """A trace as one XML document."""
    layout = context.layout
    settings = snapshot.settings
    lines = [f'<?xml version="1.0"{ENCODING * layout.trimmed_xml}?>']
    attributes: tuple[tuple[str, Text], ...] = (
        ("SRC", context.source(snapshot.target)),
        ("DST", snapshot.target.name),
        ("TOS", composed(f"0x{settings.tos:X}")),
        ("PSIZE", composed(packet_size(settings))),
        ("BITPATTERN", composed(bit_pattern(settings))),
        ("TESTS", composed(str(tests(snapshot)))),
    )
    if snapshot.target.kind is not None:
        attributes += (("LANE", composed(snapshot.target.kind.words)),)
    head = " ".join(f'{name}="{_escaped(value)}"' for name, value in attributes)
    lines.append(f"<MTR {head}>")
    for hop in snapshot.hops:
        lines += _hub(hop, context, layout)
    lines.append("</MTR>")
    return document(lines)


def _hub(hop: Hop, context: Context, layout: Layout) -> Iterator[str]:
    identity = f'COUNT="{hop.ttl}" HOST="{_escaped(context.hop_host(hop))}"'
    if layout.named_xml and hop.address is not None:
        identity += f' ADDR="{_escaped(composed(hop.address))}"'
        name = context.name(hop.address)
        if name is not None:
            identity += f' HOSTNAME="{_escaped(name)}"'
    interfaces = context.hop_interfaces(hop)
    if interfaces:
        identity += f' INTERFACE="{_escaped(interfaces)}"'
    yield f"    <HUB {identity}>"
    for column in columns(context.settings.fields, exact_loss=layout.exact_loss):
        if column.title:
            element = column.title.rstrip("%")
            value = cell(column, hop)
            yield f"        <{element}>{value.strip() if layout.trimmed_xml else value}</{element}>"
    yield "    </HUB>"


def _escaped(text: Text) -> str:
    made: str = text
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        made = made.replace(character, entity)
    return made
