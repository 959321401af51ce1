"""Second answers to a probe: told once, to clients that asked for details, by every engine that hears them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from hopscope.probe.kernel.channels import LINGERING_MAX
from support.packet import converse
from support.tun import tun_lab

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from support.netns import User
    from support.tun import TunLab

pytestmark = pytest.mark.kernel

SCENARIO = """
title = "Hops that answer twice"
hop = [
    { address = "192.0.2.1", address6 = "2001:db8::1", rtt_ms = 1 },
    { address = "198.51.100.1", address6 = "2001:db8:1::1", rtt_ms = 2, duplicate_percent = 100 },
    { address = "198.51.100.5", address6 = "2001:db8:1::5", rtt_ms = 3, duplicate_percent = 100, quote_bytes = 8 },
    { address = "198.51.100.9", address6 = "2001:db8:1::9", rtt_ms = 4, silent = true },
    { address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = 5, duplicate_percent = 100, open_ports = [80] },
]
"""
# TTLs of the hops: what answers once, twice, twice with eight quoted bytes, never, and twice as the target.
ONCE, TWICE, SHORT, SILENT, TARGET = range(1, 6)
TYPES = {4: {TWICE: 11, SHORT: 11, TARGET: 3}, 6: {TWICE: 3, SHORT: 3, TARGET: 1}}
ECHO_REPLY = {4: 0, 6: 129}
FLOW = "port 33999 local-port 40999"
PORTS = ("", FLOW, "port 33998", "local-port 40998")
ENGINES: dict[str, tuple[tuple[str, ...], User, bool]] = {
    "ping": ((), "nobody", True),
    "raw": ((), "root", False),
    "icmplib": (("--engine", "icmplib"), "root", True),
    "lab": (("--lab",), "root", True),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the open lab's files are, its scenario among them."""
    return tmp_path_factory.mktemp("twice")


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[TunLab]:
    """The scenario, with ping sockets for everybody."""
    with tun_lab(SCENARIO, folder) as made:
        yield made


@pytest.fixture(scope="module")
def closed_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TunLab]:
    """The scenario, with ping sockets for nobody."""
    with tun_lab(SCENARIO, tmp_path_factory.mktemp("twice"), ping_open=False) as made:
        yield made


def lines(
    made: TunLab, version: int, arguments: Sequence[str], *, user: User, argv: Sequence[str] | None = None
) -> list[str]:
    """What a probe process says to these probes, the first having token 0; it goes on for a second after the last."""
    protocol = arguments[0].split()[1]
    target = f"ip-{version} {made.target(version)}"
    texts = [*arguments, f"protocol {protocol} ttl {SILENT} timeout 1"]
    commands = [f"{at} send-probe {target} {text}" for at, text in enumerate(texts)]
    return converse(made.command(list(argv or launch.command()), user), commands)


def said(told: Sequence[str], token: int) -> list[wire.Answer]:
    """The answers with a token, in their order."""
    parsed = [wire.parse_answer(line.encode()) for line in told]
    return [one[1] for one in parsed if one is not None and one[0] == token]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_second_echo_reply_or_error_is_told(
    lab: TunLab, closed_lab: TunLab, folder: Path, engine: str, version: int
) -> None:
    """ICMP: what is answered once has one line, what is answered twice two, the second of the same sender and type."""
    options, user, is_open = ENGINES[engine]
    argv = [*launch.command(site_packages=engine == "icmplib"), *options]
    argv += [str(folder / "scenario.toml")] if engine == "lab" else []
    arguments = [f"protocol icmp ttl {ttl} detail 1" for ttl in (ONCE, TWICE, SHORT, TARGET)]
    told = lines(lab if is_open else closed_lab, version, arguments, user=user, argv=argv)
    assert [one.word for one in said(told, 0)] == [wire.TTL_EXPIRED]
    for token, ttl in ((1, TWICE), (2, SHORT), (3, TARGET)):
        first, second = said(told, token)
        assert second.word == wire.DUPLICATE
        assert (second.address, second.icmp_type, second.icmp_code) == (first.address, first.icmp_type, first.icmp_code)
        assert first.icmp_type == (ECHO_REPLY[version] if ttl == TARGET else TYPES[version][ttl])
        assert first.rtt_us is not None
        assert second.rtt_us is not None
        assert second.rtt_us > first.rtt_us


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("user", ["nobody", "root"])
def test_a_second_udp_error_is_told(lab: TunLab, user: User, version: int) -> None:
    """UDP: a port that is unreachable twice, and a TTL that ends twice, whichever ports the probe asks for."""
    arguments = [f"protocol udp ttl {ttl} {ports} detail 1" for ports in PORTS for ttl in (ONCE, TWICE, TARGET)]
    told = lines(lab, version, arguments, user=user)
    for at in range(0, len(arguments), 3):
        assert [one.word for one in said(told, at)] == [wire.TTL_EXPIRED]
        for token, ttl, word in ((at + 1, TWICE, wire.TTL_EXPIRED), (at + 2, TARGET, wire.REPLY)):
            first, second = said(told, token)
            assert (first.word, second.word) == (word, wire.DUPLICATE)
            assert (second.address, second.icmp_type) == (first.address, TYPES[version][ttl])


