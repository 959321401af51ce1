"""All paths that were seen, as a graph for Graphviz (the DOT language).

A round is one flow, or one probe a hop: what answered at neighbouring hops in the same round is joined by an edge,
with the share of the rounds that took it. Hops without an answer in between make the edge dashed.
"""

from __future__ import annotations

from collections import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..path.snapshot import Snapshot
    from .context import Context

Node = tuple[int, str]


def dot_report(snapshot: Snapshot, context: Context) -> str:
    """A directed graph, from the local host to the target."""
    edges, visits = _walk(snapshot)
    lines = [
        f"digraph {_quoted(f'{context.local_host} to {snapshot.target.name}')} {{",
        "  rankdir=LR;",
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        f"  {_id((0, ''))} [label={_quoted(context.local_host)}, shape=ellipse];",
    ]
    for ttl, address in sorted(visits):
        name = context.name(address)
        label = f"{ttl}  {address}" + (f"\n{name}" if name else "")
        shape = ", shape=doubleoctagon" if address == snapshot.target.address else ""
        lines.append(f"  {_id((ttl, address))} [label={_quoted(label)}{shape}];")
    for ttl in sorted({ttl for ttl, _ in visits}):
        same = "; ".join(_id(node) for node in sorted(visits) if node[0] == ttl)
        lines.append(f"  {{ rank=same; {same}; }}")
    totals: Counter[Node] = Counter()
    for (begin, _), count in edges.items():
        totals[begin] += count
    for (begin, end), count in sorted(edges.items()):
        share = f"{100 * count / totals[begin]:.0f} %"
        style = ", style=dashed" if end[0] - begin[0] > 1 else ""
        lines.append(f"  {_id(begin)} -> {_id(end)} [label={_quoted(share)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _walk(snapshot: Snapshot) -> tuple[Counter[tuple[Node, Node]], Counter[Node]]:
    """How often each way from one answering hop to the next was taken, and each hop visited."""
    edges: Counter[tuple[Node, Node]] = Counter()
    visits: Counter[Node] = Counter()
    rounds = zip(*(hop.answered_by.tolist() for hop in snapshot.hops), strict=True)
    for answers in rounds:
        here: Node = (0, "")
        for hop, responder in zip(snapshot.hops, answers, strict=True):
            if responder < 0:
                continue
            there = (hop.ttl, hop.responders[responder].address)
            edges[here, there] += 1
            visits[there] += 1
            here = there
    return edges, visits


def _id(node: Node) -> str:
    return _quoted(f"{node[0]} {node[1]}" if node[0] else "source")


def _quoted(text: str) -> str:
    """A quoted string of the DOT language; a line feed stays what it is there."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
