"""The full-screen application: the stage with all its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..process.signals import check
from .actions.alerts import AlertActions
from .actions.lanes import LaneActions
from .actions.look import LookActions
from .actions.probing import ProbingActions
from .actions.program import ProgramActions
from .actions.recording import RecordingActions
from .actions.time import TimeActions

if TYPE_CHECKING:
    from .first_picture import Opening
    from .options import ScreenOptions
    from .source import Source


class HopscopeApp(
    RecordingActions,
    ProgramActions,
    ProbingActions,
    LaneActions,
    AlertActions,
    LookActions,
    TimeActions,
    inherit_bindings=False,
):
    """The screen."""


def run(source: Source, options: ScreenOptions | None = None, opening: Opening | None = None) -> int:
    """Show a measurement until the user quits; returns the exit status.

    The terminal is restored however it ends; ``opening`` is what it shows already. The source is neither started nor
    stopped here.

    Raises:
        UsageError: no action has a name that was given a key.
    """
    from .terminal.driver import ScreenDriver, hear_signals

    app = HopscopeApp(source, options, driver_class=ScreenDriver, opening=opening)
    hear_signals(app)
    check()
    app.run(mouse=app.options.mouse)
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0
