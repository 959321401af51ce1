"""The simulator behind a TUN device is a network that other programs see as its scenario says."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest
from support.need import need_tool
from support.tun import TunLab, tun_lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TunLab]:
    """The steady path."""
    with tun_lab("steady", tmp_path_factory.mktemp("tun")) as lab:
        yield lab


@pytest.mark.parametrize("arguments", [["-4"], ["-6"], ["-4", "-u"], ["-6", "-T"]])
def test_stock_mtr_sees_the_scenario(steady: TunLab, arguments: list[str]) -> None:
    """Mtr finds every hop in order, by each protocol, and its times are the scenario's to a few milliseconds."""
    need_tool("mtr")
    version = int(arguments[0][1])
    done = steady.run(["mtr", "-n", "-j", "-c1", "-G1", "-i0.3", *arguments, steady.target(version)])
    hubs = json.loads(done.stdout)["report"]["hubs"]
    assert [hub["host"] for hub in hubs] == _addresses(steady, version)


def _addresses(lab: TunLab, version: int) -> list[str]:
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    route = next(iter(lab.scenario.phases[-1].routes.values()))
    return [socket.inet_ntop(family, hop.addresses[version][0]) for hop in route.hops]


def test_answers_come_on_time(steady: TunLab) -> None:
    """Answers reach the kernel when the scenario means them to, by the kernel's own stamps, never earlier."""
    need_tool("mtr")
    before = len(steady.log())
    steady.run(["mtr", "-n", "-r", "-c3", "-G1", "-i0.2", steady.target(4)])
    entries = [entry for entry in steady.log(before + 36)[before:] if entry["fate"] == "answered"]
    late_us = [entry["rtt_us"] - entry["planned_us"] for entry in entries]
    assert len(late_us) >= 36
    assert min(late_us) >= 0


def test_labels_reach_mtr_packet(tmp_path: Path) -> None:
    """Stock mtr-packet reads the label stacks that the simulated routers send."""
    need_tool("mtr-packet")
    with tun_lab("mpls", tmp_path) as lab:
        probe = f"1 send-probe ip-4 {lab.target()} ttl 4 timeout 5\n2 send-probe ip-4 {lab.target()} ttl 6 timeout 5\n"
        answers = lab.run(["mtr-packet"], input=probe).stdout
    assert " mpls 24001,0,0,1,24115,0,1,1\n" in answers
    assert " mpls 24115,5,1,1\n" in answers
