"""The merged path: from the snapshots of several lanes to one target to a graph with words at its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ....widgets import numbers
from ....widgets.ink import SEVERITY_INKS, Ink
from ....widgets.line import ACCENT, MUTED, TEXT
from ....widgets.merge_layout import Graph, rows
from ....widgets.merged_path import MergedPicture, NodeText, columns
from ...path import merged_path
from ...path.columns import COLUMNS
from ...path.last_result import kept
from ...resolve.facts import AS_NUMBER, FACTS
from . import hop_marks, table, verdict
from .lane_names import lane_names, letter, letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...insight.assessment import Assessment
    from ...path.merged_path import MergedNode, MergedPath
    from ...path.snapshot import Hop, Snapshot
    from ..judge import Assess
    from .view_input import ViewInput

NAMED_MAX = 3  # lanes that are told one by one
BAD = Ink("bad", bold=True)
_merged = kept(places=8)(merged_path.merged)


class Lanes(NamedTuple):
    """The lanes to one target, and the graph that they make."""

    indices: tuple[int, ...]  # of the lanes among all
    snapshots: tuple[Snapshot, ...]  # their traces
    names: tuple[str, ...]  # what tells them apart
    graph: MergedPath  # lanes in it are numbered as here


def lanes_to(snapshots: Sequence[Snapshot], target: int, look: table.Look) -> Lanes:
    """The lanes that lead to the target of one of them."""
    wanted = snapshots[target].target.name
    indices = tuple(at for at, one in enumerate(snapshots) if one.target.name == wanted)
    mine = tuple(snapshots[at] for at in indices)
    stops = tuple(merged_path.stops_of(one) for one in mine)
    addresses = {address for lane in stops for stop in lane for address in stop.addresses}
    networks = {address: name for address in sorted(addresses) if (name := _network(address, look))}
    return Lanes(indices, mine, tuple(lane_names(mine)), _merged(wanted, stops, networks))


def _network(address: str, look: table.Look) -> str:
    """An AS by its number, where networks are looked up."""
    origin = look.origin(address)
    number = origin.fact(AS_NUMBER) if origin is not None else None
    return FACTS[AS_NUMBER].prefix + number if number else ""


def step(lanes: Lanes, lane: int, ttl: int, steps: int) -> int:
    """The hop of the node that lies so many nodes farther along the path of a lane than that of a hop; 0: none."""
    numbered = [node.ttls(lane) for one in lanes.graph.paths[lane] if (node := lanes.graph.nodes[one]).ttls(lane)]
    if not numbered:
        return 0
    now = next((at for at, ttls in enumerate(numbered) if ttl in ttls), -1 if steps > 0 else len(numbered))
    return numbered[max(0, min(len(numbered) - 1, now + steps))].start


def picture(lanes: Lanes, assess: Assess, view: ViewInput) -> MergedPicture:
    """The graph with what is said of its nodes."""
    judged = [assess(one) for one in lanes.snapshots]
    losing = _losing(lanes, judged)
    nodes = tuple(_node(lanes, at, judged, losing, view) for at in range(len(lanes.graph.nodes)))
    graph = _graph(lanes, frozenset((lane, place) for lane, places in enumerate(losing) for place in places))
    mine = lanes.indices.index(view.target)
    chosen = lanes.graph.at(mine, view.selected) if view.selected else None
    return MergedPicture(graph, nodes, -1 if chosen is None else chosen)


def _graph(lanes: Lanes, losing: frozenset[tuple[int, int]] = frozenset()) -> Graph:
    nodes = lanes.graph.nodes
    apart = frozenset(at for at, node in enumerate(nodes) if node.kind == "network")
    return Graph(tuple(node.lanes for node in nodes), lanes.graph.paths, apart, losing)


def _losing(lanes: Lanes, judged: Sequence[Assessment]) -> list[list[int]]:
    """Of each lane the places in its path whose loss traffic feels, and those between them."""
    made = []
    for lane, path in enumerate(lanes.graph.paths):
        bad = {one.ttl for one in judged[lane].hops if one.loss == "path"}
        places = [at for at, node in enumerate(path) if bad.intersection(lanes.graph.nodes[node].ttls(lane))]
        made.append(list(range(places[0], places[-1] + 1)) if places else [])
    return made


def _node(
    lanes: Lanes, at: int, judged: Sequence[Assessment], losing: Sequence[Sequence[int]], view: ViewInput
) -> NodeText:
    node = lanes.graph.nodes[at]
    first = node.visits[0]
    whose = letters(node.lanes) if len(node.lanes) > 1 else ""
    made = NodeText((lanes.indices[first.lane], first.first_ttl), _number(node), "", lanes=whose)
    if node.kind == "source":
        lane = lanes.snapshots[first.lane]
        mark = verdict.answer(lane, judged[first.lane]).severity
        sign, ink = (mark, Ink(SEVERITY_INKS[mark])) if mark in {"fault", "warning"} else ("stop", Ink("accent"))
        made = made._replace(
            lanes=letter(first.lane),
            host=lanes.names[first.lane],
            ink=Ink("strong", bold=True),
            sign=sign,
            sign_ink=ink,
        )
        return made._replace(sign="gap", sign_ink=MUTED, aside="link lost") if lane.link_lost is not None else made
    if node.kind == "network":
        return made._replace(host=f"{node.network}, by different routers", ink=MUTED)
    if node.kind == "silent":
        return made._replace(host=_silence(lanes, node), ink=MUTED, sign="gap", sign_ink=MUTED)
    hops = list(_hops(lanes, node))
    made = _with_figures(made, hops, judged, decimals=2 if view.look.lan else 1)
    begins = [lane for lane in node.lanes if losing[lane] and lanes.graph.paths[lane][losing[lane][0]] == at]
    if begins:
        made = made._replace(sign="fault", sign_ink=BAD, words=_begins(lanes, begins))
    if node.kind == "target":
        return _target(made, lanes, node)
    marked = any(
        hop.ttl in hop_marks.changed_ttls(lanes.snapshots[lane], lanes.snapshots[lane].time_us) for lane, hop in hops
    )
    if marked and not begins:
        made = made._replace(sign="changed", sign_ink=Ink("change"))
    more = f"+{len(node.addresses) - 1}" if len(node.addresses) > 1 else ""
    network = table.network(node.addresses[0], view.look)
    aside = "  ".join(part for part in (more, network if network != "-" else "") if part)
    return made._replace(host=table.label(node.addresses[0], view.look), aside=aside)


def _number(node: MergedNode) -> str:
    """The numbers of a node's hops in its lanes: ``4``, ``4/5``, ``4-7`` for many, ``3-5`` for silent ones."""
    spans = [
        str(one.first_ttl) + ("+" if not one.last_ttl else f"-{one.last_ttl}" if one.last_ttl > one.first_ttl else "")
        for one in node.visits
        if one.first_ttl
    ]
    if len(set(spans)) < 2:
        return spans[0] if spans else ""
    if len(spans) <= NAMED_MAX and len("/".join(spans)) <= 7:
        return "/".join(spans)
    ttls = [one.first_ttl for one in node.visits if one.first_ttl]
    ends = [max(one.first_ttl, one.last_ttl) for one in node.visits if one.first_ttl]
    return f"{min(ttls)}-{max(ends)}"


