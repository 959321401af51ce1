"""UDP probes that ask a server something: what they carry, and that the server's own answer is heard."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import wire
from support.netns import Chain, User, chain
from support.packet import ask
from support.sniff import sniffer
from support.udp_servers import DNS_PORT, QUIC_PORT, name_server, quic_server, udp_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.kernel

SERVERS: dict[str, tuple[int, Callable[[bytes], bytes | None]]] = {
    wire.DNS_QUERY: (DNS_PORT, name_server),
    wire.QUIC_INITIAL: (QUIC_PORT, quic_server),
}


@pytest.fixture(scope="module")
def pair() -> Iterator[Chain]:
    """Two namespaces side by side."""
    with chain(2) as made:
        yield made


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("user", ["root", "nobody"])
@pytest.mark.parametrize("name", SERVERS)
def test_a_server_answers_what_it_is_asked(pair: Chain, name: str, user: User, version: int) -> None:
    """A name server and a QUIC server answer the payload, and not a bare datagram; their data is the probe's answer."""
    port, serve = SERVERS[name]
    bare = f"ip-{version} {pair.target(version)} protocol udp port {port} timeout 1 detail 1"
    with udp_server(pair.names[-1], port, serve) as came:
        asked, plain = ask(pair, [f"{bare} payload {name} dont-fragment 1", bare], user=user)
    assert (asked.word, asked.address, asked.icmp_type, asked.clock) == ("reply", pair.target(version), None, "kernel")
    assert asked.reply_ttl == 64
    assert plain.word == "no-reply"
    assert len(came) == 2


@pytest.mark.parametrize("name", SERVERS)
def test_payloads_differ_in_their_identifiers_alone(pair: Chain, name: str) -> None:
    """Each probe has identifiers of its own; length does not follow ``size``."""
    port, serve = SERVERS[name]
    head = f"ip-4 {pair.target()} protocol udp port {port} timeout 1 payload {name}"
    with udp_server(pair.names[-1], port, serve) as came:
        words = [answer.word for answer in ask(pair, [head, head, f"{head} size 999 bit-pattern 7"])]
    assert words == ["reply"] * 3
    assert {len(data) for data in came} == {17 if name == wire.DNS_QUERY else 1200}
    assert len(set(came)) == 3


def test_an_answer_from_elsewhere_is_none(pair: Chain) -> None:
    """What comes from another port of the target is not what the probe was answered."""
    with udp_server(pair.names[-1], DNS_PORT, name_server, from_port=5353) as came:
        [answer] = ask(pair, [f"ip-4 {pair.target()} protocol udp port 53 payload dns-query timeout 1"])
    assert answer.word == "no-reply"
    assert came


@pytest.mark.parametrize("name", SERVERS)
def test_routers_answer_them_as_they_do_others(name: str) -> None:
    """On the way such a probe expires as any other one."""
    with chain(3) as made:
        [answer] = ask(made, [f"ip-4 {made.target()} protocol udp port 53 payload {name} ttl 1 timeout 5"])
    assert (answer.word, answer.address) == ("ttl-expired", made.hops[4][0])


def test_nobody_fragments_an_initial(pair: Chain) -> None:
    """With ``dont-fragment`` it leaves whole, and marked so."""
    wanted = ip_address(pair.target()).packed
    with sniffer(pair.names[0], "near") as sniffed:
        ask(pair, [f"ip-4 {pair.target()} protocol udp port 443 payload quic-initial dont-fragment 1 timeout 1"])
        [packet] = sniffed.packets(lambda one: one.destination == wanted and one.protocol == 17, 1)
    assert (packet.length, packet.dont_fragment, packet.more_fragments) == (1228, True, False)


@pytest.mark.parametrize(
    "text",
    [
        "protocol udp port 53 payload http-get",
        "protocol icmp payload dns-query",
        "protocol tcp port 53 payload dns-query",
        "payload quic-initial",
        "protocol udp port 53 local-port 4000 payload dns-query",
    ],
)
def test_what_cannot_be_is_refused(pair: Chain, text: str) -> None:
    """An unknown name, another protocol, or a flow whose probes begin with a number."""
    good = f"ip-4 {pair.target()} protocol udp timeout 1"
    refused, after = ask(pair, [f"ip-4 {pair.target()} {text} timeout 1", good])
    assert (refused.word, after.word) == ("invalid-argument", "reply")


def test_servers_of_the_tests_are_strict() -> None:
    """What answers here answers nothing but what the RFCs have it answer."""
    assert quic_server(b"\xc0\0\0\0\1" + bytes(1200)) is None  # a version that it speaks
    assert quic_server(b"\xc0\x1a\x2a\x3a\x4a" + bytes(1000)) is None  # too short
    assert quic_server(bytes(1200)) is None
    assert name_server(bytes(36)) is None
