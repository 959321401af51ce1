"""The full-screen application: polls the newest snapshot, hands it to the widgets, and takes keys."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App

from ... import styles
from ...widgets import plot
from ...widgets.bars import AnswerLine, Footer
from ...widgets.cell_diff import CellDiff, usable
from ...widgets.glyphs import ASCII, UNICODE
from ...widgets.header import Header
from ...widgets.hop_table import HopTable
from ...widgets.jitter import Curve
from ...widgets.line import LineWidget
from ...widgets.panel import Contents, Panel
from . import facts, footer, head_view, log_view, table_view, terminal, themes
from .bindings import textual_bindings
from .layout import MIN_HEIGHT, MIN_WIDTH, arrange
from .options import ScreenOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events
    from textual.binding import BindingType
    from textual.screen import Screen

    from ..path.snapshot import Hop, Snapshot
    from .source import Source

TICK_S = 0.25
BACKLOG_MAX = 2  # writes that may wait for a slow terminal before frames are left out


class Blank(LineWidget):
    """A line of nothing."""


class HopscopeApp(App[int], inherit_bindings=False):
    """The screen. It reads snapshots and sends commands; it never touches the engine."""

    TITLE = "hopscope"
    CSS_PATH = str(Path(styles.__file__).with_name("hopscope.tcss"))
    BINDINGS: ClassVar[list[BindingType]] = list(textual_bindings())
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    ESCAPE_TO_MINIMIZE: ClassVar[bool] = False

    def __init__(self, source: Source, options: ScreenOptions | None = None, *, driver_class: Any = None) -> None:
        self.options = options or ScreenOptions()
        self.terminal = terminal.look()
        mono = self.terminal.colours == "none"
        ansi = mono or self.terminal.colours == "ansi" or self.options.theme == themes.ANSI
        super().__init__(driver_class=driver_class, ansi_color=True if ansi else None)
        self.source = source
        for theme in themes.themes():
            self.register_theme(theme)
        wanted = self.options.theme or (themes.ANSI if ansi or self.terminal.remote else themes.DARK)
        self.theme = wanted if wanted in self.available_themes else themes.DARK
        self.glyphs = ASCII if self.options.ascii_only or self.terminal.ascii_only else UNICODE
        self._mono = mono
        self._diff = CellDiff() if usable() else None
        self._stalled = False
        self.selected = 0  # TTL of the selected hop; 0: none, pictures show the target
        self.panel_mode = "auto"
        self._snapshot: Snapshot | None = None
        self._drawn: tuple[object, ...] = ()
        self._drawn_at = 0.0
        self._rows_held = (0, 0)  # a number of rows, and the round since which it holds
        self._rows = 0  # the number of rows that the layout was made for
        self._settled_rounds = -1
        self._lan = False
        self._height = 0

    # ---- set-up -----------------------------------------------------------------------------------------------

    def compose(self) -> Iterator[LineWidget]:
        """The widgets, from top to bottom."""
        yield Header(id="header")
        yield AnswerLine(id="answer")
        yield Blank(id="blank-above")
        yield HopTable(id="table")
        yield Blank(id="blank-below")
        yield Panel(id="panel")
        yield Footer(id="footer")

    def on_mount(self) -> None:
        """Dress the widgets and begin to poll."""
        self._dress()
        self.theme_changed_signal.subscribe(self, lambda _theme: self._dress())
        self.settle()
        self.tick()
        self.set_interval(TICK_S, self.tick)

    def on_ready(self) -> None:
        """The first frame is out: now there is time for the rest."""
        gc.enable()
        self.run_worker(plot.load, thread=True, name="plotext")

    def _dress(self) -> None:
        made = themes.palette(self.current_theme, mono=self._mono)
        for widget in self.query(LineWidget):
            widget.dress(made, self.glyphs)

    # ---- the refresh tick -------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot of the target that is shown."""
        snapshots = self.source.snapshots()
        return snapshots[0]

    def now_us(self) -> int:
        """The time of the snapshot's clock."""
        return time.monotonic_ns() // 1000

    def tick(self) -> None:
        """Look for news; at most four times a second."""
        if self._stalled:
            if self._backlog() == 0:
                self._stalled = False
                self.action_redraw()
            else:
                return
        self.update()

    def update(self, *, force: bool = False) -> None:
        """Paint what is new: the numbers once a round, the clock once a second, keys at once."""
        snapshot = self.snapshot
        self._snapshot = snapshot
        now_us = self.now_us()
        self._hold(snapshot)
        self._show_top(snapshot, now_us)
        if force or self._due(snapshot):
            self._drawn = (snapshot.version,)
            self._drawn_at = time.monotonic()
            self._show_body(snapshot, now_us)

    def _due(self, snapshot: Snapshot) -> bool:
        """Whether the body is to be painted: once a round, sooner while the first rounds come in."""
        if self._drawn == (snapshot.version,):
            return False
        round_s = snapshot.settings.interval_us / 1e6
        steady = snapshot.rounds > 2 and snapshot.state == "running" and round_s <= 2
        return not steady or time.monotonic() - self._drawn_at >= min(round_s, 1.0) - TICK_S / 2

    def _show_top(self, snapshot: Snapshot, now_us: int) -> None:
        source = self.options.source_name
        self.query_one(Header).show(head_view.head(snapshot, now_us, source=source, lan=self._lan))
        self.query_one(AnswerLine).show(facts.answer(snapshot, now_us))
        self.query_one(Footer).show(footer.hints(self.size.width, self.glyphs, paused=snapshot.state == "paused"))

    def _show_body(self, snapshot: Snapshot, now_us: int) -> None:
        look = self.look
        self.query_one(HopTable).show(table_view.table(snapshot, look, now_us), self.selected)
        panel = self.query_one(Panel)
        if panel.size.height:
            panel.show(self._contents(snapshot, now_us))

    @property
    def look(self) -> table_view.Look:
        """How hosts and numbers are written now."""
        fields = self.options.fields or table_view.DEFAULT_FIELDS
        return table_view.Look(self.source.name, self.options.show_addresses, fields, self._lan)

    def _contents(self, snapshot: Snapshot, now_us: int) -> Contents:
        hop = self.chosen_hop(snapshot)
        curve = subject = None
        if hop is not None:
            name = table_view.host(hop, replace(self.look, show_addresses=False))
            subject = f"hop {hop.ttl}  {name}"
            curve = Curve(name, hop.rtts_us, hop.statistics.best, snapshot.settings.interval_us)
        return Contents(
            findings=facts.findings(snapshot, now_us),
            entries=log_view.entries(snapshot, self.source.name),
            curve=curve,
            subject=subject or "",
        )

    def chosen_hop(self, snapshot: Snapshot) -> Hop | None:
        """The selected hop, or the target's."""
        for hop in snapshot.hops:
            if hop.ttl == self.selected:
                return hop
        return snapshot.hops[-1] if snapshot.hops else None

    # ---- settle moments ---------------------------------------------------------------------------------------

    def _hold(self, snapshot: Snapshot) -> None:
        """Settle at the end of the first round, and when a number of hops has held for three rounds."""
        rows = len(snapshot.hops)
        if rows != self._rows_held[0]:
            self._rows_held = (rows, snapshot.rounds)
        first = self._settled_rounds < 1 and snapshot.rounds >= 2
        held = snapshot.rounds <= 1 or snapshot.rounds - self._rows_held[1] >= 3
        if first or (rows != self._rows and held):
            self.settle()

    def settle(self) -> None:
        """Decide the sizes of table and panel, the decimals, and the scale of the strips."""
        snapshot = self._snapshot or self.snapshot
        self._rows = len(snapshot.hops)
        self._settled_rounds = snapshot.rounds
        self._lan = table_view.lan(snapshot)
        rows = self._rows if snapshot.rounds > 1 or self._rows > 12 else max(self._rows, 12)
        made = arrange(self._height or self.size.height, rows, panel=self.panel_mode)
        for name, height in (
            ("header", made.header),
            ("blank-above", made.blank_above),
            ("table", made.table),
            ("blank-below", made.blank_below),
            ("panel", made.panel),
        ):
            widget = self.query_one(f"#{name}")
            widget.styles.height = height
            widget.display = height > 0
        self.query_one(HopTable).settle()

    def on_resize(self, event: events.Resize) -> None:
        """A new size is a settle moment."""
        if self._diff is not None:
            self._diff.forget()
        self._height = event.size.height  # Textual's own handler, which takes the size over, comes later
        too_small = event.size.width < MIN_WIDTH or event.size.height < MIN_HEIGHT
        self.screen.set_class(too_small, "-too-small")
        self.settle()
        self.call_after_refresh(self.update, force=True)

    # ---- painting ---------------------------------------------------------------------------------------------

    def _backlog(self) -> int:
        count = getattr(self._driver, "backlog", None)
        return count() if count is not None else 0

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Send only the cells that changed, and nothing while the terminal does not take what was sent."""
        if self._diff is None or self._batch_count or renderable is None or self.is_headless or self._driver is None:
            super()._display(screen, renderable)
            return
        if self._backlog() > BACKLOG_MAX:
            self._stalled = True
            self._diff.forget()
            return
        if not self._running or self._closed:
            super()._display(screen, renderable)
            return
        text = self._diff.encode(renderable, *self.size, self.console)
        if text is None:
            super()._display(screen, renderable)
        elif text:
            self._begin_update()
            self._driver.write(text)
            self._end_update()
            self._driver.flush()

    # ---- keys -------------------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Quit at once."""
        self.exit(0)

    def action_pause(self) -> None:
        """Stop sending."""
        self.source.pause()

    def action_resume(self) -> None:
        """Send again."""
        self.source.resume()

    def action_pause_or_resume(self) -> None:
        """Pause, or resume when paused."""
        if self.snapshot.state == "paused":
            self.source.resume()
        else:
            self.source.pause()

    def action_reset(self) -> None:
        """Begin the statistics anew."""
        self.source.reset()
        self.settle()

    def action_names(self) -> None:
        """Names or addresses."""
        self.source.set_names(on=not self.source.names_on)
        self.update(force=True)

    def action_redraw(self) -> None:
        """Paint everything anew, whatever the terminal shows."""
        if self._diff is not None:
            self._diff.forget()
        self.screen.refresh(layout=True)
        for widget in self.query(LineWidget):
            widget.refresh()

    def action_select(self, step: int) -> None:
        """Select the hop above or below."""
        ttls = [hop.ttl for hop in self.snapshot.hops]
        if not ttls:
            return
        if self.selected not in ttls:
            at = 0 if step > 0 else len(ttls) - 1
        else:
            at = max(0, min(len(ttls) - 1, ttls.index(self.selected) + step))
        self.selected = ttls[at]
        self.update(force=True)

    def action_page(self, direction: int) -> None:
        """A page up or down."""
        self.action_select(direction * max(1, self.query_one(HopTable).size.height - 4))

    def action_scroll(self, rows: int) -> None:
        """Five rows, as in mtr."""
        self.action_select(rows)

    def action_edge(self, direction: int) -> None:
        """The first hop, or the target."""
        self.action_select(direction * 1000)

    def action_panel(self, tab: str) -> None:
        """Show a tab; the second press fills the screen, the third closes."""
        panel = self.query_one(Panel)
        if panel.size.height == 0 or self.panel_mode == "closed":
            self.panel_mode = "open"
        elif not panel.shows(tab):
            self.panel_mode = self.panel_mode if self.panel_mode == "full" else "open"
        elif self.panel_mode != "full":
            self.panel_mode = "full"
        else:
            self.panel_mode = "closed"
        panel.zoomed = self.panel_mode == "full"
        panel.open(tab)
        self.settle()
        self.call_after_refresh(self.update, force=True)

    def action_step_back(self) -> None:
        """One step back: from the full panel, then the selection."""
        if self.panel_mode == "full":
            self.panel_mode = "auto"
            self.query_one(Panel).zoomed = False
            self.settle()
        elif self.selected:
            self.selected = 0
        self.call_after_refresh(self.update, force=True)

    def action_mode(self) -> None:
        """The next display mode."""
        self.panel_mode = "closed" if self.panel_mode == "auto" else "auto"
        self.settle()
        self.call_after_refresh(self.update, force=True)

    def on_hop_table_picked(self, message: HopTable.Picked) -> None:
        """Select the hop that was clicked."""
        self.selected = message.ttl
        self.update(force=True)

    def on_hop_table_scrolled(self, message: HopTable.Scrolled) -> None:
        """The wheel moves the selection."""
        self.action_select(message.steps)

    def on_panel_tab_picked(self, message: Panel.TabPicked) -> None:
        """Open the tab that was clicked."""
        self.query_one(Panel).open(message.tab)
        self.update(force=True)


def run(source: Source, options: ScreenOptions | None = None) -> int:
    """Show a measurement until the user quits; returns the exit status.

    The terminal is restored however it ends. The source is neither started nor stopped here.
    """
    from .driver import ScreenDriver

    gc.disable()  # until the first frame is out
    app = HopscopeApp(source, options, driver_class=ScreenDriver)
    app.run(mouse=app.options.mouse)
    return app.return_code or 0
