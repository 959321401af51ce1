"""The probe process on a path of real kernel routers."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from support.need import need_tool
from support.netns import USERS, Chain, User, chain, inside
from support.packet import ask, converse

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

PROTOCOLS = ("icmp", "udp", "udp port 9", "tcp port 9", "tcp port 8080")
HOPS = 5


@pytest.fixture(scope="module")
def closed_chain() -> Iterator[Chain]:
    """A chain whose first namespace has ping sockets closed."""
    with chain(ping_open=False) as made:
        yield made


def trace(chain: Chain, version: int, protocol: str, user: User, *, argv: list[str] | None = None) -> list[wire.Answer]:
    """One answer for each TTL up to the target."""
    detail = "" if argv else " detail 1"
    return ask(
        chain,
        [f"ip-{version} {chain.target(version)} protocol {protocol} ttl {ttl}{detail}" for ttl in range(1, HOPS + 1)],
        user=user,
        argv=argv,
    )


def assert_path(chain: Chain, version: int, answers: list[wire.Answer]) -> None:
    assert tuple(answer.address for answer in answers) == chain.hops[version]
    assert [answer.word for answer in answers] == [wire.TTL_EXPIRED] * (HOPS - 1) + [wire.REPLY]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("user", USERS)
def test_every_router_in_order(namespace_chain: Chain, user: User, protocol: str, version: int) -> None:
    """Where ping sockets are open, every user sees every router with every protocol, timed by the kernel."""
    answers = trace(namespace_chain, version, protocol, user)
    assert_path(namespace_chain, version, answers)
    refused = protocol == "tcp port 9"  # a reset carries no stamp and ends the kernel's own measuring
    assert [answer.clock for answer in answers] == ["kernel"] * (HOPS - refused) + ["user"] * refused
    assert [answer.reply_ttl for answer in answers[:-1]] == [64, 63, 62, 61]
    expired = (11, 0) if version == 4 else (3, 0)
    assert {(answer.icmp_type, answer.icmp_code) for answer in answers[:-1]} == {expired}


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("user", USERS)
def test_without_ping_sockets(closed_chain: Chain, user: User, protocol: str, version: int) -> None:
    """Where ping sockets are closed, root uses raw ones, and everybody else has all protocols but ICMP."""
    answers = trace(closed_chain, version, protocol, user)
    if protocol == "icmp" and user != "root":
        assert {answer.word for answer in answers} == {wire.PERMISSION_DENIED}
        return
    assert_path(closed_chain, version, answers)
    assert all(answer.clock == "kernel" for answer in answers[:-1])
    if protocol == "icmp":
        assert [answer.quoted_ttl for answer in answers[:-1]] == [1] * (HOPS - 1)


@pytest.mark.parametrize("user", USERS)
def test_support_is_what_the_user_may_do(closed_chain: Chain, namespace_chain: Chain, user: User) -> None:
    """The process says beforehand whether ICMP can be had."""
    for made, allowed in ((namespace_chain, True), (closed_chain, user == "root")):
        features = ["icmp", "sctp", "udp", "tcp", "ip-4", "ip-6"]
        commands = [f"{token} check-support feature {feature}" for token, feature in enumerate(features)]
        expected = ["ok" if allowed else "no", "ok" if user == "root" else "no", *["ok"] * 4]
        lines = converse(made.command(launch.command(), user), commands)
        assert lines == [f"{token} feature-support support {value}" for token, value in enumerate(expected)]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["icmp", "udp", "tcp port 9", "tcp port 8080"])
def test_same_path_as_stock_mtr_packet(namespace_chain: Chain, protocol: str, version: int) -> None:
    """A program that we did not write finds the same addresses."""
    need_tool("mtr-packet")
    stock = trace(namespace_chain, version, protocol, "root", argv=["mtr-packet"])
    assert_path(namespace_chain, version, stock)


@pytest.mark.parametrize("version", [4, 6])
def test_icmplib_engine_as_root(closed_chain: Chain, version: int) -> None:
    """The engine for systems without error queues sees every router too, timed by its own clock."""
    argv = [*launch.command(site_packages=True), "--engine", "icmplib"]
    target = closed_chain.target(version)
    texts = [f"ip-{version} {target} ttl {ttl} detail 1" for ttl in range(1, HOPS + 1)]
    answers = ask(closed_chain, texts, argv=argv)
    assert_path(closed_chain, version, answers)
    assert {answer.clock for answer in answers} == {"user"}
    assert [answer.quoted_ttl for answer in answers[:-1]] == [1] * (HOPS - 1)


@pytest.mark.parametrize("version", [4, 6])
def test_sctp_as_root(namespace_chain: Chain, version: int) -> None:
    """INIT chunks show every router, and the target's word that it does not know the protocol; others may not."""
    answers = trace(namespace_chain, version, "sctp", "root")
    assert tuple(answer.address for answer in answers) == namespace_chain.hops[version]
    unknown_protocol = (3, 2) if version == 4 else (4, 1)
    assert (answers[-1].word, answers[-1].icmp_type, answers[-1].icmp_code) == (wire.NO_ROUTE, *unknown_protocol)
    assert {answer.clock for answer in answers} == {"kernel"}
    assert {answer.word for answer in trace(namespace_chain, version, "sctp", "nobody")} == {wire.PERMISSION_DENIED}


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["icmp", "udp", "udp port 9", "udp port 9 local-port 4000", "tcp", "sctp"])
def test_root_sees_the_quoted_header(namespace_chain: Chain, protocol: str, version: int) -> None:
    """A process that may have raw sockets tells TTL and type of service that its probe had at the router."""
    target = namespace_chain.target(version)
    (answer,) = ask(namespace_chain, [f"ip-{version} {target} protocol {protocol} ttl 3 tos 32 detail 1"])
    assert (answer.quoted_ttl, answer.quoted_tos) == (1, 32)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["icmp", "udp", "udp port 9", "udp port 9 local-port 4001"])
