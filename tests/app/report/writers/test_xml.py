"""mtr's XML."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

from hopscope.app.report.context import Context
from hopscope.app.report.writers.json import json_report
from hopscope.app.report.writers.xml import xml_report
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings, Target
from support import snapshots

SAMPLES = Path(__file__).parents[3] / "samples"


def context(**settings: object) -> Context:
    return Context(ReportSettings(**settings), local_host="vm", name=snapshots.name)  # type: ignore[arg-type]


def sample(name: str) -> str:
    text = (SAMPLES / name).read_text()
    return text[text.index("\n") + 1 : text.rindex("[rc=")]


def test_document() -> None:
    """Byte for byte: values padded as in the report."""
    assert xml_report(snapshots.unreachable(), context(fields="LS N")) == (
        """\
<?xml version="1.0"?>
<MTR SRC="vm" DST="203.0.113.50" TOS="0x0" PSIZE="64" BITPATTERN="0x00" TESTS="2">
    <HUB COUNT="1" HOST="gw.example.net">
        <Loss>  0.0%</Loss>
        <Snt>     2</Snt>
        <Last>  14.5</Last>
    </HUB>
    <HUB COUNT="2" HOST="100.64.1.9">
        <Loss>  0.0%</Loss>
        <Snt>     2</Snt>
        <Last>   3.3</Last>
    </HUB>
</MTR>
"""
    )


def test_layout_is_that_of_the_sample() -> None:
    """Hub for hub the same elements in the same places, whatever the numbers."""

    def shape(text: str) -> list[str]:
        hubs = re.sub(r'HOST="[^"]*"', "HOST", text)
        return [re.sub(r" *[\d.]+%?</", "#</", line) for line in hubs.splitlines()]

    assert shape(xml_report(snapshots.ecmp_mpls(), context(show_ips=True))) == shape(sample("xml.txt"))
    assert xml_report(snapshots.nothing_answered(), context()) == sample("noreply-xml.txt")


def test_newer_layout() -> None:
    """The layout that follows 0.96 trims values and tells name and address apart."""
    root = ET.fromstring(xml_report(snapshots.ecmp_mpls(), context(layout="next")).encode())
    hubs = root.findall("HUB")
    assert hubs[0].attrib == {
        "COUNT": "1",
        "HOST": "gw.example.net",
        "ADDR": "100.64.0.1",
        "HOSTNAME": "gw.example.net",
    }
    assert hubs[2].attrib == {"COUNT": "3", "HOST": "???"}
    assert hubs[5].attrib == {"COUNT": "6", "HOST": "100.64.5.1", "ADDR": "100.64.5.1"}
    assert [hub.findtext("Loss") for hub in hubs[4:6]] == ["0.00%", "66.67%"]


def test_layout_of_0_96() -> None:
    """The released 0.96 names the encoding and trims values; the rest is as before: what it printed has that shape."""

    def shape(text: str) -> set[str]:
        hubs = re.sub(r'(SRC|DST|COUNT|HOST|TESTS)="[^"]*"', r"\1", text)
        return {re.sub(r">[\d.]+", ">#", line) for line in hubs.splitlines()}

    theirs = (SAMPLES / "xml-b-0.96.txt").read_text()
    assert shape(xml_report(snapshots.ecmp_mpls(), context(layout="0.96", show_ips=True))) == shape(theirs)


def test_everything_is_escaped() -> None:
    """Names of both ends and of hops cannot break the document."""
    trace = snapshots.snapshot(Target(sanitize('<&">'), "203.0.113.9", 4), [snapshots.hop(1, [1000], "203.0.113.9")])
    hostile = Context(local_host=sanitize("a<b"), name=lambda _: sanitize('x"y&z'))
    root = ET.fromstring(xml_report(trace, hostile))
    assert (root.get("SRC"), root.get("DST")) == ("a<b", '<&">')
    assert root[0].get("HOST") == 'x"y&z'


def test_rounds_of_an_endless_trace() -> None:
    """The number of rounds is that which was asked for, and of an endless trace that which was begun so far."""
    snapshot = snapshots.unreachable()
    endless = replace(snapshot, settings=replace(snapshot.settings, rounds=None), rounds=7)
    assert 'TESTS="7"' in xml_report(endless, context())
    assert json.loads(json_report(endless, context()))["report"]["mtr"]["tests"] == 7


def test_interfaces_are_an_attribute() -> None:
    """What a router says of its interfaces stands beside its host, escaped; as mtr it does not."""
    hubs = ET.fromstring(xml_report(snapshots.interfaces(), context())).findall("HUB")
    assert [hub.get("INTERFACE") for hub in hubs] == [None, None, '=1|2,"<b>& in', None]
    assert "INTERFACE" not in xml_report(snapshots.interfaces(), context(interfaces=False))
