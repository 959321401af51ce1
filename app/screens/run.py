"""From the command line to the screen: the measurement starts, the application shows it, and all is closed."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from .. import defaults
from ..errors import RecordingError
from ..process.signals import DeferredSignals
from ..sanitize import NOTHING, sanitize
from .options import ScreenOptions

DISPLAY_MODES = ("table", "chart", "chart", "graph")  # by mtr's numbers

# Python's default, 5 ms, holds each write to the terminal back for so long while the screen is being made.
SWITCH_S = 0.0005

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..compare.baseline import Baseline
    from ..launch.plan import Plan
    from ..launch.recordings import Recordings
    from ..launch.replay import ReplayPlan
    from ..options.model import Options
    from ..path.snapshot import Snapshot
    from ..session import Session


def screen_options(
    options: Options,
    *,
    leave_at_end: bool = False,
    untraced: Sequence[tuple[str, str]] = (),
    baseline: Baseline | None = None,
) -> ScreenOptions:
    """What of the command line concerns the screen; ``untraced``: targets that are not traced, and why."""
    from ..host.name import host_name, short_host_name

    report, look = options.report, options.look
    return ScreenOptions(
        fields="" if report.fields == defaults.COLUMNS else report.fields,  # the screen leaves the blank one out
        view=_view(options),
        show_addresses=report.show_ips,
        source_name=short_host_name() if options.demo is None else NOTHING,
        host_name=host_name(),
        report=report,
        mpls=report.mpls,
        network_field=report.ipinfo[0] if report.ipinfo else None,
        baseline=baseline,
        leave_at_end=leave_at_end,
        untraced=tuple((sanitize(name), sanitize(why)) for name, why in untraced),
        theme=look.theme,
        ascii_only=look.ascii,
        mouse=not look.no_mouse,
        keys=look.keys,
        bell=look.bell,
        themes=look.themes,
        scale_us=tuple(limit * 1000 for limit in look.scale),
    )


def _view(options: Options) -> str:
    """What is shown first: of several lanes what they say side by side, unless a view was asked for."""
    look = options.look
    shown = "compact" if look.compact else DISPLAY_MODES[look.displaymode]
    if shown != "table":
        return shown
    if options.both is not None:
        return "both"
    return "overview" if len(options.vantages) > 1 or len(options.lanes) > 1 else "table"


def _of_recording(plan: Plan, options: ScreenOptions) -> ScreenOptions:
    """With the host that measured in the place of the one that shows it."""
    host = plan.directory.privacy.local_host(plan.host)
    return replace(options, source_name=sanitize(host.partition(".")[0]), host_name=host)


def picture(plan: Plan, snapshots: Sequence[Snapshot]) -> str:
    """The screen with traces that are over, as an SVG document."""
    from .still import StillSource, drawn

    options = screen_options(plan.options, baseline=plan.baseline)
    if plan.options.replay:
        options = _of_recording(plan, options)
    return drawn(StillSource(plan.directory, lambda: tuple(snapshots)), options)


def run_screen(
    session: Session,
    options: Options,
    *,
    leave_at_end: bool = False,
    untraced: Sequence[tuple[str, str]] = (),
    baseline: Baseline | None = None,
    recorder: Callable[[], Recordings] | None = None,
) -> int:
    """Measure and show until the user quits, or the rounds are over; returns the exit status.

    ``recorder`` loads what the session is recorded by; None: it cannot be recorded.

    Raises:
        ProbeProcessError: the probe process cannot be run.
    """
    sys.setswitchinterval(SWITCH_S)
    with DeferredSignals():  # until the application hears signals, and asks whether one came before
        try:
            session.start()  # it measures while the rest is imported
            from .first_picture import Opening, show_first_picture

            opening = Opening()
            try:
                wanted = screen_options(options, leave_at_end=leave_at_end, untraced=untraced, baseline=baseline)
                wanted = replace(wanted, recorder=recorder)
                show_first_picture(opening, session, wanted)
                from ..replay.cursor import TimeCursor
                from .app import run
                from .over_time import OverTime

                return run(OverTime(session, TimeCursor(session.keep_past(), session.fold)), wanted, opening)
            finally:
                opening.close()
        finally:
            session.close()


def run_replay(plan: ReplayPlan, options: Options) -> int:
    """Show what was recorded until the user quits; returns the exit status.

    Raises:
        RecordingError: the recording cannot be read beyond some place; what stands before it has been shown.
    """
    history = plan.history()
    if isinstance(history, int):
        return history
    with DeferredSignals():
        from ..replay.cursor import TimeCursor
        from ..replay.recorded_source import RecordedSource
        from .app import run
        from .over_time import OverTime

        wanted = _of_recording(plan, screen_options(options, baseline=plan.baseline))
        cursor = TimeCursor(history)
        status = run(OverTime(RecordedSource(plan.directory, cursor.snapshots), cursor), wanted)
    if plan.damage:
        raise RecordingError(plan.damage, remedy="what stands before that was shown")
    return status