def test_many_probes_of_a_port_each_are_told_of(lab: TunLab) -> None:
    """Sockets of one probe each stay open for its second answer, more of them than are kept in the end."""
    told = lines(lab, 4, [f"protocol udp ttl {TWICE} port 33997 detail 1"] * 100, user="nobody")
    words = [[one.word for one in said(told, token)] for token in range(100)]
    assert {words[0] for words in words} == {wire.TTL_EXPIRED}
    assert sum(words[1:] == [wire.DUPLICATE] for words in words) >= LINGERING_MAX


@pytest.mark.parametrize("version", [4, 6])
def test_short_quotations_of_one_flow_are_told_by_their_checksum(lab: TunLab, version: int) -> None:
    """As root: of two probes of a flow whose router quotes eight bytes, each has an answer and a second one."""
    told = lines(lab, version, [f"protocol udp ttl {SHORT} {FLOW} detail 1"] * 2, user="root")
    for token in (0, 1):
        assert [one.word for one in said(told, token)] == [wire.TTL_EXPIRED, wire.DUPLICATE]


def test_short_quotations_without_a_raw_socket_say_nothing_of_a_second_answer(lab: TunLab) -> None:
    """An ordinary user's error that names no probe is not taken for a second answer: it may be a late one."""
    told = lines(lab, 4, [f"protocol udp ttl {SHORT} {FLOW} detail 1"], user="nobody")
    assert [one.word for one in said(told, 0)] == [wire.TTL_EXPIRED]


def test_a_second_sctp_answer_is_told(lab: TunLab) -> None:
    """SCTP: an error and the target's own answer alike."""
    told = lines(lab, 4, [f"protocol sctp ttl {ttl} detail 1" for ttl in (ONCE, TWICE, TARGET)], user="root")
    assert [[one.word for one in said(told, token)] for token in range(3)] == [
        [wire.TTL_EXPIRED], [wire.TTL_EXPIRED, wire.DUPLICATE], [wire.REPLY, wire.DUPLICATE]
    ]  # fmt: skip


def test_tcp_has_no_second_answer(lab: TunLab, folder: Path) -> None:
    """A connection attempt ends with its first answer, and the kernel drops what comes after that."""
    arguments = [f"protocol tcp port 80 ttl {ttl} detail 1" for ttl in (TWICE, TARGET)]
    in_lab = [*launch.command(), "--lab", str(folder / "scenario.toml")]
    for argv in (None, in_lab):
        told = lines(lab, 4, arguments, user="root", argv=argv)
        assert [[one.word for one in said(told, token)] for token in (0, 1)] == [[wire.TTL_EXPIRED], [wire.REPLY]]


def test_nothing_is_told_to_a_client_that_does_not_know_the_word(lab: TunLab) -> None:
    """Without ``detail 1`` every probe has one line, as with mtr-packet."""
    for protocol in ("icmp", "udp"):
        ports = PORTS if protocol == "udp" else ("",)
        arguments = [f"protocol {protocol} ttl {ttl} {one}" for one in ports for ttl in (ONCE, TWICE, TARGET)]
        told = lines(lab, 4, arguments, user="root")
        assert sorted(int(line.split()[0]) for line in told) == list(range(len(arguments) + 1))
        assert not [line for line in told if wire.DUPLICATE in line]
