"""The paths of several lanes to one target as one graph: where they meet, part and meet again.

1. Two lanes meet at a hop where an address answered both. A node has one address at least that all its lanes have met.
2. A lane comes through a node once. What it meets again (a loop) is a node of its own, and the k-th meeting of one lane
   is joined with the k-th of another.
3. No two nodes are each before the other: of meetings that contradict each other those that most lanes share are taken,
   and of these the nearest.
4. Lanes that have met no router together by the time they enter the same network are told so there, and stay apart.
5. Hops that do not answer are part of the link between those that do.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .snapshot import Hop, Snapshot

    Kind = Literal["source", "hop", "silent", "network", "target"]

OPEN_END = 0  # the last TTL of hops of which nobody knows how many there are


@dataclass(frozen=True, slots=True)
class Stop:
    """A hop of one lane."""

    ttl: int  # 1 to 255
    addresses: tuple[
        str, ...
    ]  # that answered there on the present path, in the order of their first answer; empty: none
    is_target: bool = False  # the path ends here: the target answered


@dataclass(frozen=True, slots=True)
class Visit:
    """A lane at a node."""

    lane: int  # index of the lane
    first_ttl: int  # of the hop; 0: where the lane begins, or where it only enters a network
    last_ttl: int  # that of the last silent hop, else as ``first_ttl``; OPEN_END: nobody knows


@dataclass(frozen=True, slots=True)
class MergedNode:
    """What one or more lanes come through."""

    kind: Kind  # ``silent``: hops without an answer; ``network``: lanes enter it by different routers
    visits: tuple[Visit, ...]  # the lanes that come through, in their order
    addresses: tuple[str, ...] = ()  # of a hop: first those that all its lanes met; else empty
    network: str = ""  # of a ``network``: what it is called; else empty

    @property
    def lanes(self) -> tuple[int, ...]:
        """The lanes that come through, in their order."""
        return tuple(visit.lane for visit in self.visits)

    def ttls(self, lane: int) -> range:
        """The hops of a lane that this node stands for; empty where there are none."""
        visit = next((one for one in self.visits if one.lane == lane), None)
        if visit is None or not visit.first_ttl:
            return range(0)
        return range(visit.first_ttl, (visit.last_ttl or 255) + 1)


@dataclass(frozen=True, slots=True)
class MergedPath:
    """The graph. It has no circles; every lane leads from its own source to the target."""

    nodes: tuple[MergedNode, ...]  # the sources first, in the order of the lanes; the target last
    paths: tuple[tuple[int, ...], ...]  # of each lane the indices of the nodes that it comes through, in order

    def at(self, lane: int, ttl: int) -> int | None:
        """The node of a hop of a lane."""
        return next((one for one in self.paths[lane] if ttl in self.nodes[one].ttls(lane)), None)


def stops_of(snapshot: Snapshot) -> tuple[Stop, ...]:
    """The hops of a trace with what answers there on its present path."""
    hops = snapshot.hops
    length = len(hops[0].rtts_us) if hops else 0
    since = max(0, snapshot.path_round - (snapshot.last_round + 1 - length))
    made = [Stop(hop.ttl, _addresses(hop, since)) for hop in hops]
    if made and snapshot.reached:
        made[-1] = Stop(made[-1].ttl, made[-1].addresses, is_target=True)
    return tuple(made)


def _addresses(hop: Hop, since: int) -> tuple[str, ...]:
    answering = {one for one in hop.answered_by[since:] if one >= 0}
    if not answering and hop.latest >= 0:  # nothing since the path changed, or all of that is forgotten
        answering = {hop.latest}
    return tuple(hop.responders[one].address for one in sorted(answering))


def merged(lanes: Sequence[Sequence[Stop]], networks: Mapping[str, str] = MappingProxyType({})) -> MergedPath:
    """Join the paths of lanes to one target.

    Args:
        lanes: the hops of each, in order.
        networks: what the networks of addresses are called, of those that are known.
    """
    merge = _Merge(lanes)
    merge.join_addresses()
    merge.join_ends(networks)
    return merge.made()


class _Node:
    """A node while the graph is made."""

    __slots__ = ("at", "common", "kind", "name", "others")

    def __init__(self, kind: Kind, at: dict[int, Visit], addresses: Sequence[str] = (), name: str = "") -> None:
        self.kind = kind
        self.at = at
        self.common = tuple(addresses)  # that all lanes have met
        self.others: tuple[str, ...] = ()
        self.name = name


class _Merge:
    def __init__(self, lanes: Sequence[Sequence[Stop]]) -> None:
        count = len(lanes)
        self._sources = [_Node("source", {lane: Visit(lane, 0, 0)}) for lane in range(count)]
        self._target = _Node("target", {})
        self._paths: list[list[_Node]] = []  # of hops that answered, from source to target
        self._following: dict[int, list[_Node]] = {}  # of each node by its ``id``; empty: to be made anew
        for lane, stops in enumerate(lanes):
            answering = [stop for stop in stops if stop.addresses and not stop.is_target]
            path = [self._sources[lane]]
            path += [_Node("hop", {lane: Visit(lane, stop.ttl, stop.ttl)}, stop.addresses) for stop in answering]
            path.append(self._target)
            ttl = stops[-1].ttl if stops and stops[-1].is_target else 0
            self._target.at[lane] = Visit(lane, ttl, ttl)
            self._paths.append(path)

    # ---- routers that several lanes met -----------------------------------------------------------------------

    def join_addresses(self) -> None:
        """Make one node of hops where lanes met the same router."""
        for address, group in self._meetings():
            for at, (lane, index) in enumerate(group):
                for other, place in group[:at]:
                    one, two = self._paths[other][place], self._paths[lane][index]
                    if one is not two and self._may_join(one, two, address):
                        self._join(one, two)
                        break

    def _meetings(self) -> list[tuple[str, list[tuple[int, int]]]]:
        """Addresses that several lanes met, the first time, the second time, and so on; where, by lane and index."""
        found: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for lane, path in enumerate(self._paths):
            times: Counter[str] = Counter()
            for index, node in enumerate(path):
                for address in node.common:
                    found.setdefault((address, times[address]), []).append((lane, index))
                    times[address] += 1
        shared = [(address, group) for (address, _), group in found.items() if len(group) > 1]
        return sorted(shared, key=lambda one: (-len(one[1]), sum(index for _, index in one[1]) / len(one[1]), one[0]))

    def _may_join(self, one: _Node, two: _Node, address: str) -> bool:
        apart = not one.at.keys() & two.at.keys() and address in one.common and address in two.common
        return apart and not self._leads(one, two) and not self._leads(two, one)

    def _leads(self, one: _Node, other: _Node) -> bool:
        """Whether some path leads from a node to another."""
        if not self._following:
            for path in self._paths:
                for node, following in pairwise(path):
                    self._following.setdefault(id(node), []).append(following)
        seen, open_ends = {id(one)}, [one]
        while open_ends:
            for node in self._following.get(id(open_ends.pop()), ()):
                if node is other:
                    return True
                if id(node) not in seen:
                    seen.add(id(node))
                    open_ends.append(node)
        return False

    def _join(self, one: _Node, two: _Node) -> None:
        self._following = {}
        common = tuple(address for address in one.common if address in two.common)
        left = (*one.common, *one.others, *two.common, *two.others)
        one.others = tuple(dict.fromkeys(address for address in left if address not in common))
        one.common = common
        one.at.update(two.at)
        for lane in two.at:
            path = self._paths[lane]
            path[path.index(two)] = one

    # ---- networks that lanes enter by different routers, and hops that do not answer --------------------------

    def join_ends(self, networks: Mapping[str, str]) -> None:
        """Put silent hops between those that answer, and before routers the networks that lanes enter apart."""
        entered = list(self._entered(networks))
        self._following = {}
        silent: dict[tuple[int, int, bool], _Node] = {}
        for lane, path in enumerate(self._paths):
            whole = path[:1]
            for node, following in pairwise(path):
                gap = self._gap(lane, node, following)
                if gap is not None:
                    key = (id(node), id(following), gap.last_ttl == OPEN_END)
                    silent.setdefault(key, _Node("silent", {})).at[lane] = gap
                    whole.append(silent[key])
                whole.append(following)
            self._paths[lane] = whole
        for name, entries in entered:
            self._enter(name, entries)

    def _gap(self, lane: int, node: _Node, following: _Node) -> Visit | None:
        """The silent hops between two nodes of a lane."""
        first_ttl = node.at[lane].first_ttl + 1
        if following is self._target and not following.at[lane].first_ttl:
            return Visit(lane, first_ttl, OPEN_END)
        last_ttl = following.at[lane].first_ttl - 1
        return Visit(lane, first_ttl, last_ttl) if last_ttl >= first_ttl else None

    def _entered(self, networks: Mapping[str, str]) -> Iterator[tuple[str, dict[int, _Node]]]:
        """Networks that lanes enter which have not met before, nor meet within; by which router each does."""
        entries: dict[str, dict[int, int]] = {}
        for lane, path in enumerate(self._paths):
            for index, node in enumerate(path):
                name = networks.get(node.common[0], "") if node.common else ""
                if name:
                    entries.setdefault(name, {}).setdefault(lane, index)
        for name, places in sorted(entries.items(), key=lambda one: (min(one[1].values()), one[0])):
            until = {lane: self._last_in(lane, name, networks) for lane in places}
            ways = {lane: {id(node) for node in self._paths[lane][: until[lane] + 1]} for lane in places}
            apart: list[int] = []
            for lane in sorted(places):
                if all(not ways[lane] & ways[other] for other in apart):
                    apart.append(lane)
            if len(apart) > 1:
                yield name, {lane: self._paths[lane][places[lane]] for lane in apart}

    def _last_in(self, lane: int, name: str, networks: Mapping[str, str]) -> int:
        path = self._paths[lane]
        return max(at for at, node in enumerate(path) if node.common and networks.get(node.common[0]) == name)

    def _enter(self, name: str, entries: dict[int, _Node]) -> None:
        """A network node right before the routers by which lanes enter it, with all lanes that come by those."""
        lanes = sorted({lane for node in entries.values() for lane in node.at})
        routers = {id(node) for node in entries.values()}
        places = {lane: next(at for at, node in enumerate(self._paths[lane]) if id(node) in routers) for lane in lanes}
        before = [self._paths[lane][places[lane] - 1] for lane in lanes]
        if any(self._leads(node, one) or node is one for node in entries.values() for one in before):
            return
        self._following = {}
        made = _Node("network", {lane: Visit(lane, 0, 0) for lane in lanes}, name=name)
        for lane in lanes:
            self._paths[lane].insert(places[lane], made)

    # ---- the result -------------------------------------------------------------------------------------------

    def made(self) -> MergedPath:
        """The graph with numbers in place of nodes."""
        nodes = list(self._sources)
        known = {id(node) for node in (*nodes, self._target)}
        for path in self._paths:
            for node in path:
                if id(node) not in known:
                    known.add(id(node))
                    nodes.append(node)
        nodes.append(self._target)
        number = {id(node): at for at, node in enumerate(nodes)}
        return MergedPath(
            tuple(
                MergedNode(
                    node.kind,
                    tuple(node.at[lane] for lane in sorted(node.at)),
                    node.common + node.others if node.kind == "hop" else (),
                    node.name,
                )
                for node in nodes
            ),
            tuple(tuple(number[id(node)] for node in path) for path in self._paths),
        )
