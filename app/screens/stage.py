"""The stage: widgets, the refresh tick, settle moments, and what lies over the screen. Keys are others' business."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App

from ... import styles
from ...widgets import plot
from ...widgets.bars import AnswerLine, Footer, Question, TargetBar
from ...widgets.cell_diff import CellDiff
from ...widgets.glyphs import ASCII, UNICODE
from ...widgets.header import Header
from ...widgets.hop_table import HopTable
from ...widgets.line import MUTED, Line, LineWidget
from ...widgets.panel import Panel
from . import footer, terminal, themes, views
from .bindings import remapped, textual_bindings
from .judge import Judge
from .layout import MIN_HEIGHT, MIN_WIDTH, arrange
from .options import ScreenOptions
from .state import LATENCY_FIELDS, ViewState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.binding import BindingType
    from textual.screen import Screen

    from ...widgets.overlay import Overlay, Toast
    from ..path.snapshot import Hop, Snapshot
    from .prompts import Typing
    from .source import Source

ENDED = ("finished", "failed")
TICK_S = 0.25
BACKLOG_MAX = 12  # writes that may wait for a slow terminal before frames are left out; a resize makes several
RECOVERY_S = 0.05
TOAST_S = 4.0
CLOSE_LOOK_S = 1.5


class Blank(LineWidget):
    """A line of nothing, or the words for a terminal that is too small."""


class Stage(App[int], inherit_bindings=False):
    """The screen without its keys. It reads snapshots and sends commands; it never touches the engine."""

    TITLE = "hopscope"
    CSS_PATH = str(Path(styles.__file__).with_name("hopscope.tcss"))
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    ESCAPE_TO_MINIMIZE: ClassVar[bool] = False

    def __init__(self, source: Source, options: ScreenOptions | None = None, *, driver_class: Any = None) -> None:
        self.options = options or ScreenOptions()
        self.terminal = terminal.look()
        mono = self.terminal.colours == "none"
        ansi = mono or self.terminal.colours == "ansi" or self.options.theme == themes.ANSI
        remote = self.terminal.remote and not self.options.theme
        super().__init__(driver_class=driver_class, ansi_color=True if ansi or remote else None)
        self.source = source
        self.judge = Judge(source)
        self.actions = remapped(dict(self.options.keys))
        for binding in textual_bindings(self.actions):
            self._bindings._add_binding(binding)  # noqa: SLF001 - bind() knows no priority
        for theme in themes.themes(self.options.themes):
            self.register_theme(theme)
        wanted = themes.ANSI if ansi or remote else self.options.theme or themes.DARK
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
        self.typing: Typing | None = None
        self._mono = mono
        self._diff = CellDiff()
        self._stalled = False
        self._frozen: Snapshot | None = None  # what is looked at while going back in the history
        self._drawn: tuple[object, ...] = ()
        self._drawn_at = 0.0
        self._calm = False
        self._close_until = 0.0
        self._started_us = 0
        self._painted_second = -1
        self._held = (0, 0)  # a number of hops, and the round since which it holds
        self._hops = -1  # the number of hops that the layout was made for
        self._settled_rounds = -1
        self._screen_size = (0, 0)
        self._too_small = False
        self.lan = False
        self.failure: Exception | None = None
        self._overlays: list[Overlay] = []
        self._toast: Toast | None = None
        self._toast_until = 0.0

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
        self.set_interval(TICK_S, self.tick)

    def on_ready(self) -> None:
        """The first frame is out: now there is time for the rest."""
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
        made = themes.palette(self.current_theme, mono=self._mono)
        for widget in self.query(LineWidget):
            widget.dress(made, self.glyphs)
            redraw = getattr(widget, "redraw", None)
            if redraw is not None:
                redraw()
        for overlay in self._overlays:
            overlay.repaint()

    def body(self, name: str) -> Any:
        """The widget of a view, made when it is first asked for."""
        if name not in self.bodies:
            widget = views.make_body(name)
            widget.dress(themes.palette(self.current_theme, mono=self._mono), self.glyphs)
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
        if self._stalled:
            self._recover()
            return
        if self._toast is not None and self._toast_until and time.monotonic() > self._toast_until:
            self.hide_toast()
        if not self._calm or self._second() != self._painted_second:
            self.update()
        seen = not self.judge.waits  # the figures have been on the screen
        if self.options.leave_at_end and seen and all(one.state in ENDED for one in self.source.snapshots()):
            self.exit(0)

    def watch_closely(self) -> None:
        """Look on every tick for a while: a command is on its way to the measurement."""
        self._close_until = time.monotonic() + CLOSE_LOOK_S
        self._calm = False

    def _recover(self) -> None:
        """Paint all anew once a terminal that was slow has taken what was sent."""
        if self._stalled and not self._backlog():
            self._stalled = False
            self.repaint_all()

    def _second(self) -> int:
        """The second that the clock in the header shows."""
        return (self.now_us() - self._started_us) // 1_000_000

    def update(self, *, force: bool = False) -> None:
        """Paint what is new: numbers and clock once a round, or once a second; keys at once."""
        if self._too_small:
            return
        snapshot = self.snapshot
        now_us = self.now_us()
        self._started_us = snapshot.started_us
        round_s = snapshot.settings.interval_us / 1e6
        # Then all is painted as the clock's second changes; before, and in short rounds, on every tick.
        self._calm = snapshot.rounds > 2 and snapshot.state == "running" and round_s >= 1
        self._calm = self._calm and time.monotonic() > self._close_until
        self._settle_if_due(snapshot)
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
            for overlay in self._overlays:
                overlay.repaint()

    def update_soon(self) -> None:
        """Paint all once the layout has changed."""
        self.call_after_refresh(self.update, force=True)

    def _news(self, snapshot: Snapshot) -> tuple[object, ...]:
        """What makes the body worth painting anew."""
        return snapshot.version, self.source.names_on, self.source.known_version

    def _show_top(self, snapshot: Snapshot, now_us: int) -> None:
        snapshots = self.source.snapshots()
        if len(snapshots) > 1:
            self.target_bar.show(
                views.target_tabs(self, snapshots, now_us), self.view.target, self.view.view == "overview"
            )
        self.header.show(views.head(self, snapshot, snapshots, now_us))
        self.answer.show(views.answer(self, snapshot, snapshots, now_us))
        question = None
        if self.typing is not None:
            prompt = self.typing.prompt
            question = Question(prompt.label, self.typing.text, prompt.range_text, self.typing.value() is not None)
        hints = footer.hints(
            self.actions, self.size.width, self.glyphs, view=self.view.view, paused=snapshot.state == "paused"
        )
        self.footer.show(hints, question)

    def _show_body(self, now_us: int) -> None:
        snapshot = self.shown_snapshot()
        views.show_body(self, snapshot, now_us)
        if self.panel.size.height:
            self.panel.show(views.contents(self, snapshot))

    # ---- settle moments ---------------------------------------------------------------------------------------

    def _settle_if_due(self, snapshot: Snapshot) -> None:
        """Settle at the end of the first round, and when a number of hops has held for three rounds."""
        hops = len(snapshot.hops)
        if hops != self._held[0]:
            self._held = (hops, snapshot.rounds)
        first = self._settled_rounds < 2 <= snapshot.rounds
        held = snapshot.rounds <= 1 or snapshot.rounds - self._held[1] >= 3
        if first or (hops != self._hops and held):
            self.settle()

    def settle(self) -> None:
        """Decide the sizes of table and panel, the decimals, and the scale of the strips."""
        snapshot = self.snapshot
        self._hops = len(snapshot.hops)
        self._settled_rounds = snapshot.rounds
        self.lan = views.lan(snapshot)
        self.table.settle()
        width, height = self._screen_size if any(self._screen_size) else self.size
        view = self.view
        wide_body = view.view in {"chart", "graph"}
        made = arrange(
            height,
            views.rows_wanted(self, snapshot),
            panel="closed" if wide_body and view.panel != "full" else view.panel,
            compact=view.compact,
            target_bar=len(self.source.snapshots()) > 1,
        )
        self.panel.zoomed = view.panel == "full"
        shown = self.body(view.view if view.view in {"chart", "graph", "overview"} else "table")
        for widget in self.bodies.values():
            widget.display = widget is shown and made.table > 0
        self.table.with_strip = not (view.compact and width < 100)
        for part, rows in (
            (self.target_bar, 1 if len(self.source.snapshots()) > 1 else 0),
            (self.header, made.header),
            (self.blank_above, made.blank_above),
            (shown, made.table),
            (self.blank_below, made.blank_below),
            (self.panel, made.panel),
        ):
            part.styles.height = rows
            if part is not shown:
                part.display = rows > 0

    def on_resize(self, event: events.Resize) -> None:
        """A new size is a settle moment."""
        self._diff.forget()
        width, height = self._screen_size = event.size.width, event.size.height
        small = width < MIN_WIDTH or height < MIN_HEIGHT
        self._too_small = small
        for widget in (self.answer, self.footer):
            widget.display = not small
        if small:
            for widget in (self.target_bar, self.header, *self.bodies.values(), self.blank_below, self.panel):
                widget.display = False
            self.blank_above.display = True
            self.blank_above.styles.height = height
            self.call_after_refresh(self._say_too_small)
            return
        self.blank_above.paint([])
        self.settle()
        self.update_soon()
        for overlay in self._overlays:
            self.call_after_refresh(overlay.repaint)

    def _say_too_small(self) -> None:
        width, height = self._screen_size
        text = f"Terminal too small ({width}x{height}): {MIN_WIDTH}x{MIN_HEIGHT} needed. Still measuring."
        line = Line(MUTED).pad(max(0, (width - len(text)) // 2)).add(text[:width])
        self.blank_above.paint([*[Line()] * (height // 2), line])

    # ---- overlays, toasts -------------------------------------------------------------------------------------

    def open(self, overlay: Overlay) -> None:
        """Show a box over the screen; it is given every key until it closes."""
        if not self.screen.is_attached:
            return
        overlay.dress(themes.palette(self.current_theme, mono=self._mono), self.glyphs)
        self._overlays.append(overlay)
        self.screen.mount(overlay)
        self.call_after_refresh(overlay.repaint)

    def close(self, overlay: Overlay) -> None:
        """Take a box away."""
        if overlay in self._overlays:
            self._overlays.remove(overlay)
            overlay.remove()

    @property
    def top_overlay(self) -> Overlay | None:
        """The box that is given the keys."""
        return self._overlays[-1] if self._overlays else None

    def say(self, text: str, severity: str = "", *, stays: bool = False) -> None:
        """Show a toast for four seconds; with ``stays`` until a key is pressed."""
        from ...widgets.overlay import Toast

        if not self.screen.is_attached:  # the program is on its way out
            return
        if self._toast is None:
            self._toast = Toast()
            self.screen.mount(self._toast)
        toast = self._toast
        toast.dress(themes.palette(self.current_theme, mono=self._mono), self.glyphs)
        self._toast_until = 0.0 if stays else time.monotonic() + TOAST_S
        self.call_after_refresh(toast.say, text, severity)

    def hide_toast(self) -> None:
        """Take the toast away."""
        if self._toast is not None:
            self._toast.remove()
            self._toast = None

    # ---- keys before all others -------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Give keys to the prompt or the box that is open; the rest goes Textual's way."""
        if isinstance(event, events.Key) and not event.is_forwarded and self.take_key(event):
            return
        await super().on_event(event)

    def take_key(self, event: events.Key) -> bool:
        """Whether a prompt or a box took the key."""
        if self._toast is not None and not self._toast_until:
            self.hide_toast()
        if event.key in {"ctrl+c", "ctrl+l", "ctrl+z"}:
            return False
        overlay = self.top_overlay
        if self.typing is not None:
            self.typed(event.key, event.character)
            return True
        if overlay is None:
            return False
        if not overlay.key(event.key, event.character):
            self.close(overlay)
            return not getattr(overlay, "passes_key", False)
        return True

    def typed(self, key: str, character: str | None) -> None:
        """Take a key for the prompt; the prompts' module does."""

    # ---- errors -----------------------------------------------------------------------------------------------

    def _handle_exception(self, error: Exception) -> None:
        """End with the error for the caller to tell of in a line; Textual would print a traceback."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        if self.failure is None:
            self.failure = error
        self.exit(return_code=1)

    # ---- painting ---------------------------------------------------------------------------------------------

    def repaint_all(self) -> None:
        """Paint everything anew, whatever the terminal shows."""
        self._diff.forget()
        self.screen.refresh(layout=True)
        for widget in self.query(LineWidget):
            widget.refresh()

    def _backlog(self) -> int:
        count = getattr(self._driver, "backlog", None)
        return int(count()) if count is not None else 0

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Send only the cells that changed, and nothing while the terminal does not take what was sent."""
        ours = renderable is not None and self._driver is not None
        if not ours or self._batch_count or self.is_headless or not self._running or self._closed:
            super()._display(screen, renderable)
            return
        assert self._driver is not None
        if self._stalled or self._backlog() > BACKLOG_MAX:
            if not self._stalled:
                self._stalled = True
                self.set_timer(RECOVERY_S, self._recover)
            return
        text = self._diff.encode(renderable, *self.size, self.console)
        if text is None:
            super()._display(screen, renderable)
        elif text:
            self._begin_update()
            self._driver.write(text)
            self._end_update()
            self._driver.flush()
