"""Keys that change what is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...actions import first_key
from ...resolve.facts import AS_NUMBER, FACTS
from ..present.strips import ZOOMS
from ..stage import Stage
from ..state import JITTER_FIELDS, LATENCY_FIELDS, VIEWS

if TYPE_CHECKING:
    from ....widgets.bars import TargetBar
    from ....widgets.hop_table import HopTable
    from ....widgets.merged_path import MergedPathView
    from ....widgets.overview import Overview
    from ....widgets.panel import Panel
    from ....widgets.two_ways import TwoWaysView


class LookActions(Stage, inherit_bindings=False):
    """Views, selection, panel, columns, history."""

    # ---- views ------------------------------------------------------------------------------------------------

    def action_view(self, name: str) -> None:
        """Show a view by its digit."""
        view = self.view
        if name == "overview":
            if not self.has_several:
                self.say("Only one target: nothing to compare")
                return
        elif name == "merged":
            from ..present import both_ways

            if both_ways.is_shown(self.source.snapshots()):
                name = "both"
            elif len(self.lanes_shown().indices) < 2:
                self.say(f"Only one lane leads to {self.snapshot.target.name}: nothing to merge")
                return
        elif name != view.view and view.view == "overview":
            view.selected = 0
        view.compact = name == "compact"
        view.view = "table" if name == "compact" else name
        self.settle()
        self.update_soon()

    def action_mode(self) -> None:
        """The next display mode."""
        now = "compact" if self.view.compact and self.view.view == "table" else self.view.view
        at = VIEWS.index(now) if now in VIEWS else -1
        self.action_view(VIEWS[(at + 1) % len(VIEWS)])

    def action_compact(self) -> None:
        """Compact on, off."""
        self.view.compact = not self.view.compact
        self.settle()
        self.update_soon()

    def action_target(self, step: int) -> None:
        """The previous or next target."""
        order = self.shown_order()
        if self.view.target in order:
            self.show_target(order[(order.index(self.view.target) + step) % len(order)])
        elif order:
            self.show_target(order[0])

    def action_worst_first(self) -> None:
        """Sort the overview once, the worst first; where it stands so already, as the targets were given."""
        from ..present.overview import worst_first

        view = self.view
        if view.view != "overview":
            self.action_view("overview")
            if view.view != "overview":
                return
        sorted_now = worst_first(self.source.snapshots(), self.judge.assess)
        view.order = () if view.order == sorted_now else sorted_now
        self.say("Worst first, as of now" if view.order else "In the order given")
        self.update(force=True)

    def show_target(self, index: int) -> None:
        """Show a target; of one that is not traced, say why."""
        view = self.view
        traced = len(self.source.snapshots())
        if index >= traced:
            self.say(self.options.untraced[index - traced][1])
            return
        if index == view.target:
            return
        view.target, view.selected, view.kept = index, 0, 0
        view.otherwise.clear()
        self.settle()
        self.update_soon()

    def action_go_to(self, index: int) -> None:
        """Show a target, from the overview too; one that is not traced has nothing to show."""
        if index >= len(self.source.snapshots()):
            self.show_target(index)
            return
        if self.view.view == "overview":
            self.view.view = "table"
        self.show_target(index)
        self.settle()
        self.update_soon()

    def action_paths(self) -> None:
        """The map of paths, over the screen."""
        from ..dialogs.path_map import MapBox

        keys = next(action.keys for action in self.actions if action.name == "paths")
        self.open(MapBox(self, keys))

    def ask_for_flows(self, flows: int) -> None:
        """Probe in up to so many flows side by side."""
        if not self.measures():
            return
        self.source.change(flows=flows)
        self.watch_closely()
        self.say("Probing in one flow" if flows == 1 else "Probing in several flows until all paths are found")

    # ---- selection --------------------------------------------------------------------------------------------

    def action_select(self, step: int) -> None:
        """Select the hop above or below; in the overview the target."""
        view = self.view
        if view.view == "overview":
            order = self.shown_order()
            if view.target in order:
                self.show_target(order[max(0, min(len(order) - 1, order.index(view.target) + step))])
            elif order:
                self.show_target(order[0])
            return
        if view.view == "merged":
            self._select_node(step)
            return
        if view.view == "both" and self.snapshot.target.direction == "return":
            step = -step  # it stands upside down
        ttls = [hop.ttl for hop in self.snapshot.hops]
        if not ttls:
            return
        # With nothing selected, one comes in from outside: Down at the first hop, Up at the target.
        at = ttls.index(view.selected) if view.selected in ttls else -1 if step > 0 else len(ttls)
        view.selected = ttls[max(0, min(len(ttls) - 1, at + step))]
        self.update(force=True)

    def _select_node(self, step: int) -> None:
        """Select a node farther on, or back, along the lane's path."""
        from ..present import merged_path

        lanes = self.lanes_shown()
        index = min(self.view.target, len(self.source.snapshots()) - 1)
        self.view.selected = merged_path.step(lanes, lanes.indices.index(index), self.view.selected, step)
        self.update(force=True)

    def action_page(self, direction: int) -> None:
        """A page up or down."""
        if self.view.panel == "full":
            self.panel.scroll_lines(direction * (self.panel.size.height - 2))
        else:
            body = self.parts.bodies.get(self.view.view, self.table)
            self.action_select(direction * max(1, body.size.height - 4))

    def action_scroll(self, rows: int) -> None:
        """Five rows, as in mtr; in a full panel five lines."""
        if self.view.panel == "full":
            self.panel.scroll_lines(rows)
        else:
            self.action_select(rows)

    def action_edge(self, direction: int) -> None:
        """The first hop, or the target."""
        self.action_select(direction * 1000)

    def action_keep(self) -> None:
        """Keep the selected hop as the second curve, or let it go."""
        hop = self.chosen_hop(self.snapshot)
        if hop is not None:
            self.view.kept = 0 if self.view.kept == hop.ttl else hop.ttl
            self.update(force=True)

    def action_zoom(self, step: int) -> None:
        """Let each cell of the strips stand for more time, or less."""
        view = self.view
        view.zoom = max(0, min(view.zoom + step, len(ZOOMS) - 1))
        self.say(f"Strip: {ZOOMS[view.zoom].name} a cell")
        self.update(force=True)

    # ---- panel ------------------------------------------------------------------------------------------------

    def action_panel(self, tab: str) -> None:
        """Show a tab; the second press fills the screen, the third closes."""
        view, panel = self.view, self.panel
        if panel.size.height == 0 or not panel.display:
            view.panel = "full" if view.view in {"chart", "graph"} or view.compact else "open"
        elif not panel.shows(tab):
            view.panel = "full" if view.panel == "full" else "open"
        elif view.panel != "full":
            view.panel = "full"
        else:
            view.panel = "closed"
        panel.open(tab)
        self.settle()
        self.update_soon()

    def action_next_pane(self) -> None:
        """The next tab."""
        if self.panel.display:
            self.panel.open_next()
            self.update(force=True)

    def action_step_back(self) -> None:
        """One step back, a check that runs being the first; it never quits."""
        view = self.view
        if self.check_runs:
            self.source.end_check()
            self.watch_closely()
            return
        if view.panel == "full":
            view.panel = "auto"
        elif self.go_live():
            return
        elif view.view == "overview" and view.filter:
            view.filter = ""
        elif view.selected:
            view.selected = 0
        elif view.view != "table" or view.compact:
            view.view, view.compact = "table", False
        else:
            return
        self.settle()
        self.update_soon()

    # ---- columns and names ------------------------------------------------------------------------------------

    def action_latency_columns(self) -> None:
        """Latency or jitter columns."""
        self.view.fields_changed = True
        self.view.fields = JITTER_FIELDS if "N" in self.view.fields else LATENCY_FIELDS
        self.update(force=True)

    def action_names(self) -> None:
        """Names or addresses."""
        self.source.set_names(on=not self.source.names_on)
        self.update(force=True)

    def action_networks(self) -> None:
        """AS numbers on, off."""
        self._show_network(None if self.view.network_field is not None else AS_NUMBER)

    def action_next_network_field(self) -> None:
        """The next field of what is known about a network."""
        field = self.view.network_field
        self._show_network(AS_NUMBER if field is None else (field + 1) % len(FACTS))

    def _show_network(self, field: int | None) -> None:
        self.view.network_field = field
        self.source.set_origins(on=field is not None)
        self.update(force=True)

    def action_privacy(self) -> None:
        """Hide the first hops and this host, or show them again."""
        privacy = self.source.privacy
        privacy.toggle()
        hops = "hop" if privacy.hops == 1 else f"{privacy.hops} hops"
        self.say(f"First {hops} and this host hidden" if privacy.hops else "Nothing hidden")
        self.update(force=True)

    def action_mpls(self) -> None:
        """MPLS labels on, off."""
        self.view.mpls = not self.view.mpls
        self._refold()

    def action_addresses(self) -> None:
        """All addresses or one: of the selected hop, or where none is, of all hops."""
        view = self.view
        hop = next((hop for hop in self.snapshot.hops if hop.ttl == view.selected), None)
        if hop is None:
            view.all_unfolded = not view.all_unfolded
            view.otherwise.clear()
        elif len(hop.responders) > 1:
            view.otherwise ^= {hop.ttl}
        else:
            back, all_hops = (first_key(name, self.actions) for name in ("back", "addresses"))
            self.say(f"Hop {hop.ttl} has only one address; {back}, then {all_hops}: all hops")
            return
        self._refold()

    def _refold(self) -> None:
        self.settle()
        self.update_soon()

    def action_this_path(self) -> None:
        """The current path alone, or all paths."""
        self.view.this_path = not self.view.this_path
        self.say("Figures of the current path only" if self.view.this_path else "Figures of all paths")
        self.update(force=True)

    # ---- the mouse --------------------------------------------------------------------------------------------

    def on_hop_table_picked(self, message: HopTable.Picked) -> None:
        """Select the hop that was clicked."""
        self.view.selected = message.ttl
        self.update(force=True)

    def on_hop_table_scrolled(self, message: HopTable.Scrolled) -> None:
        """The wheel moves the selection."""
        self.action_select(message.steps)

    def on_panel_tab_picked(self, message: Panel.TabPicked) -> None:
        """Open the tab that was clicked."""
        self.panel.open(message.tab)
        self.update(force=True)

    def on_two_ways_view_picked(self, message: TwoWaysView.Picked) -> None:
        """Select the hop that was clicked, in its direction."""
        wanted = "return" if message.back else "forward"
        snapshots = self.source.snapshots()
        self.show_target(next(at for at, one in enumerate(snapshots) if one.target.direction == wanted))
        self.view.selected = message.ttl
        self.update(force=True)

    def on_merged_path_view_picked(self, message: MergedPathView.Picked) -> None:
        """Select the node that was clicked, in its lane."""
        self.show_target(message.lane)
        self.view.selected = message.ttl
        self.update(force=True)

    def on_merged_path_view_scrolled(self, message: MergedPathView.Scrolled) -> None:
        """The wheel moves the selection."""
        self.action_select(message.steps)

    def on_overview_scrolled(self, message: Overview.Scrolled) -> None:
        """The wheel moves the selection."""
        self.action_select(message.steps)

    def on_overview_picked(self, message: Overview.Picked) -> None:
        """Select the target that was clicked."""
        self.show_target(message.index)

    def on_target_bar_picked(self, message: TargetBar.Picked) -> None:
        """Show the target that was clicked."""
        self.action_go_to(message.index)
