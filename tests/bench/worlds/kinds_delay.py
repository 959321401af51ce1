"""Worlds in which packets wait, replies wait, or nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.worlds.draw import QUEUE_MS, a_limit, a_queue, a_wifi, build, log_uniform, terrain
from bench.worlds.loss import TailDrop
from bench.worlds.queues import DelayDuring, Queue, Sawtooth, Shift, on_off, poisson
from bench.worlds.truth import Kind, Trouble, Truth

if TYPE_CHECKING:
    from random import Random

    from bench.worlds.draw import Terrain, World

JITTER: frozenset[Kind] = frozenset({"jitter"})
FINE: frozenset[Kind] = frozenset({"fine"})
SLOW: frozenset[Kind] = frozenset({"slow-router"})
NONE: frozenset[Kind] = frozenset()


def queue_trouble(ground: Terrain, hop: int, height_ms: float, *, back: bool = False) -> Trouble:
    """What is true of a queue before a hop; at the last link a slow target looks the same."""
    twins = SLOW if hop == ground.hops else NONE
    return Trouble(
        "queue", hop, hop, figure=height_ms, direction="return" if back else "forward", also=JITTER, twins=twins
    )


def queued(ground: Terrain, hop: int) -> Trouble:
    """Put a queue before a hop."""
    chance = ground.chance
    height_ms, back = log_uniform(chance, *QUEUE_MS), chance.random() < 0.4
    delay, what = a_queue(chance, height_ms)
    ground.delay(hop, delay, back=back)
    ground.drawn |= {"queue_hop": hop, "height_ms": height_ms, "back": float(back), what: 1}
    return queue_trouble(ground, hop, height_ms, back=back)


def queue_access(chance: Random) -> World:
    """A queue on the first or second link."""
    ground = terrain(chance)
    return build(ground, Truth((queued(ground, chance.randint(1, 2)),)))


def queue_middle(chance: Random) -> World:
    """A queue on a middle link."""
    ground = terrain(chance)
    return build(ground, Truth((queued(ground, ground.middle(chance)),)))


def queue_last_link(chance: Random) -> World:
    """A queue on the last link."""
    ground = terrain(chance)
    return build(ground, Truth((queued(ground, ground.hops),)))


def queue_after_slow_router(chance: Random) -> World:
    """A queue in the middle, and a router just before it whose replies are slow too."""
    ground = terrain(chance)
    hop = ground.middle(chance)
    trouble = queued(ground, hop)
    slow = ground.routers[hop - 2]
    slow.slow_share, slow.slow_us = chance.uniform(0.2, 0.6), trouble.figure * 500
    return build(ground, Truth((trouble,)))


def queue_wifi(chance: Random) -> World:
    """Busy air on the first link: a heavy tail, both ways."""
    ground = terrain(chance)
    height_ms = log_uniform(chance, 15, 80)
    ground.delay(1, a_wifi(chance, height_ms), back=chance.random() < 0.5)
    ground.drawn |= {"queue_hop": 1, "height_ms": height_ms}
    return build(ground, Truth((queue_trouble(ground, 1, height_ms),)))


def queue_comes_and_goes(chance: Random) -> World:
    """A long transfer that fills the queue of a link for a minute or two, and ends."""
    ground = terrain(chance)
    hop, height_ms = chance.choice([1, 2, ground.middle(chance)]), log_uniform(chance, 30, QUEUE_MS[1])
    since_s = chance.uniform(60, 150)
    until_s = since_s + chance.uniform(60, 120)
    saw = Sawtooth(chance, top_us=height_ms * 1_000, floor_us=height_ms * 300, tooth_s=log_uniform(chance, 0.5, 10))
    ground.delay(hop, DelayDuring(saw, since_s, until_s), back=chance.random() < 0.4)
    ground.drawn |= {"queue_hop": hop, "height_ms": height_ms, "since_s": since_s, "until_s": until_s}
    trouble = Trouble("queue", hop, hop, since_s, until_s, height_ms, also=JITTER, milder=frozenset({"shift"}))
    return build(ground, Truth((trouble,)))


def congestion(chance: Random) -> World:
    """A link that is offered more than it can send for stretches: its queue is full, and drops what does not fit."""
    ground = terrain(chance)
    hop, buffer_us = ground.middle(chance), log_uniform(chance, *QUEUE_MS) * 1_000
    share, on_s = log_uniform(chance, 0.05, 0.3), log_uniform(chance, 10, 60)
    lumps = on_off(chance, on_s=on_s, off_s=on_s * chance.uniform(0.2, 1), load=1 / (1 - share), lump_us=buffer_us / 30)
    queue = Queue(lumps, buffer_us)
    ground.delay(hop, queue)
    ground.links[hop - 1].forward.losses.append(TailDrop(queue, buffer_us, share))
    ground.drawn |= {"queue_hop": hop, "height_ms": buffer_us / 1_000, "share": share, "on_s": on_s}
    also: frozenset[Kind] = frozenset({"jitter", "loss", "outage"})
    return build(ground, Truth((Trouble("queue", hop, hop, figure=buffer_us / 1_000, also=also),)))


def asymmetric(chance: Random) -> World:
    """From some hop on replies come back another way, which is longer: nothing is wrong."""
    ground = terrain(chance)
    hop, more = ground.middle(chance), chance.randint(1, 8)
    ground.links[hop - 1].back.delay_us += log_uniform(chance, 1_000, 40_000)
    for router in ground.routers[hop - 1 :]:
        router.back_more = more
    ground.drawn |= {"hop": hop, "more": more}
    return build(ground, Truth())


def slow_routers(chance: Random) -> World:
    """One to three routers in the middle whose control planes are slow: traffic feels nothing."""
    ground = terrain(chance)
    hops = sorted(chance.sample(range(2, ground.hops), chance.randint(1, 3)))
    for hop in hops:
        router = ground.routers[hop - 1]
        if chance.random() < 0.5:
            router.slow_share, router.slow_us = chance.uniform(0.1, 0.9), log_uniform(chance, 10_000, 100_000)
        else:
            lumps = poisson(chance, load=chance.uniform(0.5, 0.9), work_us=log_uniform(chance, 5_000, 40_000))
            router.slow = Queue(lumps, 300_000)
    ground.drawn |= {f"slow_{hop}": hop for hop in hops}
    return build(ground, Truth((Trouble("slow-router", hops[0], hops[-1], also=FINE),)))


def shift(chance: Random) -> World:
    """A quiet path that gets 20 ms longer at once, below the routers that are seen."""
    ground = terrain(chance)
    hop, since_s = ground.middle(chance), chance.uniform(40, 285)
    by_ms = chance.choice([20.0, log_uniform(chance, 10, 60)])
    ground.delay(hop, Shift(by_ms * 1_000, since_s), back=chance.random() < 0.5)
    ground.drawn |= {"shift_hop": hop, "by_ms": by_ms, "since_s": since_s}
    queue: frozenset[Kind] = frozenset({"queue"})
    return build(ground, Truth((Trouble("shift", hop, hop, since_s, figure=by_ms, twins=queue, event=True),)))


def clean(chance: Random) -> World:
    """Nothing is wrong."""
    return build(terrain(chance), Truth())


def clean_hour(chance: Random) -> World:
    """Nothing is wrong for an hour; as in life a router limits its replies, or is slow, or silent."""
    ground = terrain(chance, 5, 12)
    middle = ground.routers[1:-2]
    if chance.random() < 0.5:
        chance.choice(middle).limits.append(a_limit(chance, others=chance.random() < 0.6))
    if chance.random() < 0.3:
        router = chance.choice(middle)
        router.slow_share, router.slow_us = chance.uniform(0.1, 0.9), log_uniform(chance, 5_000, 50_000)
    if chance.random() < 0.3:
        chance.choice(middle).silent = True
    return build(ground, Truth(), rounds=3600)


def silent_routers(chance: Random) -> World:
    """Some routers in the middle never answer; nothing is wrong."""
    ground = terrain(chance, 7)
    for hop in chance.sample(range(2, ground.hops), chance.randint(1, 3)):
        ground.routers[hop - 1].silent = True
    return build(ground, Truth())
