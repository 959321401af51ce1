"""Sessions on real routers: recorded, and reported again as they were."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hopscope.app.recording.event_lines import KINDS
from hopscope.app.recording.reader import open_session
from hopscope.app.recording.recorded import Recorded

if TYPE_CHECKING:
    from support.netns import Chain

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
ROUNDS = ("-n", "-c", "5", "-i", "0.2")


def run(*command: str) -> str:
    """What a program prints that ends well."""
    environment = {**os.environ, "TZ": "UTC"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_source(chain: Chain, *arguments: str) -> str:
    """What hopscope prints in the first namespace."""
    return run(*chain.command([HOPSCOPE, *arguments]))


@pytest.mark.parametrize("output", ["-r", "-w", "-j", "-x", "-C", "--json-full", "--markdown", "--dot"])
def test_a_report_comes_out_as_it_did(output: str, namespace_chain: Chain, tmp_path: Path) -> None:
    """Of a trace over five routers, with what the interface carried, each report is the same, byte by byte."""
    file = str(tmp_path / "x.hops.gz")
    live = in_source(namespace_chain, *ROUNDS, output, "--record", file, namespace_chain.target())
    assert run(HOPSCOPE, "--replay", file, "-n", output) == live
    found = open_session(file)
    kinds = {type(told[1]) for told in found.events() if isinstance(told, tuple)}
    assert KINDS["traffic"] in kinds
    assert (found.is_whole, found.damage) == (True, "")


@pytest.mark.parametrize("output", ["--raw", "--jsonl"])
def test_lines_come_out_as_they_did(output: str, namespace_chain: Chain, tmp_path: Path) -> None:
    """The lines that are written while it runs are those of the replay."""
    file = str(tmp_path / "x.hops")
    live = in_source(namespace_chain, *ROUNDS, output, "--record", file, namespace_chain.target())
    assert run(HOPSCOPE, "--replay", file, "-n", output) == live


def test_lanes_and_vantage_points_are_in_one_file(namespace_chain: Chain, tmp_path: Path) -> None:
    """Two protocols from here and from another namespace: four traces, one file, the same report."""
    file = str(tmp_path / "x.hops.gz")
    where = ("--from", "local", "--from", f"netns:{namespace_chain.names[1]}", "--lanes", "icmp,udp")
    live = in_source(namespace_chain, *ROUNDS, *where, "-j", "--record", file, namespace_chain.target())
    recorded = Recorded(file)
    assert len(recorded.targets) == 4
    assert {str(target.vantage) for target in recorded.targets} == {"local", where[3]}
    assert len(recorded.before(recorded.ended_us).paths) == 4
    assert run(HOPSCOPE, "--replay", file, "-n", "-j") == live


def test_a_probe_takes_few_bytes(namespace_chain: Chain, tmp_path: Path) -> None:
    """With real clocks and counters a probe takes no more than 40 bytes, but for what a file begins with."""
    file = tmp_path / "x.hops"
    in_source(namespace_chain, "-n", "-c", "60", "-i", "0.05", "-r", "--record", str(file), namespace_chain.target())
    lines = file.read_bytes().splitlines(keepends=True)
    probes = sum(line.startswith(b"[1,") for line in lines)
    assert probes > 200
    assert sum(len(line) for line in lines if line.startswith(b"[")) / probes <= 40
