"""The simulated network's side of this host."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hopscope.app.launch.demo import DemoTraffic
from hopscope.probe.lab.scenario import describe, load

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
SCENARIO = """
title = "a line that this host fills every 4 seconds"
hop = [
    { address = "192.0.2.1", rtt_ms = 1 },
    { address = "198.51.100.1", rtt_ms = 5, queue = { peak_ms = 120, period_s = 4QUEUE } },
    { address = "203.0.113.80", rtt_ms = 9 },
]
"""


@pytest.fixture
def scenario(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The scenario's file; with what a test says of the queue."""
    path = tmp_path / "filled.toml"
    path.write_text(SCENARIO.replace("QUEUE", getattr(request, "param", ", own_mbit = 8")), encoding="ascii")
    return str(path)


def test_traffic_rises_and_falls_with_the_queue(scenario: str) -> None:
    """Half the peak over a whole period, most of it in the middle, when the queue is longest."""
    now_us = 7_000_000
    traffic = DemoTraffic(load(scenario), lambda: now_us, now_us)
    totals = []
    for _ in range(5):
        reading = traffic.read(0)
        assert reading is not None
        totals.append(reading[1])
        now_us += 1_000_000
    rates = [after - before for before, after in pairwise(totals)]
    assert totals[-1] == pytest.approx(4 * 500_000, abs=2)
    assert rates[0] == pytest.approx(rates[3], abs=2)
    assert rates[1] == pytest.approx(rates[2], abs=2)
    assert rates[1] > 4 * rates[0]


@pytest.mark.parametrize("scenario", [""], indirect=True)
def test_a_queue_that_others_fill_has_no_traffic_of_ours(scenario: str) -> None:
    """Nothing is read where the scenario says nothing."""
    assert DemoTraffic(load(scenario), lambda: 5, 5).read(0) is None


def test_the_demo_says_who_fills_the_line(scenario: str) -> None:
    """The shipped program, on a simulated network: the verdict names this host's own traffic."""
    words = [HOPSCOPE, "--demo", scenario, "-r", "-c", "100", "-i", "0.1", "--json-full"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True, stdin=subprocess.DEVNULL)
    [bloat] = [one for one in json.loads(done.stdout)[0]["assessment"]["verdicts"] if one["rule"] == "bufferbloat"]
    assert bloat["numbers"]["loaded"] == "yes"
    assert bloat["numbers"]["interface"] == "eth0"
    assert "it rises with this host's own traffic" in bloat["sentence"]


def test_scenarios_are_listed() -> None:
    """``--demo list`` names each with its title, wherever the output goes, and ends well."""
    for words in (["--demo", "list"], ["-j", "--demo=list"]):
        done = subprocess.run([HOPSCOPE, *words], capture_output=True, text=True, check=True)
        rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()[2:]]
        assert rows == [list(one) for one in describe()]
        assert done.stderr == ""
