"""A gateway that goes away, and routers that report that they cannot reach the target, on real kernel routers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.need import need_tool
from support.netns import chain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support.netns import Chain

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
INTERVAL_S = 0.5
# Rounds after which the path breaks, and is mended: long enough for the kernel to give a neighbour up.
BREAKS, MENDS, ENDS = 6, 18, 28


@pytest.fixture
def path() -> Iterator[Chain]:
    """Two routers that answer all."""
    with chain(4) as made:
        yield made


@pytest.fixture
def limited_path() -> Iterator[Chain]:
    """Two routers with the kernel's limit on ICMP errors: six, then one a round."""
    with chain(4, rate_limited=True, sysctls={"net.ipv4.icmp_ratelimit": int(1000 * INTERVAL_S)}) as made:
        yield made


def ip(namespace: str, *words: str) -> None:
    """Run ``ip`` in a namespace."""
    subprocess.run(["ip", "-n", namespace, *words], check=True, capture_output=True)


def broken(
    path: Chain, words: Sequence[str], breaks: Sequence[Sequence[str]], mends: Sequence[Sequence[str]], version: int = 4
) -> list[dict[str, Any]]:
    """Trace a path that is broken for some rounds: the events as they came."""
    argv = [HOPSCOPE, "--jsonl", "-n", "-i", str(INTERVAL_S), "-c", str(ENDS), *words, path.target(version)]
    events = []
    with subprocess.Popen(path.command(argv), stdout=subprocess.PIPE, text=True) as lines:
        assert lines.stdout is not None
        for line in lines.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "round" and events[-1]["round"] in {BREAKS, MENDS}:
                for command in breaks if events[-1]["round"] == BREAKS else mends:
                    ip(*command)
    return events


def judged(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The last assessment."""
    return [event for event in events if event["event"] == "assessment"][-1]


def addresses(events: list[dict[str, Any]], ttl: int) -> set[str]:
    """Who answered at a hop, but for unreachables."""
    return {event["address"] for event in events if event.get("outcome") == "answered" and event["ttl"] == ttl}


def fates(events: list[dict[str, Any]], outcome: str) -> set[tuple[int, int]]:
    """The probes, by round and TTL, of which this was told."""
    return {(event["round"], event["ttl"]) for event in events if event.get("outcome") == outcome}


@pytest.mark.parametrize(
    ("words", "version"),
    [([], 4), ([], 6), (["-u"], 4), (["-T", "-P", "8080"], 4)],
    ids=["icmp", "icmp-6", "udp", "tcp"],
)
def test_a_gateway_that_is_gone_is_no_hop(path: Chain, words: list[str], version: int) -> None:
    """No address of this host at any hop, no RTT of the kernel's neighbour timeout, no loss, no balancing."""
    here, gateway = path.names[0], path.names[1]
    breaks = [(gateway, "link", "set", "far", "arp", "off"), (here, "neigh", "flush", "all")]
    mends = [(gateway, "link", "set", "far", "arp", "on")]
    events = broken(path, words, breaks, mends, version)
    assert [addresses(events, ttl) for ttl in (1, 2, 3)] == [{address} for address in path.hops[version]]
    assert not [event for event in events if event.get("address") == path.sources[version] and event["event"] != "name"]
    failed = [event["answer"] for event in events if event.get("outcome") == "not-sent"]
    assert len(failed) >= 3
    assert set(failed) <= {"host-down", "no-route"}
    assert [event["reason"] for event in events if event["event"] == "state" and event["state"] == "network-down"]
    found = {verdict["rule"] for verdict in judged(events)["verdicts"]}
    assert "not-sent" in found
    assert not found & {"load-balancing", "path-change", "path-loss", "unreachable"}
    assert "outage" not in found
    # What seemed lost has turned out not to be sent.
    assert fates(events, "unanswered") <= fates(events, "not-sent")


@pytest.mark.parametrize("who", ["no-route", "no-neighbour"])
def test_a_router_that_cuts_the_target_off_is_quoted(limited_path: Chain, who: str) -> None:
    """The router without a route, or whose next router is gone, says so: lost at the target, told as an outage."""
    breaks: list[tuple[str, ...]]
    mends: list[tuple[str, ...]]
    path = limited_path
    first, second = path.names[1], path.names[2]
    if who == "no-route":
        ttl, breaks, mends = 2, [(second, "link", "set", "near", "down")], [(second, "link", "set", "near", "up")]
    else:
        ttl, mends = 1, [(second, "link", "set", "far", "arp", "on")]
        breaks = [(second, "link", "set", "far", "arp", "off"), (first, "neigh", "flush", "all")]
    events = broken(path, [], breaks, mends)
    router = path.hops[4][ttl - 1]
    assert [addresses(events, at) for at in (1, 2, 3)] == [{address} for address in path.hops[4]]
    reports = [event for event in events if event.get("outcome") == "unreachable"]
    assert {event["address"] for event in reports} == {router}
    assert 3 in {event["ttl"] for event in reports}
    told = judged(events)
    assert told["answer"].startswith(f"Outage: hop {ttl} ({router}) reported ")
    assert (told["status"], told["addresses"]) == ("ended", [router])
    found = {verdict["rule"] for verdict in told["verdicts"]}
    assert not found & {"load-balancing", "path-change", "path-loss", "reply-limit", "not-sent"}
    assert {"loss-started", "loss-ended"} <= {event["event"] for event in events}


def test_stock_mtr_lists_this_host_as_a_hop(path: Chain) -> None:
    """What hopscope's rows must not hold: mtr's do, with the kernel's timeout as an RTT."""
    need_tool("mtr", "mtr-packet")
    own = path.sources[4]
    done = {}
    for name, program in (("mtr", "mtr"), ("hopscope", HOPSCOPE)):
        ip(path.names[1], "link", "set", "far", "arp", "off")
        ip(path.names[0], "neigh", "flush", "all")
        words = [program, "-r", "-n", "-c", "6", "-G", "4", path.target()]
        done[name] = path.run(words).stdout
        ip(path.names[1], "link", "set", "far", "arp", "on")
    assert own in done["mtr"]
    assert own not in done["hopscope"]
    assert not re.search(r"\d{3,}\.\d", done["hopscope"])
