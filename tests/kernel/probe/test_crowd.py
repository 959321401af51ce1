"""Many probes, and many probe processes, at once."""

from __future__ import annotations

import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from support.packet import answers, converse

if TYPE_CHECKING:
    from support.netns import Chain, User

pytestmark = pytest.mark.kernel

PROTOCOLS = ("icmp", "udp", "udp port 53", "tcp port 9", "sctp")
BURST = 1000
TTLS = range(1, 8)
ROUNDS = 5


def test_twenty_side_by_side_do_not_hear_each_other(namespace_chain: Chain) -> None:
    """Processes that trace different targets at the same time see their own path and no other one's routers."""
    cases = [(protocol, distance) for protocol in PROTOCOLS for distance in range(2, 6)]
    processes = []
    for number, (protocol, distance) in enumerate(cases):
        version = 6 if number % 2 else 4
        target = namespace_chain.hops[version][distance - 1]
        text = "".join(
            f"{turn * 10 + ttl} send-probe ip-{version} {target} protocol {protocol} ttl {ttl} timeout 5\n"
            for turn in range(ROUNDS)
            for ttl in TTLS
        )
        process = subprocess.Popen(
            namespace_chain.command(launch.command()), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        processes.append((process, version, distance, protocol, text))
    for process, *_, text in processes:
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.flush()
    for process, version, distance, protocol, _ in processes:
        out, _ = process.communicate(timeout=60)
        for token, answer in answers(out.splitlines()).items():
            hop = min(token % 10, distance)
            assert answer.address == namespace_chain.hops[version][hop - 1], (protocol, token)
            assert hop == distance or answer.word == wire.TTL_EXPIRED
        assert len(out.splitlines()) == ROUNDS * len(TTLS)


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_a_burst_of_each_protocol(namespace_chain: Chain, user: User) -> None:
    """A thousand probes at once, sent by one write, are all answered, by a router as well as by the target."""
    for protocol in ("icmp", "udp", "udp port 9", "udp port 9 local-port 4000", "tcp port 9"):
        for version, ttl, word in ((4, 2, wire.TTL_EXPIRED), (6, 5, wire.REPLY)):
            target = namespace_chain.target(version)
            text = f"send-probe ip-{version} {target} protocol {protocol} ttl {ttl} timeout 5"
            argv = namespace_chain.command(launch.command(), user)
            lines = converse(argv, [f"{token} {text}" for token in range(1, BURST + 1)])
            found = answers(lines)
            assert Counter(answer.word for answer in found.values()) == {word: BURST}, (protocol, version)
