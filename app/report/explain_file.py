"""What the counts of a report that was made elsewhere mean, in words."""

from __future__ import annotations

from ..reading.picture import snapshot_of
from ..reading.read import read_reports
from ..sanitize import document, sanitize
from ..settings import ReportSettings
from .context import Context
from .writers.explain import explanation, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..reading.counts import CountedReport
    from ..sanitize import Document

LIMITS = (
    "These are totals. When probes were lost, how RTT went up and down, and whether the path changed is not in them;"
    " a trace of your own can tell."
)


def explained(name: str) -> Document:
    """The explanation of every report in a file, ``-`` for standard input, as text of at most 79 columns.

    Raises:
        ConfigurationError: the file cannot be read, or holds no report.
    """
    lines = [line for report in read_reports(name) for line in (*_lines(report), "")]
    return document([*lines, *wrapped(LIMITS, "")])


def _lines(report: CountedReport) -> Iterator[str]:
    snapshot = snapshot_of(report)
    yield from wrapped(f"{_heading(report, snapshot.target.name)}:", "")
    yield from explanation(snapshot, Context(ReportSettings(), sanitize(report.source or "unknown host")))


def _heading(report: CountedReport, target: str) -> str:
    sent = {row.sent for row in report.hops if row.sent}
    if not sent:
        probes = "no probes counted"
    elif len(sent) == 1:
        probes = f"{sent.pop()} probes a hop"
    else:
        probes = f"{min(sent)} to {max(sent)} probes a hop"
    hops = f"{len(report.hops)} hop{'' if len(report.hops) == 1 else 's'}"
    source = f"{report.source} to " if report.source else "To "
    return f"{source}{target}, {hops}, {probes}"
