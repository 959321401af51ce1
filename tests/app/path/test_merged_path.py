"""The paths of several lanes as one graph: they are joined where they really meet, and nowhere else."""

from __future__ import annotations

from itertools import combinations

import pytest
from hopscope.app.path.merged_path import MergedPath, Stop, merged, stops_of
from hypothesis import given
from hypothesis import strategies as st
from support.snapshots import ecmp_mpls, healthy, silent


def lane(text: str) -> tuple[Stop, ...]:
    """The hops of a lane: ``a b,c * T`` has two addresses at the second, a silent third, and reaches the target."""
    return tuple(
        Stop(ttl, () if word == "*" else tuple(word.split(",")), is_target=word == "T")
        for ttl, word in enumerate(text.split(), 1)
    )


def told(made: MergedPath) -> list[str]:
    """Each node: what it is, its addresses, and its hops in the lanes that come through."""
    lines = []
    for node in made.nodes:
        visits = " ".join(f"{one.lane}:{one.first_ttl}-{one.last_ttl}" for one in node.visits)
        lines.append(f"{node.kind} {','.join(node.addresses) or node.network} {visits}".replace("  ", " "))
    return lines


def test_lanes_meet_at_a_router_and_stay_together() -> None:
    """Two come to one router at different distances; behind it there is one path."""
    assert told(merged([lane("a x y T"), lane("b c x y T")])) == [
        "source 0:0-0",
        "source 1:0-0",
        "hop a 0:1-1",
        "hop x 0:2-2 1:3-3",
        "hop y 0:3-3 1:4-4",
        "hop b 1:1-1",
        "hop c 1:2-2",
        "target 0:4-4 1:5-5",
    ]


def test_silent_hops_between_the_same_routers_are_one_link() -> None:
    """Nobody can tell them apart; where the number of hops differs each lane's stands for itself at the node."""
    made = told(merged([lane("x * y T"), lane("a x * * y T")]))
    assert "silent 0:2-2 1:3-4" in made


def test_a_lane_that_does_not_reach_the_target_ends_in_hops_that_nobody_knows() -> None:
    """It leads to the target as the others do, by a link without an end that is known."""
    made = merged([lane("x T"), lane("x *")])
    assert told(made)[-2:] == ["silent 1:2-0", "target 0:2-2 1:0-0"]
    assert list(made.nodes[-2].ttls(1))[:3] == [2, 3, 4]


def test_of_several_addresses_those_that_all_have_met_come_first() -> None:
    """A hop that shares its load over two routers meets a lane that knows one of them."""
    assert "hop q,p 0:1-1 1:1-1" in told(merged([lane("p,q T"), lane("q T")]))


def test_three_lanes_need_an_address_that_all_have_met() -> None:
    """Two addresses in pairs do not make one node of three lanes."""
    made = merged([lane("p,q T"), lane("q,r T"), lane("r,s T")])
    assert sorted(len(node.lanes) for node in made.nodes if node.kind == "hop") == [1, 2]


def test_meetings_that_contradict_each_other_are_not_all_taken() -> None:
    """Two lanes come through the same two routers in opposite order: one of them is shared, the graph has no circle."""
    made = merged([lane("x y T"), lane("y x T")])
    assert sorted(len(node.lanes) for node in made.nodes if node.kind == "hop") == [1, 1, 2]


def test_a_loop_is_drawn_hop_by_hop() -> None:
    """A lane that meets a router again comes to a node of its own; two lanes loop together."""
    made = merged([lane("x y x y x"), lane("x y x y x")])
    assert [node.lanes for node in made.nodes if node.kind == "hop"] == [(0, 1)] * 5


def test_lanes_that_enter_a_network_by_different_routers_are_told_so() -> None:
    """Before the routers by which they enter it, for lanes that have not met before, nor meet within."""
    networks = {"p": "AS64501", "q": "AS64501", "x": "AS64502"}
    made = told(merged([lane("a p x T"), lane("b q x T"), lane("x T")], networks))
    assert "network AS64501 0:0-0 1:0-0" in made
    assert not any(line.startswith("network AS64502") for line in made)


@pytest.mark.parametrize("second", ["a q x T", "b p x T"])
def test_a_network_joins_nobody_who_met_before_or_meets_in_it(second: str) -> None:
    """Routers that both have met say more."""
    networks = {"p": "AS64501", "q": "AS64501"}
    assert not any(line.startswith("network") for line in told(merged([lane("a p x T"), lane(second)], networks)))


def test_hops_of_a_trace() -> None:
    """All addresses of a hop, none of a silent one; the last hop is the target where it answers."""
    stops = stops_of(ecmp_mpls())
    assert max(len(stop.addresses) for stop in stops) > 1
    assert stops[-1].is_target
    assert [stop.is_target for stop in stops_of(healthy(3))] == [False] * 11 + [True]
    assert any(not stop.addresses for stop in stops_of(silent()))


WORDS = st.sampled_from([*"abcdefgh", "a,b", "b,c", "c,d,e", "*", "*"])
LANES = st.lists(
    st.tuples(st.lists(WORDS, min_size=0, max_size=29), st.booleans()).map(
        lambda one: lane(" ".join([*one[0], "T"] if one[1] else one[0]))
    ),
    min_size=1,
    max_size=10,
)
NETWORKS = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["AS1", "AS2"]))


@given(LANES, NETWORKS)
def test_whatever_lanes_there_are(lanes: list[tuple[Stop, ...]], networks: dict[str, str]) -> None:
    """Every lane's hops come in order, nodes are shared by lanes that met, and nothing is before itself."""
    made = merged(lanes, networks)
    for number, (stops, path) in enumerate(zip(lanes, made.paths, strict=True)):
        nodes = [made.nodes[at] for at in path]
        assert (nodes[0].kind, nodes[-1].kind) == ("source", "target")
        ttls = [ttl for node in nodes for ttl in node.ttls(number) if ttl <= len(stops)]
        assert ttls == [stop.ttl for stop in stops]
        for stop in stops:
            node = made.nodes[made.at(number, stop.ttl) or 0]
            assert (node.kind == "silent") == (not stop.addresses)
            assert node.kind == "target" or set(stop.addresses) <= set(node.addresses)
    for node in made.nodes:
        assert len(set(node.lanes)) == len(node.lanes)
        if node.kind == "hop":
            met = [set(lanes[one.lane][one.first_ttl - 1].addresses) for one in node.visits]
            assert set.intersection(*met)
            assert node.addresses[0] in set.intersection(*met)
        if node.kind == "network":
            assert len(node.lanes) > 1
            for visit in node.visits:
                path = made.paths[visit.lane]
                following = made.nodes[path[path.index(made.nodes.index(node)) + 1]]
                assert networks[following.addresses[0]] == node.network
    before = {(path[at], path[later]) for path in made.paths for at, later in combinations(range(len(path)), 2)}
    _assert_no_circle(len(made.nodes), before)


def _assert_no_circle(count: int, before: set[tuple[int, int]]) -> None:
    left = set(range(count))
    while left:
        free = {node for node in left if not any((other, node) in before for other in left)}
        assert free
        left -= free
