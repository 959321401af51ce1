"""How often verdicts are right: simulated paths of which the truth is known, judged by our rules and by two rivals'.

Run as ``python tests/bench/verdicts.py`` (``--runs 200`` a cell; ``--hours 50`` clean hours; ``--quick`` a fixed small
part, which the tests run too). Virtual time, fixed seeds. The rivals' rules are restated from their documentation:
trippy 0.13 colours the target when it lost anything, and calls a loss forward when every later hop lost the same
round; lance0/ttl takes a hop with 5 % loss or more for lossy unless it marks it as rate limited (see ``ttl_rule``).

What counts as found: a verdict of loss on the path (``path-loss``, ``local-loss``), or of loss at the target alone, of
which the trace's own probes cannot say whether it is on the last link or the target rate-limiting its replies
(``target-loss-or-limit``); both are counted apart, and a table tells what the check that is offered then makes of it.
Losses of five rounds or more in a row are told as an outage (``outage``, ``target-stopped`` while it lasts) with their
length, apart from the rate of the rest; to the reader the loss is told then, so a last table gives both figures. It
also says in how many runs the loss was there at all: with 5 % in bursts of about six rounds, a hundred rounds hold one
burst on the average, and often none; no rule finds what did not happen. Three lost probes are the least that is taken
for loss.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path as FilePath

sys.path.insert(0, str(FilePath(__file__).resolve().parent.parent))

from typing import TYPE_CHECKING

from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.path import Path
from hopscope.app.path.snapshot import NO_FLOW, UNANSWERED, Hop, Responder, Snapshot, Statistics
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace import events as happened
from support.engines import World as EngineWorld
from support.virtual import Lab

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.probe.wire import Answer, ProbeRequest

HOPS = 10
TARGET = Target(sanitize("target.example"), "192.0.2.99", 4)
SETTINGS = TraceSettings()
BASES_US = [400, 6100, 6600, 7200, 7900, 14300, 21800, 88400, 89200, 89900]


@dataclass
class World:
    """A path of ten hops. ``loss`` maps hops to the share of packets lost on the link before them."""

    loss: dict[int, float] = field(default_factory=dict)
    random_limit: dict[int, float] = field(default_factory=dict)
    bucket: dict[int, tuple[float, float]] = field(default_factory=dict)  # answers a round, burst
    others: float = 0.0  # the chance that someone else takes an answer out of a bucket in a round
    silent: frozenset[int] = frozenset()
    spikes: dict[int, float] = field(default_factory=dict)
    queue: dict[int, int] = field(default_factory=dict)  # hop: the longest wait in us, for all hops behind it
    bursty: bool = False

    def rounds(self, count: int, chance: random.Random) -> list[array[int]]:
        """The histories of all hops."""
        tokens = {ttl: burst for ttl, (_, burst) in self.bucket.items()}
        state = dict.fromkeys(self.loss, False)
        histories = [array("i", bytes(4 * count)) for _ in range(HOPS)]
        self._fill = 0.0
        for number in range(count):
            if self.bursty:  # a queue that is full for stretches of about six rounds
                for at, share in self.loss.items():
                    turn = 1 / 6 if state[at] else share / (1 - share) / 6 / 0.7
                    if chance.random() < turn:
                        state[at] = not state[at]
            self._fill = min(1.0, max(0.0, self._fill + chance.uniform(-0.25, 0.25)))
            for index in range(HOPS):
                ttl = index + 1
                histories[index][number] = self._probe(ttl, tokens, state, chance)
        return histories

    def _probe(self, ttl: int, tokens: dict[int, float], state: dict[int, bool], chance: random.Random) -> int:
        draw = chance.random
        if ttl in self.bucket:
            rate, burst = self.bucket[ttl]
            tokens[ttl] = min(burst, tokens[ttl] + rate)
            if self.others and tokens[ttl] >= 1 and draw() < self.others:
                tokens[ttl] -= 1
        for at, share in self.loss.items():
            if ttl >= at and draw() < ((0.7 if state[at] else 0.0) if self.bursty else share):
                return UNANSWERED
        if ttl in self.silent:
            return UNANSWERED
        if ttl in self.random_limit and draw() < self.random_limit[ttl]:
            return UNANSWERED
        if ttl in self.bucket:
            if tokens[ttl] < 1:
                return UNANSWERED
            tokens[ttl] -= 1
        rtt_us = BASES_US[ttl - 1] + int(chance.expovariate(1 / 250))
        if draw() < self.spikes.get(ttl, 0.002):
            rtt_us += int(30_000 * draw())
        rtt_us += sum(int(longest_us * self._fill) for at, longest_us in self.queue.items() if ttl >= at)
        return rtt_us


def snapshot(histories: list[array[int]], rounds: int) -> Snapshot:
    """What the program would show after so many rounds."""
    hops = []
    for index, history in enumerate(histories):
        values = history[:rounds]
        answered = [value for value in values if value >= 0]
        address = TARGET.address if index + 1 == HOPS else f"198.51.100.{index + 1}"
        figures = Statistics(len(answered), best=min(answered)) if answered else Statistics()
        by = array("h", [0 if value >= 0 else -1 for value in values])
        hops.append(
            Hop(
                ttl=index + 1,
                sent=rounds,
                received=len(answered),
                pending=0,
                statistics=figures,
                responders=(Responder(address, figures),) if answered else (),
                latest=0 if answered else -1,
                error="",
                waiting=values[-1] < 0,
                rtts_us=memoryview(values).toreadonly(),
                answered_by=memoryview(by).toreadonly(),
                flows=memoryview(array("h", [NO_FLOW]) * len(by)).toreadonly(),
            )
        )
    return Snapshot(
        TARGET,
        SETTINGS,
        "running",
        "",
        0,
        rounds * 1_000_000,
        0,
        rounds,
        rounds - 1,
        tuple(hops),
        hops[-1].received > 0,
    )


# ---- the three rules: which loss on the path they claim ------------------------------------------------------------

# The range (after, from] of hops, and whether it is called path loss, or left open whether it is; None: no loss.
Claim = tuple[int, int, bool] | None
LOSS = {rules.PATH_LOSS, rules.LOCAL_LOSS, rules.LAST_LINK_LOSS}
UNDECIDED = {rules.LAST_HOP_LOSS_OR_LIMIT, rules.TARGET_LOSS_OR_LIMIT}


def our_rule(shot: Snapshot) -> Claim:
    """The program's verdicts."""
    for verdict in verdicts(shot).verdicts:
        if verdict.rule in LOSS | UNDECIDED:
            numbers = dict(verdict.numbers)
            return int(numbers["after_ttl"]), int(numbers["from_ttl"]), verdict.rule not in UNDECIDED
    return None


