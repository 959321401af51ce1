"""What is said of labelled faults: simulated paths with one fault each, traced by the real engine in virtual time.

Run as ``python tests/bench/faults.py`` (``--runs 200`` a fault; ``--rounds 30 100 300``). Fixed seeds. For each fault:
how often its rule was told at its hops, how often anything graver than a note was told that is not the fault, and what
the gravest verdict was. Loss and rate limits at many places and strengths are the matter of ``bench/verdicts.py``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.insight.rules import Rule

ADDRESSES = ("192.0.2.1", *(f"198.51.100.{host}" for host in (1, 9, 17)), *(f"203.0.113.{host}" for host in (1, 9, 17)))
TIMES_MS = (0.8, 5.1, 6.0, 6.8, 9.9, 16.2, 17.4, 18.0)
TARGET = "203.0.113.80"
HOPS = 8
LIMITS = frozenset({rules.REPLY_LIMIT, rules.REPLY_LIMIT_CONFIRMED})
GRAVE = ("fault", "warning", "changed")
QUEUES_MS = (50, 200)


@dataclass(frozen=True)
class Fault:
    """A path with one fault. ``rules`` tell it where they are told of all its ``hops`` (none: of the whole path).

    ``tables`` are further keys of hops by TTL, ``more`` is TOML behind them. ``grave``: rules that may be told as
    graver than a note, beside those of the fault.
    """

    name: str
    rules: frozenset[Rule]
    hops: tuple[int, ...] = ()
    tables: dict[int, str] = field(default_factory=dict)
    more: str = ""
    grave: frozenset[Rule] = frozenset()
    flows: int = 0

    def toml(self) -> str:
        """The scenario."""
        lines = [f'title = "{self.name}"', "hop = ["]
        for ttl, rtt_ms in enumerate(TIMES_MS, 1):
            address = f'"{TARGET if ttl == HOPS else ADDRESSES[ttl - 1]}"'
            table = self.tables.get(ttl, "")
            keys = [] if table.startswith("address") else [f"address = {address}"]
            keys += [f"rtt_ms = {rtt_ms}", "jitter_ms = 0.2"]
            lines.append("    { " + ", ".join([*keys, *([table] if table else [])]) + " },")
        return "\n".join([*lines, "]", self.more])


def several(count: int, balance: str) -> str:
    """A hop over which load is balanced."""
    addresses = ", ".join(f'"198.18.4.{number + 1}"' for number in range(count))
    return f'address = [{addresses}], balance = "{balance}"'


def faults() -> list[Fault]:
    """All of them."""
    change = (
        '\n[[change]]\nat_s = {at}\n[change.hop]\n4 = {{ address = "198.18.0.4" }}\n5 = {{ address = "198.18.0.5" }}\n'
    )
    limits = {"middle hop": 4, "last hop": 7}
    made = [Fault("clean", frozenset({rules.NO_LOSS, rules.LOSS_NOT_EXCLUDED, rules.LOSS_UNDECIDED}))]
    made += [
        Fault(
            f"5 % lost on the way back before hop {at}",
            # Of the last two hops it may be their limits on replies as well.
            frozenset({rules.PATH_LOSS, rules.LOCAL_LOSS, rules.LAST_LINK_LOSS, rules.TARGET_LOSS_OR_LIMIT}),
            (at,),
            {at: "back_loss_percent = 5"},
        )
        for at in (2, 4, 7)
    ]
    for place, at in limits.items():
        made += [
            Fault(
                f"{name} at a {place}",
                LIMITS,
                (at,),
                {at: f"rate_limit = {{ {limit} }}"},
            )
            for name, limit in (
                ("answers 0.5/s, burst 1", "per_s = 0.5"),
                ("answers 0.8/s, burst 5", "per_s = 0.8, burst = 5"),
            )
        ]
    made += [
        Fault(
            f"answers {name} at the target",
            frozenset({rules.TARGET_REPLY_LIMIT}),
            (8,),
            {8: f"rate_limit = {{ {limit} }}"},
        )
        for name, limit in (("0.8/s, burst 1", "per_s = 0.8"), ("0.8/s, burst 5", "per_s = 0.8, burst = 5"))
    ]
    made += [
        Fault("silent hop 3", frozenset({rules.SILENT_HOP}), (3,), {3: "silent = true"}),
        Fault("silent hops 3 and 5", frozenset({rules.SILENT_HOP}), (3, 5), {3: "silent = true", 5: "silent = true"}),
        Fault("silent target", frozenset({rules.TARGET_SILENT}), (8,), {8: "silent = true"}),
        # What is refused was on its way to hop 7; the router that refuses is named at its own hop.
        Fault("prohibited at hop 6", frozenset({rules.PROHIBITED}), (6,), {6: 'block = "prohibited"'}),
    ]
    made += [
        Fault(
            f"{ways} routers by {how} at hop 4",
            frozenset({rules.LOAD_BALANCING}),
            (4,),
            {4: several(ways, how)},
            flows=flows,
        )
        for how, flows in (("flow", 0), ("flow", 8), ("packet", 0), ("packet", 1))
        for ways in (2, 4)
    ]
    made += [
        Fault("route change at hops 4-5", frozenset({rules.PATH_CHANGE}), (4, 5), more=change.format(at=15)),
        Fault(
            "flap at hops 4-5",
            frozenset({rules.PATH_FLAP, rules.PATH_CHANGE}),
            (4, 5),
            more=change.format(at=6),
            tables={},
        ),
        Fault(
            "loop of two",
            frozenset({rules.ROUTING_LOOP}),
            (4,),
            more="\n[[change]]\nat_s = 5\nloop = [4, 5]\n",
            grave=frozenset({rules.PATH_CHANGE, rules.PATH_FLAP}),
        ),
        Fault(
            "loop of three",
            frozenset({rules.ROUTING_LOOP}),
            (4,),
            more="\n[[change]]\nat_s = 5\nloop = [4, 6]\n",
            grave=frozenset({rules.PATH_CHANGE, rules.PATH_FLAP}),
        ),
        Fault(
            "MPLS, times flattened",
            frozenset({rules.MPLS_TUNNEL}),
            (4, 5, 6),
            {ttl: f"labels = [{24000 + ttl}], carried_to = 7" for ttl in (4, 5, 6)},
        ),
    ]
    made += [
        Fault(
            f"queue of {longest} ms before hop {at}",
            frozenset({rules.QUEUEING, rules.BUFFERBLOAT}),
            (at,),
            {at: f"queue = {{ peak_ms = {longest}, period_s = 30 }}"},
            grave=frozenset({rules.JITTER}),
        )
        for longest in QUEUES_MS
        for at in (2, 5)
    ]
    made += [
        Fault(
            "slow control plane at hop 4",
            frozenset({rules.SLOW_REPLIES}),
            (4,),
            {4: "spikes = { percent = 30, delay_ms = 60 }"},
        ),
        Fault("carrier's translation at hop 2", frozenset({rules.CARRIER_NAT}), (2,), {2: 'address = "100.64.0.1"'}),
    ]
    return made


def told(fault: Fault, rounds: int, seed: int) -> tuple[bool, bool, str]:
    """Whether the fault was told at all its hops, whether something grave was told that is not there, the gravest."""
    text = fault.toml()
    if fault.name.startswith("flap"):
        text = "repeat_s = 12\n" + text
    snapshot = lab_world(Lab(text, seed), TraceSettings(rounds=rounds, flows=fault.flows), detail=True).run()
    found = verdicts(snapshot).verdicts
    mine = [one for one in found if one.rule in fault.rules]
    right = all(any(one.first_ttl <= hop <= one.last_ttl for one in mine) for hop in fault.hops)
    grave = [one.rule for one in found if one.severity in GRAVE]
    false = any(rule not in fault.rules | fault.grave for rule in grave)
    return bool(mine) and right, false, grave[0].id if grave else "-"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--rounds", type=int, nargs="+", default=[30, 100, 300])
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    began = time.perf_counter()
    print(f"{'fault':40}{'rounds':>7}{'told %':>9}{'false %':>9}  gravest verdict, %")
    for fault in faults():
        if options.only not in fault.name:
            continue
        for rounds in options.rounds:
            results = [told(fault, rounds, seed) for seed in range(options.runs)]
            share = 100 / options.runs
            gravest = Counter(one[2] for one in results).most_common(4)
            print(
                f"{fault.name + (f' ({fault.flows} flows)' if fault.flows else ''):40}{rounds:>7}"
                f"{share * sum(one[0] for one in results):>9.1f}{share * sum(one[1] for one in results):>9.1f}"
                f"  {', '.join(f'{rule} {share * count:.1f}' for rule, count in gravest)}",
                flush=True,
            )
    print(f"({time.perf_counter() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
