"""Many targets at once, behind routers that answer one probe a second after a burst of six."""

from __future__ import annotations

import pytest
from hopscope.app.path.snapshot import OTHER_FLOW
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.probe import wire
from support.engines import World, steady
from support.trees import SHAPES, Node, plant

TEN = TraceSettings(rounds=10)


def targets(count: int) -> tuple[Target, ...]:
    return tuple(Target(sanitize(f"t{number}"), f"192.0.2.{number}", 4) for number in range(count))


class Tree:
    """A path of shared routers that branches; every router limits its errors as Linux does.

    ``shared``: so many routers for all; then one of ``branches`` routers, by target; then ``tail`` routers of the
    target's own; then the target, which answers every probe. ``silent`` TTLs never answer.
    """

    def __init__(
        self, *, shared: int, branches: int = 1, tail: int = 0, rtt_us: int = 5000, silent: tuple[int, ...] = ()
    ) -> None:
        self.shared, self.branches, self.tail, self.rtt_us, self.silent = shared, branches, tail, rtt_us, silent
        self._tokens: dict[str, tuple[float, int]] = {}
        self.refused: list[str] = []

    def router(self, target: str, ttl: int) -> str | None:
        """The router at a TTL on the way to a target; None: the target itself."""
        number = int(target.rpartition(".")[2])
        if ttl <= self.shared:
            return f"10.0.0.{ttl}"
        if ttl == self.shared + 1:
            return f"10.1.{number % self.branches}.1"
        if ttl <= self.shared + 1 + self.tail:
            return f"10.2.{number}.{ttl}"
        return None

    def __call__(self, now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        """What a probe is answered, and when."""
        router = self.router(request.address, request.ttl)
        if router is None:
            return self.rtt_us, wire.Answer("reply", request.address, self.rtt_us)
        if request.ttl in self.silent:
            return None
        tokens, at_us = self._tokens.get(router, (6.0, 0))
        tokens = min(6.0, tokens + (now_us - at_us) / 1e6 + 1e-9)
        if tokens < 1:
            self._tokens[router] = (tokens, now_us)
            self.refused.append(router)
            return None
        self._tokens[router] = (tokens - 1, now_us)
        return self.rtt_us, wire.Answer("ttl-expired", router, self.rtt_us)


def test_every_row_of_hundreds_of_targets_has_figures() -> None:
    """All rows of two hundred targets have figures and none lost any, though their routers answer once a second."""
    tree = Tree(shared=9, branches=1, tail=0, rtt_us=20_000)
    world = World(tree, TraceSettings(rounds=3), targets(200))
    world.run()
    hops = [hop for path in world.paths for hop in path.snapshot().hops]
    assert len(hops) == 200 * (9 + 2)
    assert [hop.ttl for hop in hops if hop.sent != 3] == []
    assert sum(hop.dropped for hop in hops) == 0


class BusyWorld(World):
    """A world on a machine that takes half a millisecond, or another time, for each event."""

    event_us = 500

    def tell(self) -> None:
        """Hand what happened to the paths, late."""
        for index, event in self.group.take_events():
            self.paths[index].record(event)
            self.now_us += self.event_us


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_every_row_has_figures_on_a_busy_machine(rounds: int) -> None:
    """However late its targets come to look, a report ends when each row has a probe a round; none is lost."""
    hops = 12
    world = BusyWorld(steady(hops), TraceSettings(rounds=rounds), targets(150))
    world.run()
    found = [path.snapshot().hops for path in world.paths]
    assert {len(one) for one in found} == {hops}
    assert [(hop.ttl, hop.sent) for one in found for hop in one if hop.sent != rounds] == []
    assert sum(hop.dropped for one in found for hop in one) == 0


class OverloadedWorld(BusyWorld):
    """One that takes so long that probes are deferred for more than a minute."""

    event_us = 8_000


def test_every_row_has_a_probe_a_round_on_an_overloaded_machine() -> None:
    """A probe that was deferred for too long is asked for once more."""
    world = OverloadedWorld(steady(12), TraceSettings(rounds=3), targets(150))
    world.run()
    assert [hop.ttl for path in world.paths for hop in path.snapshot().hops if hop.sent != 3] == []


@pytest.mark.parametrize(
    ("shared", "branches", "tail", "rtt_us"),
    [(1, 1, 0, 5000), (4, 1, 0, 5000), (3, 3, 2, 5000), (2, 10, 4, 40_000), (6, 2, 3, 120_000)],
)
@pytest.mark.parametrize("count", [2, 12, 50])
def test_many_targets_at_once_show_no_loss_of_their_own_making(
    shared: int, branches: int, tail: int, rtt_us: int, count: int
) -> None:
    """Each target's report has its own hops without loss, although routers limit their errors, in about one's time."""
    tree = Tree(shared=shared, branches=branches, tail=tail, rtt_us=rtt_us)
    world = World(tree, TEN, targets(count))
    world.run()
    assert world.elapsed_s < 16.6
    for path in world.paths:
        snapshot = path.snapshot()
        address = path.target.address
        assert snapshot.state == "finished"
        length = tree.shared + 2 + tree.tail
        assert [hop.dropped for hop in snapshot.hops] == [0] * length
        assert [hop.address for hop in snapshot.hops[: tree.shared]] == [f"10.0.0.{n + 1}" for n in range(tree.shared)]
        assert snapshot.hops[-1].address == address
        assert snapshot.hops[-1].sent == 10
        own = [hop for hop in snapshot.hops if hop.ttl != shared + 1]
        assert {hop.sent for hop in own} == {10}
        # Where many share routers, but not all the same, it may be that a target cannot be probed without harm.
        assert snapshot.hops[shared].address in {tree.router(address, shared + 1), None}
        assert not snapshot.hops[-1].shared
    if count > 2:
        assert sum(path.snapshot().hops[0].shared for path in world.paths) >= count - 1


def test_a_shared_router_is_probed_about_once_a_round() -> None:
    """Beyond one look of each target, a shared router is asked once a round for all of them."""
    tree = Tree(shared=3)
    world = World(tree, TEN, targets(50))
    world.run()
    for ttl in (1, 2, 3):
        assert sum(sent == ttl for _, _, sent in world.log) <= 50 + 6 + 10
        assert sum(sent == ttl and at_us > 2_000_000 for at_us, _, sent in world.log) <= 10


def test_hops_that_prove_different_are_not_shared() -> None:
    """Where a target's own probe is answered by another router, its row shows that router."""
    tree = Tree(shared=2, branches=2, tail=1)
    world = World(tree, TEN, targets(4))
    world.run()
    assert [[hop.address for hop in path.snapshot().hops] for path in world.paths] == [
        ["10.0.0.1", "10.0.0.2", f"10.1.{number % 2}.1", f"10.2.{number}.4", f"192.0.2.{number}"] for number in range(4)
    ]


def test_silent_hop_is_silent_for_all() -> None:
    """A router that never answers is lost for every target, as in a single trace."""
    world = World(Tree(shared=3, silent=(2,)), TEN, targets(20))
    world.run()
    for path in world.paths:
        hop = path.snapshot().hops[1]
        assert hop.received == 0
        assert hop.address is None
        assert hop.sent >= 9


def test_loss_at_a_shared_router_is_seen_by_all() -> None:
    """When a shared router really loses answers, the targets that share it show that loss."""
    tree = Tree(shared=2)
    lost: list[int] = []

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 2 and 4_000_000 <= now_us < 6_000_000:
            lost.append(now_us)
            return None
        return tree(now_us, request)

    world = World(network, TEN, targets(10))
    world.run()
    assert lost
    assert sum(1 <= path.snapshot().hops[1].dropped <= 3 for path in world.paths) >= 5


def test_an_ambiguous_answer_is_nobodys() -> None:
    """Where a shared router quotes too little, what rides on a probe in a flow is sent anew with it; none is lost."""
    tree = Tree(shared=3, branches=4, rtt_us=40_000)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        made = tree(now_us, request)
        if made is not None and made[1].word == "ttl-expired":
            if request.local_port:
                return made[0], wire.Answer(wire.AMBIGUOUS, "10.9.9.9", 0)
            made[1].unnumbered = 1
        return made

    world = World(network, TraceSettings(rounds=6, protocol="udp", flows=1), targets(4), detail=True)
    world.run()
    for path in world.paths:
        hops = path.snapshot().hops
        assert [hop.dropped for hop in hops] == [0] * 5
        assert [hop.address for hop in hops[:3]] == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
        assert all(hop.sent >= 3 for hop in hops)  # eight probes at once are more than a router's six errors


def test_another_targets_probe_is_no_trial() -> None:
    """With flows side by side, each target's own probes alone say which flow met which router."""
    settings = TraceSettings(rounds=12, flows=8)
    world = World(Tree(shared=2), settings, targets(3), detail=True)
    world.run()
    for path in world.paths:
        for hop in path.snapshot().hops:
            assert all(flow in range(8) or flow == OTHER_FLOW for flow in hop.flows)
    assert any(hop.shared and OTHER_FLOW in hop.flows for path in world.paths for hop in path.snapshot().hops)


class Forest:
    """Paths given hop by hop; an empty name never answers, and the target stands at the end. No router has limits."""

    def __init__(self, *paths: str) -> None:
        self.paths = {f"192.0.2.{number}": path.split(" ") for number, path in enumerate(paths)}

    def __call__(self, _now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        """What a probe is answered, and when."""
        path = self.paths[request.address]
        if request.ttl > len(path):
            return 5000, wire.Answer("reply", request.address, 5000)
        router = path[request.ttl - 1]
        return (5000, wire.Answer("ttl-expired", router, 5000)) if router != "-" else None


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("rounds", "interval_us"), [(1, 1_000_000), (3, 300_000), (10, 300_000), (10, 1_000_000)])
def test_a_few_targets_get_exactly_what_a_single_trace_gets(rounds: int, interval_us: int, order: int) -> None:
    """Of up to four, each has its own hops and its own end, also where others' routers answer instead of silence."""
    forest = Forest(*["a b - d e f", "a b", "a b -", "a b x x"][::order])
    world = World(forest, TraceSettings(rounds=rounds, interval_us=interval_us), targets(4))
    world.run()
    for path in world.paths:
        address = path.target.address
        seen = [hop.address for hop in path.snapshot().hops]
        assert seen == [None if router == "-" else router for router in forest.paths[address]] + [address]


def test_no_target_is_taken_for_a_way_that_proves_another() -> None:
    """Where one of many goes another way, nobody keeps a router that is not his, and all get their own."""
    forest = Forest(*[f"a b{number % 10 == 9} c{number}" for number in range(50)])
    world = World(forest, TraceSettings(rounds=20), targets(50))
    world.run()
    for path in world.paths:
        hops = path.snapshot().hops
        assert [hop.address for hop in hops] == [*forest.paths[path.target.address], path.target.address]
        assert [len(hop.responders) for hop in hops] == [1] * 4


def test_what_is_taken_for_shared_is_taken_back() -> None:
    """Where the hop of some proves silent, those who were only taken to share the others' router begin anew there."""
    trees = plant("hub", 50, 0)
    for number, route in enumerate(trees.routes.values()):
        if number % 8 == 7:
            route[1] = Node("10.9.9.9", route[1].rtt_us, silent=True)
    world = World(trees, TraceSettings(rounds=40), trees.targets())
    world.run()
    found = trees.judge(world.paths)
    assert found["other"] == found["loss"] == 0
    taken_back = [one for path in world.paths for one in path.snapshot().log_entries if one.kind == "not-shared"]
    assert taken_back
    assert {(one.first_ttl, one.last_ttl) for one in taken_back} == {(2, 2)}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("count", "rounds"), [(12, 1), (12, 4), (30, 1), (30, 3)])
def test_reports_of_random_trees_are_true(shape: str, count: int, rounds: int) -> None:
    """No row shows a loss that is none, or another path's router, however paths part; few have nothing counted."""
    for seed in range(2):
        trees = plant(shape, count, seed)
        world = World(trees, TraceSettings(rounds=rounds), trees.targets(), seed=seed)
        world.run()
        found = trees.judge(world.paths)
        rows = sum(found[fault] for fault in ("right", "loss", "other", "blank"))
        assert {fault: found[fault] for fault in ("loss", "other", "missing", "extra")} == dict.fromkeys(
            ("loss", "other", "missing", "extra"), 0
        )
        assert found["blank"] <= rows // 10
        slow = 5 if trees.dead else 0  # a report waits five seconds for a target that never answered
        assert world.elapsed_s < rounds + 4.5 + slow
