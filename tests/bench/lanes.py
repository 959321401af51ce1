"""How often lanes are said to differ where none does, and how often a fault is told where there is one.

Run as ``python tests/bench/lanes.py [RUNS]``. Each run draws a network of two to four lanes to one target: from several
places, by two protocols, or by both families; path lengths, RTTs with a heavy tail, routers that rate-limit their
replies, and losses that all lanes share. It is looked at after 10, 20, 40, 80, 160 and 300 rounds, as a screen does. A
false alarm is any lane verdict at any of the looks of a run in which no lane differs from another.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from random import Random
from typing import TYPE_CHECKING

sys.path.insert(0, str(FilePath(__file__).resolve().parent.parent))

from hopscope.app.insight import rules
from hopscope.app.insight.lanes.together import about_lanes
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LaneKind, TraceSettings
from hopscope.probe import wire
from support.engines import TARGET, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hopscope.app.insight.rules import Rule
    from hopscope.app.settings import Target

LOOKS = (10, 20, 40, 80, 160, 300)
KINDS = (LaneKind("icmp"), LaneKind("tcp", 443))
FAMILIES = (LaneKind(version=4), LaneKind(version=6))


@dataclass
class Lane:
    """One lane of a drawn network."""

    target: Target
    path: tuple[str, ...]
    base_us: tuple[int, ...]  # by hop
    limits: dict[int, float]  # by hop the share of replies that a router leaves out
    lossy: dict[str, float]  # by address the share that is lost on the link before it
    more_us: int = 0  # the target answers so much later

    def world(self, seed: int) -> World:
        """It alone, in virtual time."""
        luck = Random(seed)
        last = len(self.path)

        def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
            at = min(request.ttl, last)
            if any(luck.random() < self.lossy[each] for each in self.path[:at] if each in self.lossy):
                return None
            if at < last and luck.random() < self.limits.get(at, 0.0):
                return None
            rtt_us = self.base_us[at - 1] + int(luck.paretovariate(2.5) * 300) + (self.more_us if at == last else 0)
            return rtt_us, wire.Answer("reply" if at == last else "ttl-expired", self.path[at - 1], rtt_us)

        return World(network, TraceSettings(flows=1), (self.target,), seed=seed)


def drawn(luck: Random) -> list[Lane]:
    """Lanes that do not differ: from places of one distance, by two protocols, or by both families."""
    shared = [f"198.51.100.{at}" for at in range(1, luck.randint(2, 5))]
    own = luck.randint(1, 3)
    base_us = luck.choice((800, 6_000, 40_000))
    what = luck.choice(("places", "protocols", "families"))
    names: Sequence[str] = ("",)
    kinds: Sequence[LaneKind | None] = (None,)
    if what == "places":
        names = ("fra", "oslo", "rome", "local")[: luck.randint(2, 4)]
    else:
        kinds = KINDS if what == "protocols" else FAMILIES
    lossy = {luck.choice(shared): luck.choice((0.02, 0.1))} if luck.random() < 0.2 and what == "protocols" else {}
    lanes = []
    for at, name in enumerate(names):
        for kind in kinds:
            sixth = kind is not None and kind.version == 6
            routers = [*(f"10.{at}.0.{ttl}" for ttl in range(1, own + 1)), *shared]
            path = [f"2001:db8::{ttl}" for ttl in range(1, len(routers) + 1)] if sixth else routers
            address = "2001:db8::99" if sixth else TARGET.address
            limits = {luck.randint(1, len(path)): luck.choice((0.2, 0.5, 1.0)) for _ in range(luck.randint(0, 2))}
            steps = tuple(base_us * (ttl + 1) // (len(path) + 1) for ttl in range(len(path) + 1))
            target = replace(TARGET, address=address, version=6 if sixth else 4, vantage=sanitize(name), kind=kind)
            lanes.append(Lane(target, (*path, address), steps, limits, dict(lossy)))
    return lanes


def with_fault(lanes: list[Lane], luck: Random) -> tuple[list[Lane], set[Rule]]:
    """The same with one fault of the first lane, and the rules of which one is to tell it."""
    first = lanes[0]
    first.lossy.clear()
    kind = first.target.kind
    which = luck.choice(("target", "path", "slow"))
    if which == "slow":
        first.more_us = 30_000
        return lanes, {rules.LANES_SLOWER}
    if which == "target" and kind is not None and kind.protocol == "icmp":
        first.lossy[first.path[-1]] = 0.2
        return lanes, {rules.LANES_PROTOCOL_LIMIT}
    first.lossy[first.path[-2]] = 0.15
    told = {
        "": {rules.LANES_SOME_LOSE, rules.LANES_RETURN_LOSS},
        "icmp": {rules.LANES_PROTOCOL_LOSS},
    }
    return lanes, {rules.LANES_FAMILY_LOSS} if kind is not None and kind.version else told[
        kind.protocol if kind else ""
    ]


def told(lanes: Sequence[Lane], seed: int, looks: Sequence[int]) -> list[set[Rule]]:
    """The rules that are told at each look."""
    worlds = [lane.world(seed * 100 + at) for at, lane in enumerate(lanes)]
    found = []
    for rounds in looks:
        snapshots = [world.run(until_s=rounds) for world in worlds]
        answer = about_lanes([(one, verdicts(one)) for one in snapshots])
        found.append(set() if answer is None else {one.rule for one in answer.verdicts})
    return found


def main() -> None:
    """Run, and print the figures."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    began_s = time.monotonic()
    alarms: Counter[str] = Counter()
    wrong = 0
    for seed in range(runs):
        luck = Random(seed)
        lanes = drawn(luck)
        # What all lanes share may be told of all of them: that is no difference.
        seen = {rule for look in told(lanes, seed, LOOKS) for rule in look}
        if any(lane.lossy for lane in lanes):
            seen -= {rules.LANES_ALL_LOSE}
        wrong += bool(seen)
        alarms.update(rule.id for rule in seen)
        if seed % 20 == 19:
            print(f"after {seed + 1} runs: {wrong} with a false alarm", flush=True)
    print(f"no difference: {wrong} of {runs} runs with a false alarm ({100 * wrong / runs:.1f} %) {dict(alarms)}")
    right: Counter[int] = Counter()
    others: Counter[str] = Counter()
    faults = max(1, runs // 2)
    for seed in range(faults):
        luck = Random(10_000 + seed)
        lanes, expected = with_fault(drawn(luck), luck)
        for rounds, rule in zip((100, 300), told(lanes, seed, (100, 300)), strict=True):
            right[rounds] += bool(rule & expected)
            others.update(one.id for one in rule - expected)
    print(f"one fault: told in {right[100]} of {faults} after 100 rounds, in {right[300]} after 300")
    print(f"beside it: {dict(others)}")
    print(f"{time.monotonic() - began_s:.0f} s")


if __name__ == "__main__":
    main()
