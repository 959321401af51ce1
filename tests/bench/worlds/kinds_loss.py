"""Worlds that lose packets, and worlds that only look so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.worlds.draw import LOSS, a_limit, a_loss, build, log_uniform, terrain
from bench.worlds.loss import During, LossProcess, Periodic, Steady
from bench.worlds.truth import FOREVER_S, Kind, Trouble, Truth

if TYPE_CHECKING:
    from random import Random

    from bench.worlds.draw import Terrain, World

NONE: frozenset[Kind] = frozenset()
LIMITER: frozenset[Kind] = frozenset({"limiter"})
OUTAGE: frozenset[Kind] = frozenset({"outage"})
FINE: frozenset[Kind] = frozenset({"fine"})
MAYBE_LOSS: frozenset[Kind] = frozenset({"loss"})
SHORT_BURST_S = 2.0  # bursts that may last as long are outages to whoever looks once a second


def lossy(ground: Terrain, hop: int, share: float, *, bursts: bool = False, back: bool = False) -> Trouble:
    """Lose packets on the link before a hop, and what is true then."""
    process, burst_s = a_loss(ground.chance, share, bursts=bursts)
    ground.lose(hop, process, back=back)
    ground.drawn |= {"loss_hop": hop, "share": share, "burst_s": burst_s, "back": float(back)}
    return loss_trouble(ground, hop, share, burst_s, back=back)


def loss_trouble(
    ground: Terrain,
    hop: int,
    share: float,
    burst_s: float = 0.0,
    *,
    back: bool = False,
    since_s: float = 0.0,
    until_s: float = FOREVER_S,
) -> Trouble:
    """What is true of loss before a hop: near the end nobody can tell it from limits on replies."""
    return Trouble(
        "loss",
        hop,
        hop,
        since_s,
        until_s,
        share,
        "return" if back else "forward",
        also=OUTAGE if burst_s >= SHORT_BURST_S else NONE,
        twins=LIMITER if hop >= ground.hops - 1 else NONE,
    )


def loss_steady(chance: Random) -> World:
    """Independent loss on a middle link."""
    ground = terrain(chance)
    return build(ground, Truth((lossy(ground, ground.middle(chance), log_uniform(chance, *LOSS)),)))


def loss_bursts(chance: Random) -> World:
    """Gilbert-Elliott loss on a middle link."""
    ground = terrain(chance)
    return build(ground, Truth((lossy(ground, ground.middle(chance), log_uniform(chance, *LOSS), bursts=True),)))


def loss_return(chance: Random) -> World:
    """Loss of either sort on the way back over a middle link."""
    ground = terrain(chance)
    share, bursts = log_uniform(chance, *LOSS), chance.random() < 0.5
    return build(ground, Truth((lossy(ground, ground.middle(chance), share, bursts=bursts, back=True),)))


def loss_last_link(chance: Random) -> World:
    """Loss of either sort on the last link: a limit of the target's looks the same."""
    ground = terrain(chance)
    share, bursts = log_uniform(chance, *LOSS), chance.random() < 0.5
    return build(ground, Truth((lossy(ground, ground.hops, share, bursts=bursts),)))


def loss_first_link(chance: Random) -> World:
    """Loss on the first link: every hop shows it."""
    ground = terrain(chance)
    share, bursts = log_uniform(chance, *LOSS), chance.random() < 0.5
    return build(ground, Truth((lossy(ground, 1, share, bursts=bursts),)))


def loss_two_links(chance: Random) -> World:
    """Two lossy links; the farther one loses as much or more."""
    ground = terrain(chance, 8)
    near = chance.randint(2, ground.hops - 5)
    far = chance.randint(near + 2, ground.hops - 2)
    share = log_uniform(chance, 0.03, 0.15)
    first = lossy(ground, near, share)
    second = lossy(ground, far, share * chance.uniform(1.0, 2.5))
    return build(ground, Truth((first, second)))


def loss_and_limiter(chance: Random) -> World:
    """Loss on a middle link, and limited replies at a hop before or beyond it or at its end."""
    ground = terrain(chance, 7)
    hop = ground.middle(chance)
    limited = chance.choice([one for one in range(2, ground.hops - 1) if abs(one - hop) <= 2])
    limit = a_limit(chance, others=chance.random() < 0.5)
    ground.routers[limited - 1].limits.append(limit)
    ground.drawn["limited"] = limited
    return build(ground, Truth((lossy(ground, hop, log_uniform(chance, 0.05, 0.3)),)))


