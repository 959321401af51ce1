"""The lab under the probe process: requests go in, answers come when they are due."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import wire
from hopscope.probe.lab.network import open_network
from hopscope.probe.lab.schema import ScenarioError
from hopscope.probe.protocols import PROTOCOLS
from hopscope.probe.wire import ProbeRequest

if TYPE_CHECKING:
    from pathlib import Path

    from hopscope.probe.network import Network

TARGETS = {4: "192.0.2.80", 6: "2001:db8:200::80"}


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_answers_come_when_due(version: int, protocol: str) -> None:
    """A probe is answered at its due time, with the exact round-trip time however late it is asked for."""
    network: Network = open_network("steady")
    assert network.send(1, ProbeRequest(version, TARGETS[version], protocol, ttl=8), 1000) is None
    due_us = network.next_due_us()
    assert due_us is not None
    assert network.collect((), due_us - 1) == []
    [(serial, answer)] = network.collect((), due_us + 5_000_000)
    assert (serial, answer.word, answer.rtt_us, answer.quoted_ttl) == (1, wire.TTL_EXPIRED, due_us - 1000, 1)
    assert network.send(2, ProbeRequest(version, TARGETS[version], protocol, ttl=30), 2000) is None
    [(serial, answer)] = network.collect((), 10_000_000)
    assert (serial, answer.word, answer.address) == (2, wire.REPLY, TARGETS[version])


def test_a_source_port_that_is_not_put_back(tmp_path: Path) -> None:
    """A moved source port is told where details are asked for; else, or where too little is quoted, nobody answers."""
    file = tmp_path / "ports.toml"
    file.write_text(
        'title = "ports"\nhop = [\n'
        '{ address = "198.51.100.1", rtt_ms = 1, nat_port_shift = 7, nat_unrestored = true },\n'
        '{ address = "198.51.100.2", rtt_ms = 2 },\n'
        '{ address = "198.51.100.3", rtt_ms = 3, quote_bytes = 8 },\n'
        '{ address = "192.0.2.80", rtt_ms = 4 },\n]\n',
        encoding="utf-8",
    )
    for detail, expected in ((True, {1: "nothing", 2: "port,checksum", 4: "port,checksum"}), (False, {1: "nothing"})):
        network = open_network(str(file))
        for ttl in (1, 2, 3, 4):
            assert network.send(ttl, ProbeRequest(4, TARGETS[4], "udp", ttl=ttl, detail=detail), 0) is None
        assert {serial: answer.rewritten for serial, answer in network.collect((), 10_000_000)} == expected


def test_an_identification_that_is_made_anew(tmp_path: Path) -> None:
    """Behind a device that rewrites it, what errors quote has another one than was sent; in IPv6 there is none."""
    file = tmp_path / "ids.toml"
    file.write_text(
        'title = "ids"\nhop = [\n'
        '{ address = "198.51.100.1", address6 = "2001:db8:1::1", rtt_ms = 1, identification_shift = 9 },\n'
        '{ address = "198.51.100.2", address6 = "2001:db8:1::2", rtt_ms = 2 },\n'
        '{ address = "192.0.2.80", address6 = "2001:db8:80::1", rtt_ms = 3 },\n]\n',
        encoding="utf-8",
    )
    for version, target, second in ((4, "192.0.2.80", "identification"), (6, "2001:db8:80::1", "nothing")):
        for protocol in ("icmp", "udp"):
            network = open_network(str(file))
            for ttl in (1, 2):
                assert network.send(ttl, ProbeRequest(version, target, protocol, ttl=ttl, detail=True), 0) is None
            answers = {serial: answer.rewritten for serial, answer in network.collect((), 10_000_000)}
            assert answers == {1: "nothing", 2: second}


def test_discarded_probes_are_not_answered() -> None:
    """An answer that comes after its probe was given up is not reported."""
    network = open_network("steady")
    network.send(1, ProbeRequest(4, TARGETS[4], ttl=1), 0)
    network.discard(1)
    assert network.collect((), 10_000_000) == []


def test_requests_that_cannot_be_sent() -> None:
    """A family that the scenario lacks, and a source address that is not its own, are answered at once."""
    network = open_network("ipv6")
    assert not network.supports("ip-4")
    assert not network.supports("mark")
    answer = network.send(1, ProbeRequest(4, "192.0.2.80"), 0)
    assert answer is not None
    assert answer.word == wire.NO_ROUTE
    answer = network.send(2, ProbeRequest(6, TARGETS[6], local_address="2001:db8::999"), 0)
    assert answer is not None
    assert answer.word == wire.ADDRESS_NOT_AVAILABLE


@pytest.mark.parametrize("size", [28, 64])
def test_held_checksum_keeps_one_path(size: int) -> None:
    """Echo requests with one checksum are one flow; without it they are many."""
    network = open_network("balanced")

    def addresses(checksum: int) -> set[str | None]:
        for serial in range(40):
            request = ProbeRequest(4, "203.0.113.80", ttl=7, size=size, icmp_checksum=checksum)
            assert network.send(serial, request, 0) is None
        return {answer.address for _, answer in network.collect((), 10_000_000)}

    assert len(addresses(0)) == 4
    assert len(addresses(0x1234)) == 1


def test_log_tells_every_fate(tmp_path: Path) -> None:
    """The log has a line a probe, with its fate and its true round-trip time."""
    path = tmp_path / "lab.log"
    network = open_network("silent-hop", str(path))
    for ttl in (1, 3, 6):
        network.send(ttl, ProbeRequest(4, "203.0.113.80", ttl=ttl), ttl * 1000)
    answers = dict(network.collect((), 10_000_000))
    network.close()
    lines = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    assert [(line["sent_us"], line["ttl"], line["fate"]) for line in lines] == [
        (1000, 1, "answered"),
        (3000, 3, "silent"),
        (6000, 6, "answered"),
    ]
    assert [line["rtt_us"] for line in lines] == [answers[1].rtt_us, None, answers[6].rtt_us]


def test_log_that_cannot_be_written(tmp_path: Path) -> None:
    """A log in a folder that is not there is refused in a line."""
    with pytest.raises(ScenarioError, match="No such file"):
        open_network("steady", str(tmp_path / "none" / "lab.log"))


def test_program_runs_on_a_scenario_and_logs_it(tmp_path: Path) -> None:
    """The program itself answers from a scenario, and its log has the same round-trip times."""
    path = tmp_path / "lab.log"
    program = [sys.executable, "-m", "hopscope.probe", "--lab", "steady", "--lab-log", str(path)]
    commands = "".join(f"{ttl} send-probe ip-4 {TARGETS[4]} ttl {ttl}\n" for ttl in range(1, 13))
    done = subprocess.run(program, input=commands, capture_output=True, text=True, check=True)
    answers = dict(wire.parse_answer(line.encode()) or (0, None) for line in done.stdout.splitlines())
    entries = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    assert len(entries) == 12
    for entry in entries:
        answer = answers[entry["ttl"]]
        assert answer is not None
        assert (answer.address, answer.rtt_us) == (entry["address"], entry["rtt_us"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lab", "nope"], "hopscope-packet: no scenario 'nope'; there are: steady, "),
        (["--lab"], "hopscope-packet: --lab needs a scenario; try --help"),
        (["--lab", "steady", "--lab-log", "/none/x"], "hopscope-packet: /none/x: No such file or directory"),
    ],
)
def test_program_refuses_in_one_line(arguments: list[str], message: str) -> None:
    """What cannot be opened is said in a line, with exit status 1."""
    program = [sys.executable, "-m", "hopscope.probe", *arguments]
    done = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(message)
