"""How the paths of all flows are joined."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hopscope.app.path.flow_map import BLOCK, FlowMap, flow_map, hop_flows, recent_hop_flows
from hopscope.app.path.snapshot import OTHER_FLOW, UNANSWERED, Snapshot
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from support.snapshots import hop, snapshot
from support.virtual import Lab, lab_world

TARGET = Target(sanitize("t.example"), "192.0.2.9", 4)
LEFT, RIGHT = "198.51.100.1", "198.51.100.5"
RTT = [10_000] * 4


def _links(ways: FlowMap) -> set[tuple[int, str, int, str]]:
    return {(link.first_ttl, link.first, link.last_ttl, link.last) for link in ways.links}


def _diamond(*, silent: bool = False, flows: list[int] | None = None) -> Snapshot:
    """Two routers at hop 2, and two at hop 3 or none that answers; the flows 0 and 2 go left."""
    middle = hop(3, [UNANSWERED] * 4, flows=flows) if silent else hop(
        3, RTT, "203.0.113.1", "203.0.113.5", by=[0, 1, 0, 1], flows=flows
    )  # fmt: skip
    hops = [
        hop(1, RTT, "192.0.2.1", flows=flows),
        hop(2, RTT, LEFT, RIGHT, by=[0, 1, 0, 1], flows=flows),
        middle,
        hop(4, RTT, TARGET.address, flows=flows, kinds={TARGET.address: (("reply", 0, 0, 4),)}),
    ]
    return snapshot(TARGET, hops, TraceSettings(flows=4 if flows else 0))


def test_what_one_flow_met_is_joined() -> None:
    """Left leads to left and right to right, for certain."""
    ways = flow_map(_diamond(flows=[0, 1, 2, 3]))
    assert _links(ways) == {
        (0, "", 1, "192.0.2.1"),
        (1, "192.0.2.1", 2, LEFT),
        (1, "192.0.2.1", 2, RIGHT),
        (2, LEFT, 3, "203.0.113.1"),
        (2, RIGHT, 3, "203.0.113.5"),
        (3, "203.0.113.1", 4, TARGET.address),
        (3, "203.0.113.5", 4, TARGET.address),
    }
    assert all(link.certain for link in ways.links)
    left = next(link for link in ways.links if (link.first_ttl, link.last) == (1, LEFT))
    assert (left.flows, left.paths) == ((0, 2), 2)
    assert [node.paths for node in ways.at(2)] == [2, 2]


def test_without_flows_a_way_between_balanced_hops_is_a_guess() -> None:
    """Answers of one round are joined, but not for certain where several routers follow several others."""
    ways = flow_map(_diamond())
    assert {link.certain for link in ways.links if link.first_ttl == 2} == {False}
    assert {link.certain for link in ways.links if link.first_ttl != 2} == {True}
    assert {link.flows for link in ways.links} == {()}


def test_a_silent_hop_is_a_gap() -> None:
    """What answers behind it is joined across it."""
    ways = flow_map(_diamond(silent=True, flows=[0, 1, 2, 3]))
    gaps = [link for link in ways.links if link.is_gap]
    assert [(link.first, link.last) for link in gaps] == [(LEFT, TARGET.address), (RIGHT, TARGET.address)]


def test_a_flow_that_was_not_tried_is_no_gap() -> None:
    """Where a hop was not probed in a flow, nothing is joined across it."""
    made = _diamond(flows=[0, 1, 2, 3])
    skipped = hop(2, RTT, LEFT, by=[0, 0, 0, 0], flows=[0, 0, 2, 2])
    ways = flow_map(snapshot(TARGET, [made.hops[0], skipped, *made.hops[2:]], TraceSettings(flows=4)))
    assert (1, "192.0.2.1", 3, "203.0.113.5") not in _links(ways)
    assert (3, "203.0.113.5", 4, TARGET.address) in _links(ways)


def test_a_probe_outside_of_the_flows_is_joined_by_its_round() -> None:
    """A hop whose probes have ports of their own hangs on what the flow met in the same round."""
    flows = [0, 0, 0, 0]
    hops = [
        hop(1, RTT, "192.0.2.1", flows=flows),
        hop(2, RTT, LEFT, RIGHT, by=[0, 1, 0, 1]),
        hop(3, RTT, TARGET.address, flows=flows),
    ]
    ways = flow_map(snapshot(TARGET, hops, TraceSettings(flows=1, protocol="udp")))
    assert (1, "192.0.2.1", 2, RIGHT) in _links(ways)
    assert (2, RIGHT, 3, TARGET.address) in _links(ways)
    assert not any(link.is_gap for link in ways.links)


def test_another_targets_probe_says_nothing_of_flows() -> None:
    """What another target's probe met is no trial of a flow."""
    shared = hop(2, RTT, LEFT, RIGHT, by=[0, 1, 0, 1], flows=[OTHER_FLOW] * 4)
    assert (hop_flows(shared).found, hop_flows(shared).trials) == (0, 0)


