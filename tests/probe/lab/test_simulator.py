"""The simulated network does to packets what its scenario says."""

from __future__ import annotations

import socket
import statistics
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hopscope.probe.lab import scenario
from hopscope.probe.lab.network import probe_packet
from hopscope.probe.lab.simulator import Simulator
from hopscope.probe.packet import extension, icmp, ip, tcp, udp
from hopscope.probe.wire import TTL_EXPIRED, Answer, ProbeRequest

if TYPE_CHECKING:
    from hopscope.probe.lab.journey import Journey

SOURCE = socket.inet_aton("192.0.2.200")
TARGET = "203.0.113.80"


class Bench:
    """Sends probes through hops given as TOML, or through a shipped scenario, and keeps what becomes of them."""

    def __init__(self, hops: str = "", *, name: str = "", seed: int = 1) -> None:
        text = f'title = "test"\nhop = [{hops}\n{{ address = "{TARGET}", rtt_ms = 20, open_ports = [80] }}]'
        self.scenario = scenario.load(name) if name else scenario.parse(text)
        self.fates: Counter[str] = Counter()
        self._simulator = Simulator(self.scenario, seed, self._note)
        self._sequence = 33000

    def _note(self, packet: ip.Packet, now_us: int, journey: Journey) -> None:
        self.fates[journey.fate] += 1

    def probe(
        self,
        ttl: int,
        at_s: float = 0,
        *,
        protocol: str = "udp",
        port: int = 0,
        size: int = 64,
        flow: int | None = None,
    ) -> tuple[float, ip.Packet] | None:
        """Round-trip time in milliseconds and packet of the (first) answer, or None."""
        self._sequence += 1
        request = ProbeRequest(4, self.scenario.target(), protocol, ttl=ttl, port=port)
        sequence = self._sequence if flow is None else flow
        sent_us = int(at_s * 1e6)
        answers = self._simulator.send(probe_packet(request, SOURCE, sequence), sent_us)
        return ((answers[0].due_us - sent_us) / 1000, ip.parse(answers[0].packet)) if answers else None

    def probe_address(self, ttl: int, at_s: float = 0, *, flow: int | None = None) -> str:
        """Who answers, or "none"."""
        answer = self.probe(ttl, at_s, flow=flow)
        return socket.inet_ntoa(answer[1].source) if answer else "none"


def hop(number: int, rtt_ms: float, more: str = "") -> str:
    """A hop as an inline table."""
    return f'{{ address = "198.51.100.{number}", rtt_ms = {rtt_ms}{", " + more if more else ""} }},'


def test_same_seed_same_fates() -> None:
    """Two simulators with one seed treat the same packets alike, one with another seed does not."""
    runs = []
    for seed in (1, 1, 2):
        bench = Bench(name="bufferbloat", seed=seed)
        runs.append([bench.probe(ttl, round_, flow=40000) for round_ in range(20) for ttl in range(1, 8)])
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_round_trip_times_are_those_of_the_file() -> None:
    """Without disturbances an answer comes after the round-trip time that the file gives, to the microsecond."""
    bench = Bench(hop(1, 1) + hop(2, 10.5) + hop(3, 12))
    times = [answer[0] for ttl in range(1, 5) if (answer := bench.probe(ttl))]
    assert times == [1, 10.5, 12, 20]


@pytest.mark.parametrize(
    ("more", "fate", "hops_with_loss"),
    [
        ("loss_percent = 20", "lost", {2, 3}),
        ("back_loss_percent = 20", "lost-back", {2, 3}),
        ("reply_loss_percent = 20", "reply-lost", {2}),
    ],
)
def test_loss_is_felt_where_it_belongs(more: str, fate: str, hops_with_loss: set[int]) -> None:
    """Loss on a link strikes all hops behind it with its rate, loss of a router's own answers that router alone."""
    bench = Bench(hop(1, 1) + hop(2, 2, more))
    rounds = 2000
    for ttl in (1, 2, 3):
        lost = sum(bench.probe(ttl, round_) is None for round_ in range(rounds))
        expected = 0.2 * rounds if ttl in hops_with_loss else 0
        assert abs(lost - expected) <= 4 * (rounds * 0.2 * 0.8) ** 0.5 * bool(expected)
    assert set(bench.fates) == {"answered", fate}


