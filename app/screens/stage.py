"""The stage: widgets, and the refresh tick that hands them what is new. Keys are others' business."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ... import styles
from ...widgets import plot
from ...widgets.bars import AnswerLine, Footer, Header, TargetBar
from ...widgets.glyphs import ASCII, UNICODE
from ...widgets.hints import Hint, Progress, Question
from ...widgets.hop_table import HopTable
from ...widgets.line_widget import LineWidget
from ...widgets.panel import Panel
from ..actions import remapped, textual_bindings
from . import themes
from .judge import Judge
from .options import ScreenOptions
from .overlays import Overlays
from .present import footer, views
from .row_layout import Settling
from .state import LATENCY_FIELDS, ViewState
from .terminal import capabilities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual import events
    from textual.binding import BindingType

    from ..path.snapshot import Hop, Snapshot
    from .first_picture import Opening
    from .source import Source

ENDED = ("finished", "failed")
TICK_S = 0.25
# Objects that may be made before it is looked for cycles among them: most of what a round makes lives for a round.
GARBAGE_MIN = 20_000
CLOSE_LOOK_S = 1.5
LATE_S = 0.005  # behind the second, so that it has surely begun


class Blank(LineWidget):
    """A line of nothing, or the words for a terminal that is too small."""


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
        super().__init__(driver_class=driver_class, ansi_color=True if wanted == themes.ANSI else None, mono=mono)
        self.source = source
        self.judge = Judge(source)
        self.actions = remapped(dict(self.options.keys))
        self.bind_first(textual_bindings(self.actions))
        for theme in themes.themes(self.options.themes):
            self.register_theme(theme)
        self.theme = wanted if wanted in self.available_themes else themes.DARK
        self.glyphs = ASCII if self.options.ascii_only or self.terminal.ascii_only else UNICODE
        self.view = ViewState(
            view="table" if self.options.view == "compact" else self.options.view,
            compact=self.options.view == "compact",
            fields=self.options.fields or LATENCY_FIELDS,
            mpls=self.options.mpls,
            network_field=self.options.network_field,
            scale_us=self.options.scale_us,
        )
        self._frozen: Snapshot | None = None  # what is looked at while going back in the history
        self._drawn: tuple[object, ...] = ()
        self._drawn_at = 0.0
        self._calm = False
        self._close_until = 0.0
        self._started_us = 0
        self._painted_second = -1
        self._check_told_us = 0
        self.settling = Settling(self)
        self.failure: Exception | None = None

    # ---- set-up -----------------------------------------------------------------------------------------------

    def compose(self) -> Iterator[LineWidget]:
        """The widgets, from top to bottom; the views that are not shown come when they are first asked for."""
        self.target_bar = TargetBar(id="targets")
        self.header = Header(id="header")
        self.answer = AnswerLine(id="answer")
        self.blank_above = Blank(id="blank-above")
        self.table = HopTable(id="table")
        self.bodies: dict[str, Any] = {"table": self.table}
        self.blank_below = Blank(id="blank-below")
        self.panel = Panel(id="panel")
        self.footer = Footer(id="footer")
        yield from (self.target_bar, self.header, self.answer, self.blank_above, self.table)
        yield from (self.blank_below, self.panel, self.footer)

    def on_mount(self) -> None:
        """Dress the widgets and begin to poll."""
        self.dress()
        self.judge.waits = True
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
        if name not in self.bodies:
            widget = views.make_body(name)
            widget.dress(self.palette, self.glyphs)
            self.bodies[name] = widget
            self.screen.mount(widget, after=self.table)
        return self.bodies[name]

    # ---- what is looked at ------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot of the target that is shown."""
        snapshots = self.source.snapshots()
        return snapshots[min(self.view.target, len(snapshots) - 1)]

    def shown_snapshot(self) -> Snapshot:
        """What is painted: the newest snapshot, or an older picture, or the new path alone."""
        if self.view.older:
            self._frozen = self._frozen or self.snapshot
            return views.seen(self._frozen, self.view)
        self._frozen = None
        return views.seen(self.snapshot, self.view)

    def now_us(self) -> int:
        """The time of the snapshots' clock."""
        return time.monotonic_ns() // 1000

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
        if not self._calm or self._second() != self._painted_second:
            self.update()
        seen = not self.judge.waits  # the figures have been on the screen
        if self.options.leave_at_end and seen and all(one.state in ENDED for one in self.source.snapshots()):
            self.exit(0)

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
        self.settling.if_due(snapshot)
        known = (snapshot.version, self.source.names_on, self.source.known_version)
        due = known != self._drawn and not self.view.older
        if due and round_s < 1 and not force and snapshot.rounds > 2:
            due = time.monotonic() - self._drawn_at >= round_s - TICK_S / 2
        if force or due or self._second() != self._painted_second:
            self._painted_second = self._second()
            self._show_top(snapshot, now_us)
        if force or due:
            self._drawn = known
            self._drawn_at = time.monotonic()
            self._show_body(now_us)
            for overlay in self.overlays:
                overlay.repaint()

    def update_soon(self) -> None:
        """Paint all once the layout has changed."""
        self.call_after_refresh(self.update, force=True)

    def _show_top(self, snapshot: Snapshot, now_us: int) -> None:
        snapshots = self.source.snapshots()
        if len(snapshots) > 1:
            self.target_bar.show(
                views.target_tabs(self, snapshots, now_us), self.view.target, self.view.view == "overview"
            )
        self.header.show(views.head(self, snapshot, snapshots, now_us))
        self.answer.show(views.answer(self, snapshot, snapshots, now_us))
        instead: Question | Progress | None = self._check_progress(snapshots, now_us)
        if self.typing is not None:
            prompt = self.typing.prompt
            instead = Question(prompt.label, self.typing.text, prompt.range_text, self.typing.value() is not None)
        hints = footer.hints(
            self.actions, self.size.width, self.glyphs, view=self.view.view, paused=snapshot.state == "paused"
        )
        self.footer.show(hints, instead)

    @property
    def check_runs(self) -> bool:
        """Whether a check runs beside one of the traces."""
        return any(one.checks and one.checks[-1].state == "running" for one in self.source.snapshots())

    def _check_progress(self, snapshots: Sequence[Snapshot], now_us: int) -> Progress | None:
        """How far a check is; when one is over, that is said once."""
        if not any(snapshot.checks for snapshot in snapshots):
            return None
        from .present import checks

        done_us, text = checks.latest_outcome(snapshots, self.judge, self._check_told_us)
        if text:
            self._check_told_us = done_us
            self.say(text)
        running = next((check for one in snapshots if (check := checks.running(one)) is not None), None)
        return Progress(checks.progress(running, now_us), Hint("Esc", "ends it")) if running else None

    def _show_body(self, now_us: int) -> None:
        snapshot = self.shown_snapshot()
        views.show_body(self, snapshot, now_us)
        if self.panel.size.height:
            self.panel.show(views.contents(self, snapshot))

    # ---- settle moments ---------------------------------------------------------------------------------------

    @property
    def lan(self) -> bool:
        """Whether times have two decimals: the path is within one building."""
        return self.settling.lan

    def settle(self) -> None:
        """Decide the sizes of table and panel, the decimals, and the scale of the strips."""
        self.settling.settle()

    def on_resize(self, event: events.Resize) -> None:
        """A new size is a settle moment."""
        self.diff.forget()
        self.settling.resized(event.size.width, event.size.height)
        small = self.settling.too_small
        for overlay in self.overlays:
            overlay.display = not small
        if small:
            self.hide_toast()
            return
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
