"""What judging a trace costs: processor time a refresh at 30 hops, one refresh a round.

Run as ``python tests/bench/verdict_cost.py``. Time of this thread, and of each round the least of several runs that
all begin with empty caches, so that other programs count little. For traces of several kinds and ages: the first call
(nothing known from before), then the median, the 99th percentile and the worst of the 200 rounds that follow. Budget:
2 ms a refresh.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from array import array
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hopscope.app.insight.verdicts import verdicts

from bench import verdicts as bench

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot

HOPS = 30
AGES = (20, 250, 1200, 3600)
ROUNDS = 200
REPEATS = 5
BALANCED = "two addresses at every hop"
WORLDS = {
    "clean": bench.World(),
    "loss, limits, silent hops": bench.World(
        {20: 0.05}, random_limit={3: 0.3, 7: 0.1, 12: 0.5, 25: 0.2}, silent=frozenset({5, 15})
    ),
    "queue from hop 5 on": bench.World(queue={5: 60_000}),
    "loss 20 % from hop 2 on": bench.World({2: 0.2}),
    "a loss now and then": bench.World({15: 0.002}),
    BALANCED: bench.World(),
}


def forget() -> None:
    """Empty all caches of the rules, as in a fresh process."""
    for name, module in list(sys.modules.items()):
        for value in vars(module).values() if name.startswith("hopscope.app.") else ():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def balanced(shot: Snapshot) -> Snapshot:
    """The same path where each hop but the last is two routers that take turns at random."""
    hops = []
    for hop in shot.hops[:-1]:
        chance = random.Random(hop.ttl)
        by = array("h", [chance.getrandbits(1) if value >= 0 else -1 for value in hop.rtts_us])
        first = hop.responders[0]
        responders = (first, replace(first, address=f"203.0.113.{hop.ttl}"))
        hops.append(replace(hop, responders=responders, answered_by=memoryview(by).toreadonly()))
    return replace(shot, hops=(*hops, shot.hops[-1]))


def watched(shots: list[Snapshot]) -> list[float]:
    """Milliseconds of each judgement, one after the other."""
    forget()
    gc.collect()
    gc.freeze()  # what the benchmark holds is no matter of the rules
    times = []
    for shot in shots:
        began = time.thread_time()
        verdicts(shot)
        times.append(1000 * (time.thread_time() - began))
    return times


def main() -> int:
    """Print the table."""
    bench.HOPS = HOPS
    bench.BASES_US = [400 + 3000 * at for at in range(HOPS)]
    print(f"{'ms of processor time a refresh':32}{'rounds':>7}{'first':>8}{'median':>8}{'p99':>8}{'worst':>8}")
    for name, world in WORLDS.items():
        histories = world.rounds(AGES[-1] + ROUNDS + 1, random.Random(1))
        for age in AGES:
            shots = [bench.snapshot(histories, rounds) for rounds in range(age, age + ROUNDS + 1)]
            if name == BALANCED:
                shots = [balanced(shot) for shot in shots]
            first, *rest = map(min, zip(*(watched(shots) for _ in range(REPEATS)), strict=True))
            rest.sort()
            figures = (first, rest[ROUNDS // 2], rest[int(0.99 * ROUNDS)], rest[-1])
            print(f"{name:32}{age:>7}" + "".join(f"{value:>8.2f}" for value in figures), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
