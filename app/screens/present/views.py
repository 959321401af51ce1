"""Which widget shows what: from snapshots and the view's state to what each widget is handed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....widgets.jitter import Curve
from ....widgets.panel import Contents
from ...insight.assessment import Assessment
from . import events, header, history, table, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....widgets.answer import Answer
    from ....widgets.header import Head
    from ....widgets.line_widget import LineWidget
    from ...path.snapshot import Hop, Snapshot
    from ..stage import Stage
    from ..state import ViewState


def make_body(name: str) -> LineWidget:
    """The widget of a view that is not the table."""
    if name == "chart":
        from ....widgets.chart import StripChart

        return StripChart(id="chart")
    if name == "graph":
        from ....widgets.graph import GraphView

        return GraphView(id="graph")
    from ....widgets.overview import Overview

    return Overview(id="overview")


def seen(snapshot: Snapshot, view: ViewState) -> Snapshot:
    """A snapshot as the user wants to see it: of the current path alone, or some rounds back."""
    if view.this_path:
        snapshot = history.current_path(snapshot)
    if view.older:
        snapshot = history.older(snapshot, view.older)
    return snapshot


def chosen_hop(snapshot: Snapshot, ttl: int) -> Hop | None:
    """The hop of a TTL, or the last one."""
    for hop in snapshot.hops:
        if hop.ttl == ttl:
            return hop
    return snapshot.hops[-1] if snapshot.hops else None


def lan(snapshot: Snapshot) -> bool:
    """Whether the path is within one building."""
    return table.lan(snapshot)


def look(stage: Stage) -> table.Look:
    """How hosts and numbers are written now."""
    view = stage.view
    return table.Look(
        name=stage.source.name,
        origin=stage.source.origin,
        show_addresses=stage.options.show_addresses,
        fields=view.fields,
        lan=stage.lan,
        network_field=view.network_field,
        mpls=view.mpls,
        otherwise=frozenset(view.otherwise),
        all_unfolded=view.all_unfolded,
    )


def rows_wanted(stage: Stage, snapshot: Snapshot) -> int:
    """How many rows the body would fill."""
    if stage.view.view == "overview":
        return len(stage.source.snapshots())
    hops = len(snapshot.hops)
    if hops == 0:
        return 12
    rows = len(table.table(snapshot, look(stage), stage.now_us(), Assessment()).rows)
    return max(rows, 12) if snapshot.rounds <= 1 else rows


def show_body(stage: Stage, snapshot: Snapshot, now_us: int) -> None:
    """Hand the view that is shown its picture."""
    view = stage.view
    if view.view == "overview":
        from .overview import target_rows

        stage.body("overview").show(target_rows(stage.source.snapshots(), stage.judge, now_us), view.target, now_us)
        return
    if view.view == "graph":
        stage.body("graph").show(_graph(stage, snapshot))
        return
    shown = table.table(snapshot, look(stage), now_us, stage.judge.assess(stage.snapshot))
    if view.older:
        shown = shown._replace(span=history.span(snapshot))
    if view.this_path:
        shown = shown._replace(host_title="Host, this path")
    if view.view == "chart":
        chart = stage.body("chart")
        chart.scale_us = view.scale_us
        chart.show(table.hops_alone(shown), view.selected)
        return
    stage.table.show(shown, view.selected)


def curve(stage: Stage, snapshot: Snapshot, hop: Hop) -> Curve:
    """The curve of a hop."""
    name = table.host(hop, look(stage)._replace(show_addresses=False))
    harmless = stage.judge.assess(stage.snapshot).hop(hop.ttl).loss == "harmless"
    return Curve(name, hop.rtts_us, hop.statistics.best, snapshot.settings.interval_us, harmless)


def _graph(stage: Stage, snapshot: Snapshot) -> Any:
    from ....widgets.graph import Graph, figures

    hop = chosen_hop(snapshot, stage.view.selected)
    if hop is None:
        return Graph()
    first = curve(stage, snapshot, hop)
    times = hop.statistics
    kept = next((one for one in snapshot.hops if one.ttl == stage.view.kept and one is not hop), None)
    return Graph(
        hop=f"hop {hop.ttl}",
        curve=first,
        second_hop=f"hop {kept.ttl}" if kept else "",
        second=curve(stage, snapshot, kept) if kept else None,
        figures=figures(first, times.jitter_average, times.stdev),
    )


def contents(stage: Stage, snapshot: Snapshot) -> Contents:
    """What the panel can show."""
    if stage.typing is not None and stage.typing.prompt.name == "fields":
        from ..dialogs.fields import field_lines

        return Contents(note=field_lines(stage.typing.text))
    hop = chosen_hop(snapshot, 0 if stage.view.view == "overview" else stage.view.selected)
    shown = second = None
    subject = ""
    if hop is not None:
        shown = curve(stage, snapshot, hop)
        subject = f"hop {hop.ttl}  {shown.title}"
        kept = next((one for one in snapshot.hops if one.ttl == stage.view.kept and one is not hop), None)
        second = curve(stage, snapshot, kept) if kept is not None else None
    assessment = stage.judge.assess(stage.snapshot)
    return Contents(
        findings=verdict.findings(stage.snapshot, assessment, stage.actions),
        entries=events.entries(snapshot, stage.source, assessment),
        curve=shown,
        second=second,
        subject=snapshot.target.name if stage.view.view == "overview" else subject,
    )


def head(stage: Stage, snapshot: Snapshot, snapshots: Sequence[Snapshot], now_us: int) -> Head:
    """The header: of a target, or of all."""
    source = stage.source.privacy.local_host(stage.options.source_name)
    made = header.head(snapshot, stage.judge.assess(snapshot), now_us, source=source, lan=stage.lan)
    if stage.view.view == "overview":
        from .overview import counts

        return made._replace(heading=f"{len(snapshots)} targets", counts=counts(snapshots, stage.judge, now_us))
    return made


def answer(stage: Stage, snapshot: Snapshot, snapshots: Sequence[Snapshot], now_us: int) -> Answer:
    """The answer line: of a target, or of all."""
    if stage.view.view == "overview":
        from .overview import overall

        return overall(snapshots, stage.judge, now_us)
    return verdict.answer(snapshot, stage.judge.assess(snapshot), now_us)


def target_tabs(stage: Stage, snapshots: Sequence[Snapshot], now_us: int) -> list[tuple[str, str]]:
    """Mark and name of each target."""
    return [(verdict.answer(one, stage.judge.assess(one), now_us).severity, one.target.name) for one in snapshots]
