"""Worlds in which two things are wrong at once: the answer is to speak of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.worlds.draw import LOSS, build, log_uniform, terrain
from bench.worlds.kinds_delay import queued
from bench.worlds.kinds_loss import lossy
from bench.worlds.kinds_shape import LOSS as MILDER
from bench.worlds.kinds_shape import detour
from bench.worlds.loss import During, Steady
from bench.worlds.truth import Kind, Trouble, Truth

if TYPE_CHECKING:
    from random import Random

    from bench.worlds.draw import World

OUTAGE_S = (6.0, 30.0)
PATH_ENDS: frozenset[Kind] = frozenset({"path-ends"})


def loss_and_queue(chance: Random) -> World:
    """A link in the middle loses packets, and another one, two hops or more away, has a queue."""
    ground = terrain(chance, 8)
    hop = ground.middle(chance)
    other = chance.choice([one for one in range(1, ground.hops + 1) if abs(one - hop) >= 2])
    loss = lossy(ground, hop, log_uniform(chance, 0.05, LOSS[1]))
    return build(ground, Truth((loss, queued(ground, other))))


def loss_and_change(chance: Random) -> World:
    """A link near the end loses packets, and the route before it changes to one of the same length."""
    ground = terrain(chance, 9)
    hop = chance.randint(6, ground.hops - 2)
    loss = lossy(ground, hop, log_uniform(chance, 0.05, LOSS[1]))
    first = chance.randint(2, 3)
    last = chance.randint(first, 4)
    old, new = ground.route(), detour(ground, first, last, last - first + 1)
    since_s = chance.uniform(60, 280)
    ground.drawn |= {"since_s": since_s, "first": first, "last": last}
    change = Trouble("change", first, last + 1, since_s, event=True)
    return build(
        ground,
        Truth((loss, change)),
        lambda now_us, _flow: new if now_us >= since_s * 1e6 else old,
        turns_us=(since_s * 1e6,),
    )


def loss_and_outage(chance: Random) -> World:
    """A link in the middle loses packets, and passes nothing at all for some seconds."""
    ground = terrain(chance)
    hop = ground.middle(chance)
    loss = lossy(ground, hop, log_uniform(chance, *LOSS))
    since_s = chance.uniform(60, 250)
    until_s = since_s + log_uniform(chance, *OUTAGE_S)
    ground.links[hop - 1].forward.losses.append(During(Steady(1.0), since_s, until_s))
    ground.drawn |= {"since_s": since_s, "until_s": until_s}
    outage = Trouble("outage", hop, hop, since_s, until_s, also=PATH_ENDS, milder=MILDER)
    return build(ground, Truth((loss, outage)))
