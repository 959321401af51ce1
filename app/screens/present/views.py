"""From snapshots, their judgement and the view to what each widget shows; nothing here knows a widget or the stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets.panel import PanelContents
from ....widgets.rtt_graph import Curve
from ...actions import first_key
from ...path.snapshot import UNANSWERED, UNREACHABLE
from . import beside_baseline, events, header, table, time_line, verdict
from .clock import clock
from .lane_names import lane_names
from .percentiles import marked_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....widgets.answer import AnswerText
    from ....widgets.graph import Graph
    from ....widgets.header import Head
    from ....widgets.hop_table import TableContents
    from ...insight.assessment import Assessment
    from ...path.snapshot import Hop, Snapshot
    from ..judge import Assess, Beside
    from .overview import Untraced
    from .view_input import ViewInput

ROWS_EXPECTED = 12  # of a path whose hops are not known yet


def chosen_hop(snapshot: Snapshot, ttl: int) -> Hop | None:
    """The hop of a TTL, or the last one."""
    for hop in snapshot.hops:
        if hop.ttl == ttl:
            return hop
    return snapshot.hops[-1] if snapshot.hops else None


def rows_wanted(snapshots: Sequence[Snapshot], assess: Assess, view: ViewInput, untraced: Untraced = ()) -> int:
    """How many rows the body would fill."""
    if view.view == "overview":
        return len(snapshots) + len(untraced)
    snapshot = snapshots[view.target]
    if view.view == "both":
        from . import both_ways

        return both_ways.rows_wanted(snapshots, assess, view)
    if view.view == "merged":
        from . import merged_path

        return merged_path.rows_wanted(snapshots, view)
    if not snapshot.hops:
        return ROWS_EXPECTED
    rows = len(_table(snapshot, assess(snapshot), view, snapshot.time_us).rows)
    return max(rows, ROWS_EXPECTED) if snapshot.rounds <= 1 else rows


def table_shown(snapshot: Snapshot, assessment: Assessment, view: ViewInput, now_us: int) -> TableContents:
    """The hop table."""
    made = _table(snapshot, assessment, view, now_us)
    if not made.rows:
        made = made._replace(message=verdict.waiting(snapshot, now_us, view.actions))
    if view.moment is not None:
        end = clock(view.moment.at_us, view.moment.offset_us)
        made = made._replace(span=f"up to {end}", span_brief=f"to {end}")
    if view.this_path:
        made = made._replace(host_title="Host, this path")
    return made


def _table(snapshot: Snapshot, assessment: Assessment, view: ViewInput, now_us: int) -> TableContents:
    rolled = view.view == "table"
    return table.table(snapshot, view.look, now_us, assessment, selected=view.selected, rolled=rolled)


def graph_shown(snapshot: Snapshot, assessment: Assessment, view: ViewInput) -> Graph:
    """The graph of the selected hop, and of the one that is kept beside it."""
    from ....widgets.graph import Graph, figures

    hop = chosen_hop(snapshot, view.selected)
    if hop is None:
        return Graph()
    first = _curve(snapshot, hop, assessment, view)
    times = hop.statistics
    kept = _kept(snapshot, hop, view)
    return Graph(
        hop=f"hop {hop.ttl}",
        curve=first,
        second_hop=f"hop {kept.ttl}" if kept else "",
        second=_curve(snapshot, kept, assessment, view) if kept else None,
        figures=figures(first, times.jitter_average, times.stdev),
    )


def contents(shown: Snapshot, newest: Snapshot, assessment: Assessment, view: ViewInput) -> PanelContents:
    """What the panel can show: pictures and log of what is looked at, verdicts on the newest."""
    if view.typed_fields is not None:
        from .fields import field_lines

        return PanelContents(note=field_lines(view.typed_fields))
    overview = view.view == "overview"
    hop = chosen_hop(shown, 0 if overview else view.selected)
    curve = second = None
    subject = ""
    if hop is not None:
        curve = _curve(shown, hop, assessment, view)
        subject = f"hop {hop.ttl}  {curve.title}"
        kept = _kept(shown, hop, view)
        second = _curve(shown, kept, assessment, view) if kept is not None else None
    return PanelContents(
        findings=(*beside_baseline.entry(view.baseline), *verdict.findings(newest, assessment, view.actions)),
        entries=events.entries(shown, view.look, assessment),
        curve=curve,
        second=second,
        subject=shown.target.lane if overview else subject,
    )


def head(snapshots: Sequence[Snapshot], assess: Assess, view: ViewInput, now_us: int, untraced: Untraced = ()) -> Head:
    """The header: of a target, or of all."""
    snapshot = snapshots[view.target]
    made = header.head(
        snapshot, assess(snapshot), now_us, source=snapshot.target.vantage or view.source_name, lan=view.look.lan
    )
    raised = sum(len(one.alerts) for one in (snapshots if view.view == "overview" else (snapshot,)))
    made = made._replace(resume_key=first_key("pause-or-resume", view.actions), alerts=raised)
    if view.moment is not None:
        made = made._replace(moment=time_line.words(view.moment))
    if view.view == "overview":
        from .overview import counts, filtered, heading
        from .row_filter import matching

        shown = matching(view.filter, snapshots, assess, untraced, now_us)
        title = heading(snapshots, untraced)
        if shown is not None:
            title = filtered(view.filter, len(shown), snapshots, untraced)
        return made._replace(heading=title, counts=counts(snapshots, assess, untraced))
    return made


def answer(
    snapshots: Sequence[Snapshot],
    assess: Assess,
    view: ViewInput,
    untraced: Untraced = (),
    *,
    now_us: int = 0,
    beside: Beside = lambda _: {},
) -> AnswerText:
    """The answer line: of a target, of all, or of the lanes to one; ``now_us`` is on the clock of the snapshots.

    ``beside`` says what lanes say together.
    """
    if view.view == "overview":
        from .overview import overall

        return overall(snapshots, assess, untraced, beside)
    snapshot = snapshots[view.target]
    if view.view in {"merged", "both"}:
        from .merged_path import lanes_to
        from .overview import overall

        shown = snapshots if view.view == "both" else lanes_to(snapshots, view.target, view.look).snapshots
        if len(shown) > 1:
            return overall(shown, assess, beside=beside)
    return verdict.answer(snapshot, assess(snapshot), view.actions, now_us)


def target_tabs(snapshots: Sequence[Snapshot], assess: Assess, untraced: Untraced = ()) -> list[tuple[str, str]]:
    """Mark and name of each target; those that are not traced come last."""
    marks = ["warning" if one.link_lost else verdict.answer(one, assess(one)).severity for one in snapshots]
    traced = list(zip(marks, lane_names(snapshots), strict=True))
    return [*traced, *(("fault", name) for name, _ in untraced)]


def _curve(snapshot: Snapshot, hop: Hop, assessment: Assessment, view: ViewInput) -> Curve:
    name = table.host(hop, view.look._replace(show_addresses=False))
    harmless = assessment.hop(hop.ttl).loss == "harmless"
    interval_us = snapshot.settings.interval_us
    rtts_us: Sequence[int] = hop.rtts_us
    if hop.cut_off:  # a graph knows one kind of loss
        rtts_us = [UNANSWERED if value == UNREACHABLE else value for value in hop.rtts_us]
    band_us = beside_baseline.band_us(view.baseline, hop.ttl)
    return Curve(name, rtts_us, hop.statistics.best, interval_us, harmless, marked_us(hop), band_us)


def _kept(snapshot: Snapshot, beside: Hop, view: ViewInput) -> Hop | None:
    """The hop of the second curve."""
    return next((one for one in snapshot.hops if one.ttl == view.kept and one is not beside), None)