def loss_after_silence(chance: Random) -> World:
    """Loss on a link between routers that never answer: the place is as wide as the silence."""
    ground = terrain(chance, 8)
    hop = ground.middle(chance)
    for silent in {hop - 1, hop} if chance.random() < 0.5 else {hop}:
        ground.routers[silent - 1].silent = True
    return build(ground, Truth((lossy(ground, hop, log_uniform(chance, 0.05, 0.3)),)))


def loss_periodic(chance: Random) -> World:
    """A link that passes nothing for some hundred milliseconds every so often: a radio that scans."""
    ground = terrain(chance)
    hop = chance.choice([1, 2, ground.middle(chance)])
    gap_s = chance.uniform(0.3, 3.0)
    period_s = gap_s / log_uniform(chance, 0.04, 0.25)
    ground.lose(hop, Periodic(period_s=period_s, gap_s=gap_s, phase_s=chance.uniform(0, period_s)))
    ground.drawn |= {"loss_hop": hop, "gap_s": gap_s, "period_s": period_s}
    return build(ground, Truth((loss_trouble(ground, hop, gap_s / period_s, gap_s),)))


def loss_comes_and_goes(chance: Random) -> World:
    """Loss on a middle link that begins after some time and ends again."""
    ground = terrain(chance)
    hop, share = ground.middle(chance), log_uniform(chance, 0.05, 0.3)
    since_s = chance.uniform(60, 150)
    until_s = since_s + chance.uniform(60, 120)
    ground.lose(hop, During(Steady(share), since_s, until_s))
    ground.drawn |= {"loss_hop": hop, "share": share, "since_s": since_s, "until_s": until_s}
    return build(ground, Truth((loss_trouble(ground, hop, share, since_s=since_s, until_s=until_s),)))


def loss_later(chance: Random, *, after_s: float, share: float, last_link: bool = False) -> World:
    """A clean path that begins to lose packets after a long time, and stops again after some eleven minutes."""
    ground = terrain(chance, 8, 12)
    hop = ground.hops if last_link else ground.middle(chance)
    since_s, until_s = after_s + chance.uniform(0, 60), after_s + 700.0
    process: LossProcess = Steady(share)
    ground.lose(hop, During(process, since_s, until_s))
    ground.drawn |= {"loss_hop": hop, "share": share, "since_s": since_s, "until_s": until_s}
    trouble = loss_trouble(ground, hop, share, since_s=since_s, until_s=until_s)
    return build(ground, Truth((trouble,)), rounds=int(until_s) + 400)


def limiter_middle(chance: Random) -> World:
    """One router in the middle that limits its replies, with or without other people's probes."""
    ground = terrain(chance)
    hop = ground.middle(chance)
    limit = a_limit(chance, others=chance.random() < 0.6)
    ground.routers[hop - 1].limits.append(limit)
    ground.drawn["limited"] = hop
    return build(ground, Truth((Trouble("limiter", hop, hop, also=FINE),)))


def limiter_several(chance: Random) -> World:
    """Several routers in the middle that do so, each in its way."""
    ground = terrain(chance, 8)
    hops = sorted(chance.sample(range(2, ground.hops - 1), chance.randint(2, 4)))
    for hop in hops:
        limit = a_limit(chance, others=chance.random() < 0.6)
        ground.routers[hop - 1].limits.append(limit)
    ground.drawn |= {f"limited_{hop}": hop for hop in hops}
    return build(ground, Truth((Trouble("limiter", hops[0], hops[-1], also=FINE),)))


def limiter_target(chance: Random) -> World:
    """The target limits its replies: loss on the last link looks the same."""
    ground = terrain(chance)
    limit = a_limit(chance, others=chance.random() < 0.6)
    ground.routers[-1].limits.append(limit)
    return build(ground, Truth((Trouble("limiter", ground.hops, ground.hops, twins=MAYBE_LOSS | OUTAGE),)))


def limiter_last_two(chance: Random) -> World:
    """The last router and the target limit their replies: the edge of every cloud."""
    ground = terrain(chance)
    for router in ground.routers[-2:]:
        limit = a_limit(chance, others=chance.random() < 0.6)
        router.limits.append(limit)
    trouble = Trouble("limiter", ground.hops - 1, ground.hops, twins=MAYBE_LOSS | OUTAGE)
    return build(ground, Truth((trouble,)))
