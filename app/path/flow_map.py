"""The paths of all flows, joined: which addresses share the load at a hop, and which links lead from one to the next.

1. An answer belongs to the flow of its probe. What one flow met at neighbouring hops is joined.
2. A probe with a flow of its own is joined with what was met in the same round: a guess, since its path may have been
   another one.
3. A flow's path ends at the target, or where a router says that it goes no farther.
4. Hops that did not answer a flow are a gap in its path. Where a flow was never tried, nothing is joined.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..trace.enumeration import KEEPS_CHANCE_MAX, is_complete, keeps_by_chance
from .last_result import kept
from .snapshot import NO_FLOW, NOBODY, OTHER_FLOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .snapshot import Hop, Snapshot

# A flow keeps to an address that gives so much of its answers.
BY_FLOW_SHARE = 0.95
# Histories are counted in blocks: so many rounds long, and at each hop a round later than at the one before.
BLOCK, BLOCKS_MIN = 32, 2


@dataclass(frozen=True, slots=True)
class HopFlows:
    """How the load is shared at a hop. Addresses are indices into its responders."""

    ttl: int  # of the hop, 1 to 255
    by_flow: dict[int, Counter[int]]  # for each flow, how often each address answered it
    own: Counter[int]  # how often each address answered probes with flows of their own
    found: int  # how many addresses these are
    trials: int  # how many flows met them, with those of single probes
    complete: bool  # with 95 % confidence there are no more
    balance: str  # ``flow`` or ``packet``; empty: that cannot be told
    answers: Counter[int]  # of each address, whatever flow the probes were of


@dataclass(frozen=True, slots=True)
class Node:
    """An address at a hop."""

    ttl: int  # of the hop, 1 to 255
    address: str  # that answered
    paths: int  # how many of the paths that were followed lead through it, at least 1


@dataclass(frozen=True, slots=True)
class Link:
    """A link from one address to the next that answered."""

    first_ttl: int  # where it begins; 0: at this host
    first: str  # the address there; empty: this host
    last_ttl: int  # where it ends; more than one farther: no answer came from between
    last: str  # the address there
    flows: tuple[int, ...]  # that are known to have taken it, in order
    paths: int  # how many flows, and rounds that were joined by guess, took it, at least 1
    certain: bool  # a flow was seen at both ends, or there is one address alone at one of them

    @property
    def is_gap(self) -> bool:
        """Whether hops that did not answer lie between."""
        return self.last_ttl - self.first_ttl > 1


@dataclass(frozen=True, slots=True)
class FlowMap:
    """All nodes, links and hops of one snapshot, in the order of their TTLs."""

    nodes: tuple[Node, ...]  # those of a hop in the order of their first answer
    links: tuple[Link, ...]  # by their first end, then by their last
    hops: tuple[HopFlows, ...]  # all of the snapshot, with those that never answered

    def at(self, ttl: int) -> tuple[Node, ...]:
        """The nodes of a TTL, in the order of their first answer."""
        return tuple(node for node in self.nodes if node.ttl == ttl)


def hop_flows(hop: Hop, since: int = 0) -> HopFlows:
    """How the load is shared at a hop, from the round with index ``since`` of its history on."""
    return _shared(hop.ttl, Counter(_answers(hop, since, len(hop.flows))))


def recent_hop_flows(hop: Hop, since: int, rounds: int, first_round: int, trace: str) -> HopFlows:
    """The same for about so many of the latest rounds, for whoever asks round by round.

    Of a long history whole blocks alone are counted, other ones for each hop, so that they are known from the round
    before; as long as what lies beside them tells of no other address or flow. ``rounds`` is a multiple of a block,
    ``first_round`` is the round that the history begins with, and ``trace`` names the trace.
    """
    end, turn = len(hop.flows), first_round + hop.ttl
    stop = end - (end + turn) % BLOCK
    begin = max(since + -(since + turn) % BLOCK, stop - rounds + BLOCK)
    since = max(since, end - rounds)
    if stop - begin < BLOCKS_MIN * BLOCK:
        return hop_flows(hop, since)
    place, data = (trace, hop.ttl), (hop.answered_by[begin:stop].tobytes(), hop.flows[begin:stop].tobytes())
    shared, responders, flows = _of_blocks(place, hop.ttl, *data)
    for at, until in ((since, begin), (stop, end)):
        if hop.answered_by[at:until].tobytes().strip(responders) or hop.flows[at:until].tobytes().strip(flows):
            return hop_flows(hop, since)
    return shared


@kept(places=256)
def _of_blocks(ttl: int, answered_by: bytes, flows: bytes) -> tuple[HopFlows, bytes, bytes]:
    """What blocks come to, and the bytes of the addresses and the flows in them.

    Another address or flow has another byte but for one of several hundred, which then counts with its block.
    """
    tally = Counter(zip(array("h", answered_by), array("h", flows), strict=True))
    responders = array("h", [NOBODY, *{responder for responder, _ in tally}])
    return _shared(ttl, tally), responders.tobytes(), array("h", {flow for _, flow in tally}).tobytes()


def _answers(hop: Hop, begin: int, end: int) -> Iterator[tuple[int, int]]:
    return zip(hop.answered_by[begin:end].tolist(), hop.flows[begin:end].tolist(), strict=True)


def _shared(ttl: int, tally: Counter[tuple[int, int]]) -> HopFlows:
    """From how often each address answered probes of each flow."""
    by_flow: dict[int, Counter[int]] = {}
    own: Counter[int] = Counter()
    answers: Counter[int] = Counter()
    in_flows: dict[int, int] = {}  # the answers to probes of flows, by address
    for (responder, flow), often in tally.items():
        if responder == NOBODY:
            continue
        answers[responder] += often
        if flow == OTHER_FLOW:
            continue
        if flow >= 0:
            if flow not in by_flow:
                by_flow[flow] = Counter()
            by_flow[flow][responder] = often
            in_flows[responder] = in_flows.get(responder, 0) + often
        else:
            own[responder] = often
    found = len(in_flows.keys() | own.keys())
    trials = len(by_flow) + own.total()
    balance = _balance(by_flow, in_flows) if found > 1 and by_flow else ""
    return HopFlows(ttl, by_flow, own, found, trials, is_complete(found, trials), balance, answers)


def is_parted(hop: Hop) -> bool:
    """Whether the latest probe of a hop had a flow of its own."""
    return next((flow == NO_FLOW for flow in reversed(hop.flows[-2:]) if flow != OTHER_FLOW), False)


def _balance(by_flow: dict[int, Counter[int]], answers: dict[int, int]) -> str:
    if any(max(counts.values()) < BY_FLOW_SHARE * counts.total() for counts in by_flow.values()):
        return "packet"
    repeats = sum(answers.values()) - len(by_flow)
    return "flow" if keeps_by_chance(answers.values(), repeats) < KEEPS_CHANCE_MAX else ""


def epoch_start(snapshot: Snapshot) -> int:
    """The index in the histories where the present path begins: at the latest change, or with a flap."""
    rounds = len(snapshot.hops[0].rtts_us) if snapshot.hops else 0
    return min(max(0, snapshot.path_round - (snapshot.last_round - rounds + 1)), rounds)


def flow_map(snapshot: Snapshot, rounds: int | None = None) -> FlowMap:
    """The map of the present path; with ``rounds`` of the latest ones alone."""
    since = epoch_start(snapshot)
    if rounds is not None and snapshot.hops:
        since = max(since, len(snapshot.hops[0].flows) - rounds)
    paths = _paths(snapshot, since)
    tried = {hop.ttl: {*hop.flows[since:].tolist()} for hop in snapshot.hops}
    met: Counter[tuple[int, int]] = Counter()
    flows: dict[tuple[int, int, int, int], set[int]] = {}
    taken: Counter[tuple[int, int, int, int]] = Counter()
    guessed: dict[tuple[int, int, int, int], bool] = {}
    for flow, path in paths.items():
        before: list[tuple[int, int, bool]] = [(0, 0, True)]
        for ttl, seen in _until_end(snapshot, path):
            if not seen:
                before = before if flow < 0 or flow in tried[ttl] else []
                continue
            here = [(ttl, responder, certain) for responder, certain in seen.items()]
            for first_ttl, first, first_certain in before:
                for last_ttl, last, last_certain in here:
                    key = (first_ttl, first, last_ttl, last)
                    taken[key] += 1
                    certain = flow >= 0 and first_certain and last_certain
                    guessed[key] = guessed.get(key, True) and not certain
                    if certain:
                        flows.setdefault(key, set()).add(flow)
            met.update((ttl, responder) for responder in seen)
            before = here
    names = {(hop.ttl, at): one.address for hop in snapshot.hops for at, one in enumerate(hop.responders)}
    names[0, 0] = ""
    width = Counter(ttl for ttl, _ in met)
    links = []
    for key in sorted(taken):
        first_ttl, first, last_ttl, last = key
        certain = not guessed[key] or min(width[first_ttl] or 1, width[last_ttl]) == 1
        ends = (first_ttl, names[first_ttl, first], last_ttl, names[last_ttl, last])
        links.append(Link(*ends, tuple(sorted(flows.get(key, ()))), taken[key], certain))
    return FlowMap(
        tuple(Node(ttl, names[ttl, at], met[ttl, at]) for ttl, at in sorted(met)),
        tuple(links),
        tuple(hop_flows(hop, since) for hop in snapshot.hops),
    )


# What was met at each TTL on one path: addresses by index, and whether it is known that the flow met them.
_Met = dict[int, dict[int, bool]]


def _paths(snapshot: Snapshot, since: int) -> dict[int, _Met]:
    """What each flow met, from 0; rounds that cannot be given to a flow count as paths of their own, below 0."""
    paths: dict[int, _Met] = {}
    columns = [(hop.ttl, hop.answered_by[since:].tolist(), hop.flows[since:].tolist()) for hop in snapshot.hops]
    for at in range(len(columns[0][1]) if columns else 0):
        of_round = next((flow for _, _, flows in columns if (flow := flows[at]) >= 0), NO_FLOW)
        for ttl, answers, flows in columns:
            responder, flow = answers[at], flows[at]
            if responder < 0:
                continue
            path = flow if flow >= 0 else of_round if of_round >= 0 else -1 - at
            seen = paths.setdefault(path, {}).setdefault(ttl, {})
            seen[responder] = seen.get(responder, False) or flow >= 0
    return paths


def _until_end(snapshot: Snapshot, path: _Met) -> Iterator[tuple[int, dict[int, bool]]]:
    """What a path met, hop by hop, to its end; nothing where no answer came."""
    for hop in snapshot.hops:
        seen = path.get(hop.ttl, {})
        yield hop.ttl, seen
        if seen and all(hop.responders[at].ends(snapshot.target.address) for at in seen):
            return