def _silence(lanes: Lanes, node: MergedNode) -> str:
    visit = node.visits[0]
    snapshot = lanes.snapshots[visit.lane]
    if visit.last_ttl:
        return "no reply"
    if not any(hop.received for hop in snapshot.hops):
        return "waiting for reply" if snapshot.state in {"starting", "running"} else "not measured"
    return "no reply from here on"


def _hops(lanes: Lanes, node: MergedNode) -> Iterator[tuple[int, Hop]]:
    """The hop of each lane at a node."""
    for visit in node.visits:
        hop = next((one for one in lanes.snapshots[visit.lane].hops if one.ttl == visit.first_ttl), None)
        if hop is not None:
            yield visit.lane, hop


def _with_figures(
    made: NodeText, hops: Sequence[tuple[int, Hop]], judged: Sequence[Assessment], *, decimals: int
) -> NodeText:
    """Loss and mean RTT of each lane at a node: side by side, or as a range."""
    asked = [(lane, hop) for lane, hop in hops if hop.completed]
    if not asked:
        return made
    shares = sorted((1 - hop.received / hop.completed, numbers.loss(hop.received, hop.completed)) for _, hop in asked)
    least, most = shares[0][1].strip(), shares[-1][1].strip()
    felt = any(judged[lane].hop(hop.ttl).loss == "path" for lane, hop in asked)
    averages_us = [COLUMNS["A"].value(hop) for _, hop in asked if hop.received]
    each = [numbers.milliseconds(one, decimals).strip() for one in averages_us]
    ends = [
        numbers.milliseconds(one, decimals).strip()
        for one in (min(averages_us, default=0), max(averages_us, default=0))
    ]
    times: tuple[str, ...] = ("-".join(dict.fromkeys(ends)),) if each else ()
    if 1 < len(each) <= NAMED_MAX:
        times = (" / ".join(each), *times)
    return made._replace(loss="-".join(dict.fromkeys((least, most))), loss_ink=BAD if felt else MUTED, times=times)


def _begins(lanes: Lanes, losing: Sequence[int]) -> tuple[str, ...]:
    """Who loses from a node on, in several lengths."""
    total = len(lanes.names)
    if total == 1:
        return ("loss from here on",)
    if len(losing) == 1:
        return f"{lanes.names[losing[0]]} loses from here on", "loss from here on"
    if len(losing) == total:
        return f"{'both' if total == 2 else f'all {total}'} lose from here on", "loss from here on"
    brief = f"{len(losing)} lanes lose from here on"
    named = " and ".join(lanes.names[lane] for lane in losing)
    return (f"{named} lose from here on", brief) if len(losing) < NAMED_MAX else (brief,)


def _target(made: NodeText, lanes: Lanes, node: MergedNode) -> NodeText:
    """The target, and who does not reach it."""
    name = lanes.snapshots[0].target.name
    unreached = [lanes.names[one.lane] for one in node.visits if not one.first_ttl]
    answered = any(hop.received for one in lanes.snapshots for hop in one.hops)
    if unreached and answered:
        if len(unreached) == len(lanes.names):
            who = ""
        else:
            who = f" by {' and '.join(unreached)}" if len(unreached) < NAMED_MAX else f" by {len(unreached)} lanes"
        made = made._replace(words=tuple(dict.fromkeys((f"not reached{who}", "not reached"))))
    ink = MUTED if len(unreached) == len(lanes.names) else TEXT
    return made._replace(
        host=str(name), ink=ink, sign=made.sign or "stop", sign_ink=made.sign_ink if made.sign else ACCENT
    )


def rows_wanted(snapshots: Sequence[Snapshot], view: ViewInput) -> int:
    """How many rows the picture fills in a terminal of the view's width."""
    graph = _graph(lanes_to(snapshots, view.target, view.look))
    return len(rows(graph, beside=columns(view.width, len(graph.paths)).beside))
