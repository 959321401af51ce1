"""What reports of several targets at once show beside the truth: random trees of routers with Linux's rate limit.

Run as ``python tests/bench/many_targets.py [SEEDS [SHAPES]]``; it takes virtual time. For each shape (``trees.plant``),
12 and 50 targets, ``-c 1`` and ``-c 10``, over so many seeds (5): the rows of all reports that are right, those with a
loss that a single trace would not show, those with an address of another path, those with nothing counted, those that
are missing, and those behind the end; how many of the probes wanted the right rows count; the longest time, beside that
of one target alone (the longest of all); and the probes that met a router with no error to spare.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hopscope.app.settings import TraceSettings
from support.engines import World
from support.trees import SHAPES, Trees, plant

HEADER = "shape   targets -c  rows right  loss other blank missing extra  counted  time s (alone)  refused of sent"


def _alone_s(trees: Trees, settings: TraceSettings) -> float:
    """How long the slowest of some of the targets takes alone; the others are of the same kind."""
    longest_s = 0.0
    for target in trees.targets()[:12]:
        for router in trees.routes[target.address]:
            router.tokens, router.at_us = 6.0, 0
        world = World(trees, settings, (target,))
        world.run()
        longest_s = max(longest_s, world.elapsed_s)
    return longest_s


def _case(shape: str, count: int, rounds: int, seeds: int) -> Counter[str]:
    total: Counter[str] = Counter()
    longest_s = alone_s = 0.0
    settings = TraceSettings(rounds=rounds)
    for seed in range(seeds):
        trees = plant(shape, count, seed)
        world = World(trees, settings, trees.targets(), seed=seed)
        world.run()
        found = trees.judge(world.paths)
        total += found
        refused, sent = sum(trees.refused.values()), trees.sent
        total += Counter(refused=refused, sent=sent)
        longest_s = max(longest_s, world.elapsed_s)
        alone_s = max(alone_s, _alone_s(plant(shape, count, seed), settings))
    rows = sum(total[fault] for fault in ("right", "loss", "other", "blank", "missing"))
    wanted = max(1, total["right"] * rounds)
    print(
        f"{shape:8} {count:6} {rounds:3} {rows:5} {total['right']:5} {total['loss']:5} {total['other']:5}"
        f" {total['blank']:5} {total['missing']:7} {total['extra']:5} {total['probes'] / wanted:8.0%}"
        f" {longest_s:7.2f} ({alone_s:5.2f}) {total['refused']:8} of {total['sent']}",
        flush=True,
    )
    return total


def main() -> None:
    """Print the table."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    shapes = sys.argv[2].split(",") if len(sys.argv) > 2 else SHAPES
    print(HEADER)
    total: Counter[str] = Counter()
    for rounds in (1, 10):
        for count in (12, 50):
            for shape in shapes:
                total += _case(shape, count, rounds, seeds)
    names = ("right", "loss", "other", "blank", "missing", "extra")
    print("all: " + ", ".join(f"{total[name]} {name}" for name in names))


if __name__ == "__main__":
    main()
