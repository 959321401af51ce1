"""Keys and the mouse that move the time cursor, and the work of showing where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...replay.marks import marks
from ..present.strips import ZOOMS
from ..present.time_line import Moment
from ..stage import ALL_SHOWN, Stage

if TYPE_CHECKING:
    from ....widgets.hop_table import HopTable
    from ....widgets.time_line import TimeLineView
    from ...replay.cursor import TimeCursor
    from ...replay.marks import Mark
    from ...settings import Target

SLICE_US = 12_000  # keys wait no longer than this
AT_ONCE_S = 0.001
BACK_ROUNDS = 10  # the first step back from the present


class TimeActions(Stage, inherit_bindings=False):
    """The past is shown in the place of the present, by the same views; measuring goes on meanwhile."""

    _was_back = False
    _brings = False  # a timer runs that goes on with what was begun
    _marks: tuple[tuple[int, int], tuple[Mark, ...]] = ((-1, -1), ())
    _looked: Target | None = None  # the target that was shown before the cursor moved
    _lined_s = -1  # the second of the present for which the time line was painted

    def moment(self) -> Moment | None:
        """The moment that is looked at, None: the present."""
        cursor = self.source.time
        if cursor is None or not cursor.is_back:
            return None
        history = cursor.history
        return Moment(
            at_us=cursor.at_us,
            began_us=history.began_us,
            ended_us=history.ended_us,
            offset_us=history.clock_offset_us,
            is_replay=cursor.is_replay,
            is_playing=cursor.is_playing,
            is_behind=cursor.is_behind,
            speed=cursor.speed,
            real_speed=cursor.real_speed,
            marks=self._marks_of(cursor),
        )

    def _marks_of(self, cursor: TimeCursor) -> tuple[Mark, ...]:
        indices, at = cursor.indices, self._position()
        index = -1 if at is None or at >= len(indices) else indices[at]
        key = cursor.history.logged_count, index
        if self._marks[0] != key:
            self._marks = key, marks(cursor.history.logged, index if index >= 0 else None)
        return self._marks[1]

    def _position(self) -> int | None:
        """The target that is looked at; None: several are."""
        return None if self.view.view in ALL_SHOWN else min(self.view.target, len(self.source.snapshots()) - 1)

    # ---- showing it -------------------------------------------------------------------------------------------

    def bring(self) -> None:
        """Bring what is shown to the moment that is looked at, piece by piece, so that keys are heard meanwhile."""
        cursor = self.source.time
        if cursor is None or not (cursor.is_back or self._was_back):
            return
        cursor.work(SLICE_US)
        if cursor.is_working:
            self._go_on()
        if cursor.is_back != self._was_back:
            self._was_back = cursor.is_back
            self.settle()
            self.update_soon()
        if (
            cursor.is_back
            and not cursor.is_replay
            and (second := cursor.history.ended_us // 1_000_000) != self._lined_s
        ):
            self._lined_s = second  # the present goes on, and with it the end of the time line
            self.show_top(self.view_input(), self.now_us())

    def _go_on(self) -> None:
        if not self._brings:
            self._brings = True
            self.set_timer(AT_ONCE_S, self._brought)

    def _brought(self) -> None:
        self._brings = False
        cursor = self.source.time
        before = None if cursor is None else cursor.version
        self.bring()
        if cursor is not None and cursor.version != before:
            self._shown_anew()

    def _shown_anew(self) -> None:
        """Other targets may have been traced at that moment: the one that was looked at is, where it was."""
        snapshots, view = self.source.snapshots(), self.view
        if self._looked is not None:
            same = [at for at, one in enumerate(snapshots) if one.target == self._looked]
            view.target = same[0] if same else min(view.target, len(snapshots) - 1)
        self.update(force=True)

    def _moved(self) -> None:
        """The cursor has been moved."""
        self._looked = self.snapshot.target
        self.bring()
        self._shown_anew()

    def _cursor(self) -> TimeCursor | None:
        """The time cursor, where there is one; else that is said."""
        cursor = self.source.time
        if cursor is None or cursor.history.is_off:
            self.say("No earlier moment is kept: there are too many lanes" if cursor else "No earlier moment is kept")
            return None
        return cursor

    # ---- moving it --------------------------------------------------------------------------------------------

    def action_rounds(self, step: int) -> None:
        """A round older or newer, or a cell of the strip where that is more; from the present ten of them back."""
        cells = step if self.is_back else BACK_ROUNDS * step
        self._step_cells(cells)

    def _step_cells(self, cells: int) -> None:
        cursor = self._cursor()
        if cursor is None or (cells >= 0 and not cursor.is_back):
            return
        snapshot = self.snapshot
        interval_us = snapshot.settings.interval_us
        rounds = cells * max(1, ZOOMS[self.view.zoom].cell_us(snapshot) // interval_us)
        cursor.step_rounds(min(self.view.target, len(self.source.snapshots()) - 1), rounds, interval_us)
        self._moved()

    def action_seconds(self, seconds: int) -> None:
        """So many seconds newer, or older."""
        cursor = self._cursor()
        if cursor is not None and (cursor.is_back or seconds < 0):
            cursor.step(seconds * 1_000_000)
            self._moved()

    def action_event(self, step: int) -> None:
        """The previous or next event that the time line marks."""
        cursor = self._cursor()
        if cursor is None:
            return
        if cursor.step_event(step, self._position()):
            self._moved()
        else:
            self.say("No earlier event" if step < 0 else "No later event")

    def action_to_edge(self, direction: int) -> None:
        """The first moment that is kept, or the present."""
        cursor = self._cursor()
        if cursor is not None:
            if direction < 0:
                cursor.go_to(cursor.history.began_us)
            else:
                cursor.go_live()
            self._moved()

    def action_speed(self, step: int) -> None:
        """Let time pass faster or slower, while another moment than the present is looked at."""
        cursor = self._cursor()
        if cursor is None:
            return
        if not cursor.is_back:
            self.say("The speed is that of a replay, or while looking back")
            return
        cursor.change_speed(step)
        self.update(force=True)

    def go_to_moment(self, time_us: int) -> None:
        """Look at a moment, monotonic."""
        cursor = self._cursor()
        if cursor is not None:
            cursor.go_to(time_us)
            self._moved()

    def measures(self) -> bool:
        """Whether something is measured, of which the present is looked at from here on."""
        if self.source.time is not None and self.source.time.is_replay:
            self.say("This is a replay: nothing is measured")
            return False
        self.go_live()
        return True

    def go_live(self) -> bool:
        """Look at the present again; whether something else was looked at."""
        cursor = self.source.time
        if cursor is None or cursor.is_replay or not cursor.is_back:
            return False
        cursor.go_live()
        self._moved()
        return True

    # ---- the mouse --------------------------------------------------------------------------------------------

    def on_time_line_view_picked(self, message: TimeLineView.Picked) -> None:
        """Go to the moment that was clicked."""
        cursor = self.source.time
        if cursor is not None:
            history = cursor.history
            self.go_to_moment(history.began_us + int(message.share * (history.ended_us - history.began_us)))

    def on_hop_table_cell_picked(self, message: HopTable.CellPicked) -> None:
        """Go to the moment of the cell that was clicked."""
        if message.cells_ago or self.is_back:
            self._step_cells(-message.cells_ago)