def trippy_rule(shot: Snapshot) -> Claim:
    """Yellow target: it lost something. Where: the first hop with forward loss."""
    if not shot.hops[-1].dropped:
        return None
    values = [hop.rtts_us.tolist() for hop in shot.hops if hop.received]
    ttls = [hop.ttl for hop in shot.hops if hop.received]
    for index, ttl in enumerate(ttls):
        for number in range(len(values[index])):
            if all(later[number] == UNANSWERED for later in values[index:]):
                return ttl - 1, ttl, True
    return HOPS - 1, HOPS, True


def ttl_rule(shot: Snapshot) -> Claim:
    """Lossy from 5 % on; rate limited if (a) over 15 % here and under 5 % at the next hop, or (c) steady over 10 %."""
    answering = [hop for hop in shot.hops if hop.received]
    for index, hop in enumerate(answering):
        share = hop.dropped / hop.completed
        if hop.completed < 10 or share < 0.05:
            continue
        after = answering[index + 1] if index + 1 < len(answering) else None
        if after is not None and share > 0.15 and after.dropped / after.completed < 0.05:
            continue
        values = hop.rtts_us.tolist()
        third = len(values) // 3
        parts = [values[at : at + third].count(UNANSWERED) / third for at in (0, third, 2 * third)] if third else []
        if len(values) >= 20 and share > 0.10 and max(parts) - min(parts) < 0.10:
            continue
        return hop.ttl - 1, hop.ttl, True
    return None


RULES: dict[str, Callable[[Snapshot], Claim]] = {"hopscope": our_rule, "trippy": trippy_rule, "ttl": ttl_rule}


# ---- cells ---------------------------------------------------------------------------------------------------------


def loss_cells(
    shares: tuple[float, ...] = (0.01, 0.02, 0.05, 0.2), places: tuple[int, ...] = (1, 2, 4, 7, 10)
) -> list[tuple[str, int, World]]:
    """Real loss: name, true first hop behind it, world."""
    return [(f"loss {100 * share:g} %", at, World({at: share})) for share in shares for at in places]


def limit_cells() -> list[tuple[str, int, World]]:
    """Routers that only answer less: no true loss (0)."""
    cells = []
    for at in (1, 4, 9):
        cells += [(f"random limit {100 * share:g} %", 0, World(random_limit={at: share})) for share in (0.05, 0.2, 0.5)]
        cells += [(f"bucket {rate:g} a round, burst 5", 0, World(bucket={at: (rate, 5)})) for rate in (0.3, 0.6, 0.9)]
    cells.append(("bucket 10 a round, burst 5", 0, World(bucket={4: (10, 5)})))
    cells.append(("three limited hops", 0, World(random_limit={3: 0.1, 5: 0.3, 9: 0.1})))
    return cells


