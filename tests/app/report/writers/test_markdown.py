"""The table for tickets."""

from __future__ import annotations

from hopscope.app.report.context import Context
from hopscope.app.report.writers.markdown import markdown_report
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings
from support import snapshots


def test_table() -> None:
    """A heading and a table, with other addresses and labels in the cell of their hop."""
    settings = ReportSettings(fields="LS A", mpls=True, ipinfo=(0,))
    context = Context(settings, local_host=sanitize("vm"), name=snapshots.name)
    lines = markdown_report(snapshots.ecmp_mpls(), context).splitlines()
    assert lines[0].startswith("**vm to 203.0.113.9**, ICMP, 64 bytes, 3 rounds of 1 s from 2026-11-2")
    assert lines[2:4] == ["| Hop | Host | AS | Loss% | Snt | Avg |", "| --: | --- | --- | --: | --: | --: |"]
    assert lines[5] == "| 2 | ecmp-b.example.net<br>100.64.1.3<br>ecmp-a.example.net | AS??? | 0.0% | 3 | 5.3 |"
    assert lines[7].startswith(
        "| 4 | a-very-long-router-name-xe-0-0-1-100.core1.ams.example.net<br>MPLS 24015 TC 0 S 0"
    )
    assert lines[10].startswith("| 7 |")


def test_findings_follow_the_table() -> None:
    """What the trace means stands below it: the answer, then a line a finding."""
    lines = markdown_report(snapshots.lossy(), Context(ReportSettings(fields="L"))).splitlines()
    assert lines[13].startswith("Loss on the path: ")
    assert [line[:2] for line in lines[14:]] == ["", *["- "] * (len(lines) - 16), ""]
    assert any("loss on the path" in line for line in lines[13:])


def test_names_cannot_format() -> None:
    """What strangers call their routers is shown as it is, not obeyed."""
    trace = snapshots.snapshot(snapshots.TARGET, [snapshots.hop(1, [1000], "203.0.113.9")])
    context = Context(ReportSettings(fields="L"), name=lambda _: sanitize("a|b<img>[x](y)*z*"))
    assert markdown_report(trace, context).splitlines()[4] == ("| 1 | a\\|b\\<img\\>\\[x\\](y)\\*z\\* | 0.0% |")


def test_interfaces_stand_in_the_cell_of_their_router() -> None:
    """What a router says of its interfaces follows its address, escaped."""
    lines = markdown_report(snapshots.interfaces(), Context()).splitlines()
    assert f"198.51.100.3<br>198.51.100.2<br>Interface: {snapshots.LISTED} |" in next(
        line for line in lines if line.startswith("| 2 |")
    )
    assert r'198.51.100.4<br>Interface: =1\|2,"\<b\>\& in |' in next(line for line in lines if line.startswith("| 3 |"))
