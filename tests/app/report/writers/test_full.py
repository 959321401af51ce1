"""The full JSON, and its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hopscope.app.insight.checks.offers import path_mtu
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.report.context import Context
from hopscope.app.report.writers.full import full_report
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings, TraceSettings
from support import snapshots
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot


def schema(name: str) -> object:
    file = resources.files("hopscope.app.report") / "schemas" / f"{name}.schema.json"
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "trace",
    [
        snapshots.healthy(),
        snapshots.lossy(),
        snapshots.silent(),
        snapshots.ecmp_mpls(),
        snapshots.ipv6(),
        snapshots.unreachable(),
        snapshots.nothing_answered(),
        snapshots.just_started(),
    ],
    ids=lambda trace: trace.target.name,
)
def test_every_report_is_valid(trace: Snapshot) -> None:
    """Whatever a trace saw, its report is what the shipped schema says."""
    context = Context(name=snapshots.name, fact=lambda _address, kind: sanitize(str(kind)))
    jsonschema.Draft202012Validator(schema("report")).validate(json.loads(full_report([trace, trace], context)))


@pytest.mark.parametrize("flows", [0, 1, 16])
def test_links_and_flows_are_in_the_report(flows: int) -> None:
    """Which flow met which addresses, and which way leads from one to the next, are there by the schema."""
    trace = lab_world(Lab("balanced"), TraceSettings(rounds=30, flows=flows), detail=True).run()
    (report,) = json.loads(full_report([trace], Context(ReportSettings())))
    jsonschema.Draft202012Validator(schema("report")).validate([report])
    sharing = [hop["load_sharing"] for hop in report["hops"]]
    assert [one["found"] for one in sharing] == [len(hop["addresses"]) for hop in report["hops"]]
    assert all(one["complete"] == (flows != 1) for one in sharing[:3])
    assert {one["flow"] for hop in sharing for one in hop["flows"]} == set(range(flows))
    ways = {(link["first"], link["last"]) for link in report["links"]}
    assert (None, "192.0.2.1") in ways
    if flows:
        assert {link["flows"] != [] for link in report["links"]} == {True}
        assert all(link["certain"] for link in report["links"])


@pytest.mark.parametrize("name", ["report", "events"])
def test_schemas_are_valid(name: str) -> None:
    """The schemas are schemas."""
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_every_address_has_its_own_figures() -> None:
    """Addresses behind one hop are told apart, with labels, kinds of answers and times."""
    report = json.loads(full_report([snapshots.ecmp_mpls()], Context(ReportSettings(), name=snapshots.name)))
    hop = report[0]["hops"][4]
    assert (hop["sent"], hop["received"], hop["lost"], hop["loss_percent"]) == (3, 3, 0, 0.0)
    assert [(one["address"], one["answers"], one["rtt_us"]["p50"]) for one in hop["addresses"]] == [
        ("100.64.4.1", 2, 9200),
        ("100.64.4.2", 1, 9600),
    ]
    assert hop["addresses"][0]["labels"] == [{"label": 16, "tc": 1, "bottom": 1, "ttl": 250}]
    assert hop["addresses"][0]["kinds"] == [{"answer": "ttl-expired", "icmp_type": 11, "icmp_code": 0, "count": 2}]
    assert report[0]["hops"][2]["rtt_us"] is None
    assert (report[0]["started"], report[0]["ended"]) == ("2026-11-21T23:14:57.000000Z", "2026-11-21T23:15:00.000000Z")


def test_interfaces_of_a_router_are_told() -> None:
    """What a router says of its interfaces is in the report, by the schema, with null where it does not say."""
    snapshot = lab_world(Lab("datacentre"), TraceSettings(), detail=True).run(until_s=3)
    [report] = json.loads(full_report([snapshot], Context(ReportSettings())))
    jsonschema.Draft202012Validator(schema("report")).validate([report])
    told = [one["interfaces"] for hop in report["hops"] for one in hop["addresses"]]
    assert told == [
        [],
        [],
        [
            {"role": "incoming", "name": "ae3.100", "index": 526, "address": "198.51.100.9", "mtu": 9100},
            {"role": "sub-ip", "name": "et-0/0/7", "index": 518, "address": None, "mtu": None},
        ],
        [],
    ]


def test_a_check_and_refused_probes_are_told() -> None:
    """What a check sent and what came of it, and what the system did not send, are in the report, by the schema."""
    world = lab_world(Lab("filtered-target"), TraceSettings())
    [offered] = [one.check for one in verdicts(world.run(until_s=20)).verdicts if one.check]
    assert offered is not None
    world.group.check(world.now_us, 0, offered)
    trace = replace(world.run(until_s=30), refused=(("unexpected-error", "105", 3, -60_000_000),))
    [report] = json.loads(full_report([trace], Context(ReportSettings())))
    jsonschema.Draft202012Validator(schema("report")).validate([report])
    [check] = report["checks"]
    assert (check["kind"], check["ttl"], check["first_round"]) == ("other-protocols", 6, 19)
    assert [(arm["name"], arm["sent"], arm["from_target"]) for arm in check["arms"]] == [
        ("TCP 443", 1, 1),
        ("TCP 80", 0, 0),
        ("UDP 33434", 0, 0),
        ("UDP 53", 0, 0),
        ("UDP 443", 0, 0),
    ]
    assert report["refused"][0]["reason"] == "105"
    assert "The target is up" in report["assessment"]["answer"]


@pytest.mark.parametrize("name", ["narrow-links", "mtu-black-hole"])
def test_a_path_mtu_is_told(name: str) -> None:
    """What a search beside the trace has found is in the report, by the schema, with its verdicts."""
    world = lab_world(Lab(name), TraceSettings(), detail=True)
    plan = path_mtu(world.run(until_s=10))
    assert plan is not None
    world.group.check(world.now_us, 0, plan)
    [report] = json.loads(full_report([world.run(until_s=90)], Context(ReportSettings())))
    jsonschema.Draft202012Validator(schema("report")).validate([report])
    [check] = report["checks"]
    assert (check["kind"], check["arms"], check["path_mtu"]["mtu"]) == ("path-mtu", [], 1400)
    assert [hop["mtu"] for hop in check["path_mtu"]["hops"]][-1] == 1400
    assert ("mtu-black-hole" if name == "mtu-black-hole" else "mtu-drop") in [
        one["rule"] for one in report["assessment"]["verdicts"]
    ]
