"""What is looked at, and how it is handed to the widgets: from the source, the judge and the view to the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...widgets.hints import CheckProgress, Hint, Question
from ..actions import PROBING, first_key
from .overlays import Overlays
from .parts import make_body
from .present import checks, footer, history, table, views
from .present.beside_baseline import differing_ttls
from .present.strips import ZOOMS
from .present.time_line import time_line
from .present.view_input import ViewInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..actions import Action
    from ..path.snapshot import Hop, Snapshot
    from .baseline_watch import BaselineWatch
    from .judge import Judge
    from .options import ScreenOptions
    from .parts import Parts
    from .present.merged_path import Lanes
    from .present.time_line import Moment
    from .row_layout import Settling
    from .source import Source
    from .state import ViewState


class Showing(Overlays, inherit_bindings=False):
    """Pictures of a moment; when they are painted is the stage's business."""

    source: Source
    options: ScreenOptions
    judge: Judge
    baseline: BaselineWatch
    actions: tuple[Action, ...]
    view: ViewState
    settling: Settling
    parts: Parts
    check_told_us = 0  # when the check was over whose outcome was said last

    # ---- what is looked at ------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot of the target that is shown, at the moment that is looked at."""
        snapshots = self.source.snapshots()
        return snapshots[min(self.view.target, len(snapshots) - 1)]

    def shown_snapshot(self) -> Snapshot:
        """What is painted: all of the trace, or the new path alone."""
        return history.current_path(self.snapshot) if self.view.this_path else self.snapshot

    def look(self) -> table.Look:
        """How hosts and numbers are written now."""
        view = self.view
        return table.Look(
            name=self.source.name,
            origin=self.source.origin,
            show_addresses=self.options.show_addresses,
            fields=view.fields,
            lan=self.settling.lan,
            network_field=view.network_field,
            mpls=view.mpls,
            otherwise=frozenset(view.otherwise),
            all_unfolded=view.all_unfolded,
            zoom=ZOOMS[view.zoom],
        )

    def view_input(self) -> ViewInput:
        """All that pictures depend on beside the measurement, as it is now."""
        view, typing = self.view, self.typing
        beside = None if self.judge.waits else self.baseline.beside(self.snapshot)
        return ViewInput(
            look=self.look()._replace(differing=differing_ttls(beside)),
            view=view.view,
            target=min(view.target, len(self.source.snapshots()) - 1),
            selected=view.selected,
            kept=view.kept,
            moment=self.moment(),
            this_path=view.this_path,
            scale_us=view.scale_us,
            filter=view.filter,
            width=self.size.width,
            actions=self.offered_actions(),
            source_name=self.source.privacy.local_host(self.options.source_name),
            baseline=beside,
            typed_fields=typing.text if typing is not None and typing.prompt.name == "fields" else None,
        )

    def offered_actions(self) -> tuple[Action, ...]:
        """Those that sentences may offer: in a replay there is nothing to command."""
        cursor = self.source.time
        if cursor is None or not cursor.is_replay:
            return self.actions
        return tuple(one for one in self.actions if one.group != PROBING)

    def lanes_shown(self) -> Lanes:
        """The lanes to the target that is shown, and the graph of their paths."""
        from .present import merged_path

        snapshots = self.source.snapshots()
        return merged_path.lanes_to(snapshots, min(self.view.target, len(snapshots) - 1), self.look())

    def shown_order(self) -> list[int]:
        """The indices of the targets in the order in which the overview shows them; elsewhere that of the bar."""
        from .present.overview import in_order

        snapshots = self.source.snapshots()
        if self.view.view != "overview":
            return in_order(snapshots, ())
        shown = self.matching()
        return [at for at in in_order(snapshots, self.view.order) if shown is None or at in shown]

    def matching(self) -> list[int] | None:
        """The rows of the overview that the filter leaves, those that are not traced after the others; None: all."""
        from .present.row_filter import matching

        untraced = self.options.untraced
        return matching(self.view.filter, self.source.snapshots(), self.judge.assess, untraced, self.now_us())

    def now_us(self) -> int:
        """The time of the snapshots' clock."""
        return self.source.now_us()

    def moment(self) -> Moment | None:
        """The moment that is looked at, None: the present. The actions on time know it."""
        return None

    def chosen_hop(self, snapshot: Snapshot) -> Hop | None:
        """The selected hop, or the target's."""
        return views.chosen_hop(snapshot, self.view.selected)

    @property
    def is_back(self) -> bool:
        """Whether another moment is looked at than the present."""
        return self.source.time is not None and self.source.time.is_back

    @property
    def recording_words(self) -> str:
        """What the header says of a recording; the actions on recordings know."""
        return ""

    # ---- the widgets ------------------------------------------------------------------------------------------

    def body(self, name: str) -> Any:
        """The widget of a view, made when it is first asked for."""
        bodies = self.parts.bodies
        if name not in bodies:
            widget = make_body(name)
            widget.dress(self.palette, self.glyphs)
            bodies[name] = widget
            self.screen.mount(widget, after=self.parts.table)
        return bodies[name]

    def show_top(self, view: ViewInput, now_us: int) -> None:
        """Hand what is new to header, answer, time line and footer."""
        snapshots, assess, parts = self.source.snapshots(), self.judge.assess, self.parts
        if self.has_several:
            tabs = views.target_tabs(snapshots, assess, self.options.untraced)
            parts.target_bar.show(tabs, view.target, view.view == "overview")
        head = views.head(snapshots, assess, view, now_us, self.options.untraced)
        parts.header.show(head._replace(recording=self.recording_words))
        parts.answer.show(
            views.answer(snapshots, assess, view, self.options.untraced, now_us=now_us, beside=self.judge.beside)
        )
        instead: Question | CheckProgress | None = self._check_progress(snapshots, now_us)
        if self.typing is not None:
            prompt = self.typing.prompt
            valid = self.typing.value() is not None
            instead = Question(prompt.label, self.typing.text, prompt.range_text, valid, prompt.ends)
        width, glyphs = self.size.width, self.glyphs
        if view.moment is not None:
            parts.time_line.show(time_line(view.moment))
            hints = footer.back_hints(self.actions, width, glyphs, view.moment)
        else:
            paused = snapshots[view.target].state == "paused"
            offered = bool(checks.offered(assess(snapshots[view.target]), view.selected))
            hints = footer.hints(self.actions, width, glyphs, view=view.view, paused=paused, offered=offered)
        parts.footer.show(hints, instead)

    @property
    def has_several(self) -> bool:
        """Whether more than one target was asked for, traced or not."""
        return len(self.source.snapshots()) + len(self.options.untraced) > 1

    @property
    def check_runs(self) -> bool:
        """Whether a check runs beside one of the traces."""
        return any(one.checks and one.checks[-1].state == "running" for one in self.source.snapshots())

    def _check_progress(self, snapshots: Sequence[Snapshot], now_us: int) -> CheckProgress | None:
        """How far a check is; when one is over, that is said once."""
        if not any(snapshot.checks for snapshot in snapshots):
            return None
        done_us, text = checks.latest_outcome(snapshots, self.judge.assess, self.check_told_us)
        if text:
            self.check_told_us = done_us
            self.say(text)
        running = next((check for one in snapshots if (check := checks.running(one)) is not None), None)
        return (
            CheckProgress(checks.progress(running, now_us), Hint(first_key("back", self.actions), "ends it"))
            if running
            else None
        )

    def show_body(self, view: ViewInput, now_us: int) -> None:
        """Hand what is new to the view and the panel."""
        newest, shown = self.snapshot, self.shown_snapshot()
        assessment = self.judge.assess(newest)
        if view.view == "overview":
            from .present.overview import TITLES, target_rows

            snapshots, order = self.source.snapshots(), self.view.order
            rows = target_rows(
                snapshots, self.judge.assess, self.options.untraced, order=order, now_us=now_us, lan=view.look.lan
            )
            left = self.matching()
            rows = rows if left is None else [row for row in rows if row.place in left]
            self.body("overview").show(rows, TITLES, view.target, nothing=f'Nothing matches "{view.filter.strip()}".')
        elif view.view == "both":
            from .present import both_ways

            self.body("both").show(both_ways.picture(self.source.snapshots(), self.judge.assess, view))
        elif view.view == "merged":
            from .present import merged_path

            self.body("merged").show(merged_path.picture(self.lanes_shown(), self.judge.assess, view))
        elif view.view == "graph":
            self.body("graph").show(views.graph_shown(shown, assessment, view))
        else:
            contents = views.table_shown(shown, assessment, view, now_us)
            if view.view == "chart":
                chart = self.body("chart")
                chart.scale_us = view.scale_us
                chart.show(table.hops_alone(contents), view.selected)
            else:
                self.parts.table.show(contents, view.selected)
        if self.parts.panel.size.height:
            self.parts.panel.show(views.contents(shown, newest, assessment, view))
