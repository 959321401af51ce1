"""Targets whose address others use, or that use another one: netfilter of the kernel's routers translates."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.probe import launch, wire
from support.need import need, need_tool
from support.netns import chain, ip_batch
from support.packet import answers, converse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import Chain, User

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
HOPS, GATEWAY = 5, 3
ALIAS, ELSEWHERE = "203.0.113.1", "203.0.113.9"
TO_SERVER = "table ip t { chain c { type nat hook prerouting priority -100; ip daddr %s dnat to %s; }; }"
FROM_ELSEWHERE = """table ip t {
    chain early { type filter hook output priority -300; notrack; }
    chain c { type filter hook output priority 0; ip saddr %s icmp type echo-reply ip saddr set %s; }
}"""


@pytest.fixture(scope="module")
def path() -> Iterator[Chain]:
    """The third router has an address that stands for the last host, and that host an address that it hides."""
    need_tool("nft")
    with chain(HOPS + 1) as made:
        ip_batch([f"addr add {ALIAS} dev lo"], made.names[HOPS])
        for position, rules in (
            (GATEWAY, TO_SERVER % (made.hops[4][GATEWAY - 1], made.target())),
            (HOPS, FROM_ELSEWHERE % (ALIAS, ELSEWHERE)),
        ):
            words = made.command(["nft", rules], position=position)
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            need(done.returncode == 0, f"needs netfilter: {done.stderr}")
        yield made


def report(path: Chain, target: str, *words: str, user: User = "root") -> dict[str, Any]:
    """A report of three rounds."""
    done = path.run([HOPSCOPE, "--json-full", "-n", "-c", "3", "-i", "0.2", "-G", "1", *words, target], user)
    assert done.returncode == 0, done.stderr
    [found] = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def shown(found: dict[str, Any]) -> list[list[str]]:
    """The addresses of each hop."""
    return [[one["address"] for one in hop["addresses"]] for hop in found["hops"]]


@pytest.mark.parametrize("words", [(), ("-u",), ("-T", "-P", "8080")], ids=["icmp", "udp", "tcp"])
def test_a_gateway_with_the_target_s_address(path: Chain, words: tuple[str, ...]) -> None:
    """The path goes on beyond it, to the host that it stands for, and it is said once for all hops."""
    target = path.hops[4][GATEWAY - 1]
    found = report(path, target, *words)
    assert shown(found) == [[address] for address in path.hops[4][: GATEWAY - 1]] + [[target]] * (HOPS - GATEWAY + 1)
    assert found["reached"]
    told = {one["rule"]: one for one in found["assessment"]["verdicts"]}
    gateway = told["gateway-with-target-address"]
    assert (gateway["first_ttl"], gateway["last_ttl"]) == (GATEWAY, HOPS - 1)
    assert "repeated-router" not in told


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_a_target_that_answers_from_elsewhere(path: Chain, user: User) -> None:
    """Its replies are the end of the path, and flagged."""
    found = report(path, ALIAS, user=user)
    assert shown(found) == [[address] for address in path.hops[4][:-1]] + [[ELSEWHERE]]
    assert [hop["loss_percent"] for hop in found["hops"]] == [0.0] * HOPS
    assert "reply-from-elsewhere" in {one["rule"] for one in found["assessment"]["verdicts"]}


def test_the_engine_of_last_resort_hears_it(path: Chain) -> None:
    """Through icmplib a reply from elsewhere counts where it brings our random bytes back; other payloads lack them."""
    argv = path.command([*launch.command(site_packages=True), "--engine", "icmplib"], "root")
    probe = f"send-probe ip-4 {ALIAS} protocol icmp timeout 1"
    options = ("detail 1", "detail 1 icmp-checksum 777", "detail 1 bit-pattern 7", "detail 1 size 30", "")
    found = answers(converse(argv, [f"{token} {probe} {words}" for token, words in enumerate(options)]))
    heard = [(found[token].word, found[token].address) for token in range(len(options))]
    assert heard == [(wire.REPLY, ELSEWHERE)] * 2 + [(wire.NO_REPLY, None)] * 3
