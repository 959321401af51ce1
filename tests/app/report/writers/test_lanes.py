"""How outputs name the lanes of one target, and what they say of them together."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import hopscope.app
import jsonschema
import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.report.context import Context
from hopscope.app.report.formats import FORMATS
from hopscope.app.report.writers.explain import side_by_side
from hopscope.app.report.writers.lane_lines import LaneLines
from hopscope.app.report.writers.markdown import side_by_side_markdown
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LaneKind, ReportSettings, TraceSettings
from support.engines import TARGET, World, steady

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot
    from hopscope.probe import wire
    from support.engines import Network

ICMP, TCP = LaneKind("icmp"), LaneKind("tcp", 443)
CONTEXT = Context(ReportSettings(explain=True), sanitize("this.example"))
SCHEMAS = Path(hopscope.app.__file__).parent / "report" / "schemas"
SAID = "ICMP loses 29.0 % at the target, TCP 443 nothing: the target rate-limits ICMP."


def limited(share: float) -> Network:
    """A path of four hops, to a target that leaves a share of ICMP unanswered."""
    below, chance = steady(4), Random(1)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        unanswered = request.protocol == "icmp" and request.ttl >= 4 and chance.random() < share
        return None if unanswered else below(now_us, request)

    return network


def lanes(share: float = 0.3, rounds: int = 100, *, place: str = "") -> list[Snapshot]:
    """Two lanes of one target."""
    targets = tuple(replace(TARGET, kind=kind, vantage=sanitize(place)) for kind in (ICMP, TCP))
    world = World(limited(share), TraceSettings(rounds=rounds, flows=1), targets)
    world.run()
    return [path.snapshot() for path in world.paths]


@pytest.fixture(scope="module")
def traces() -> list[Snapshot]:
    """Two lanes, of which one is not answered at times."""
    return lanes()


def written(name: str, traces: list[Snapshot]) -> list[str]:
    """The documents of an output."""
    return list(FORMATS[name].texts(traces, CONTEXT))


def test_every_output_names_the_lane(traces: list[Snapshot]) -> None:
    """Each in the place that its form has for it."""
    icmp, tcp = written("report", traces)
    assert icmp.splitlines()[1].startswith("HOST: this.example by ICMP ")
    assert tcp.splitlines()[1].startswith("HOST: this.example by TCP 443 ")
    for document, words, protocol in zip(written("json", traces), ("ICMP", "TCP 443"), ("icmp", "tcp"), strict=True):
        assert json.loads(document)["report"]["mtr"]["lane"] == words
        assert protocol in words.lower()
    assert [ET.fromstring(one).get("LANE") for one in written("xml", traces)] == ["ICMP", "TCP 443"]
    rows = [row for one in written("csv", traces) for row in csv.DictReader(io.StringIO(one))]
    assert [row["Lane"] for row in rows] == ["ICMP"] * 4 + ["TCP 443"] * 4
    assert [one.split(", ")[1:2] for one in written("markdown", traces)] == [["ICMP"], ["TCP port 443"]]
    assert "target.example by ICMP, target.example by TCP 443" in written("dot", traces)[0]


def test_columns_of_the_text_report_stay_where_they_are(traces: list[Snapshot]) -> None:
    """The name of the lane moves none of them."""
    plain = [replace(one, target=replace(one.target, kind=None)) for one in traces]
    for one, other in zip(written("report", traces), written("report", plain), strict=True):
        assert one.splitlines()[1][40:] == other.splitlines()[1][40:]
        assert one.splitlines()[2:] == other.splitlines()[2:]


def test_json_says_what_lanes_say_together(traces: list[Snapshot]) -> None:
    """The same in each, by the schema; null where that is nothing, and no such field where there is one lane alone."""
    schema = json.loads((SCHEMAS / "report.schema.json").read_text())
    found = json.loads(written("json-full", traces)[0])
    jsonschema.Draft202012Validator(schema).validate(found)
    assert found[0]["lanes"] == found[1]["lanes"]
    assert found[0]["lanes"]["answer"] == SAID
    (verdict,) = found[0]["lanes"]["verdicts"]
    assert (verdict["rule"], verdict["severity"]) == ("lanes-protocol-limit", "note")
    assert (verdict["lanes"], verdict["others"]) == (["ICMP"], ["TCP 443"])
    assert (verdict["numbers"]["lost"], verdict["numbers"]["other_lost"]) == (29, 0)
    assert [(one["target"]["lane"], one["settings"]["protocol"]) for one in found] == [
        ("ICMP", "icmp"),
        ("TCP 443", "tcp"),
    ]
    fine = json.loads(written("json-full", lanes(0.0, 12))[0])
    jsonschema.Draft202012Validator(schema).validate(fine)
    assert [one["lanes"] for one in fine] == [None, None]
    alone = json.loads(written("json-full", traces[:1])[0])
    assert "lanes" not in alone[0]


def test_reports_for_people_say_it_below(traces: list[Snapshot]) -> None:
    """With the evidence in a text report that explains, as a paragraph in Markdown; nothing where it is nothing."""
    lines = list(side_by_side(traces, CONTEXT))
    assert " ".join(lines[:2]) == f"To target.example: {SAID}"
    assert any(line.strip().startswith("Lost in the same time: ICMP 29 of 100, TCP 443 0 of 100.") for line in lines)
    assert all(len(line) <= 79 for line in lines)
    assert side_by_side_markdown(traces, CONTEXT) == f"**target.example**: {SAID}\n\n"
    assert list(side_by_side(lanes(0.0, 12), CONTEXT)) == []
    assert side_by_side_markdown(lanes(0.0, 12), CONTEXT) == ""


def test_lines_tell_it_when_it_changes_and_at_the_end(traces: list[Snapshot]) -> None:
    """Once all lanes of a round are judged; a target with one lane has none."""
    lines = LaneLines(CONTEXT)
    judged = [verdicts(one) for one in traces]
    assert lines.judged(3, traces[0], judged[0], last=False) is None
    told = lines.judged(5, traces[1], judged[1], last=False)
    assert told is not None
    assert told[0] == [3, 5]
    assert told[1] is not None
    assert told[1].sentence == SAID
    assert lines.judged(3, traces[0], judged[0], last=False) is None
    assert lines.judged(5, traces[1], judged[1], last=False) is None
    assert lines.judged(5, traces[1], judged[1], last=True) == told
    fine = lanes(0.0, 12)
    assert lines.judged(3, fine[0], verdicts(fine[0]), last=False) is None
    assert lines.judged(5, fine[1], verdicts(fine[1]), last=False) == ([3, 5], None)
    plain = replace(traces[0], target=replace(TARGET, kind=None))
    assert LaneLines(CONTEXT).judged(0, plain, judged[0], last=True) is None