def mixed_cells() -> list[tuple[str, int, World]]:
    """Loss and limits together, silent hops, bursts."""
    return [
        ("loss 5 % + limit 30 % before", 6, World({6: 0.05}, random_limit={3: 0.3})),
        ("loss 5 % + limit 30 % behind", 4, World({4: 0.05}, random_limit={7: 0.3})),
        ("loss 5 % + limit 30 % at onset", 5, World({5: 0.05}, random_limit={5: 0.3})),
        ("loss 5 % + silent 4,5", 5, World({5: 0.05}, silent=frozenset({4, 5}))),
        ("bursty loss 5 %", 6, World({6: 0.05}, bursty=True)),
    ]


def target_cells() -> list[tuple[str, int, World]]:
    """Targets that limit their own replies: no true loss (0); and with loss on the path, of which the place counts.

    A bucket that only this trace draws from knows no chance: all runs of such a cell are alike.
    """
    cells = [
        (f"target answers {rate:g} a round, burst {burst}", 0, World(bucket={HOPS: (rate, burst)}))
        for rate, burst in ((0.8, 1), (0.475, 1), (0.3, 5), (0.6, 5), (0.9, 5))
    ]
    cells += [
        (f"0.8 a round, burst 3, {100 * share:g} % by others", 0, World(bucket={HOPS: (0.8, 3)}, others=share))
        for share in (0.1, 0.3)
    ]
    cells.append(("target answers at random, 80 %", 0, World(random_limit={HOPS: 0.2})))  # only a check tells
    for share in (0.02, 0.05, 0.2):
        both = World({5: share}, bucket={HOPS: (0.8, 1)})
        cells.append((f"0.8 a round, and loss {100 * share:g} % from 5", 5, both))
    cells.append(("0.6, burst 5, and loss 5 % from 5", 5, World({5: 0.05}, bucket={HOPS: (0.6, 5)})))
    cells.append(("0.8 a round, and loss 5 % before it", HOPS, World({HOPS: 0.05}, bucket={HOPS: (0.8, 1)})))
    return cells


def score(
    cells: list[tuple[str, int, World]], runs: int, rounds: int, rule: Callable[[Snapshot], Claim]
) -> dict[str, list[float]]:
    """By cell name: runs, called path loss, of what was told with the true hop in the range, width, left open."""
    table: dict[str, list[float]] = {}
    for name, truth, world in cells:
        row = table.setdefault(name, [0, 0, 0, 0, 0])
        for run in range(runs):
            claim = rule(snapshot(world.rounds(rounds, random.Random(f"{name} {truth} {run}")), rounds))
            row[0] += 1
            if claim is not None:
                row[1 if claim[2] else 4] += 1
                row[2] += claim[0] < truth <= claim[1]
                row[3] += claim[1] - claim[0]
    return table


def bursts(runs: int, rounds: int) -> list[str]:
    """Loss that was there, at the target: told as path loss, and told as that or as an outage."""
    lines = []
    for name, world in (
        ("scattered loss 5 %", World({6: 0.05})),
        ("bursty loss 5 %", World({6: 0.05}, bursty=True)),
        ("bursty loss 10 %", World({6: 0.10}, bursty=True)),
    ):
        counts = [0] * 6
        for run in range(runs):
            histories = world.rounds(rounds, random.Random(f"{name} 6 {run}"))
            lost = histories[-1].count(UNANSWERED)
            found = {one.rule for one in verdicts(snapshot(histories, rounds)).verdicts}
            loss, told = bool(found & LOSS), bool(found & {*LOSS, rules.OUTAGE, rules.TARGET_STOPPED})
            enough = lost >= 3
            for at, holds in enumerate((lost > 0, enough, loss, told, loss and enough, told and enough)):
                counts[at] += holds
        some, enough_runs, loss_runs, told_runs, loss_enough, told_enough = counts
        lines.append(
            f"{name:24}{rounds:>7}{100 * some / runs:>11.1f}{100 * enough_runs / runs:>11.1f}"
            f"{100 * loss_runs / runs:>11.1f} / {100 * told_runs / runs:5.1f}"
            f"{100 * loss_enough / enough_runs:>16.1f} / {100 * told_enough / enough_runs:5.1f}"
        )
    return lines


