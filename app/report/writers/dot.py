"""All paths that were seen, as a graph for Graphviz (the DOT language).

A node is an address at a hop. An edge joins what one flow met at neighbouring hops, with its share of the flows that
leave a node, and as a comment the flows themselves. It is dashed where hops without an answer lie between, and dotted
where probes had flows of their own, so that the link from one to the other is a guess.
"""

from __future__ import annotations

from collections import Counter

from ...path.flow_map import flow_map
from ...path.interfaces import whole
from ...protocols import ICMP
from ...sanitize import composed, document
from ...trace.enumeration import CONFIDENCE_PERCENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...path.flow_map import HopFlows, Link
    from ...path.snapshot import Snapshot
    from ...sanitize import Document, Text
    from ..context import Context

    Node = tuple[int, str]

SOURCE = (0, "")


def dot_report(snapshots: Sequence[Snapshot], context: Context) -> Document:
    """A directed graph from each vantage point to all the targets; routers that they share are drawn once."""
    by_source: dict[Text, list[Snapshot]] = {}
    for snapshot in snapshots:
        by_source.setdefault(context.source(snapshot.target), []).append(snapshot)
    lines = [line for source, traced in by_source.items() for line in _graph(source, traced, context)]
    return document(lines)


def _graph(source: Text, snapshots: Sequence[Snapshot], context: Context) -> list[str]:
    maps = [flow_map(snapshot) for snapshot in snapshots]
    names = ", ".join(snapshot.target.called for snapshot in snapshots)
    summary = [composed(_summary(one, each.hops)) for one, each in zip(snapshots, maps, strict=True)]
    lines = [
        f"digraph {_quoted(composed(f'{source} to {names}'))} {{",
        "  rankdir=LR;",
        f"  label={_quoted(*summary)};",
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        f"  {_id(SOURCE)} [label={_quoted(source)}, shape=ellipse];",
    ]
    targets = {snapshot.target.address for snapshot in snapshots}
    told = {
        (hop.ttl, one.address): [composed(whole(each, ", ")) for each in one.interfaces]
        for snapshot in snapshots
        for hop in snapshot.hops
        for one in hop.responders
        if context.settings.interfaces
    }
    nodes = sorted({(node.ttl, node.address) for one in maps for node in one.nodes})
    for ttl, address in nodes:
        name = context.name(address)
        label = [composed(f"{ttl}  {address}"), *([name] if name and name != address else [])]
        label += told.get((ttl, address), ())
        shape = ", shape=doubleoctagon" if address in targets else ""
        lines.append(f"  {_id((ttl, address))} [label={_quoted(*label)}{shape}];")
    for ttl in sorted({ttl for ttl, _ in nodes}):
        same = "; ".join(_id(node) for node in nodes if node[0] == ttl)
        lines.append(f"  {{ rank=same; {same}; }}")
    lines += _edges([link for one in maps for link in one.links])
    return [*lines, "}"]


def _edges(links: Sequence[Link]) -> list[str]:
    """A line for each pair of nodes, whatever number of targets lie beyond."""
    by_pair: dict[tuple[Node, Node], list[Link]] = {}
    leaving: Counter[Node] = Counter()
    for link in links:
        begin = (link.first_ttl, link.first)
        by_pair.setdefault((begin, (link.last_ttl, link.last)), []).append(link)
        leaving[begin] += link.paths
    lines = []
    for (begin, end), same in sorted(by_pair.items()):
        attributes = [f'label="{100 * sum(link.paths for link in same) / leaving[begin]:.0f} %"']
        if same[0].is_gap:
            attributes.append("style=dashed")
        elif not any(link.certain for link in same):
            attributes.append("style=dotted")
        flows = [f"flows {' '.join(map(str, link.flows))}" for link in same if link.flows]
        if flows:
            attributes.append(f'comment="{"; ".join(flows)}"')
        lines.append(f"  {_id(begin)} -> {_id(end)} [{', '.join(attributes)}];")
    return lines


def _summary(snapshot: Snapshot, hops: Iterable[HopFlows]) -> str:
    """How much of the paths is known."""
    flows = len({flow for hop in hops for flow in hop.by_flow})
    what = f"{flows} flow{'s' * (flows != 1)}" if flows else "each probe in its own flow"
    wide = [hop for hop in hops if hop.found]
    if flows == 1:
        known = "other flows may take other paths"
    elif all(hop.complete for hop in wide):
        known = f"all addresses found ({CONFIDENCE_PERCENT} % confidence)"
        if snapshot.settings.protocol == ICMP.name and all(hop.found == 1 for hop in wide):
            known += " for ICMP; -u or -T may find further routers"
    else:
        unsure = [str(hop.ttl) for hop in wide if not hop.complete]
        known = f"there may be more at hop{'s' * (len(unsure) > 1)} {', '.join(unsure)}"
    return f"{snapshot.target.called}: {what}; {known}"


def _id(node: Node) -> str:
    return _quoted(composed(f"{node[0]} {node[1]}" if node != SOURCE else "source"))


def _quoted(*lines: Text) -> str:
    """A quoted string of the DOT language, of one or several lines."""
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'
