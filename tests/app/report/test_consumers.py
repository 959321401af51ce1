"""Programs that read mtr's output read ours: each test does what a program out there does with it."""

from __future__ import annotations

import csv
import json
import re
import shlex
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from support import scripted_packet
from support.program import ENVIRONMENT, command, run
from support.pty import PtyProgram

if TYPE_CHECKING:
    from pathlib import Path

PATH = ("192.0.2.1", "-", "198.51.100.9")
TARGET = PATH[-1]


@pytest.fixture
def quick(tmp_path: Path) -> list[str]:
    return ["-i", "0.05", "-G", "0.2", "--packet", scripted_packet.command(tmp_path, 0, *PATH)]


def strict(text: str) -> dict[str, Any]:
    """Decode as a program with types does: an integer where one is asked for is no ``2.0``, a string no number."""
    document = json.loads(text)
    head = document["report"]["mtr"]
    assert all(type(head[key]) is str for key in ("src", "dst", "psize", "bitpattern"))
    assert all(type(head[key]) is int for key in ("tos", "tests"))
    for hub in document["report"]["hubs"]:
        assert type(hub["count"]) is type(hub["Snt"]) is int
        assert type(hub["host"]) is str
        assert all(type(hub[key]) in {int, float} for key in ("Loss%", "Last", "Avg", "Best", "Wrst", "StDev"))
    assert isinstance(document, dict)
    return document


def test_exporter(quick: list[str]) -> None:
    """A metrics exporter puts -j first, the user's flags behind it, and decodes with types."""
    hubs = strict(run("-j", "-n", "-c", "2", *quick, TARGET, name="mtr").stdout)["report"]["hubs"]
    assert [hub["host"] for hub in hubs] == ["192.0.2.1", "???", TARGET]


def test_time_series_saver(quick: list[str]) -> None:
    """--report --json is JSON, for the last output counts."""
    strict(run("--report", "--json", "--no-dns", "--report-cycles", "2", *quick, TARGET).stdout)


def test_tracer_scripts(quick: list[str]) -> None:
    """Flags behind the host, and blanks within the order of columns."""
    ended = run(TARGET, "-rwz", "-n", "-c", "2", "-o", "SRDL ABW MX", "--json", *quick)
    hub = json.loads(ended.stdout)["report"]["hubs"][0]
    assert list(hub)[3:] == ["Snt", "Rcv", "Drop", "Loss%", "Avg", "Best", "Wrst", "Javg", "Jmax"]


def test_monitoring_agent(quick: list[str]) -> None:
    """A monitoring agent looks for lines that begin with a number and splits them at blanks."""
    ended = run("--report", "--report-wide", "-s", "64", "-c", "2", "--no-dns", *quick, TARGET, name="mtr")
    lines = ended.stdout.splitlines()
    assert any(line.startswith("HOST:") for line in lines)
    rows = [line.split() for line in lines if re.match(r"^\s*\d+\.", line)]
    assert [len(row) for row in rows] == [9, 9, 9]
    assert [row[1] for row in rows] == ["192.0.2.1", "???", TARGET]
    assert [float(row[2].rstrip("%")) for row in rows] == [0, 100, 0]
    assert [float(number) for row in rows for number in row[3:]]


def test_awk_collectors(quick: list[str]) -> None:
    """A shell pipeline drops silent hops and headings and takes the columns by number."""
    program = "grep -v '???' | grep -Ev 'Start|Loss' | awk '{print $2, $3, $8}'"
    report = run("--no-dns", "-4", "--report", "-c", "2", *quick, TARGET).stdout
    done = subprocess.run(["sh", "-c", program], input=report, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["192.0.2.1 0.0% 1.0", f"{TARGET} 0.0% 3.0"]


def test_raw_reader_under_a_terminal(quick: list[str]) -> None:
    """A measurement network runs mtr --raw under a pseudo-terminal and matches answers to probes by their numbers."""
    line = command("-4", "--no-dns", "--max-ttl", "30", "--timeout", "1", "-c", "3", "--raw", *quick, TARGET)
    with PtyProgram(["/bin/sh", "-c", f"{shlex.join(line)}; echo end"], environment=ENVIRONMENT) as program:
        data = program.read_until(b"end").decode().removesuffix("end")
    hops: dict[str, str] = {}
    sent: dict[str, str] = {}
    times: dict[str, list[float]] = {}
    for words in map(str.split, data.splitlines()):
        assert not words[0].startswith("mtr:")
        if words[0] == "h":
            hops.setdefault(words[1], words[2])
        elif words[0] == "x":
            sent[words[2]] = words[1]
        elif words[0] == "p":
            assert sent[words[3]] == words[1]
            times.setdefault(words[1], []).append(int(words[2]) / 1000)
    assert (hops["0"], hops["2"]) == ("192.0.2.1", TARGET)
    assert (len(times["0"]), len(times["2"])) == (3, 3)


def test_csv_post_processor(quick: list[str]) -> None:
    """Runs appended to one file: a heading each time, the time in the second column, OK in the third."""
    text = "".join(run("-C", "-n", "-c", "1", *quick, TARGET).stdout for _ in range(2))
    rows = list(csv.reader(text.splitlines()))
    assert [row[0] for row in rows] == ["Mtr_Version", *["MTR.0.95"] * 3] * 2
    assert all(row[1].isdecimal() and row[2] == "OK" for row in rows if row[0] != "Mtr_Version")


def test_error_label(quick: list[str]) -> None:
    """Where a name does not resolve nothing is on standard output, and mtr's sentence on standard error."""
    ended = run("-j", "-c", "1", *quick, "name..invalid", name="mtr")
    assert ended.stdout == ""
    assert ended.stderr.startswith("mtr: Failed to resolve host: name..invalid: ")


@pytest.mark.parametrize(("interval", "target", "warned"), [("0.05", "8.8.8.8", True), ("0.05", TARGET, False)])
def test_short_intervals_to_strangers_are_warned_of(tmp_path: Path, interval: str, target: str, warned: bool) -> None:
    """Rounds may be short; below a tenth of a second, to a public address, a line says what to expect."""
    packet = scripted_packet.command(tmp_path, 0, target)
    ended = run("-r", "-n", "-c", "1", "-i", interval, "-G", "0.2", "--packet", packet, target)
    assert ended.returncode == 0
    assert (ended.stderr != "") == warned
    assert not warned or ended.stderr.startswith("hopscope: a round every 0.05 s to 8.8.8.8: routers on the path")