def test_rate_limit_is_a_token_bucket() -> None:
    """After a burst answers come at the limit's rate, and what passes through is not limited."""
    bench = Bench(hop(1, 1, "rate_limit = { per_s = 1, burst = 6 }"))
    answered = [bench.probe(1, at / 10) is not None for at in range(100)]
    assert answered[:6] == [True] * 6
    assert sum(answered) == 6 + 9
    assert all(bench.probe(2, 10 + at / 10) for at in range(50))


@pytest.mark.parametrize(
    ("block", "type_code"),
    [
        ("prohibited", (3, 13)),
        ("host-unreachable", (3, 1)),
        ("network-unreachable", (3, 0)),
        ("silent", None),
    ],
)
def test_blocked_packets_are_answered_as_the_router_would(block: str, type_code: tuple[int, int] | None) -> None:
    """A filter answers for what it does not forward; what ends at it by its TTL is not filtered."""
    bench = Bench(hop(1, 1, f'block = "{block}", block_protocols = ["udp"]'))
    expired = bench.probe(1)
    assert expired is not None
    assert icmp.parse(expired[1].payload).type == icmp.TIME_EXCEEDED
    blocked = bench.probe(2)
    if type_code is None:
        assert blocked is None
    else:
        assert blocked is not None
        message = icmp.parse(blocked[1].payload)
        assert (message.type, message.code) == type_code
    passed = bench.probe(2, protocol="icmp")
    assert passed is not None
    assert socket.inet_ntoa(passed[1].source) == TARGET


def test_target_answers_each_protocol_in_its_way() -> None:
    """Echo reply, port unreachable, SYN-ACK or reset; an open UDP port is silent."""
    bench = Bench(hop(1, 1))
    echo, closed, syn_ack, reset = (
        bench.probe(2, protocol=protocol, port=port)
        for protocol, port in (("icmp", 0), ("udp", 9), ("tcp", 80), ("tcp", 81))
    )
    assert echo is not None
    assert closed is not None
    assert syn_ack is not None
    assert reset is not None
    assert icmp.parse(echo[1].payload).type == icmp.ECHO_REPLY
    message = icmp.parse(closed[1].payload)
    assert (message.type, message.code) == (3, 3)
    assert tcp.parse(syn_ack[1].payload).flags == tcp.SYN | tcp.ACK
    assert tcp.parse(reset[1].payload).flags == tcp.RST | tcp.ACK
    assert bench.probe(2, port=80) is None


def test_balancing_by_flow_keeps_a_flow_together() -> None:
    """A flow sees one router at each hop, many flows see all; neighbouring hops share their branches."""
    bench = Bench(name="balanced")
    assert len({bench.probe_address(4, flow=40000) for _ in range(20)}) == 1
    seen = {(bench.probe_address(4, flow=flow), bench.probe_address(5, flow=flow)) for flow in range(40000, 40060)}
    assert seen == {("198.51.100.17", "198.51.100.25"), ("198.51.100.21", "198.51.100.29")}
    four = Counter(bench.probe_address(7, flow=flow) for flow in range(40000, 40400))
    assert len(four) == 4
    assert min(four.values()) > 50
    # The balancers choose independently of each other.
    assert len({(bench.probe_address(4, flow=f), bench.probe_address(7, flow=f)) for f in range(40000, 40100)}) == 8


def test_balancing_by_packet_mixes_a_flow() -> None:
    """Packets of one flow are spread evenly over the routers."""
    bench = Bench(name="balanced")
    seen = Counter(bench.probe_address(9, flow=40000) for _ in range(400))
    assert len(seen) == 2
    assert min(seen.values()) > 150