class IcmpLimit:
    """A target that leaves ICMP probes unanswered, and others not: some at random, or those that find no token.

    With ``rate`` the bucket (a token holds for an answer, so many come a second, up to ``burst``) is drawn on by
    others too.
    """

    def __init__(self, network: Lab, chance: random.Random, *, share: float = 0.0, rate: float = 0.0) -> None:
        self._network, self._chance, self._share, self._rate = network, chance, share, rate
        self._tokens, self._then_us = 3.0, 0

    def __call__(self, now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
        """Send a probe."""
        found = self._network(now_us, request)
        if found is None or request.protocol != "icmp" or found[1].word != "reply":
            return found
        if self._chance.random() < self._share:
            return None
        if self._rate:
            self._tokens = min(3.0, self._tokens + self._rate * (now_us - self._then_us) / 1e6)
            self._then_us = now_us
            self._tokens -= self._tokens >= 1 and self._chance.random() < 0.3  # somebody else
            if self._tokens < 1:
                return None
            self._tokens -= 1
        return found


SHORT_PATH = """
title = "three hops"
hop = [
    {{ address = "192.0.2.1", rtt_ms = 1 }},
    {{ address = "198.51.100.1", rtt_ms = 5 }},
    {{ address = "203.0.113.80", rtt_ms = 9, loss_percent = {loss}, open_ports = [80, 443] }},
]
"""


def after_check(runs: int, rounds: int) -> list[str]:
    """What the check comes to that is offered where it is open whether the target alone loses or the last link."""
    lines = []
    for name, loss, limit in (
        ("loss 5 % on the last link", 5, {}),
        ("loss 20 % on the last link", 20, {}),
        ("target answers at random, 80 %", 0, {"share": 0.2}),
        ("target, 0.8 a second, and others", 0, {"rate": 0.8}),
    ):
        counts = Counter[str]()
        for run in range(runs):
            lab = Lab(SHORT_PATH.format(loss=loss), run)
            world = EngineWorld(IcmpLimit(lab, random.Random(run), **limit), TraceSettings(), (lab.target(),))
            offered = [one for one in verdicts(world.run(until_s=rounds + 0.3)).verdicts if one.rule in UNDECIDED]
            counts["open"] += len(offered)
            if not offered:
                continue
            if offered[0].check is None:  # too little loss to be told so soon
                counts["still open"] += 1
                continue
            world.group.check(world.now_us, 0, offered[0].check)
            until_s = rounds + offered[0].check.duration_us / 1e6 + 5
            found = {one.rule for one in verdicts(world.run(until_s=until_s)).verdicts}
            counts["path loss"] += bool(found & LOSS)
            counts["limit"] += rules.TARGET_REPLY_LIMIT_CONFIRMED in found
            counts["still open"] += rules.TARGET_LOSS_OR_LIMIT in found
        shares = [100 * counts[one] / max(counts["open"], 1) for one in ("path loss", "limit", "still open")]
        line = f"{name:34}{rounds:>7}{100 * counts['open'] / runs:>12.1f}"
        lines.append(line + "".join(f"{share:>14.1f}" for share in shares))
    return lines


def queue_scores(runs: int, rounds: int) -> list[str]:
    """Queues found, with the true hop; and slow routers that are told apart from queues."""
    lines = []
    for name, truth, world in [
        *(
            (f"queue of {longest // 1000} ms at hop {at}", at, World(queue={at: longest}))
            for at, longest in [(1, 50_000), (2, 200_000), (5, 60_000), (8, 120_000)]
        ),
        ("a third of hop 4's replies late", 0, World(spikes={4: 0.33})),
        ("all of hop 9's replies late", 0, World(spikes={9: 1.0})),
    ]:
        found = right = slow = 0
        for run in range(runs):
            judged = verdicts(snapshot(world.rounds(rounds, random.Random(f"{name} {run}")), rounds)).verdicts
            queues = [
                dict(one.numbers)["from_ttl"] for one in judged if one.rule in {rules.QUEUEING, rules.BUFFERBLOAT}
            ]
            found += bool(queues)
            right += queues == [truth]
            slow += any(one.rule is rules.SLOW_REPLIES for one in judged)
        lines.append(
            f"{name:34}{rounds:>7}{100 * found / runs:>10.1f} / {100 * right / runs:.1f}{100 * slow / runs:>14.1f}"
        )
    return lines


def clean_hours(hours: int, every: int = 10) -> tuple[int, list[str]]:
    """Clean paths watched for 3,600 rounds: how many were ever called faulty, and by what."""
    flagged, reasons = 0, []
    for hour in range(hours):
        histories = World().rounds(3600, random.Random(hour))
        for rounds in [*range(5, 60), *range(60, 3601, every)]:
            bad = [
                one.rule.id
                for one in verdicts(snapshot(histories, rounds)).verdicts
                if one.severity in {"fault", "warning", "changed"}
            ]
            if bad:
                flagged += 1
                reasons += bad
                break
    return flagged, reasons


# ---- path changes, through the real path ---------------------------------------------------------------------------


def change_rounds(run: int, *, ways: int = 1, change_at: int | None = None, rounds: int = 100) -> list[int]:
    """Rounds at the end of which a change was first shown; hops 3 to 5 balance over ``ways`` routers."""
    chance = random.Random(run)
    path = Path(TARGET, SETTINGS)
    seq, seen, shown = 0, 0, []
    for number in range(rounds):
        now_us = number * 1_000_000
        path.record(happened.RoundStarted(now_us, number))
        for ttl in range(1, 8):
            side = 1 if change_at is not None and number >= change_at and ttl in {4, 5} else 0
            way = chance.randrange(ways) if 3 <= ttl <= 5 else 0
            address = TARGET.address if ttl == 7 else f"198.{side}.{ttl}.{way}"
            seq += 1
            path.record(happened.ProbeSent(now_us, number, ttl, seq))
            word = "reply" if ttl == 7 else "ttl-expired"
            path.record(happened.ProbeAnswered(now_us, number, ttl, seq, word, address, 5000))
        changes = sum(entry.kind == "path-changed" for entry in path.snapshot().log_entries)
        shown += [number] * (changes - seen)
        seen = changes
    return shown


def print_scores(title: str, cells: list[tuple[str, int, World]], runs: int, rounds_list: tuple[int, ...]) -> None:
    """A table: for each cell and number of rounds, what each rule claims."""
    print(
        f"\n{title} ({runs} runs a cell and place; called path loss + left open whether it is /"
        " of these with the true hop within the range, in %; mean width)"
    )
    print(f"{'':34}{'rounds':>7}" + "".join(f"{name:>30}" for name in RULES))
    for rounds in rounds_list:
        tables = {name: score(cells, runs, rounds, rule) for name, rule in RULES.items()}
        for cell in tables["hopscope"]:
            line = f"{cell:34}{rounds:>7}"
            for table in tables.values():
                total, claimed, right, width, open_ = table[cell]
                told = claimed + open_
                inside = f"{100 * right / told:5.1f} ({width / told:.1f})" if told else "    - (  -)"
                line += f"{100 * claimed / total:>9.1f} +{100 * open_ / total:>5.1f} / {inside:>11}"
            print(line, flush=True)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--hours", type=int, default=50)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    runs, hours = (20, 2) if options.quick else (options.runs, options.hours)
    rounds_list = (100,) if options.quick else (30, 100, 300)
    began = time.perf_counter()
    print_scores("Real loss", loss_cells(), runs, rounds_list)
    print_scores("Rate limits, no loss", limit_cells(), runs, rounds_list)
    print_scores("Both, and other troubles", mixed_cells(), runs, rounds_list)
    print_scores("Limits at the target (0.8 with burst 1: every other reply)", target_cells(), runs, rounds_list)
    print(f"\nLoss that was there ({runs} runs; told as path loss / as that or an outage, in %)")
    print(f"{'':24}{'rounds':>7}{'any lost':>11}{'3 or more':>11}{'told, of all':>19}{'of 3 or more':>24}")
    for rounds in rounds_list:
        print("\n".join(bursts(runs, rounds)), flush=True)
    checked = max(runs // 4, 10)
    print(f"\nLoss at the target alone, and what the offered check comes to ({checked} runs, in %)")
    print(f"{'':34}{'rounds':>7}{'left open':>12}{'path loss':>14}{'own limit':>14}{'still open':>14}")
    for rounds in rounds_list:
        print("\n".join(after_check(checked, rounds)), flush=True)
    print(f"\nTimes ({runs} runs; called a queue / with the true hop, called a slow router, in %)")
    for rounds in (60, 120):
        print("\n".join(queue_scores(runs, rounds)), flush=True)
    flagged, reasons = clean_hours(hours)
    print(f"\nClean hours called faulty: {flagged} of {hours} {reasons or ''}")
    many = runs if options.quick else 5 * runs
    late = [shown for run in range(many) if (shown := change_rounds(run, change_at=60)) != [64]]
    print(f"Route changes not shown exactly once, at the end of the fifth round: {len(late)} of {many}")
    for ways in (2, 4, 16):
        false = sum(bool(change_rounds(run, ways=ways)) for run in range(many))
        print(f"False changes with three hops balanced {ways} ways, 100 rounds: {false} of {many}")
    print(f"({time.perf_counter() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