def test_flows_of_unequal_length_end_each_in_its_place() -> None:
    """One flow reaches the target a hop earlier than the other; both ways are there, and none behind the target."""
    reply: dict[str, tuple[tuple[str, int | None, int | None, int], ...]] = {TARGET.address: (("reply", 0, 0, 2),)}
    hops = [
        hop(1, RTT, "192.0.2.1", flows=[0, 1, 0, 1]),
        hop(2, RTT, TARGET.address, RIGHT, by=[0, 1, 0, 1], flows=[0, 1, 0, 1], kinds=reply),
        hop(3, RTT, TARGET.address, flows=[0, 1, 0, 1], kinds=reply),
    ]
    ways = flow_map(snapshot(TARGET, hops, TraceSettings(flows=2)))
    assert (1, "192.0.2.1", 2, TARGET.address) in _links(ways)
    assert (2, RIGHT, 3, TARGET.address) in _links(ways)
    assert (2, TARGET.address, 3, TARGET.address) not in _links(ways)


def test_balancing_packet_by_packet_joins_all_with_all() -> None:
    """A flow that met both routers may take each way."""
    ways = flow_map(lab_world(Lab("balanced"), TraceSettings(rounds=60, flows=16), detail=True).run())
    sharing = {one.ttl: (one.found, one.complete, one.balance) for one in ways.hops}
    assert sharing[4] == sharing[5] == (2, True, "flow")
    assert sharing[9] == (2, True, "packet")
    assert sharing[1] == (1, True, "")
    links = _links(ways)
    assert len([link for link in links if link[0] == 4]) == 2  # left to left, right to right
    assert len([link for link in links if link[0] == 8]) == 2
    assert len([link for link in links if link[2] == 7]) == 4


@pytest.mark.parametrize("since", [0, 1, 63, 64, 100, 230, 250, 300])
@pytest.mark.parametrize("first_round", [0, 5, 1000])
def test_a_history_counted_in_blocks_counts_each_answer_once(since: int, first_round: int) -> None:
    """Wherever blocks begin, whole ones are counted, or each round: by address and by flow."""
    chance = random.Random(since)
    by, flows = [chance.randrange(2) for _ in range(300)], [chance.randrange(3) for _ in range(300)]
    shared = hop(7, [10_000] * 300, LEFT, RIGHT, by=by, flows=flows)
    found = recent_hop_flows(shared, since, 10 * BLOCK, first_round, "here")
    stop = 300 - (300 + first_round + 7) % BLOCK
    begin = since + (stop - since) % BLOCK
    if found.answers.total() == 300 - since:
        begin, stop = since, 300
        assert since > 200
    assert found.answers == Counter(by[begin:stop])
    for flow in range(3):
        expected = Counter(one for one, of in zip(by[begin:stop], flows[begin:stop], strict=True) if of == flow)
        assert found.by_flow.get(flow, Counter()) == expected


def test_what_is_new_is_counted_at_once() -> None:
    """An address or a flow that was met beside the blocks alone is in the counts, and those are of all rounds."""
    flows = [0] * 300
    for new_by, new_flow in ((2, 0), (0, 1)):
        by = [0, 1] * 149 + [new_by, 1]
        shared = hop(7, [10_000] * 300, LEFT, RIGHT, TARGET.address, by=by, flows=[*flows[:-2], new_flow, 0])
        found = recent_hop_flows(shared, 0, 10 * BLOCK, 12, "there")  # a block ends at round 281
        assert found.answers == Counter(by)
        assert set(found.by_flow) == {0, new_flow}


def test_the_latest_rounds_alone_are_counted() -> None:
    """What lies before the rounds that are asked for does not count, and what does is counted anew every 32 rounds."""
    by = [0] * 700 + [1 + at // 5 % 2 for at in range(400)]
    results = []
    for rounds in range(1000, 1100):
        shared = hop(7, [10_000] * rounds, "192.0.2.9", LEFT, RIGHT, by=by[:rounds], flows=[0] * rounds)
        results.append(recent_hop_flows(shared, 0, 8 * BLOCK, 0, "anywhere"))
    assert all(set(one.answers) == {1, 2} and 7 * BLOCK <= one.answers.total() <= 8 * BLOCK for one in results)
    assert len({id(one) for one in results}) == 4
