"""How frames reach the terminal: the cells that changed, and nothing while the terminal cannot keep up."""

from __future__ import annotations

from typing import Any

from ....widgets.line_widget import LineWidget
from .cell_diff import CellDiff
from .textual_hooks import HookedApp

BACKLOG_MAX = 12  # writes that may wait for a slow terminal before frames are left out; a resize makes several
RECOVERY_S = 0.05


class Painting(HookedApp, inherit_bindings=False):
    """Sends cells, not lines; a stalled terminal is left alone and painted anew once it takes what was sent."""

    def __init__(self, *, driver_class: Any, ansi_color: bool | None) -> None:
        super().__init__(driver_class=driver_class, ansi_color=ansi_color)
        self.diff = CellDiff()
        self.stalled = False

    def recover(self) -> None:
        """Paint all anew once a terminal that was slow has taken what was sent."""
        if self.stalled and not self._backlog():
            self.stalled = False
            self.repaint_all()

    def repaint_all(self) -> None:
        """Paint everything anew, whatever the terminal shows."""
        self.diff.forget()
        self.screen.refresh(layout=True)
        for widget in self.query(LineWidget):
            widget.refresh()

    def _backlog(self) -> int:
        count = getattr(self.screen_driver, "backlog", None)
        return int(count()) if count is not None else 0

    def take_frame(self, update: object) -> bool:
        """Send only the cells that changed, and nothing while the terminal does not take what was sent."""
        if self.stalled or self._backlog() > BACKLOG_MAX:
            if not self.stalled:
                self.stalled = True
                self.set_timer(RECOVERY_S, self.recover)
            return True
        text = self.diff.encode(update, *self.size, self.console)
        if text is None:
            return False
        if text:
            self.write_frame(text)
        return True
