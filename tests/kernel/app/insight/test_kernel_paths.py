"""The sentence on real kernel routers, whose netfilter loses packets and whose own limits hold back replies.

One chain of routers has a target for each fault, which meets the packets to that target alone, so that all of them are
traced side by side.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.need import need, need_tool
from support.netns import chain, inside, ip_batch, set_sysctls
from support.relay import open_tun, relayed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support.netns import Chain

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
ROUNDS, INTERVAL_S = 120, 0.05
# Two places of loss take more rounds to tell: chance is to hide the nearer one less than once in ten thousand runs.
LONGER = {"two places": 300}
HOPS = 7
FAULTS = ("bursts", "two places", "jitter", "silent target", "comes and goes", "limited target", "limited at both")
TARGETS = {name: f"203.0.113.{number}" for number, name in enumerate(FAULTS, 1)}
# The link beyond hop 3: packets take up to so much longer each.
JITTER_LINK, JITTER_S = 3, 0.045
# Hop 4 forwards three probes of each round, of the first round some more; it loses by their numbers.
FORWARDED, SURPLUS = 3, 7
COMES, GOES = 40, 75
BURSTS = ((18, 23), (39, 42), (50, 57), (74, 78), (95, 101))
CHANCE = 'oifname "near" ip daddr {target} numgen random mod 1000 < {permille} drop'
COUNTED = (
    'oifname "near" ip daddr {target} numgen inc mod 10000 {{ {numbers} }} numgen random mod 1000 < {permille} drop'
)
ECHO_NEVER = "ip daddr {target} icmp type echo-request drop"
ECHO_LIMIT = "ip daddr {target} icmp type echo-request limit rate over 5/second burst 5 packets drop"
# The error quotes the packet: its destination stands 24 bytes into the message.
ERROR_LIMIT = "icmp type time-exceeded @th,192,32 {quoted} limit rate over 6/second burst 5 packets drop"


def nft(path: Chain, position: int, rules: str) -> None:
    """Add to the rules of a namespace; where the kernel cannot do it, the test is skipped."""
    need_tool("nft")
    done = subprocess.run(
        path.command(["nft", "-f", "-"], position=position), input=rules, capture_output=True, text=True, check=False
    )
    need(done.returncode == 0, f"needs netfilter: {done.stderr}")


def filtering(name: str, hook: str, text: str, **values: object) -> str:
    """Rules that meet the packets to a target at a hook; they take the place of what was there for it."""
    target = TARGETS[name]
    table = f"t{target.rpartition('.')[2]}"
    return (
        f"add table ip {table}\n"
        f"add chain ip {table} here {{ type filter hook {hook} priority 0; }}\n"
        f"flush chain ip {table} here\n"
        f"add rule ip {table} here {text.format(target=target, quoted=int(ip_address(target)), **values)}\n"
    )


def lose(path: Chain, position: int, name: str, permille: int) -> None:
    """Have a router lose this part of what it forwards to a target."""
    nft(path, position, filtering(name, "forward", CHANCE, permille=permille))


def lose_in_rounds(path: Chain, name: str, rounds: Sequence[tuple[int, int]], permille: int = 999) -> None:
    """Have hop 4 lose this part of what it forwards to a target in some rounds, from and until."""
    numbers = ", ".join(f"{SURPLUS + FORWARDED * begin}-{SURPLUS + FORWARDED * end - 1}" for begin, end in rounds)
    nft(path, 4, filtering(name, "forward", COUNTED, numbers=numbers, permille=permille))


@dataclass(frozen=True)
class Told:
    """What a report says of a target, and its events."""

    assessment: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]

    @property
    def sentence(self) -> str:
        """The answer in words."""
        return str(self.assessment["answer"])

    @property
    def rules(self) -> set[str]:
        """All that it speaks of."""
        return {verdict["rule"] for verdict in self.assessment["verdicts"]}

    def place(self, name: str = "place") -> tuple[int, int]:
        """The hops between which the trouble begins."""
        found = self.assessment[name]
        return found["first_ttl"], found["last_ttl"]

    def events_of(self, kind: str) -> list[Mapping[str, Any]]:
        """Its events of a kind."""
        return [event for event in self.events if event["kind"] == kind]


def trace(path: Chain, name: str) -> Told:
    """Trace the target of a fault to the end."""
    target, rounds = TARGETS[name], LONGER.get(name, ROUNDS)
    words = [HOPSCOPE, "--json-full", "-n", "-c", str(rounds), "-i", str(INTERVAL_S), "-G", "1", target]
    done = path.run(words)
    assert done.returncode == 0, done.stderr
    [report] = json.loads(done.stdout)
    return Told(report["assessment"], report["events"])


@contextlib.contextmanager
def jittery(path: Chain) -> Iterator[None]:
    """Beside a link of the chain another, which packets to one target take, and which delays them."""
    chance = random.Random(7)
    ends = path.names[JITTER_LINK], path.names[JITTER_LINK + 1]
    near, far = (inside(name, lambda: open_tun("jitter")) for name in ends)
    for name in ends:
        set_sysctls(name, {"net.ipv4.conf.jitter.rp_filter": 0})
        ip_batch(["link set jitter up"], name)
    ip_batch([f"route add {TARGETS['jitter']} dev jitter"], ends[0])
    with relayed(near, far, lambda _: chance.uniform(0, JITTER_S)):
        yield


@pytest.fixture(scope="module")
def told() -> Iterator[dict[str, Told]]:
    """What is said of each target."""
    with chain(HOPS + 1, sysctls={"net.ipv4.conf.all.rp_filter": 0}) as path, jittery(path):
        ip_batch([f"addr add {target} dev lo" for target in TARGETS.values()], path.names[HOPS])
        lose(path, 1, "two places", 120)
        lose(path, 3, "two places", 300)
        lose(path, 3, "silent target", 250)
        nft(path, HOPS, filtering("silent target", "input", ECHO_NEVER))
        nft(path, HOPS, filtering("limited target", "input", ECHO_LIMIT))
        nft(path, HOPS, filtering("limited at both", "input", ECHO_LIMIT))
        nft(path, HOPS - 1, filtering("limited at both", "output", ERROR_LIMIT))
        lose_in_rounds(path, "bursts", BURSTS)
        lose_in_rounds(path, "comes and goes", [(COMES, GOES)], 350)
        with ThreadPoolExecutor(len(TARGETS)) as pool:
            running = {name: pool.submit(trace, path, name) for name in TARGETS}
            yield {name: one.result() for name, one in running.items()}


def begins(told: Told, ttl: int, name: str = "place") -> bool:
    """Whether the place that is told leaves open that it begins at this hop, and is not wide."""
    first, last = told.place(name)
    return first < ttl <= last <= first + 3


def test_loss_in_bursts(told: dict[str, Told]) -> None:
    """Bursts of a few rounds on a link in the middle are loss on the path, from the router beyond it on."""
    one = told["bursts"]
    assert one.sentence.startswith("Loss on the path")
    assert one.rules == {"path-loss"}
    assert begins(one, 5)


def test_two_links_that_lose(told: dict[str, Told]) -> None:
    """Each place is named, with its own share."""
    one = told["two places"]
    assert re.match(r"Loss on the path: [\d.]+ % from hop 2, [\d.]+ % more from hop 4; ", one.sentence)
    assert begins(one, 2)
    assert begins(one, 4, "further_place")


def test_jitter_of_one_link(told: dict[str, Told]) -> None:
    """RTT that varies at all hops beyond a link is told from there on, and nothing is said to be lost."""
    one = told["jitter"]
    assert one.rules == {"queueing", "no-loss"}
    assert begins(one, 4)


def test_a_silent_target_beyond_loss(told: dict[str, Told]) -> None:
    """Both are said: the loss before it, and that it does not answer."""
    one = told["silent target"]
    assert re.match(r"Loss on the path: .*; nothing answers beyond hop 6\.$", one.sentence)
    assert one.rules == {"path-loss", "target-silent"}
    assert begins(one, 4)


def test_loss_that_comes_and_goes(told: dict[str, Told]) -> None:
    """It is told as ended, where it was, and dated at about its first and last losses."""
    one = told["comes and goes"]
    assert one.sentence.startswith("Loss ended ")
    assert one.assessment["status"] == "ended"
    assert begins(one, 5)
    [began], [ended] = one.events_of("loss-started"), one.events_of("loss-ended")
    assert COMES - 8 <= began["round"] <= COMES + 8
    assert GOES - 8 <= ended["round"] <= GOES + 8


def test_a_target_that_limits_its_replies(told: dict[str, Told]) -> None:
    """Losses at the target alone are no fault of the path, and a busy machine's uneven ones are not said to be."""
    one = told["limited target"]
    assert re.match(r"(The target answers only some probes|Loss at the target: .* on the last link)", one.sentence)
    assert "rate-limited replies" in one.sentence
    assert one.rules <= {"target-reply-limit", "target-loss-or-limit"}
    assert one.assessment["severity"] != "fault"


def test_limits_at_the_last_two_hops(told: dict[str, Told]) -> None:
    """The last router and the target that both limit their replies are never called a fault."""
    one = told["limited at both"]
    assert one.sentence.startswith("Loss at the end of the path: ")
    assert ", or rate-limited replies" in one.sentence
    assert one.rules == {"target-loss-or-limit"}
    assert one.assessment["severity"] != "fault"
    assert begins(one, 6)
