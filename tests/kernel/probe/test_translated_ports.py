"""Errors that quote a source which a translator has rewritten: only a raw socket hears them, as no socket has it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from hopscope.probe.packet import icmp, ip, udp
from support.need import need_tool
from support.netns import Chain, User, chain, inside
from support.packet import ask
from support.sniff import sniffer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

PORT = 61000
# Without connection tracking nobody puts back what routers quote.
PORTS = """table {family} t {{
    chain back {{ type filter hook prerouting priority -300; notrack; }}
    chain there {{ type filter hook forward priority 0; oifname "near" udp sport set 61000; }}
}}"""
SOURCES = """table ip t {
    chain back { type filter hook prerouting priority -300; notrack; ip daddr 192.0.2.77 ip daddr set 192.0.2.1; }
    chain there { type filter hook forward priority 0; oifname "near" ip saddr 192.0.2.1 ip saddr set 192.0.2.77; }
}"""
BOTH = SOURCES.replace("ip saddr set 192.0.2.77;", "ip saddr set 192.0.2.77 udp sport set 61000;")
# The address is put back in the quote, the port is not. A word without meaning makes up for the message's checksum.
ADDRESS_BACK = BOTH.replace("192.0.2.1; }", "192.0.2.1 @th,160,32 set 0xc0000201 @th,48,16 set 0x4c; }", 1)
FLOWS = ("udp", "udp port 9", "udp local-port 4001", "udp port 9 local-port 4001")
HOPS = 4


def load(made: Chain, position: int, rules: str) -> None:
    """Have a router translate; where the kernel cannot, the test is skipped."""
    need_tool("nft")
    loaded = subprocess.run(
        made.command(["nft", rules], position=position), capture_output=True, text=True, check=False
    )
    if loaded.returncode:
        pytest.skip(f"this kernel does not translate: {loaded.stderr.splitlines()[0]}")


@contextlib.contextmanager
def translating(rules: str) -> Iterator[Chain]:
    """A chain whose first router translates, with a way back for the address that it gives."""
    with chain(HOPS + 1) as made:
        load(made, 1, rules)
        for position in range(2, HOPS + 1):
            way = ["ip", "route", "add", "192.0.2.76/30", "via", f"192.0.2.{4 * position - 3}"]
            subprocess.run(made.command(way, position=position), check=True)
        yield made


@pytest.fixture(scope="module")
def ports_translated() -> Iterator[Chain]:
    """A chain whose first router rewrites the source ports of both IP versions."""
    with chain(HOPS + 1) as made:
        for family in ("ip", "ip6"):
            load(made, 1, PORTS.format(family=family))
        yield made


def trace(made: Chain, version: int, flow: str, more: str = "") -> list[wire.Answer]:
    text = f"ip-{version} {made.target(version)} protocol {flow} detail 1 timeout 3{more}"
    return ask(made, [f"{text} ttl {ttl}" for ttl in range(1, HOPS + 1)])


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("flow", FLOWS)
def test_a_source_port_that_is_not_put_back(ports_translated: Chain, flow: str, version: int) -> None:
    """Root hears routers and target behind the translator, timed by the kernel, and is told what is rewritten."""
    answers = trace(ports_translated, version, flow, " tos 32")
    assert tuple(answer.address for answer in answers) == ports_translated.hops[version]
    assert [answer.word for answer in answers] == [wire.TTL_EXPIRED] * (HOPS - 1) + [wire.REPLY]
    assert [answer.rewritten for answer in answers] == [wire.REWRITTEN_NOTHING] + [wire.REWRITTEN_PORT] * (HOPS - 1)
    assert {answer.clock for answer in answers} == {"kernel"}
    assert [answer.reply_ttl for answer in answers] == [64, 63, 62, 61]
    assert {(answer.quoted_ttl, answer.quoted_tos) for answer in answers} == {(1, 32)}


@pytest.mark.parametrize("version", [4, 6])
def test_others_hear_nothing_behind_it(ports_translated: Chain, version: int) -> None:
    """An ordinary user, and whoever asks for no details, is answered by the hops before the translator alone."""
    text = f"ip-{version} {ports_translated.target(version)} protocol udp timeout 1"
    cases: tuple[tuple[User, str], ...] = (("nobody", " detail 1"), ("root", ""))
    for user, detail in cases:
        answers = ask(ports_translated, [f"{text} ttl {ttl}{detail}" for ttl in (1, 2)], user=user)
        assert [answer.word for answer in answers] == [wire.TTL_EXPIRED, wire.NO_REPLY]


@pytest.mark.parametrize(
    ("rules", "flow", "rewritten"),
    [
        (BOTH, "udp", "source,port,checksum"),
        (BOTH, "udp port 9 local-port 4001", "source,port,checksum"),
        (SOURCES, "udp port 9 local-port 4001", "source,checksum"),
        (SOURCES, "udp local-ip-4 192.0.2.1", "source,checksum"),
        (ADDRESS_BACK, "udp", "port,checksum"),
    ],
)
def test_a_source_address_besides(rules: str, flow: str, rewritten: str) -> None:
    """A socket that is bound to an address is not found by another one either; the address may be put back alone."""
    with translating(rules) as made:
        answers = trace(made, 4, flow)
    assert [answer.address for answer in answers] == list(made.hops[4])
    assert [answer.rewritten for answer in answers] == [wire.REWRITTEN_NOTHING] + [rewritten] * (HOPS - 1)


def test_another_process_that_probes_the_same_port(ports_translated: Chain) -> None:
    """Errors about its packets, translated like ours and as long, are no answers, though a probe of ours waits."""
    made = ports_translated
    target = made.target()
    load(made, 2, "table ip u { chain lost { type filter hook forward priority 0; ip ttl > 20 udp dport 53 drop; }; }")
    text = f"send-probe ip-4 {target} protocol udp port 53 detail 1"
    command = made.command(launch.command())
    with (
        sniffer(made.names[0], "near") as sniffed,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"1 {text} ttl 64 timeout 5\n")
        process.stdin.flush()
        (ours,) = sniffed.take(lambda packet: packet.protocol == ip.UDP, 1)

        def probe() -> None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 2)
                sock.sendto(bytes(len(ours.payload) - 8), (target, 53))

        for _ in range(20):
            inside(made.names[0], probe)
        for error in sniffed.take(lambda packet: packet.protocol == ip.ICMP, 20):
            quoted = icmp.quoted_packet(4, icmp.parse(error.payload))
            assert udp.parse(quoted.payload).source_port == PORT
            assert udp.parse(quoted.payload).length == len(ours.payload)
        process.stdin.write(f"2 {text} ttl 2 timeout 5\n")
        process.stdin.close()
        words = dict(line.split()[:2] for line in process.stdout)
    assert words == {"1": wire.NO_REPLY, "2": wire.TTL_EXPIRED}
