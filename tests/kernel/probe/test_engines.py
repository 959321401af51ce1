"""One set of named cases for every engine below the line protocol: the kernel's sockets, icmplib, and the lab.

All probe the same simulated network, the real engines through a TUN device. The cases of an engine's declared rest are
those that it cannot pass, and each is seen not to pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from hopscope.probe.interface import Interface
from hopscope.probe.protocols import PROTOCOLS
from support.packet import answers, converse
from support.tun import tun_lab

if TYPE_CHECKING:
    from support.netns import User

pytestmark = pytest.mark.kernel

SCENARIO = """
title = "What an engine must understand"
hop = [
    { address = "192.0.2.1", address6 = "2001:db8::1", rtt_ms = 1 },
    { address = "198.51.100.1", address6 = "2001:db8:1::1", rtt_ms = 2, silent = true },
    { address = "198.51.100.5", address6 = "2001:db8:1::5", rtt_ms = 3, labels = [24001, { label = 24002, tc = 5 }] },
    { address = "198.51.100.9", address6 = "2001:db8:1::9", rtt_ms = 4, old_labels = true, labels = [
        24003 ], interfaces = [
        { role = "incoming", name = "ae3 100", index = 526, address = "2001:db8::9", mtu = 9100 },
        { role = "next-hop", address = "198.51.100.14" },
    ] },
    { address = "198.51.100.13", address6 = "2001:db8:1::d", rtt_ms = 5, quote_bytes = 8, initial_ttl = 64 },
    { address = "198.51.100.17", address6 = "2001:db8:1::11", rtt_ms = 6, duplicate_percent = 100, tos = 8 },
    { address = "198.51.100.21", address6 = "2001:db8:1::15", rtt_ms = 7 },
    { address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = 12, duplicate_percent = 100, open_ports = [80] },
]

[[target]]
after = 1
hop = [
    { address = "198.51.100.66", address6 = "2001:db8:1::66", rtt_ms = 9, block = "prohibited" },
    { address = "203.0.113.44", address6 = "2001:db8:2::44", rtt_ms = 10 },
]

[[target]]
after = 1
hop = [
    { address = "198.51.100.67", address6 = "2001:db8:1::67", rtt_ms = 9, block = "host-unreachable" },
    { address = "203.0.113.55", address6 = "2001:db8:2::55", rtt_ms = 10 },
]

