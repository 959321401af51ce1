"""The graph of all paths, as Graphviz reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hopscope.app.path.snapshot import UNANSWERED
from hopscope.app.report.context import Context
from hopscope.app.report.writers.dot import dot_report
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings, Target, TraceSettings
from support import snapshots
from support.need import need_tool
from support.snapshots import hop, snapshot
from support.virtual import Lab, lab_world

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
HOSTILE = ('say "hi"\\', "\\N\\G\\E\\l", "<b>bold</b>", "a]; evil [x=1", "-> {} ;//#", "größe→", "/*", "'")
RTT = [10_000] * 8


def read(graph: str) -> dict[str, Any]:
    """The graph as Graphviz understands it; it must have nothing to say about it."""
    need_tool("dot")
    run = subprocess.run(["dot", "-Tjson"], input=graph, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    made = json.loads(run.stdout)
    assert isinstance(made, dict)
    return made


def edges(made: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Edges by the names of their nodes."""
    names = {one["_gvid"]: one["name"] for one in made["objects"] if "nodes" not in one}
    return {(names[one["tail"]], names[one["head"]]): one for one in made["edges"]}


def context(names: dict[str, str] | None = None) -> Context:
    """How to write: with these names."""
    shown = {address: sanitize(name) for address, name in (names or {}).items()}
    return Context(ReportSettings(), sanitize('my "host"'), shown.get, lambda _address, _kind: None)


def test_edges_join_what_one_flow_met() -> None:
    """The left router of one hop leads to the left one of the next, never across, with share and flows."""
    world = lab_world(Lab("balanced"), TraceSettings(rounds=60, flows=57), detail=True)
    made = read(dot_report([world.run()], context()))
    found = edges(made)
    assert ("4 198.51.100.17", "5 198.51.100.25") in found
    assert ("4 198.51.100.21", "5 198.51.100.29") in found
    assert ("4 198.51.100.17", "5 198.51.100.29") not in found
    assert found["source", "1 192.0.2.1"]["label"] == "100 %"
    leaving = [edge for (tail, _), edge in found.items() if tail == "3 198.51.100.9"]
    assert sum(int(edge["label"].split()[0]) for edge in leaving) == 100
    flows = [set(edge["comment"].removeprefix("flows ").split()) for edge in leaving]
    assert flows[0].isdisjoint(flows[1])
    assert made["label"] == "www.example.org: 21 flows; all addresses found (95 % confidence)"


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_nothing_but_text(name: str) -> None:
    """Whatever a name holds, it is shown as it is, and changes nothing else of the graph."""
    target = Target(sanitize(name), "192.0.2.9", 4)
    trace = snapshot(target, [hop(1, RTT, "192.0.2.1"), hop(2, RTT, "192.0.2.9")])
    made = read(dot_report([trace], context({"192.0.2.1": name})))
    assert sorted(one["name"] for one in made["objects"] if "nodes" not in one) == [
        "1 192.0.2.1",
        "2 192.0.2.9",
        "source",
    ]
    (router,) = [one for one in made["objects"] if one["name"] == "1 192.0.2.1"]
    escaped = name.replace("\\", "\\\\")  # Graphviz keeps its escapes in what it writes
    assert router["label"] == f"1  192.0.2.1\\n{escaped}"


def test_silent_hops_and_guesses_look_different() -> None:
    """What lies behind a silent hop is joined by a dashed edge, and a guess is dotted."""
    hops = [
        hop(1, RTT, "192.0.2.1"),
        hop(2, RTT, "198.51.100.1", "198.51.100.5", by=[0, 1] * 4),
        hop(3, RTT, "203.0.113.1", "203.0.113.5", by=[0, 0, 1, 1] * 2),
        hop(4, [UNANSWERED] * 8),
        hop(5, RTT, "192.0.2.9"),
    ]
    found = edges(read(dot_report([snapshot(Target(sanitize("t"), "192.0.2.9", 4), hops)], context())))
    assert {edge.get("style") for (tail, _), edge in found.items() if tail[0] == "2"} == {"dotted"}
    assert {edge.get("style") for (tail, _), edge in found.items() if tail[0] == "3"} == {"dashed"}
    assert found["source", "1 192.0.2.1"].get("style") is None


def test_nothing_answered() -> None:
    """A graph of a path without an answer has the source alone."""
    made = read(dot_report([snapshot(Target(sanitize("t"), "192.0.2.9", 4), [], reached=False)], context()))
    assert [one["name"] for one in made["objects"]] == ["source"]


def test_several_targets_are_one_graph() -> None:
    """Routers that targets share are drawn once, and each target stands out."""
    arguments = ["--demo", "datacentre", "--dot", "-i", "0.2", "-c", "3", "--flow", "fixed"]
    targets = ["one.example.org", "two.example.org"]
    run = subprocess.run([HOPSCOPE, *arguments, *targets], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    made = read(run.stdout)
    assert made["name"].endswith(" to one.example.org, two.example.org")
    ends = [one["name"] for one in made["objects"] if one.get("shape") == "doubleoctagon"]
    assert sorted(ends) == ["4 203.0.113.11", "4 203.0.113.12"]
    found = edges(made)
    assert {head for tail, head in found if tail == "source"} == {"1 192.0.2.1"}
    assert {head for tail, head in found if tail == "3 198.51.100.9"} == set(ends)


def test_interfaces_stand_below_the_address() -> None:
    """What a router says of its interfaces is part of its label, one a line, with quotes escaped."""
    made = dot_report([snapshots.interfaces()], Context())
    assert 'label="2  198.51.100.2\\n' + snapshots.LISTED.replace("; ", "\\n") + '"' in made
    assert 'label="3  198.51.100.4\\n=1|2,\\"<b>& in"' in made
