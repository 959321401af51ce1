"""mtr's CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hopscope.app.report.context import Context
from hopscope.app.report.writers.csv import csv_report
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings, Target
from support import snapshots

SAMPLES = Path(__file__).parents[3] / "samples"


def context(**settings: object) -> Context:
    return Context(
        ReportSettings(**settings),  # type: ignore[arg-type]
        local_host=sanitize("vm"),
        name=snapshots.name,
        fact=lambda address, _kind: sanitize("64500") if address == "100.64.0.1" else None,
    )


def test_lines() -> None:
    """Byte for byte: a heading with a comma at its end, the drop count in the column without a title."""
    assert csv_report(snapshots.silent(), context()) == (
        "Mtr_Version,Start_Time,Status,Host,Hop,Ip,Loss%,Snt, ,Last,Avg,Best,Wrst,StDev,\n"
        "MTR.0.95,1795302902,OK,203.0.113.9,1,192.0.2.1,0.00,5,0,0.66,0.70,0.65,0.82,0.07\n"
        "MTR.0.95,1795302902,OK,203.0.113.9,2,???,100.00,5,5,0.00,0.00,0.00,0.00,0.00\n"
        "MTR.0.95,1795302902,OK,203.0.113.9,3,???,100.00,5,5,0.00,0.00,0.00,0.00,0.00\n"
        "MTR.0.95,1795302902,OK,203.0.113.9,4,198.51.100.4,0.00,5,0,9.90,9.91,9.80,10.10,0.11\n"
        "MTR.0.95,1795302902,OK,203.0.113.9,5,198.51.100.5,20.00,5,1,12.05,12.14,12.00,12.40,0.18\n"
        "MTR.0.95,1795302902,OK,203.0.113.9,6,???,100.00,5,5,0.00,0.00,0.00,0.00,0.00\n"
    )


def test_heading_is_that_of_the_sample() -> None:
    """The heading and the number of fields are mtr's."""
    sample = (SAMPLES / "csv.txt").read_text().splitlines()[1:-1]
    ours = csv_report(snapshots.ecmp_mpls(), context()).splitlines()
    assert ours[0] == sample[0]
    assert [line.count(",") for line in ours] == [line.count(",") for line in sample]


def test_layout_of_0_96() -> None:
    """The released 0.96 differs from 0.95 in its number alone."""
    theirs = (SAMPLES / "csv-z-0.96.txt").read_text().splitlines()
    ours = csv_report(snapshots.silent(), context(layout="0.96", ipinfo=(0,))).splitlines()
    assert ours[0] == theirs[0]
    assert ours[1].split(",")[0] == theirs[1].split(",")[0]
    assert [line.split(",")[9] for line in ours[1:]] == ["0", "5", "5", "0", "1", "5"]
    assert {line.count(",") for line in ours[1:]} == {line.count(",") for line in theirs[1:]}


def test_newer_layout() -> None:
    """The layout that follows 0.96 has no comma behind the heading and nothing in the column without a title."""
    lines = csv_report(snapshots.unreachable(), context(layout="next", ipinfo=(0,))).splitlines()
    assert lines == [
        "Mtr_Version,Start_Time,Status,Host,Hop,Ip,Asn,Loss%,Snt, ,Last,Avg,Best,Wrst,StDev",
        "MTR.0.96,1795302899,OK,203.0.113.50,1,gw.example.net,AS64500,0.00,2,,14.50,8.40,2.30,14.50,8.63",
        "MTR.0.96,1795302899,OK,203.0.113.50,2,(no route to host),AS???,0.00,2,,3.30,3.35,3.30,3.40,0.07",
    ]


def test_wide_adds_a_line_for_each_further_address() -> None:
    """With -w every address of a hop has its line, with the hop's numbers."""
    rows = list(csv.reader(io.StringIO(csv_report(snapshots.ecmp_mpls(), context(wide=True)))))
    second = [row for row in rows if row[4] == "2"]
    assert [row[5] for row in second] == ["ecmp-b.example.net", "100.64.1.3", "ecmp-a.example.net"]
    assert len({tuple(row[6:]) for row in second}) == 1


def test_names_that_would_break_a_reader_are_quoted() -> None:
    """A comma, a quote or a formula in a name reaches the reader as one harmless field."""
    trace = snapshots.snapshot(
        Target(sanitize('=cmd|"x",1'), "203.0.113.9", 4), [snapshots.hop(1, [1000], "203.0.113.9")]
    )
    rows = list(csv.reader(io.StringIO(csv_report(trace, Context()))))
    assert rows[1][3] == '\'=cmd|"x",1'
    assert len(rows[1]) == len(rows[0]) - 1


def test_nothing_answered_prints_nothing() -> None:
    """Without any answer there is not even a heading, as in mtr."""
    assert csv_report(snapshots.nothing_answered(), context()) == ""


def test_interfaces_have_a_last_column() -> None:
    """What routers say of their interfaces stands in a column beyond mtr's, and only where one says something."""
    made = csv_report(snapshots.interfaces(), context(wide=True))
    rows = list(csv.DictReader(io.StringIO(made)))
    assert [row["Interface"] for row in rows] == ["", "", snapshots.LISTED, "'=1|2,\"<b>& in", ""]
    assert list(rows[0])[-2:] == ["StDev", "Interface"]
    as_mtr = csv_report(snapshots.interfaces(), context(wide=True, interfaces=False))
    assert "ae3.100" not in as_mtr
    assert as_mtr.splitlines()[0] == csv_report(snapshots.silent(), context()).splitlines()[0]
