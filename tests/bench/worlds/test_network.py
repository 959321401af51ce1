"""Tests how probes travel: where they are lost, how long they take, and who answers."""

from __future__ import annotations

from random import Random

import pytest
from hopscope.probe.wire import ProbeRequest

from bench.worlds.draw import build, terrain
from bench.worlds.kinds import KINDS, draw
from bench.worlds.loss import Steady
from bench.worlds.network import LOST, Link, PacketNetwork, Route, Router, Way
from bench.worlds.queues import Shift
from bench.worlds.truth import Truth


def chain(hops: int) -> Route:
    """A path of which each link takes a millisecond and routers answer almost at once."""
    links = [Link(Way(1_000), Way(1_000)) for _ in range(hops)]
    return Route(links, [Router(f"10.0.0.{hop}", control_us=0.1) for hop in range(1, hops + 1)])


def probe(network: PacketNetwork, ttl: int, now_us: int = 0) -> tuple[str, str | None, int] | None:
    """Word, address and RTT of the answer to a probe."""
    found = network(now_us, ProbeRequest(4, "10.0.0.9", ttl=ttl))
    return None if found is None else (found[1].word, found[1].address, found[0])


def test_each_hop_answers_after_all_links_before_it() -> None:
    """RTT is twice the way; the last router answers as the target, and farther probes end there."""
    route = chain(3)
    network = PacketNetwork(lambda _now, _flow: route, Random(1))
    answers = [probe(network, ttl) for ttl in (1, 2, 3, 7)]
    assert [one and one[:2] for one in answers] == [
        ("ttl-expired", "10.0.0.1"),
        ("ttl-expired", "10.0.0.2"),
        ("reply", "10.0.0.3"),
        ("reply", "10.0.0.3"),
    ]
    assert [one and one[2] for one in answers] == pytest.approx([2_000, 4_000, 6_000, 6_000], abs=5)


@pytest.mark.parametrize("back", [False, True])
def test_loss_is_felt_from_its_link_on(back: bool) -> None:
    """A link that loses half loses half of the probes to each hop beyond it, none before, in either direction."""
    route = chain(4)
    link = route.links[2]
    (link.back if back else link.forward).losses.append(Steady(0.5))
    network = PacketNetwork(lambda _now, _flow: route, Random(1))
    lost = [sum(probe(network, ttl) is None for _ in range(4_000)) / 4_000 for ttl in (1, 2, 3, 4)]
    assert lost == pytest.approx([0, 0, 0.5, 0.5], abs=0.03)
    assert sum(one.rtt_us == LOST for one in network.fates) == pytest.approx(4_000, abs=200)


def test_two_lossy_links_add_up() -> None:
    """What the first lets through the second may lose."""
    route = chain(3)
    route.links[0].forward.losses.append(Steady(0.2))
    route.links[1].back.losses.append(Steady(0.3))
    network = PacketNetwork(lambda _now, _flow: route, Random(1))
    lost = [sum(probe(network, ttl) is None for _ in range(4_000)) / 4_000 for ttl in (1, 2, 3)]
    assert lost == pytest.approx([0.2, 0.44, 0.44], abs=0.03)


def test_a_delay_counts_when_the_packet_is_there() -> None:
    """What begins while a packet is on its way meets it if it comes to that link later."""
    route = chain(3)
    route.links[2].forward.delays.append(Shift(50_000, since_s=0.0015))
    network = PacketNetwork(lambda _now, _flow: route, Random(1))
    assert (probe(network, 3) or ("", "", 0))[2] == pytest.approx(56_000, abs=5)
    assert (probe(network, 2) or ("", "", 0))[2] == pytest.approx(4_000, abs=5)


def test_a_router_without_a_way_on_says_so_to_probes_beyond() -> None:
    """It answers its own TTL as ever, and farther ones that there is no way on."""
    route = chain(4)
    route.cut = 2
    network = PacketNetwork(lambda _now, _flow: route, Random(1))
    words = [(one[0], one[1]) for ttl in (1, 2, 3, 4) if (one := probe(network, ttl)) is not None]
    assert words == [
        ("ttl-expired", "10.0.0.1"),
        ("ttl-expired", "10.0.0.2"),
        ("no-route", "10.0.0.2"),
        ("no-route", "10.0.0.2"),
    ]


def test_a_quiet_path_loses_nothing_and_hardly_waits() -> None:
    """On the terrain that all worlds stand on, RTT stays within some milliseconds of its best at the target."""
    for seed in range(20):
        world = build(terrain(Random(seed)), Truth())
        rtts = [one[2] for second in range(60) if (one := probe(world.network, 30, second * 1_000_000)) is not None]
        assert len(rtts) == 60
        assert max(rtts) - min(rtts) < 10_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_draws_the_same_world_again(kind: str) -> None:
    """Truth, parameters and the fate of every probe are the seed's."""
    fates = []
    for _ in range(2):
        world = draw(kind, "5")
        for index in range(600):
            world.network(index * 100_000, ProbeRequest(4, "192.0.2.99", ttl=index % world.hops + 1))
        fates.append((world.truth, world.drawn, world.network.fates))
    assert fates[0] == fates[1]
    assert draw(kind, "6").drawn != fates[0][1]