[[target]]
after = 1
hop = [
    { address = "198.51.100.68", address6 = "2001:db8:1::68", rtt_ms = 8, mtu = 1400 },
    { address = "198.51.100.69", address6 = "2001:db8:1::69", rtt_ms = 9, mtu = 1300, mtu_unsaid = true },
    { address = "203.0.113.66", address6 = "2001:db8:2::66", rtt_ms = 10 },
]
"""
INTERFACES = (
    Interface("incoming", "ae3 100", index=526, address="2001:db8::9", mtu=9100),
    Interface("next-hop", address="198.51.100.14"),
)
RTTS_MS = {1: 1, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 12}
HOPS = {4: {1: "192.0.2.1", 3: "198.51.100.5", 4: "198.51.100.9", 5: "198.51.100.13", 6: "198.51.100.17",
            7: "198.51.100.21", 8: "203.0.113.80"},
        6: {1: "2001:db8::1", 3: "2001:db8:1::5", 4: "2001:db8:1::9", 5: "2001:db8:1::d", 6: "2001:db8:1::11",
            7: "2001:db8:1::15", 8: "2001:db8:2::80"}}  # fmt: skip
ANSWERING = tuple(RTTS_MS)
PROHIBITED = {4: "203.0.113.44", 6: "2001:db8:2::44"}
UNREACHABLE = {4: "203.0.113.55", 6: "2001:db8:2::55"}
NARROW = {4: "203.0.113.66", 6: "2001:db8:2::66"}

Answers = Sequence[wire.Answer]


@dataclass(frozen=True)
class Case:
    """Arguments of the probes to send, and what must hold of their answers."""

    arguments: tuple[str, ...]
    check: Callable[[Answers], None]


@dataclass(frozen=True)
class Engine:
    """How an engine is started and, as name prefixes of cases, what it cannot do."""

    arguments: tuple[str, ...]
    user: User
    rest: tuple[str, ...]
    ping_open: bool = True
    site_packages: bool = False


ENGINES = {
    "kernel": Engine((), "nobody", ("sctp",)),
    "kernel with raw sockets": Engine((), "root", (), ping_open=False),
    "icmplib": Engine(
        ("--engine", "icmplib"),
        "root",
        ("udp", "tcp", "sctp", "clock", "icmp v6, the TTL", "icmp v4, its own interface", "icmp v6, its own interface"),
        ping_open=False,
        site_packages=True,
    ),
    "lab": Engine(("--lab",), "root", ("clock",)),
}


def _cases() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for protocol in ("icmp", "udp", "tcp", "sctp"):
        for version in (4, 6):
            _path_cases(cases, protocol, version)
    target = f"ip-4 {HOPS[4][8]} protocol icmp"
    local = "203.0.113.9"
    cases |= {
        "icmp, no detail unless asked for": Case((f"{target} ttl 1",), lambda found: _no_detail(found[0])),
        "icmp, sizes from the smallest to the largest": Case(
            tuple(f"{target} size {size}" for size in (0, 28, 64, 1400)), lambda found: _all(found, wire.REPLY)
        ),
        "icmp, pattern and type of service": Case(
            tuple(f"{target} bit-pattern {pattern} tos {pattern}" for pattern in (0, 1, 255)),
            lambda found: _all(found, wire.REPLY),
        ),
        "icmp, many at once": Case(
            tuple(f"{target} ttl {ttl}" for ttl in ANSWERING * 40),
            lambda found: _addresses(found, [HOPS[4][ttl] for ttl in ANSWERING * 40]),
        ),
        "icmp, a local address of another": Case(
            (f"{target} local-ip-4 {local}",), lambda found: _all(found, wire.ADDRESS_NOT_AVAILABLE)
        ),
        "icmp, a default TTL": Case((f"{target} ttl -1",), lambda found: _all(found, wire.REPLY)),
        "icmp, a held checksum": Case(
            (f"{target} icmp-checksum 4660", f"{target} ttl 3 icmp-checksum 4660"), lambda found: _words(
                found, [wire.REPLY, wire.TTL_EXPIRED])
        ),
        "udp, one flow": Case(
            tuple(f"ip-4 {HOPS[4][8]} protocol udp port 33999 local-port 40999 ttl {ttl}" for ttl in (1, 3, 7, 8)),
            lambda found: _addresses(found, [HOPS[4][ttl] for ttl in (1, 3, 7, 8)]),
        ),
        "udp, a given port": Case(
            tuple(f"ip-4 {HOPS[4][8]} protocol udp port 33998 ttl {ttl}" for ttl in ANSWERING),
            lambda found: _addresses(found, [HOPS[4][ttl] for ttl in ANSWERING]),
        ),
        "tcp, a closed port": Case((f"ip-4 {HOPS[4][8]} protocol tcp port 81",), lambda found: _all(found, wire.REPLY)),
        "clock, the kernel's": Case(
            (f"{target} detail 1",), lambda found: _same([answer.clock for answer in found], ["kernel"])
        ),
    }  # fmt: skip
    return cases


def _path_cases(cases: dict[str, Case], protocol: str, version: int) -> None:
    target = f"ip-{version} {HOPS[version][8]} protocol {protocol}"
    name = f"{protocol} v{version}"
    cases[f"{name}, every hop in order"] = Case(
        tuple(f"{target} ttl {ttl}" for ttl in ANSWERING),
        lambda found: _path(found, version),
    )
    cases[f"{name}, labels"] = Case(
        (f"{target} ttl 3", f"{target} ttl 1"),
        lambda found: _same(
            [answer.labels for answer in found], [(wire.Label(24001, 0, 0, 1), wire.Label(24002, 5, 1, 1)), ()]
        ),
    )
    cases[f"{name}, labels without a length field"] = Case(
        (f"{target} ttl 4",), lambda found: _same(found[0].labels, (wire.Label(24003, 0, 1, 1),))
    )
    cases[f"{name}, interfaces beside labels"] = Case(
        (f"{target} ttl 4 detail 1", f"{target} ttl 3 detail 1"),
        lambda found: _same([answer.interfaces for answer in found], [INTERFACES, ()]),
    )
    cases[f"{name}, a silent hop"] = Case((f"{target} ttl 2 timeout 1",), lambda found: _all(found, wire.NO_REPLY))
    cases[f"{name}, a prohibition"] = Case(
        (f"ip-{version} {PROHIBITED[version]} protocol {protocol} detail 1",),
        lambda found: _kind(found, wire.NO_ROUTE, (3, 13) if version == 4 else (1, 1)),
    )
    cases[f"{name}, an unreachable host"] = Case(
        (f"ip-{version} {UNREACHABLE[version]} protocol {protocol} detail 1",),
        lambda found: _kind(found, wire.NO_ROUTE, (3, 1) if version == 4 else (1, 3)),
    )
    cases[f"{name}, the TTL of answers"] = Case(
        (f"{target} ttl 1 detail 1", f"{target} ttl 5 detail 1"),
        lambda found: _same([answer.reply_ttl for answer in found], [255, 60]),
    )
    if protocol in {"icmp", "udp"}:
        whole = f"ip-{version} {NARROW[version]} protocol {protocol} detail 1 dont-fragment 1"
        cases[f"{name}, sizes that routers refuse"] = Case(
            tuple(f"{whole} size {size}" for size in (1500, 1400, 1300)),
            lambda found: _same([answer.mtu for answer in found], [1400, 0 if version == 4 else 1300, None]),
        )
        cases[f"{name}, its own interface's limit"] = Case(
            (f"{whole} size 9000", f"{whole} size 1300"),
            lambda found: _same([answer.mtu for answer in found], [1500, None]),
        )


def _same(found: object, expected: object) -> None:
    assert found == expected


def _all(found: Answers, word: str) -> None:
    assert {answer.word for answer in found} == {word}


def _words(found: Answers, words: list[str]) -> None:
    assert [answer.word for answer in found] == words


def _addresses(found: Answers, addresses: list[str]) -> None:
    assert [answer.address for answer in found] == addresses


def _path(found: Answers, version: int) -> None:
    """Every hop by its address, the last one as a reply, in no less time than the network takes."""
    _addresses(found, [HOPS[version][ttl] for ttl in ANSWERING])
    _words(found, [wire.TTL_EXPIRED] * (len(ANSWERING) - 1) + [wire.REPLY])
    for ttl, answer in zip(ANSWERING, found, strict=True):
        assert answer.rtt_us is not None
        assert answer.rtt_us >= RTTS_MS[ttl] * 1000 - 200


def _kind(found: Answers, word: str, type_code: tuple[int, int]) -> None:
    _all(found, word)
    assert {(answer.icmp_type, answer.icmp_code) for answer in found} == {type_code}


def _no_detail(answer: wire.Answer) -> None:
    assert (answer.word, answer.icmp_type, answer.reply_ttl, answer.clock) == (wire.TTL_EXPIRED, None, None, None)


CASES = _cases()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Answers]]:
    """The answers of every engine to every case, each engine in one conversation."""
    commands, owners = [], []
    for name, case in CASES.items():
        for arguments in case.arguments:
            owners.append(name)
            commands.append(f"{len(owners)} send-probe {arguments}")

    # Made here: two threads that ask for the first folder of a run at once remove each other's.
    folders = {name: tmp_path_factory.mktemp("tun") for name in ENGINES}

    def run(name: str) -> dict[str, Answers]:
        engine = ENGINES[name]
        folder = folders[name]
        argv = [*launch.command(site_packages=engine.site_packages), *engine.arguments]
        with tun_lab(SCENARIO, folder, ping_open=engine.ping_open) as lab:
            if name == "lab":
                argv.append(str(folder / "scenario.toml"))
            answered = answers(converse(lab.command(argv, engine.user), commands))
        by_case: dict[str, list[wire.Answer]] = {name: [] for name in CASES}
        for token, owner in enumerate(owners, 1):
            by_case[owner].append(answered[token])
        return dict(by_case)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(ENGINES, pool.map(run, ENGINES), strict=True))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("engine", ENGINES)
def test_engine(found: dict[str, dict[str, Answers]], engine: str, case: str) -> None:
    """The engine passes the case, unless the case is of its declared rest; then it does not."""
    if not case.startswith(ENGINES[engine].rest or ("-",)):
        CASES[case].check(found[engine][case])
        return
    with pytest.raises(AssertionError):
        CASES[case].check(found[engine][case])


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_says_what_it_supports(engine: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The answers to check-support agree with the declared rest."""
    declared = ENGINES[engine]
    folder = tmp_path_factory.mktemp("tun")
    argv = [*launch.command(site_packages=declared.site_packages), *declared.arguments]
    commands = [f"{token} check-support feature {protocol}" for token, protocol in enumerate(PROTOCOLS)]
    with tun_lab(SCENARIO, folder, ping_open=declared.ping_open) as lab:
        if engine == "lab":
            argv.append(str(folder / "scenario.toml"))
        said = answers(converse(lab.command(argv, declared.user), commands))
    expected = ["no" if protocol in declared.rest else "ok" for protocol in PROTOCOLS]
    assert [said[token].reason for token in range(len(expected))] == expected


def test_engines_have_a_common_core() -> None:
    """Most ICMP cases are in no engine's rest."""
    rests = tuple(prefix for engine in ENGINES.values() for prefix in engine.rest)
    assert len([case for case in CASES if not case.startswith(rests)]) >= 20
