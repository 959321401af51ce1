"""The stage: widgets, and the refresh tick that hands them what is new. Keys are others' business."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding

from ... import styles
from ...widgets import plot
from ...widgets.glyphs import ASCII, UNICODE
from ...widgets.hints import CheckProgress, Hint, Question
from ...widgets.line_widget import LineWidget
from ..actions import first_key, keys_of, remapped
from ..clock import monotonic_us
from ..options import theme_names
from . import themes
from .judge import Judge
from .options import ScreenOptions
from .overlays import Overlays
from .parts import Parts, make_body
from .present import checks, footer, table, views
from .present.header import ENDED
from .present.strips import ZOOMS
from .present.view_input import ViewInput
from .row_layout import Settling
from .state import LATENCY_FIELDS, ViewState
from .terminal import capabilities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual import events
    from textual.binding import BindingType

    from ..path.snapshot import Hop, Snapshot
    from .first_picture import Opening
    from .present.merged_path import Lanes
    from .source import Source

TICK_S = 0.25
# Objects that may be made before it is looked for cycles among them: most of what a round makes lives for a round.
GARBAGE_MIN = 20_000
CLOSE_LOOK_S = 1.5
ALL_SHOWN = frozenset({"overview", "merged", "both"})  # views of more than one trace
LATE_S = 0.005  # after the second, so that it has surely begun


class Stage(Overlays, inherit_bindings=False):
    """The screen without its keys. It reads snapshots and sends commands; it never touches the engine."""

    TITLE = "hopscope"
    CSS_PATH = str(Path(styles.__file__).with_name("hopscope.tcss"))
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    ESCAPE_TO_MINIMIZE: ClassVar[bool] = False

    def __init__(
        self,
        source: Source,
        options: ScreenOptions | None = None,
        *,
        driver_class: Any = None,
        opening: Opening | None = None,
    ) -> None:
        self.options = options or ScreenOptions()
        self.ended_by = 0  # the signal that asked the program to end
        self.opening = opening  # what the terminal shows already; the driver takes over from it
        self.terminal = capabilities.look()
        mono = self.terminal.colours == "none"
        wanted = themes.chosen(self.terminal, self.options.theme)
        super().__init__(driver_class=driver_class, ansi_color=True if wanted == theme_names.ANSI else None, mono=mono)
        self.source = source
        self.judge = Judge(source, show_addresses=self.options.show_addresses)
        self.judge.waits = True  # sizes are known, and rows are counted, before the first frame is out
        self.actions = remapped(dict(self.options.keys))
        self.bind_first(self._bindings_of_actions())
        for theme in themes.themes(self.options.themes):
            self.register_theme(theme)
        self.theme = wanted if wanted in self.available_themes else theme_names.DARK
        self.glyphs = ASCII if self.options.ascii_only or self.terminal.ascii_only else UNICODE
        alone = self.options.view == "overview" and not self.has_several
        self.view = ViewState(
            view="table" if self.options.view == "compact" or alone else self.options.view,
            compact=self.options.view == "compact",
            fields=self.options.fields or LATENCY_FIELDS,
            mpls=self.options.mpls,
            network_field=self.options.network_field,
            scale_us=self.options.scale_us,
        )
        self._frozen: Snapshot | None = None  # what is looked at while going back in the history
        self._targets = 0  # how many there were when sizes were last decided
        self._drawn: tuple[object, ...] = ()
        self._drawn_at = 0.0
        self._calm = False
        self._close_until = 0.0
        self._started_us = 0
        self._painted_second = -1
        self._check_told_us = 0
        self.settling = Settling()
        self.failure: Exception | None = None

    def _bindings_of_actions(self) -> Iterator[Binding]:
        """The table of actions as Textual wants it; its own Ctrl-Q, which quits, is taken."""
        taken = {key for action in self.actions for key in action.keys}
        for action in self.actions:
            for key in keys_of(action, taken):
                yield Binding(key, action.call, action.does, show=False, priority=True)

    # ---- set-up -----------------------------------------------------------------------------------------------

    def compose(self) -> Iterator[LineWidget]:
        """The widgets, from top to bottom; the views that are not shown come when they are first asked for."""
        self.parts = parts = Parts(self.actions)
        self.table, self.panel = parts.table, parts.panel
        yield from parts

    def on_mount(self) -> None:
        """Dress the widgets and begin to poll."""
        self.dress()
        self.theme_changed_signal.subscribe(self, lambda _theme: self.dress())
        self.app_resume_signal.subscribe(self, lambda _app: self.repaint_all())
        self.settle()
        self.tick()
        self._next_tick = self.set_timer(TICK_S, self._tick_on)

    def on_ready(self) -> None:
        """The first frame is out: now there is time for the rest."""
        if not gc.isenabled():  # as the program has it until here
            gc.freeze()  # what the start has made stays, and need not be looked through again and again
            gc.set_threshold(GARBAGE_MIN)
            gc.enable()
        self.update(force=True)
        self.call_after_refresh(self._begin_judging)

    def _begin_judging(self) -> None:
        """Load the rules, and then what draws graphs, once the figures stand on the screen."""
        self.judge.waits = False
        self.update(force=True)
        self.run_worker(plot.load, thread=True, name="plotext")

    def dress(self) -> None:
        """Give all widgets the colours of the theme."""
        made = self.palette
        for widget in self.query(LineWidget):
            widget.dress(made, self.glyphs)
        for overlay in self.overlays:
            overlay.repaint()

    def body(self, name: str) -> Any:
        """The widget of a view, made when it is first asked for."""
        bodies = self.parts.bodies
        if name not in bodies:
            widget = make_body(name)
            widget.dress(self.palette, self.glyphs)
            bodies[name] = widget
            self.screen.mount(widget, after=self.table)
        return bodies[name]

    # ---- what is looked at ------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot of the target that is shown."""
        snapshots = self.source.snapshots()
        return snapshots[min(self.view.target, len(snapshots) - 1)]

    def shown_snapshot(self) -> Snapshot:
        """What is painted: the newest snapshot, or an older picture, or the new path alone."""
        view = self.view
        if view.older:
            self._frozen = self._frozen or self.snapshot
        else:
            self._frozen = None
        return views.seen(self._frozen or self.snapshot, this_path=view.this_path, older=view.older)

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
        return ViewInput(
            look=self.look(),
            view=view.view,
            target=min(view.target, len(self.source.snapshots()) - 1),
            selected=view.selected,
            kept=view.kept,
            older=view.older,
            this_path=view.this_path,
            scale_us=view.scale_us,
            filter=view.filter,
            width=self.size.width,
            actions=self.actions,
            source_name=self.source.privacy.local_host(self.options.source_name),
            typed_fields=typing.text if typing is not None and typing.prompt.name == "fields" else None,
        )

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
        return monotonic_us()

    def chosen_hop(self, snapshot: Snapshot) -> Hop | None:
        """The selected hop, or the target's."""
        return views.chosen_hop(snapshot, self.view.selected)

    # ---- the refresh tick -------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Look for news; at most four times a second."""
        if self.stalled:
            self.recover()
            return
        self.hide_old_toast()
        self.poll()
        if not self._calm or self._second() != self._painted_second:
            self.update()
        seen = not self.judge.waits  # the figures have been on the screen
        if self.options.leave_at_end and seen and all(one.state in ENDED for one in self.source.snapshots()):
            self.exit(0)

    def poll(self) -> None:
        """Tell what has become of what was asked for; the actions on lanes do."""

    def _tick_on(self) -> None:
        """Look for news, and again when there may be some."""
        self.tick()
        wait_s = TICK_S
        if self._calm and not self.stalled and self._toast is None:
            wait_s = max(self._started_us + (self._second() + 1) * 1_000_000 - self.now_us(), 0) / 1e6 + LATE_S
        self._next_tick = self.set_timer(wait_s, self._tick_on)

    def watch_closely(self) -> None:
        """Look on every tick for a while: a command is on its way to the measurement."""
        self._close_until = time.monotonic() + CLOSE_LOOK_S
        if self._calm:
            self._calm = False
            self._next_tick.stop()
            self._next_tick = self.set_timer(TICK_S, self._tick_on)

    def _second(self) -> int:
        """The second that the clock in the header shows."""
        return (self.now_us() - self._started_us) // 1_000_000

    def update(self, *, force: bool = False) -> None:
        """Paint what is new: numbers and clock once a round, or once a second; keys at once."""
        if self.settling.too_small:
            return
        snapshot = self.snapshot
        now_us = self.now_us()
        self._started_us = snapshot.started_us
        round_s = snapshot.settings.interval_us / 1e6
        # Then all is painted as the clock's second changes; before, and in short rounds, on every tick.
        self._calm = snapshot.rounds > 2 and snapshot.state == "running" and round_s >= 1
        ends = snapshot.settings.rounds is not None and snapshot.rounds >= snapshot.settings.rounds
        self._calm = self._calm and not ends and time.monotonic() > self._close_until
        count = len(self.source.snapshots())
        if self.settling.is_due(snapshot) or count != self._targets:
            if count != self._targets:
                self.update_soon()
            self._targets = count
            self.settle()
        seen = self.source.snapshots() if self.view.view in ALL_SHOWN else (snapshot,)
        known = ([one.version for one in seen], len(self.source.snapshots()), *self._names_known())
        lost = any(one.link_lost is not None for one in seen) and self._second() != self._painted_second
        due = (known != self._drawn or lost) and not self.view.older
        if due and round_s < 1 and not force and snapshot.rounds > 2:
            due = time.monotonic() - self._drawn_at >= round_s - TICK_S / 2
        if not force and not due and self._second() == self._painted_second:
            return
        view = self.view_input()
        self._painted_second = self._second()
        self._show_top(view, now_us)
        if force or due:
            self._drawn = known
            self._drawn_at = time.monotonic()
            self._show_body(view, now_us)
            for overlay in self.overlays:
                overlay.repaint()

    def _names_known(self) -> tuple[bool, int]:
        return self.source.names_on, self.source.known_version

    def update_soon(self) -> None:
        """Paint all once the layout has changed."""
        self.call_after_refresh(self.update, force=True)

    def _show_top(self, view: ViewInput, now_us: int) -> None:
        snapshots, assess, parts = self.source.snapshots(), self.judge.assess, self.parts
        if self.has_several:
            tabs = views.target_tabs(snapshots, assess, self.options.untraced)
            parts.target_bar.show(tabs, view.target, view.view == "overview")
        parts.header.show(views.head(snapshots, assess, view, now_us, self.options.untraced))
        parts.answer.show(
            views.answer(snapshots, assess, view, self.options.untraced, now_us=now_us, beside=self.judge.beside)
        )
        instead: Question | CheckProgress | None = self._check_progress(snapshots, now_us)
        if self.typing is not None:
            prompt = self.typing.prompt
            valid = self.typing.value() is not None
            instead = Question(prompt.label, self.typing.text, prompt.range_text, valid, prompt.ends)
        paused = snapshots[view.target].state == "paused"
        offered = bool(checks.offered(assess(snapshots[view.target]), view.selected))
        hints = footer.hints(self.actions, self.size.width, self.glyphs, view=view.view, paused=paused, offered=offered)
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
        done_us, text = checks.latest_outcome(snapshots, self.judge.assess, self._check_told_us)
        if text:
            self._check_told_us = done_us
            self.say(text)
        running = next((check for one in snapshots if (check := checks.running(one)) is not None), None)
        return (
            CheckProgress(checks.progress(running, now_us), Hint(first_key("back", self.actions), "ends it"))
            if running
            else None
        )

    def _show_body(self, view: ViewInput, now_us: int) -> None:
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
                self.table.show(contents, view.selected)
        if self.panel.size.height:
            self.panel.show(views.contents(shown, newest, assessment, view))

    # ---- settle moments ---------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Decide the sizes of table and panel, the decimals, and which of its two scales a strip has."""
        settling, view = self.settling, self.view
        if settling.too_small:
            return
        snapshots = self.source.snapshots()
        settling.begin(self.snapshot)
        rows = views.rows_wanted(snapshots, self.judge.assess, self.view_input(), self.options.untraced)
        settled = settling.settle(view, (self.size.width, self.size.height), rows=rows, several=self.has_several)
        self.body(settled.body)
        self.parts.give_rows(settled)

    def on_resize(self, event: events.Resize) -> None:
        """A new size is a settle moment; a terminal that is too small is told so instead."""
        self.diff.forget()
        width, height = event.size
        self.settling.resized(width, height)
        small = self.settling.too_small
        for overlay in self.overlays:
            overlay.display = not small
        if small:
            self.hide_toast()
            self.parts.hide_all(height)
            self.call_after_refresh(self.parts.say_too_small, width, height)
            return
        self.parts.clear()
        self.settle()
        self.update_soon()
        for overlay in self.overlays:
            self.call_after_refresh(overlay.repaint)

    # ---- errors -----------------------------------------------------------------------------------------------

    def take_failure(self, error: Exception) -> bool:
        """End with the error for the caller to tell of in a line; Textual would print a traceback."""
        if self.failure is None:
            self.failure = error
        self.exit(return_code=1)
        return True
