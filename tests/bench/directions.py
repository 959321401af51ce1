"""How often ``--both`` names the right direction of loss, over real sshd, kernels and nftables.

    cd tests && python -m bench.directions [RUNS [SIDE_BY_SIDE]]

Loss in one direction, in the other and in both is run RUNS times each (30), with 3, 5, 10 and 20 % in turn; the other
worlds a quarter as often. Each side has a chain of its own. Needs root, sshd and nft. Nothing leaves the chains.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from support.both import loss, nat, ruled, told
from support.netns import chain
from support.sshd import sshd

if TYPE_CHECKING:
    from support.netns import Chain
    from support.sshd import SshServer

PERCENT = (3, 5, 10, 20)
ROUNDS, INTERVAL_S = 120, 0.2
PATIENCE_S = 240
OFTEN = 3  # so many of the kinds below
# What loses; what blocks the count; whether the near end is behind NAT.
KINDS: dict[str, tuple[tuple[str, ...], str, bool]] = {
    "forward": (("forward",), "", False),
    "return": (("return",), "", False),
    "both": (("forward", "return"), "", False),
    "none": ((), "", False),
    "forward, NAT": (("forward",), "", True),
    "return, NAT": (("return",), "", True),
    "return, forward blocked": (("return",), "forward", False),
    "return, return blocked": (("return",), "return", False),
}


@dataclass(frozen=True)
class Outcome:
    """One run."""

    kind: str
    percent: int
    direction: str
    rule: str
    counted: str

    @property
    def truth(self) -> str:
        """What was to be named."""
        lossy, blocked, _ = KINDS[self.kind]
        return "" if blocked or not lossy else lossy[0] if len(lossy) == 1 else "both"


def run(path: Chain, server: SshServer, kind: str, percent: int) -> Outcome:
    """One trace in both directions."""
    lossy, blocked, translated = KINDS[kind]
    rules = [loss(one, percent) for one in lossy]
    if blocked:
        rules.insert(0, f'oifname "{"near" if blocked == "forward" else "far"}" meta l4proto udp drop')
    with contextlib.ExitStack() as stack:
        if translated:
            stack.enter_context(nat(path))
        if rules:
            stack.enter_context(ruled(path, *rules))
        found = told(path, server=server, rounds=ROUNDS, interval_s=INTERVAL_S, timeout_s=PATIENCE_S)
    answer, count = found["both_directions"], found["one_way"]
    ways = ", ".join(f"{name} {count[name]['lost']} of {count[name]['sent']}" for name in ("forward", "return"))
    return Outcome(kind, percent, answer["direction"] or "", answer["rule"], ways)


def main(runs: int = 30, sides: int = 5) -> None:
    """Run all, and print how often the right direction, none, or a wrong one was named."""
    work: SimpleQueue[tuple[str, int]] = SimpleQueue()
    for number in range(runs):
        for at, kind in enumerate(KINDS):
            if at < OFTEN or number < -(-runs // 4):
                work.put((kind, PERCENT[number % len(PERCENT)]))
    done: list[Outcome] = []
    failed: list[str] = []

    def side() -> None:
        with contextlib.ExitStack() as stack:
            path = stack.enter_context(chain(5))
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="directions-"))
            server = stack.enter_context(sshd(Path(folder), path.names[-1], path.target()))
            while True:
                try:
                    kind, percent = work.get_nowait()
                except Empty:
                    return
                try:
                    done.append(run(path, server, kind, percent))
                except (AssertionError, subprocess.TimeoutExpired) as error:
                    failed.append(f"{kind}, {percent} %: {error}")

    begun_s = time.monotonic()
    threads = [threading.Thread(target=side) for _ in range(sides)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for kind in KINDS:
        mine = [one for one in done if one.kind == kind]
        right, open_ = (
            sum(test(one) for one in mine) for test in (lambda o: o.direction == o.truth, lambda o: not o.direction)
        )
        wrong = [one for one in mine if one.direction not in {"", one.truth}]
        print(f"{kind:24} runs {len(mine):3}  right {right:3}  none named {open_:3}  wrong {len(wrong)}")
        for percent in PERCENT:
            some = Counter(one.direction or "-" for one in mine if one.percent == percent)
            print(f"    {percent:2} %: {', '.join(f'{name} {count}' for name, count in sorted(some.items()))}")
        for one in wrong:
            print(f"    wrong: {one.percent} %, {one.direction} ({one.rule}): {one.counted}")
    for text in failed:
        print(f"failed: {text}")
    print(f"{time.monotonic() - begun_s:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