def test_nothing_is_rewritten(namespace_chain: Chain, protocol: str, version: int) -> None:
    """On a plain path no quote differs, though between namespaces nobody completes a checksum; others do not know."""
    errors = [
        answer for answer in trace(namespace_chain, version, protocol, "root") if answer.icmp_type not in {0, 129}
    ]
    assert {answer.rewritten for answer in errors} == {wire.REWRITTEN_NOTHING}
    assert {answer.rewritten for answer in trace(namespace_chain, version, protocol, "nobody")} == {None}


def test_raw_sockets_see_what_is_rewritten(closed_chain: Chain) -> None:
    """Where ping sockets are closed, the raw socket itself hears the quoted source."""
    answers = trace(closed_chain, 4, "icmp", "root")
    assert [answer.rewritten for answer in answers] == [wire.REWRITTEN_NOTHING] * (HOPS - 1) + [None]


MASQUERADE = 'table ip t { chain c { type nat hook postrouting priority 100; oifname "near" masquerade; }; }'
# Without connection tracking nobody puts addresses back in what routers quote: only where the answer goes to.
STATELESS = """table ip t {
    chain back { type filter hook prerouting priority -300; notrack; ip daddr 192.0.2.77 ip daddr set 192.0.2.1; }
    chain there { type filter hook forward priority 0; oifname "near" ip saddr 192.0.2.1 ip saddr set 192.0.2.77; }
}"""


NUMBERED = 'table ip t { chain there { type filter hook forward priority 0; oifname "near" ip id set 4242; }; }'


@pytest.mark.parametrize("flow", ["icmp", "udp", "udp port 9", "udp port 9 local-port 4001", "udp local-port 4001"])
@pytest.mark.parametrize("closed", [False, True])
def test_another_identification(flow: str, closed: bool) -> None:
    """The kernel shows which identification a probe left with, by any socket: that a router quotes another is told."""
    need_tool("nft")
    with chain(5, ping_open=not closed) as made:
        loaded = subprocess.run(
            made.command(["nft", NUMBERED], position=1), capture_output=True, text=True, check=False
        )
        if loaded.returncode:
            pytest.skip(f"this kernel does not rewrite: {loaded.stderr.splitlines()[0]}")
        probe = f"ip-4 {made.target()} protocol {flow} detail 1"
        answers = ask(made, [f"{probe} ttl {ttl}" for ttl in (1, 2, 3)])
        others = ask(made, [f"{probe} ttl 2"], user="nobody")
    assert [answer.address for answer in answers] == list(made.hops[4][:3])
    assert [answer.rewritten for answer in answers] == [wire.REWRITTEN_NOTHING, *[wire.REWRITTEN_ID] * 2]
    assert {answer.clock for answer in answers} == {"kernel"}
    assert others[0].rewritten is None


@pytest.mark.parametrize(
    ("rules", "protocol", "rewritten"),
    [
        (MASQUERADE, "icmp", wire.REWRITTEN_NOTHING),
        (MASQUERADE, "udp", wire.REWRITTEN_CHECKSUM),
        (MASQUERADE, "udp port 9 local-port 4001", wire.REWRITTEN_CHECKSUM),
        (STATELESS, "icmp", wire.REWRITTEN_SOURCE),
        (STATELESS, "udp", "source,checksum"),
    ],
)
def test_translated_addresses(rules: str, protocol: str, rewritten: str) -> None:
    """Behind a translator in the first router the kernel's own puts addresses back in quotes, but no UDP checksum; one
    without memory puts nothing back."""  # noqa: D205, D209
    need_tool("nft")
    with chain(5) as made:
        loaded = subprocess.run(made.command(["nft", rules], position=1), capture_output=True, text=True, check=False)
        if loaded.returncode:
            pytest.skip(f"this kernel does not translate: {loaded.stderr.splitlines()[0]}")
        for position in (2, 3, 4):
            way = ["ip", "route", "add", "192.0.2.76/30", "via", f"192.0.2.{4 * position - 3}"]
            subprocess.run(made.command(way, position=position), check=True)
        probe = f"ip-4 {made.target()} protocol {protocol} detail 1"
        answers = ask(made, [f"{probe} ttl {ttl}" for ttl in (1, 2, 3)])
    assert [answer.address for answer in answers] == list(made.hops[4][:3])
    assert [answer.rewritten for answer in answers] == [wire.REWRITTEN_NOTHING, rewritten, rewritten]


def test_rate_limited_routers_answer_a_short_trace() -> None:
    """With the kernel's own limit of six errors in a burst, a trace of one probe a hop is answered in full."""
    with chain(rate_limited=True) as made:
        for version in (4, 6):
            assert_path(made, version, trace(made, version, "udp", "nobody"))


@pytest.mark.parametrize("version", [4, 6])
def test_tcp_when_every_port_is_taken(version: int) -> None:
    """Where connections hold every port that the kernel may choose, a probe shares one with them."""
    with chain(2, sysctls={"net.ipv4.ip_local_port_range": "40000 40001"}) as made, contextlib.ExitStack() as stack:
        target = made.target(version)

        def take() -> None:
            with contextlib.suppress(OSError):
                for _ in range(3):
                    stack.enter_context(socket.create_connection((target, made.open_port)))

        inside(made.names[0], take)
        [answer] = ask(made, [f"ip-{version} {target} protocol tcp port {made.closed_port}"])
        assert (answer.word, answer.address) == (wire.REPLY, target)