def test_balancing_in_turn_shows_the_same_to_everybody() -> None:
    """Probes with one TTL take the branches one after the other, whatever other TTLs are probed in between."""
    hops = """{ address = ["198.51.100.1", "198.51.100.2", "198.51.100.3"], balance = "turn", rtt_ms = 1 },
    { address = ["198.51.100.4", "198.51.100.5", "198.51.100.6"], balance = "turn", rtt_ms = 2 },"""
    once, mixed = Bench(hops), Bench(hops)
    assert [once.probe_address(1)[-1] for _ in range(5)] == ["1", "2", "3", "1", "2"]
    assert [mixed.probe_address(ttl)[-1] for ttl in (1, 2, 2, 1, 2, 2, 1)] == ["1", "4", "5", "2", "6", "4", "3"]


def test_path_change_and_loop_begin_at_their_time() -> None:
    """Other routers answer once a change has come; in a loop its members alternate and nobody arrives."""
    change = Bench(name="path-change")
    assert [change.probe_address(5, at_s) for at_s in (0, 25, 65)] == ["203.0.113.9", "198.51.100.137", "203.0.113.9"]
    loop = Bench(name="loop")
    assert loop.probe_address(6, 1) == "203.0.113.180"
    members = ["203.0.113.1", "203.0.113.9"]
    assert [loop.probe_address(ttl, 20) for ttl in range(4, 10)] == members * 3


def test_tunnel_shows_labels_and_carries_answers_to_its_end() -> None:
    """Routers inside a tunnel send their label stack, and their answers take the time to the tunnel's end."""
    bench = Bench(name="mpls")
    for ttl, depth in ((3, 0), (4, 2), (6, 1), (7, 0)):
        answer = bench.probe(ttl)
        assert answer is not None
        told = Answer(TTL_EXPIRED)
        extension.tell(told, extension.structure_of(4, icmp.parse(answer[1].payload)))
        labels = told.labels
        assert len(labels) == depth
        if depth:
            assert labels[-1].bottom == 1
            assert answer[0] >= 24.3


def test_queue_delays_what_is_behind_it() -> None:
    """A queue that fills delays every later hop by the same order, and none before it."""
    bench = Bench(hop(1, 1) + hop(2, 2, "queue = { peak_ms = 200, period_s = 20 }") + hop(3, 3))
    assert bench.probe(4, 0) is not None  # the first packet of all is the scenario's time 0
    at_peak = {ttl: statistics.median(a[0] for _ in range(20) if (a := bench.probe(ttl, 10))) for ttl in (1, 2, 3, 4)}
    assert at_peak[1] == 1
    assert all(160 < at_peak[ttl] < 225 for ttl in (2, 3, 4))
    empty_again = bench.probe(4, 20)
    assert empty_again is not None
    assert empty_again[0] < 21


def test_large_packets_and_the_path_mtu() -> None:
    """A packet that may not be fragmented gets the MTU in answer, or none from a black hole."""
    for more, answered in (("mtu = 1400", True), ("mtu = 1400, mtu_black_hole = true", False)):
        text = f'title = "test"\nhop = [{hop(1, 1, more)}\n{{ address = "{TARGET}", rtt_ms = 20 }}]'
        simulator = Simulator(scenario.parse(text))
        request = ProbeRequest(4, TARGET, "udp", ttl=5, size=1500)
        packet = ip.parse(probe_packet(request, SOURCE, 40000))
        assert simulator.send(ip.build(packet), 0), "a router fragments what may be fragmented"
        packet.dont_fragment = True
        packet.length = 0
        answers = simulator.send(ip.build(packet), 0)
        assert bool(answers) == answered
        if answers:
            message = icmp.parse(ip.parse(answers[0].packet).payload)
            assert (message.type, message.code, int.from_bytes(message.rest[2:], "big")) == (3, 4, 1400)


def test_rewrites_show_in_the_quote() -> None:
    """Behind a translator the quoted checksum is another, behind a re-marker the type of service, beyond a broken
    router the TTL; addresses are restored."""  # noqa: D205, D209
    bench = Bench(hop(1, 1, 'nat = "100.64.0.9"') + hop(2, 2, "tos = 8") + hop(3, 3, "zero_ttl = true") + hop(4, 4))
    quotes = {}
    for ttl in (1, 2, 3, 4):
        answer = bench.probe(ttl, flow=41000)
        assert answer is not None
        quotes[ttl] = icmp.quoted_packet(4, icmp.parse(answer[1].payload))
    assert {quote.source for quote in quotes.values()} == {SOURCE}
    assert udp.parse(quotes[1].payload).checksum != udp.parse(quotes[2].payload).checksum
    assert [quotes[ttl].tos for ttl in (1, 2, 4)] == [0, 0, 8]
    assert [quotes[ttl].ttl for ttl in (1, 2, 3, 4)] == [1, 1, 0, 1]
    assert bench.probe_address(3) == bench.probe_address(4) == "198.51.100.4"


