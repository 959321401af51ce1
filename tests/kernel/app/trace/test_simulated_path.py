"""What hopscope measures with real sockets equals what the network did, by the network's own account."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.tun import TunLab, tun_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import User

pytestmark = pytest.mark.kernel

HOPSCOPE = Path(sys.executable).with_name("hopscope")
ROUNDS = 20
SCENARIO = """
title = "Loss, silence, limits, labels and balancing on one path of both IP versions"
hop = [
    { address = "192.0.2.1", address6 = "2001:db8::1", rtt_ms = 0.7, jitter_ms = 0.1 },
    { address = "198.51.100.1", address6 = "2001:db8:1::1", rtt_ms = 5.5, rate_limit = { per_s = 20, burst = 3 } },
    { address = "198.51.100.5", address6 = "2001:db8:1::5", rtt_ms = 6, silent = true },
    { address = "198.51.100.9", address6 = "2001:db8:1::9", rtt_ms = 9, labels = [24001, 24002], carried_to = 5 },
    { address = "198.51.100.13", address6 = "2001:db8:1::d", rtt_ms = 14.2, loss_percent = 10 },
    { address = ["198.51.100.17", "198.51.100.21"], address6 = ["2001:db8:1::11", "2001:db8:1::15"], rtt_ms = 20 },
    { address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = 21, back_loss_percent = 5, open_ports = [80] },
]
"""
NUMBERS = {("icmp", 4): 1, ("icmp", 6): 58, ("udp", 4): 17, ("udp", 6): 17, ("tcp", 4): 6, ("tcp", 6): 6}
ARGUMENTS = {"icmp": [], "udp": ["-u"], "tcp": ["-T", "-P", "80"]}
USERS: dict[str, User] = {"icmp": "nobody", "udp": "nobody", "tcp": "bare"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TunLab]:
    """The scenario above behind a TUN device."""
    with tun_lab(SCENARIO, tmp_path_factory.mktemp("tun")) as running:
        yield running


@pytest.fixture(scope="module")
def traces(lab: TunLab) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """The hops that hopscope reports by each protocol and version, all traced at once without privilege."""
    running = {}
    for protocol, version in NUMBERS:
        report = [str(HOPSCOPE), "-j", "-n", "-c", str(ROUNDS), "-i", "0.1", "-G", "2", *ARGUMENTS[protocol]]
        command = lab.command([*report, lab.target(version)], USERS[protocol])
        running[protocol, version] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return {key: json.loads(process.communicate(timeout=60)[0])["report"]["hubs"] for key, process in running.items()}


def _truth(lab: TunLab, protocol: str, version: int) -> dict[int, list[dict[str, Any]]]:
    """What became of the probes, by TTL; SYNs that the kernel sent again are not probes."""
    probes: dict[tuple[str, int], dict[str, Any]] = {}
    for entry in lab.log():
        if entry["protocol"] == NUMBERS[protocol, version] and entry["destination"] == lab.target(version):
            probes.setdefault((entry["key"], entry["ttl"]), entry)
    by_ttl: dict[int, list[dict[str, Any]]] = {}
    for entry in probes.values():
        by_ttl.setdefault(entry["ttl"], []).append(entry)
    return by_ttl


@pytest.mark.parametrize(("protocol", "version"), NUMBERS)
def test_counts_and_loss_are_those_of_the_network(
    lab: TunLab, traces: dict[tuple[str, int], list[dict[str, Any]]], protocol: str, version: int
) -> None:
    """Every hop shows the probes that were sent to it, and the loss that there was."""
    truth = _truth(lab, protocol, version)
    hubs = traces[protocol, version]
    assert [hub["count"] for hub in hubs] == list(range(1, 8))
    for hub in hubs:
        entries = truth[hub["count"]]
        answered = [entry for entry in entries if entry["fate"] == "answered"]
        assert hub["Snt"] == len(entries) == ROUNDS
        assert hub["Loss%"] == pytest.approx(100 - 100 * len(answered) / len(entries), abs=0.001), hub["count"]
        assert hub["host"] in {entry["address"] for entry in answered} or (not answered and hub["host"] == "???")


@pytest.mark.parametrize(("protocol", "version"), NUMBERS)
def test_round_trips_are_those_of_the_network(
    lab: TunLab, traces: dict[tuple[str, int], list[dict[str, Any]]], protocol: str, version: int
) -> None:
    """Best and average round trips agree with the kernel's stamps at the device within 0.1 ms.

    Averages by the median of the hops, since one stalled virtual processor spoils an average. When a SYN leaves is
    known to user space alone, so of TCP no more than a millisecond is asked, of the best.
    """
    truth = _truth(lab, protocol, version)
    off_ms = []
    for hub in traces[protocol, version]:
        rtts_ms = [entry["rtt_us"] / 1000 for entry in truth[hub["count"]] if entry["fate"] == "answered"]
        if rtts_ms:
            assert hub["Best"] == pytest.approx(min(rtts_ms), abs=1 if protocol == "tcp" else 0.1)
            off_ms.append(abs(hub["Avg"] - statistics.mean(rtts_ms)))
    assert protocol == "tcp" or statistics.median(off_ms) < 0.1
