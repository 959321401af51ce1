"""Flows with real sockets and no privilege: what is sent, what balancers make of it, and whose answers count."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.trace.enumeration import ENOUGH_FLOWS
from support.tun import TunLab, tun_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import User

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
NUMBERS = {("icmp", 4): 1, ("icmp", 6): 58, ("udp", 4): 17, ("udp", 6): 17, ("tcp", 4): 6, ("tcp", 6): 6}
ARGUMENTS = {"icmp": ["--icmp"], "udp": ["-u"], "tcp": ["-T", "-P", "443"]}
USERS: dict[str, User] = {"icmp": "nobody", "udp": "nobody", "tcp": "bare"}
BALANCED = """
title = "Two ways, then four, by flow"
hop = [
    { address = "192.0.2.1", address6 = "2001:db8::1", rtt_ms = 0.5 },
    { address = ["198.51.100.1", "198.51.100.5"], address6 = ["2001:db8:1::1", "2001:db8:1::5"], rtt_ms = 3 },
    { address = "198.51.100.9", address6 = "2001:db8:1::9", rtt_ms = 4 },
    { rtt_ms = 8, address = ["203.0.113.1", "203.0.113.5", "203.0.113.9", "203.0.113.13"], address6 = FOUR },
    { address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = 9, open_ports = [443] },
]
""".replace("FOUR", str([f"2001:db8:2::{at}" for at in (1, 5, 9, 13)]))
# Each router's round trip is longer than the time between two probes of a round.
SHORT_QUOTES = (8, 60, 8, 9, 60, 8, 11, 12, 8)
_HOPS = [
    f'  {{address="198.51.100.{at}", address6="2001:db8:1::{at}", rtt_ms={40 + 5 * at}, quote_bytes={size}}},'
    for at, size in enumerate(SHORT_QUOTES, start=1)
]
SHORT = "\n".join(
    [
        "title = 'Routers that quote eight bytes, as RFC 792 asks, and others'",
        "hop = [",
        *_HOPS,
        '    { address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = 90, quote_bytes = 8 },',
        "]",
    ]
)


@pytest.fixture(scope="module")
def balanced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TunLab]:
    """A path with balanced hops behind a TUN device."""
    with tun_lab(BALANCED, tmp_path_factory.mktemp("balanced")) as lab:
        yield lab


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TunLab]:
    """A path whose routers quote too little to tell UDP probes of one flow apart, most of them."""
    with tun_lab(SHORT, tmp_path_factory.mktemp("short")) as lab:
        yield lab


def _trace(lab: TunLab, protocol: str, version: int, *arguments: str, user: User | None = None) -> dict[str, Any]:
    """The full JSON of a trace; ``sent`` is what the network saw of it."""
    before = len(lab.log())
    command = [HOPSCOPE, "--json-full", "-n", f"-{version}", *ARGUMENTS[protocol], *arguments, lab.target(version)]
    run = lab.run(command, user or USERS[protocol])
    assert (run.returncode, run.stderr) == (0, "")
    (trace,) = json.loads(run.stdout)
    assert isinstance(trace, dict)
    number = NUMBERS[protocol, version]
    trace["sent"] = [entry for entry in lab.log()[before:] if entry["protocol"] == number]
    return trace


def _identity(entry: dict[str, Any]) -> str:
    """What balancers look at: both ports, or type, code and checksum."""
    return str(entry["key"][:8])


@pytest.mark.parametrize(("protocol", "version"), [key for key in NUMBERS if key[0] != "tcp"])
def test_by_default_all_probes_are_of_one_flow(balanced: TunLab, protocol: str, version: int) -> None:
    """Every packet of a trace has the same ports or the same ICMP checksum, and no hop shows two routers."""
    trace = _trace(balanced, protocol, version, "-c", "12", "-i", "0.1")
    assert len(trace["sent"]) >= 60
    assert len({_identity(entry) for entry in trace["sent"]}) == 1
    assert [len(hop["addresses"]) for hop in trace["hops"]] == [1] * 5
    assert [hop["lost"] for hop in trace["hops"]] == [0] * 5


@pytest.mark.parametrize(("protocol", "version"), NUMBERS)
def test_flows_side_by_side_find_all_routers(balanced: TunLab, protocol: str, version: int) -> None:
    """Flows are added until the stopping rule is met by what they met, each in truth keeping to one router."""
    trace = _trace(balanced, protocol, version, "--flows", "auto", "-i", "0.1", "-c", "60")
    sharing = [hop["load_sharing"] for hop in trace["hops"]]
    assert [hop["lost"] for hop in trace["hops"]] == [0] * 5
    truth: dict[tuple[int, str], set[str]] = {}
    for entry in trace["sent"]:
        # Where all flows of TCP are taken, the kernel chooses a port, above ours.
        if protocol != "tcp" or int(entry["key"][:4], 16) < 32_000:
            truth.setdefault((entry["ttl"], _identity(entry)), set()).add(entry["address"])
    assert all(len(addresses) == 1 for addresses in truth.values())
    for ttl, one in enumerate(sharing, start=1):
        routers = {entry["address"] for entry in trace["sent"] if entry["ttl"] == ttl}
        assert (one["found"], one["complete"]) == (len(routers), True)
        assert one["trials"] >= ENOUGH_FLOWS[len(routers) - 1]
        assert one["balance"] == (None if len(routers) == 1 else "flow")
    met = {
        (hop["ttl"], one["flow"]): {address["address"] for address in one["addresses"]}
        for hop in trace["hops"]
        for one in hop["load_sharing"]["flows"]
    }
    assert sorted(map(sorted, met.values())) == sorted(
        sorted(addresses) for (ttl, _), addresses in truth.items() if ttl <= 5
    )


def test_tcp_probes_have_ports_of_their_own_by_default(balanced: TunLab) -> None:
    """One pair of ports cannot have two attempts at a time, so each has its own, as before."""
    trace = _trace(balanced, "tcp", 4, "-c", "5", "-i", "0.2")
    assert len({_identity(entry) for entry in trace["sent"]}) == len(trace["sent"])


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("arguments", [(), ("-P", "33500"), ("-L", "5555"), ("--flows", "3")])
def test_short_quotations_make_no_loss_and_no_wrong_credit(
    short: TunLab, version: int, arguments: tuple[str, ...]
) -> None:
    """Without privilege, of routers that quote eight bytes every probe counts once, for the router that answered it."""
    trace = _trace(short, "udp", version, "-c", "6", "-i", "0.4", *arguments)
    assert [hop["ttl"] for hop in trace["hops"]] == list(range(1, 11))
    for hop in trace["hops"]:
        last = "203.0.113.80" if version == 4 else "2001:db8:2::80"
        own = f"198.51.100.{hop['ttl']}" if version == 4 else f"2001:db8:1::{hop['ttl']}"
        assert [one["address"] for one in hop["addresses"]] == [last if hop["ttl"] == 10 else own]
        assert (hop["sent"], hop["received"], hop["lost"]) == (6, 6, 0)
        planned_us = 90_000 if hop["ttl"] == 10 else 40_000 + 5_000 * hop["ttl"]
        assert hop["rtt_us"]["best"] > planned_us - 1_000
    # The first probe of a hop is sent anew, and what was in flight with it; later rounds send one a hop.
    assert len([entry for entry in trace["sent"] if entry["ttl"] <= 10]) <= 60 + 20


def test_routers_that_quote_enough_stay_in_the_flow(short: TunLab) -> None:
    """Only hops that cannot be told apart leave the flow, and that is said."""
    trace = _trace(short, "udp", 4, "-c", "6", "-i", "0.4")
    flow = Counter(_identity(entry) for entry in trace["sent"]).most_common(1)[0][0]
    latest = {entry["ttl"]: _identity(entry) for entry in trace["sent"]}
    assert {ttl for ttl, identity in latest.items() if ttl <= 10 and identity == flow} == {2, 5, 8}
    (said,) = [one for one in trace["assessment"]["verdicts"] if one["rule"] == "per-probe-ports"]
    assert "hops 1, 3, 4, 6, 7, 9 and 10" in said["sentence"]


def test_given_ports_at_both_ends_make_no_loss(short: TunLab) -> None:
    """With both ports given nothing can be told of some hops; none of them shows loss, and the others are whole."""
    trace = _trace(short, "udp", 4, "-c", "6", "-i", "0.4", "-P", "33500", "-L", "5555")
    assert {_identity(entry) for entry in trace["sent"]} == {f"{5555:04x}{33500:04x}"}
    assert {hop["lost"] for hop in trace["hops"]} == {0}
    whole = [hop["ttl"] for hop in trace["hops"] if hop["received"] == 6]
    assert whole == [2, 5, 8]
    for hop in trace["hops"]:
        assert {one["address"] for one in hop["addresses"]} <= {f"198.51.100.{hop['ttl']}", "203.0.113.80"}


def test_root_tells_them_apart_by_their_checksums(short: TunLab) -> None:
    """Who may hear quoted headers keeps all hops in the flow."""
    trace = _trace(short, "udp", 4, "-c", "6", "-i", "0.4", user="root")
    assert len({_identity(entry) for entry in trace["sent"]}) == 1
    assert [(hop["received"], hop["lost"]) for hop in trace["hops"]] == [(6, 0)] * 10


@pytest.mark.parametrize("protocol", ["icmp", "udp"])
def test_a_new_probe_process_sends_the_same_flow(balanced: TunLab, protocol: str) -> None:
    """When the probe process is killed, the next one's packets are of the flow that was."""
    before = len(balanced.log())
    command = [HOPSCOPE, "--json-full", "-n", *ARGUMENTS[protocol], "-c", "20", "-i", "0.1", balanced.target(4)]
    process = subprocess.Popen(balanced.command(command), stdout=subprocess.PIPE, text=True)
    balanced.log(before + 20)
    (child,) = _probe_processes(process.pid)
    os.kill(child, signal.SIGKILL)
    (trace,) = json.loads(process.communicate(timeout=30)[0])
    assert "restarted" in [event["kind"] for event in trace["events"]]
    sent = [entry for entry in balanced.log()[before:] if entry["protocol"] == NUMBERS[protocol, 4]]
    assert len(sent) > 60
    assert len({_identity(entry) for entry in sent}) == 1
    assert [len(hop["addresses"]) for hop in trace["hops"]] == [1] * 5


def _probe_processes(ancestor: int) -> list[int]:
    """The probe processes below a process."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    below = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return [pid for pid in below if b"hopscope-packet" in _command(pid) or b"__main__" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
