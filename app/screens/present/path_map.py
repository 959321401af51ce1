"""The map of paths: from a snapshot to lanes and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ....widgets import lanes
from ....widgets.ink import Ink
from ....widgets.line import Line, cut
from ....widgets.overlay import DIALOG, DIALOG_MUTED, DIALOG_STRONG
from ...protocols import ICMP
from ...trace.enumeration import CONFIDENCE_PERCENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ....widgets.glyphs import Glyphs
    from ...path.flow_map import FlowMap, HopFlows, Link
    from ...path.snapshot import LogEntry
    from ...protocols import ProtocolName

# Cells: TTL and letter before the lanes, the share, and what is said of a hop after its host.
LABEL_CELLS, SHARE_CELLS, ASIDE_CELLS = 6, 6, 17
HOST_MIN, HOST_MAX = 12, 48
ADDRESSES_MAX = 12  # that are drawn of a hop
# Runs of single addresses are folded to their first and last where the map does not fit.
RUN_MIN = 4
BETWEEN = "  "  # a host and its interface
# The number of an address that is no longer on the path, among those of its hop.
FORMER = 1000


def _no_interface(_ttl: int, _address: str) -> str:
    return ""


def flows_seen(paths: FlowMap) -> int:
    """In how many flows probes were answered; 0 where each has its own."""
    return len({flow for hop in paths.hops for flow in hop.by_flow})


def summary(paths: FlowMap, protocol: ProtocolName) -> str:
    """How much of the paths is known to probes of a protocol."""
    flows = flows_seen(paths)
    if not flows:
        return "Each probe in its own flow: links between hops are guesses."
    if flows == 1:
        return "One flow; others may take other paths."
    unsure = [str(hop.ttl) for hop in paths.hops if hop.found and not hop.complete]
    if not unsure:
        alone = protocol == ICMP.name and all(hop.found == 1 for hop in paths.hops if hop.found)
        limit = " for ICMP; -u or -T may find further routers" if alone else ""
        return f"{flows} flows; all addresses found ({CONFIDENCE_PERCENT} % confidence){limit}."
    return f"{flows} flows; there may be more at hop {', '.join(unsure)}."


def map_lines(
    paths: FlowMap,
    name: Callable[[str], str],
    width: int,
    room: int,
    glyphs: Glyphs,
    *,
    change: LogEntry | None = None,
    interface: Callable[[int, str], str] = _no_interface,
) -> list[Line]:
    """The map in lines of at most ``width`` cells; where it needs more than ``room`` lines, runs are folded.

    Beside it stands what a change has taken from the path, joined where both meet. ``interface`` is what a router,
    by its TTL and address, says of the interface that probes came in by.
    """
    lower_by: dict[int, int] = {}
    hops, links = _hops(paths, name, interface), [_ends(paths, link) for link in _drawn(paths)]
    if change is not None:
        hops, links, lower_by = _with_former(hops, links, change, name)
    made = lanes.rows(hops, links, glyphs, lower_by)
    if len(made) > room:
        made = fold(made, glyphs)
    wide = max((len(row.lanes) for row in made), default=0)
    space = width - LABEL_CELLS - wide - 2 - SHARE_CELLS - ASIDE_CELLS
    longest = max((len(_named(row.stop)) for row in made if row.stop is not None), default=0)
    host_cells = max(HOST_MIN, min(space, HOST_MAX, longest))
    return [_line(row, wide, host_cells, width, glyphs.ellipsis).fit(width) for row in made]


def _line(row: lanes.LaneRow, wide: int, host_cells: int, width: int, ellipsis: str) -> Line:
    line = Line(DIALOG).add(row.ttl.rjust(3), DIALOG_STRONG).add(" " + row.letter, DIALOG_MUTED).pad(LABEL_CELLS)
    line.add(row.lanes, Ink("accent", "dlg")).pad(LABEL_CELLS + wide + 2)
    stop = row.stop
    if stop is None:
        return line
    words = "  ".join(part for part in (stop.aside, row.origins) if part)
    if stop.muted:
        line.add(cut(stop.host, host_cells, ellipsis), DIALOG_MUTED).pad(LABEL_CELLS + wide + 2 + host_cells)
        return line.pad(line.width + SHARE_CELLS).add("  " + words if words else "", DIALOG_MUTED)
    if not stop.share and not words and not stop.interface:
        return line.add(cut(stop.host, width - line.width, ellipsis))
    line.add(cut(stop.host, host_cells, ellipsis))
    if stop.interface and len(_named(stop)) <= host_cells:
        line.add(BETWEEN + stop.interface, DIALOG_MUTED)
    line.pad(LABEL_CELLS + wide + 2 + host_cells)
    line.add(stop.share.rjust(SHARE_CELLS))
    return line.add("  " + words if words else "", DIALOG_MUTED)


def _named(stop: lanes.Stop) -> str:
    """A host and its interface, side by side."""
    return f"{stop.host}{BETWEEN}{stop.interface}" if stop.interface else stop.host


def fold(rows: Sequence[lanes.LaneRow], glyphs: Glyphs) -> list[lanes.LaneRow]:
    """The map without the middle of runs of single addresses."""
    made: list[lanes.LaneRow] = []
    run: list[lanes.LaneRow] = []
    for row in [*rows, None]:
        if row is not None and row.stop is not None and not row.letter and row.lanes == glyphs.stop:
            run.append(row)
            continue
        if len(run) >= RUN_MIN:
            hidden = len(run) - 2
            run = [run[0], lanes.LaneRow(glyphs.gap, stop=lanes.Stop((0, 0), f"{hidden} more hops")), run[-1]]
        made += run
        run = []
        if row is not None:
            made.append(row)
    return made


def _hops(
    paths: FlowMap, name: Callable[[str], str], interface: Callable[[int, str], str]
) -> list[tuple[int, list[lanes.Stop]]]:
    made = []
    for hop in paths.hops:
        nodes = paths.at(hop.ttl)
        total = sum(node.paths for node in nodes) or 1
        shown = sorted(nodes, key=lambda node: -node.paths)[:ADDRESSES_MAX]
        stops = []
        for at, node in enumerate(node for node in nodes if node in shown):
            share = f"{100 * node.paths / total:.0f} %" if len(nodes) > 1 else ""
            aside = "" if at else _aside(hop, len(nodes), flows_seen(paths))
            key, told = (hop.ttl, nodes.index(node)), interface(hop.ttl, node.address)
            stops.append(lanes.Stop(key, name(node.address), share, aside, interface=told))
        made.append((hop.ttl, stops))
    while made and not made[-1][1]:  # nothing answers there yet
        made.pop()
    return made


class _Former(NamedTuple):
    """The map with the routers that a change took away."""

    hops: list[tuple[int, list[lanes.Stop]]]
    links: list[tuple[lanes.Key, lanes.Key]]
    lower_by: dict[int, int]  # of hops that stand so much lower than their TTL says


def _with_former(
    hops: Sequence[tuple[int, list[lanes.Stop]]],
    links: Sequence[tuple[lanes.Key, lanes.Key]],
    change: LogEntry,
    name: Callable[[str], str],
) -> _Former:
    """The routers that a change took away stand where they were, joined with the path where they left it and came back.

    Where the path has become shorter, that is nearer now: it goes on below them.
    """
    former = [(change.first_ttl + at, address) for at, address in enumerate(change.old) if address]
    answering = [ttl for ttl, stops in hops if stops]
    meets = min((ttl for ttl in answering if ttl >= change.first_ttl + len(change.new)), default=0)
    lower_by = max(0, former[-1][0] + 1 - meets) if former and meets else 0

    def moved(ttl: int) -> int:
        return ttl + lower_by if meets and ttl >= meets else ttl

    rows = {moved(ttl): [one._replace(key=(moved(ttl), one.key[1])) for one in stops] for ttl, stops in hops}
    joined = [((moved(one), at), (moved(other), below)) for (one, at), (other, below) in links]
    before = max((ttl for ttl in answering if ttl < change.first_ttl), default=0)
    upper = [stop.key for stop in rows.get(before, ())]
    for ttl, address in former:
        key = ttl, FORMER
        joined += [(one, key) for one in upper]
        rows.setdefault(ttl, []).append(lanes.Stop(key, name(address), aside="before", muted=True))
        upper = [key]
    if former and meets:
        joined += [(upper[0], stop.key) for stop in rows[moved(meets)]]
    shifted = {moved(ttl): lower_by for ttl, _ in hops} if lower_by else {}
    return _Former(sorted(rows.items()), joined, {at: by for at, by in shifted.items() if at >= moved(meets)})


def _aside(hop: HopFlows, addresses: int, flows: int) -> str:
    """How the load is shared at a hop, and whether all addresses are known."""
    if flows == 1 and addresses < 2:
        return ""
    if addresses < 2:
        return "" if hop.complete else "more?"
    how = {"flow": "per flow", "packet": "per packet"}.get(hop.balance, f"{addresses} addresses")
    more = f", {addresses - ADDRESSES_MAX} not shown" if addresses > ADDRESSES_MAX else ""
    return f"{how}, {'all' if hop.complete else 'more?'}{more}"


def _drawn(paths: FlowMap) -> list[Link]:
    """The links without those around a hop where both ends are joined with its addresses too: only a probe was lost."""
    near = [link for link in paths.links if not link.is_gap]
    leads_on = {(link.first_ttl, link.first) for link in near}
    is_led_to = {(link.last_ttl, link.last) for link in near}
    around = [
        link
        for link in paths.links
        if link.is_gap and not ((link.first_ttl, link.first) in leads_on and (link.last_ttl, link.last) in is_led_to)
    ]
    return [link for link in near + around if link.first_ttl]


def _ends(paths: FlowMap, link: Link) -> tuple[lanes.Key, lanes.Key]:
    first = next(at for at, node in enumerate(paths.at(link.first_ttl)) if node.address == link.first)
    last = next(at for at, node in enumerate(paths.at(link.last_ttl)) if node.address == link.last)
    return (link.first_ttl, first), (link.last_ttl, last)
