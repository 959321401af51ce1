"""Worlds in which the route changes, is shared, is cut, or ends in silence."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from bench.worlds.draw import FLAP_PERIOD_S, LINK_US, OCEAN_US, build, log_uniform, terrain
from bench.worlds.kinds_loss import lossy
from bench.worlds.loss import During, Steady
from bench.worlds.network import Link, Route, Router, Way
from bench.worlds.truth import FOREVER_S, HARMLESS, Kind, Trouble, Truth

if TYPE_CHECKING:
    from random import Random

    from bench.worlds.draw import Terrain, World

UNREACHABLE: frozenset[Kind] = frozenset({"unreachable", "path-ends"})
SILENT: frozenset[Kind] = frozenset({"silent-target", "path-ends"})
ENDS: frozenset[Kind] = frozenset({"silent-target"})
BALANCE: frozenset[Kind] = frozenset({"balance"})
LOSS: frozenset[Kind] = frozenset({"loss"})


def detour(ground: Terrain, first: int, last: int, count: int, *, near: bool = False) -> Route:
    """The route that takes ``count`` other routers in place of hops ``first`` to ``last``, over links of its own.

    ``near``: they are as long as those that they stand for, but for a tenth.
    """
    chance = ground.chance
    ocean = chance.randrange(count) if chance.random() < 0.15 else -1
    links, routers = [], []
    for index in range(count):
        one_way_us = log_uniform(chance, *(OCEAN_US if index == ocean else LINK_US))
        if near:
            one_way_us = ground.links[first - 1 + index].forward.delay_us * chance.uniform(0.9, 1.1)
        link = Link(Way(one_way_us), Way(one_way_us))
        like = ground.links[first - 1]
        link.forward.delays += like.forward.delays
        link.back.delays += like.back.delays
        links.append(link)
        address = f"203.0.{chance.randint(0, 255)}.{chance.randint(1, 254)}"
        routers.append(Router(address, control_us=log_uniform(chance, 20, 400)))
    return Route(
        [*ground.links[: first - 1], *links, *ground.links[last:]],
        [*ground.routers[: first - 1], *routers, *ground.routers[last:]],
    )


def part(ground: Terrain) -> tuple[int, int]:
    """Hops in the middle that another route may go around; the target never."""
    first = ground.chance.randint(2, ground.hops - 3)
    return first, ground.chance.randint(first, min(first + 4, ground.hops - 1))


def changed(chance: Random, by: int) -> World:
    """The route changes for good, to one that is longer by so many hops."""
    ground = terrain(chance, 7)
    first, last = part(ground)
    count = last - first + 1 + by
    while count < 1:
        first, last = part(ground)
        count = last - first + 1 + by
    old, new = ground.route(), detour(ground, first, last, count)
    since_s = chance.uniform(40, 290)
    ground.drawn |= {"since_s": since_s, "first": first, "last": last, "longer": by}
    end = max(first + count, last) if by == 0 else ground.hops + max(by, 0)
    trouble = Trouble("change", first, end, since_s, event=True)
    return build(
        ground,
        Truth((trouble,)),
        lambda now_us, _flow: new if now_us >= since_s * 1e6 else old,
        turns_us=(since_s * 1e6,),
    )


def change_longer(chance: Random) -> World:
    """The new route is one to three hops longer."""
    return changed(chance, chance.randint(1, 3))


def change_shorter(chance: Random) -> World:
    """The new route is one or two hops shorter."""
    return changed(chance, -chance.randint(1, 2))


def change_same(chance: Random) -> World:
    """The new route has as many hops."""
    return changed(chance, 0)


def flap(chance: Random) -> World:
    """The route goes to and fro; a whole turn takes 2 s to 5 min."""
    ground = terrain(chance, 7)
    first, last = part(ground)
    count = max(1, last - first + 1 + chance.choice([0, 0, 1]))
    routes = (ground.route(), detour(ground, first, last, count))
    period_s = log_uniform(chance, *FLAP_PERIOD_S)
    turns_us = [0.0]
    regular = chance.random() < 0.5
    while turns_us[-1] < 1e9:
        half_us = period_s * 5e5
        turns_us.append(turns_us[-1] + (half_us if regular else half_us * chance.uniform(0.6, 1.4)))
    ground.drawn |= {"period_s": period_s, "first": first, "last": last}
    trouble = Trouble("flap", first, ground.hops + 1, figure=period_s, milder=frozenset({"change", "balance"}))
    turns = tuple(turns_us[1:])
    return build(
        ground,
        Truth((trouble,)),
        lambda now_us, _flow: routes[bisect_right(turns, now_us) % 2],
        turns_us=turns,
    )


def balanced(chance: Random, *, equal: bool, per_packet: bool) -> World:
    """Two to four routes side by side; each packet, or each flow, takes one."""
    ground = terrain(chance, 7)
    first, last = part(ground)
    routes = [ground.route()]
    for _ in range(chance.randint(1, 3)):
        longer = 0 if equal else chance.randint(0, 2)
        routes.append(detour(ground, first, last, last - first + 1 + longer, near=equal))
    draws = chance.random

    def routing(_now_us: float, flow: int) -> Route:
        return routes[flow % len(routes)] if flow and not per_packet else routes[int(draws() * len(routes))]

    ground.drawn |= {"ways": len(routes), "first": first, "last": last}
    flows = 1 if per_packet else chance.randint(0, 1)
    # Over routes of unequal length RTT does vary from packet to packet, which traffic feels.
    truth = Truth() if equal else Truth(harmless=HARMLESS | {"jitter"})
    return build(ground, truth, routing, flows=flows)


def balance_packet(chance: Random) -> World:
    """Packet by packet over routes of one length."""
    return balanced(chance, equal=True, per_packet=True)


def balance_unequal(chance: Random) -> World:
    """Packet by packet over routes of several lengths."""
    return balanced(chance, equal=False, per_packet=True)


def balance_flow(chance: Random) -> World:
    """Flow by flow; a trace in one flow sees one route."""
    return balanced(chance, equal=chance.random() < 0.5, per_packet=False)


def _times(chance: Random) -> tuple[float, float]:
    since_s = chance.uniform(40, 250)
    return since_s, since_s + log_uniform(chance, 5, 60) if chance.random() < 0.7 else FOREVER_S


def outage_silent(chance: Random) -> World:
    """A link passes nothing for some time, or from then on, and nobody says so."""
    ground = terrain(chance)
    hop = ground.middle(chance)
    since_s, until_s = _times(chance)
    ground.lose(hop, During(Steady(1.0), since_s, until_s), back=chance.random() < 0.3)
    ground.drawn |= {"hop": hop, "since_s": since_s, "until_s": until_s}
    return build(
        ground, Truth((Trouble("outage", hop, hop, since_s, until_s, also=frozenset({"path-ends"}), milder=LOSS),))
    )


def outage_unreachable(chance: Random) -> World:
    """A router knows no way on for some time, or from then on, and says so to those who ask."""
    ground = terrain(chance)
    hop = ground.middle(chance)
    since_s, until_s = _times(chance)
    whole, cut = ground.route(), ground.route()
    cut.cut = hop - 1
    ground.drawn |= {"hop": hop, "since_s": since_s, "until_s": until_s}
    trouble = Trouble("outage", hop - 1, hop, since_s, until_s, also=UNREACHABLE, milder=LOSS)
    return build(
        ground,
        Truth((trouble,)),
        lambda now_us, _flow: cut if since_s <= now_us / 1e6 < until_s else whole,
    )


def outage_target(chance: Random) -> World:
    """The target pauses, or goes away; the router before it answers."""
    ground = terrain(chance)
    since_s, until_s = _times(chance)
    ground.routers[-1].away = During(Steady(1.0), since_s, until_s)
    ground.drawn |= {"since_s": since_s, "until_s": until_s}
    trouble = Trouble("outage", ground.hops, ground.hops, since_s, until_s, also=SILENT, milder=LOSS)
    return build(ground, Truth((trouble,)))


def silent_target(chance: Random) -> World:
    """The target never answers; all before it is well."""
    ground = terrain(chance)
    ground.routers[-1].silent = True
    trouble = Trouble("silent-target", ground.hops - 1, ground.hops, also=frozenset({"path-ends"}))
    return build(ground, Truth((trouble,)))


def silent_tail(chance: Random) -> World:
    """The last hops never answer."""
    ground = terrain(chance, 8)
    silent = chance.randint(2, 4)
    for router in ground.routers[-silent:]:
        router.silent = True
    place = ground.hops - silent
    return build(ground, Truth((Trouble("path-ends", place, ground.hops, milder=ENDS),)))


def silent_with_loss(chance: Random) -> World:
    """The target, or the last hops, never answer, and a link well before loses packets."""
    ground = terrain(chance, 9)
    silent = chance.randint(1, 3)
    for router in ground.routers[-silent:]:
        router.silent = True
    seen = ground.hops - silent
    hop = chance.randint(2, seen - 2)
    loss = lossy(ground, hop, log_uniform(chance, 0.05, 0.3))
    return build(ground, Truth((loss, Trouble("path-ends", seen, ground.hops, also=ENDS))))
