"""How often two recordings of one world are said to differ, and how often a change between them is found.

Run as ``cd tests && python -m bench.compare --seed N --worlds 10``. Worlds whose nature does not change (of the kinds
below) are traced for twice ``--rounds``, and both halves are compared: whatever is said to differ is a false alarm. For
the power, the second half of a clean world loses packets, or takes longer, from a hop on that is drawn.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from hopscope.app.compare.comparison import compared
from hopscope.app.compare.sentence import sentence
from hopscope.app.compare.trace import ComparedHop, ComparedTrace
from hopscope.app.path.snapshot import UNANSWERED, UNREACHABLE
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import TraceSettings
from support.engines import World as EngineWorld

from bench.worlds.drive import TARGET
from bench.worlds.kinds import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hopscope.app.path.snapshot import Hop, Snapshot

STEADY = (
    *("clean", "loss-steady", "loss-bursts", "loss-return", "loss-last-link", "loss-two-links", "loss-and-limiter"),
    *("limiter-middle", "limiter-several", "limiter-target", "queue-access", "queue-middle", "queue-last-link"),
    *("queue-wifi", "asymmetric", "slow-routers", "silent-routers", "balance-packet", "balance-flow", "loss-and-queue"),
)
LOSSES = (0.01, 0.02, 0.05, 0.1)
STEPS_US = (500, 1_000, 2_000, 5_000)


def half(snapshot: Snapshot, begin: int, end: int, change: Callable[[int, int], int] | None = None) -> ComparedTrace:
    """Some rounds of a trace as one that was recorded alone; ``change`` gives another value by TTL and value."""
    hops = tuple(_hop(hop, begin, end, change) for hop in snapshot.hops)
    return ComparedTrace(
        sanitize("half"), sanitize("t"), TARGET.address, sanitize(""), sanitize(""), hops, snapshot.reached, end - begin
    )


def _hop(hop: Hop, begin: int, end: int, change: Callable[[int, int], int] | None) -> ComparedHop:
    values = [change(hop.ttl, one) if change else one for one in hop.rtts_us[begin:end]]
    counts = Counter(who for who, one in zip(hop.answered_by[begin:end], values, strict=True) if who >= 0 and one >= 0)
    lost = tuple(one in {UNANSWERED, UNREACHABLE} for one in values if one >= 0 or one in {UNANSWERED, UNREACHABLE})
    rtts = tuple(one for one in values if one >= 0)
    addresses = tuple((hop.responders[who].address, count) for who, count in counts.most_common())
    return ComparedHop(
        hop.ttl, sanitize(addresses[0][0] if addresses else ""), addresses, "", len(lost), len(rtts), rtts, lost
    )


def traced(kind: str, seed: str, rounds: int) -> Snapshot:
    """A world of a kind, traced."""
    world = draw(kind, seed)
    return EngineWorld(world.network, TraceSettings(rounds=rounds, flows=world.flows), (TARGET,), detail=True).run()


def false_alarm(job: tuple[str, str], rounds: int) -> tuple[str, str, str]:
    """Kind and seed, and what was said where two halves of it were said to differ."""
    kind, seed = job
    snapshot = traced(kind, seed, 2 * rounds)
    made = compared(half(snapshot, 0, rounds), half(snapshot, rounds, 2 * rounds))
    return kind, seed, sentence(made) if made.differs else ""


def changes(seed: str, rounds: int) -> dict[str, tuple[bool, bool]]:
    """Of each change whether it was found, and whether at its hop."""
    chance = Random(seed)
    snapshot = traced("clean", seed, 2 * rounds)
    at = chance.randint(1, len(snapshot.hops))
    first = half(snapshot, 0, rounds)
    found = {}
    for share in LOSSES:

        def lose(ttl: int, value: int, share: float = share) -> int:
            return UNANSWERED if ttl >= at and chance.random() < share else value

        made = compared(first, half(snapshot, rounds, 2 * rounds, lose))
        place = made.loss_place
        found[f"loss {share:.0%}"] = made.lossier > 0, place is not None and place.first_ttl < at <= place.last_ttl
    for step_us in STEPS_US:

        def delay(ttl: int, value: int, step_us: int = step_us) -> int:
            return value + step_us if ttl >= at and value >= 0 else value

        made = compared(first, half(snapshot, rounds, 2 * rounds, delay))
        place = made.delay_place
        found[f"+{step_us / 1000:g} ms"] = made.slower > 0, place is not None and place.first_ttl < at <= place.last_ttl
    return found


def main() -> None:
    """Draw, trace, compare, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default="1")
    parser.add_argument("--worlds", type=int, default=10, help="of each kind")
    parser.add_argument("--rounds", type=int, default=300, help="of each recording")
    parser.add_argument("--power", type=int, default=20, help="clean worlds that something changes in")
    asked = parser.parse_args()
    began = time.perf_counter()
    jobs = [(kind, f"{asked.seed}-{kind}-{at}") for kind in STEADY for at in range(asked.worlds)]
    with ProcessPoolExecutor(2) as pool:
        alarms = list(pool.map(partial(false_alarm, rounds=asked.rounds), jobs, chunksize=4))
        seeds = [f"{asked.seed}-power-{at}" for at in range(asked.power)]
        powers = list(pool.map(partial(changes, rounds=asked.rounds), seeds))
    _print(alarms, powers)
    print(f"{time.perf_counter() - began:.0f} s")


def _print(alarms: Sequence[tuple[str, str, str]], powers: Sequence[dict[str, tuple[bool, bool]]]) -> None:
    false = [one for one in alarms if one[2]]
    print(f"{len(false)} of {len(alarms)} pairs of one world are said to differ ({len(false) / len(alarms):.1%})")
    for kind, seed, said in false:
        print(f"  {kind} {seed}: {said}")
    for name in powers[0] if powers else ():
        found = sum(one[name][0] for one in powers)
        placed = sum(one[name][1] for one in powers)
        print(f"{name:9} found in {found} of {len(powers)}, at its place in {placed}")


if __name__ == "__main__":
    main()
