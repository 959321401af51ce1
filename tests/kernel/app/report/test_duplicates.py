"""The program on a path of which some hops answer twice: noted, counted once, in every report that has room for it."""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
from support.tun import tun_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.netns import User
    from support.tun import TunLab

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
ROUNDS = 8
SCENARIO = """
title = "Two hops and the target answer twice"
hop = [
    { address = "192.0.2.1", address6 = "2001:db8::1", rtt_ms = 1 },
    { address = "198.51.100.1", address6 = "2001:db8:1::1", rtt_ms = 2, duplicate_percent = 100 },
    { address = "198.51.100.5", address6 = "2001:db8:1::5", rtt_ms = 3 },
    { address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = 4, duplicate_percent = 100, open_ports = [80] },
]
"""


@pytest.fixture(scope="module", params=[True, False], ids=["ping open", "ping closed"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TunLab]:
    """The scenario, with ping sockets for everybody or for nobody (then as root only, by raw sockets)."""
    with tun_lab(SCENARIO, tmp_path_factory.mktemp("twice"), ping_open=request.param) as made:
        yield made


def schema(name: str) -> dict[str, object]:
    text = (resources.files("hopscope.app.report.schemas") / f"{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, object] = json.loads(text)
    return loaded


def report(lab: TunLab, *words: str, user: User, version: int) -> str:
    done = lab.run([HOPSCOPE, "-n", "-c", str(ROUNDS), "-i", "0.2", *words, lab.target(version)], user)
    assert done.returncode == 0
    # Where ping sockets are closed, an ordinary user is told that it is UDP.
    assert "using UDP" in done.stderr if done.stderr else True
    return done.stdout


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", ["", "-u"])
@pytest.mark.parametrize("user", ["root", "nobody"])
def test_a_report_counts_each_probe_once_and_the_second_answers_apart(
    lab: TunLab, user: User, protocol: str, version: int
) -> None:
    """ICMP and UDP, as root and without privilege: no hop received more than was sent, and P11 says which answer twice.

    The last answer of all ends the trace, so that its double may not be waited for.
    """
    (trace,) = json.loads(report(lab, "--json-full", *filter(None, [protocol]), user=user, version=version))
    jsonschema.Draft202012Validator(schema("report")).validate([trace])
    assert [(hop["sent"], hop["received"]) for hop in trace["hops"]] == [(ROUNDS, ROUNDS)] * 4
    twice = [hop["duplicates"] for hop in trace["hops"]]
    assert (twice[0], twice[1], twice[2]) == (0, ROUNDS, 0)
    assert ROUNDS - 1 <= twice[3] <= ROUNDS
    assert {hop["duplicates_elsewhere"] for hop in trace["hops"]} == {0}
    noted = [one for one in trace["assessment"]["verdicts"] if one["rule"] == "duplicate-replies"]
    assert [(one["severity"], one["first_ttl"], one["last_ttl"]) for one in noted] == [("note", 2, 2), ("note", 4, 4)]
    assert trace["assessment"]["severity"] != "fault"


def test_tcp_tells_none(lab: TunLab) -> None:
    """The kernel drops what comes after a connection attempt's first answer."""
    (trace,) = json.loads(report(lab, "--json-full", "-T", user="root", version=4))
    assert {hop["duplicates"] for hop in trace["hops"]} == {0}


def test_explain_and_events_tell_them(lab: TunLab) -> None:
    """The text report explains them in a line, and ``--jsonl`` has one of its form for each."""
    text = " ".join(report(lab, "-r", "--explain", user="root", version=4).split())
    assert f"Hop 2: some probes answered twice ({ROUNDS} of {ROUNDS}; each is counted once)." in text
    validator = jsonschema.Draft202012Validator(schema("events"))
    lines = [json.loads(line) for line in report(lab, "--jsonl", user="root", version=4).splitlines()]
    for line in lines:
        validator.validate(line)
    first = {line["seq"]: line for line in lines if line["event"] == "answer"}
    told = [line for line in lines if line["event"] == "duplicate"]
    # In the first round the target answers from behind its place too.
    assert {1, 2, 3, 4} & {line["ttl"] for line in told} == {2, 4}
    assert all(
        (line["ttl"], line["address"]) == (first[line["seq"]]["ttl"], first[line["seq"]]["address"]) for line in told
    )
