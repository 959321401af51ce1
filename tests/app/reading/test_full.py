"""Our own full JSON and Markdown are read back: the same hops as in the text report of the same trace."""

from __future__ import annotations

import pytest
from hopscope.app.errors import ConfigurationError
from hopscope.app.reading.read import reports_of
from hopscope.app.report.context import Context
from hopscope.app.report.writers.full import full_report
from hopscope.app.report.writers.markdown import markdown_report
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings
from support import snapshots


def context() -> Context:
    return Context(ReportSettings(), local_host=sanitize("vm_1"), name=snapshots.name)


def test_full_json() -> None:
    """Source, target, hops, hosts and counts are those of the trace; a time keeps its microseconds."""
    snapshot = snapshots.ecmp_mpls()
    (report,) = reports_of(full_report([snapshot], context()), "file")
    assert (report.source, report.target) == ("vm_1", snapshot.target.name)
    assert [hop.ttl for hop in report.hops] == [hop.ttl for hop in snapshot.hops]
    assert [hop.received for hop in report.hops] == [hop.received for hop in snapshot.hops]
    assert [hop.sent for hop in report.hops] == [hop.received + hop.dropped for hop in snapshot.hops]
    assert [len(hop.hosts) for hop in report.hops] == [len(hop.responders) for hop in snapshot.hops]
    assert [hop.best_us for hop in report.hops if hop.received] == [
        hop.statistics.best for hop in snapshot.hops if hop.received
    ]


def test_markdown() -> None:
    """Several tables in one text, quoted as in a mail, are read with the heading of each; escapes are undone."""
    one, other = snapshots.ecmp_mpls(), snapshots.unreachable()
    text = "".join(
        f"> {line}\n" for line in (markdown_report(one, context()) + markdown_report(other, context())).splitlines()
    )
    reports = reports_of(text, "file")
    assert [report.source for report in reports] == ["vm_1", "vm_1"]
    assert [report.target for report in reports] == [one.target.name, other.target.name]
    assert [[hop.ttl for hop in report.hops] for report in reports] == [
        [hop.ttl for hop in each.hops] for each in (one, other)
    ]
    assert [len(hop.hosts) for hop in reports[0].hops] == [len(hop.responders) for hop in one.hops]
    assert reports[1].hops[0].hosts[0].startswith("gw.example.net")


@pytest.mark.parametrize("text", ["[]", "[1, 2]", '[{"hops": 3}]', "[", "[" * 100_000, "[user@host ~]$ ls"])
def test_what_is_no_report(text: str) -> None:
    """A list that holds no trace, or that is cut off, is refused with a message."""
    with pytest.raises(ConfigurationError):
        reports_of(text, "file")