def test_a_translator_that_restores_nothing() -> None:
    """What errors quote beyond it has the source address that it gave the packet."""
    bench = Bench(hop(1, 1, 'nat = "100.64.0.9", nat_unrestored = true') + hop(2, 2) + hop(3, 3))
    sources = []
    for ttl in (1, 2):
        answer = bench.probe(ttl, flow=41000)
        assert answer is not None
        sources.append(icmp.quoted_packet(4, icmp.parse(answer[1].payload)).source)
    assert sources == [SOURCE, bytes((100, 64, 0, 9))]


def test_a_translator_of_ports() -> None:
    """The source port is quoted as it was, or as it became; the checksum is that of the new one in both."""
    quotes = {}
    for unrestored in ("false", "true"):
        bench = Bench(hop(1, 1, f"nat_port_shift = 30000, nat_unrestored = {unrestored}") + hop(2, 2))
        for ttl in (1, 2):
            answer = bench.probe(ttl, flow=41000)
            assert answer is not None
            quotes[unrestored, ttl] = udp.parse(icmp.quoted_packet(4, icmp.parse(answer[1].payload)).payload)
    sent, kept = quotes["false", 1], quotes["false", 2]
    assert (kept.source_port, quotes["true", 2].source_port) == (sent.source_port, (sent.source_port + 30000) % 65536)
    assert sent.checksum != kept.checksum == quotes["true", 2].checksum


def test_short_quotes_duplicates_and_reply_ttls() -> None:
    """A router may quote eight bytes, answer twice, and answer by a longer way."""
    text = f'title = "test"\nhop = [{hop(1, 1)}{hop(2, 2, "quote_bytes = 8, duplicate_percent = 100, return_hops = 6")}'
    simulator = Simulator(scenario.parse(text + f'{{ address = "{TARGET}", rtt_ms = 20 }}]'))
    answers = simulator.send(probe_packet(ProbeRequest(4, TARGET, "udp", ttl=2), SOURCE, 40000), 0)
    assert len(answers) == 2
    packet = ip.parse(answers[0].packet)
    assert packet.ttl == 255 - 6
    assert len(icmp.quoted_packet(4, icmp.parse(packet.payload)).payload) == 8


def test_routers_and_strangers_can_be_addressed() -> None:
    """A router answers probes to its own address; for an unknown destination the first hop knows no route."""
    simulator = Simulator(scenario.load("steady"))

    def source_of(address: str, ttl: int) -> tuple[str, int]:
        sent = probe_packet(ProbeRequest(4, address, "icmp", ttl=ttl), SOURCE, 40000)
        packet = ip.parse(simulator.send(sent, 0)[0].packet)
        return socket.inet_ntoa(packet.source), icmp.parse(packet.payload).type

    assert source_of("203.0.113.1", 30) == ("203.0.113.1", icmp.ECHO_REPLY)
    assert source_of("9.9.9.9", 30) == ("192.168.1.1", icmp.DESTINATION_UNREACHABLE)
    assert source_of("9.9.9.9", 1) == ("192.168.1.1", icmp.TIME_EXCEEDED)


def test_targets_share_their_first_hops() -> None:
    """Several targets see the same routers, and the same limits, before their paths part."""
    simulator = Simulator(scenario.load("datacentre"))
    answered = 0
    for target in ("203.0.113.11", "203.0.113.12", "203.0.113.13", "203.0.113.77"):
        for _ in range(2):
            answered += bool(simulator.send(probe_packet(ProbeRequest(4, target, "udp", ttl=2), SOURCE, 40000), 0))
    assert answered == 6
