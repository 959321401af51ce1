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
from ...widgets.line_widget import LineWidget
from ..actions import keys_of, remapped
from ..options import theme_names
from . import themes
from .baseline_watch import BaselineWatch
from .judge import Judge
from .options import ScreenOptions
from .parts import Parts
from .present import views
from .present.header import ENDED
from .row_layout import Settling
from .showing import Showing
from .state import LATENCY_FIELDS, ViewState
from .terminal import capabilities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.binding import BindingType

    from .first_picture import Opening
    from .source import Source

TICK_S = 0.25
# Objects that may be made before it is looked for cycles among them: most of what a round makes lives for a round.
GARBAGE_MIN = 20_000
CLOSE_LOOK_S = 1.5
ALL_SHOWN = frozenset({"overview", "merged", "both"})  # views of more than one trace
LATE_S = 0.005  # after the second, so that it has surely begun


class Stage(Showing, inherit_bindings=False):
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
        self.baseline = BaselineWatch(self.options.baseline, source)
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
        self._targets = 0  # how many there were when sizes were last decided
        self._drawn: tuple[object, ...] = ()
        self._drawn_at = 0.0
        self._calm = False
        self._close_until = 0.0
        self._started_us = 0
        self._painted_second = -1
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

    # ---- the refresh tick -------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Look for news; at most four times a second."""
        if self.stalled:
            self.recover()
            return
        self.hide_old_toast()
        self.poll()
        self.bring()
        if not self._calm or self._second() != self._painted_second:
            self.update()
        seen = not self.judge.waits  # the figures have been on the screen
        if self.options.leave_at_end and seen and all(one.state in ENDED for one in self.source.snapshots()):
            self.exit(0)

    def poll(self) -> None:
        """Tell what has become of what was asked for; the actions on lanes do."""

    def bring(self) -> None:
        """Bring what is shown to the moment that is looked at; the actions on time do."""

    def measures(self) -> bool:
        """Whether there is something that measures; it is looked at its present then. The actions on time know."""
        return True

    def go_live(self) -> bool:
        """Look at the present again; whether something else was looked at. The actions on time do."""
        return False

    def go_to_moment(self, time_us: int) -> None:
        """Look at a moment; the actions on time do."""

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
        self._calm = self._calm and not ends and not self.is_back and time.monotonic() > self._close_until
        count = len(self.source.snapshots())
        if self.settling.is_due(snapshot) or count != self._targets:
            if count != self._targets:
                self.update_soon()
            self._targets = count
            self.settle()
        seen = self.source.snapshots() if self.view.view in ALL_SHOWN else (snapshot,)
        known = ([one.version for one in seen], len(self.source.snapshots()), *self._names_known())
        lost = any(one.link_lost is not None for one in seen) and self._second() != self._painted_second
        due = known != self._drawn or lost
        if due and round_s < 1 and not force and snapshot.rounds > 2:
            due = time.monotonic() - self._drawn_at >= round_s - TICK_S / 2
        if not force and not due and self._second() == self._painted_second:
            return
        view = self.view_input()
        self._painted_second = self._second()
        self.show_top(view, now_us)
        if force or due:
            self._drawn = known
            self._drawn_at = time.monotonic()
            self.show_body(view, now_us)
            for overlay in self.overlays:
                overlay.repaint()

    def _names_known(self) -> tuple[bool, int]:
        return self.source.names_on, self.source.known_version

    def update_soon(self) -> None:
        """Paint all once the layout has changed."""
        self.call_after_refresh(self.update, force=True)

    # ---- settle moments ---------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Decide the sizes of table and panel, the decimals, and which of its two scales a strip has."""
        settling, view = self.settling, self.view
        if settling.too_small:
            return
        snapshots = self.source.snapshots()
        settling.begin(self.snapshot)
        rows = views.rows_wanted(snapshots, self.judge.assess, self.view_input(), self.options.untraced)
        settled = settling.settle(
            view, (self.size.width, self.size.height), rows=rows, several=self.has_several, back=self.is_back
        )
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
