"""From the command line to the screen: the measurement starts, the application shows it, and all is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .options import ScreenOptions

DEFAULT_FIELDS = "LS NABWV"  # mtr's; the screen leaves the blank column out unless it is asked for
DISPLAY_MODES = ("table", "chart", "chart", "graph")  # by mtr's numbers

if TYPE_CHECKING:
    from ..options.model import Options
    from ..session import Session


def screen_options(options: Options) -> ScreenOptions:
    """What of the command line concerns the screen."""
    import socket

    report, look = options.report, options.look
    return ScreenOptions(
        fields="" if report.fields == DEFAULT_FIELDS else report.fields,
        show_addresses=report.show_ips,
        mpls=report.mpls,
        view="compact" if look.compact else DISPLAY_MODES[look.displaymode],
        scale_us=tuple(1000 * threshold_ms for threshold_ms in look.scale),
        source_name=socket.gethostname().partition(".")[0] if options.demo is None else "",
    )


def run_screen(session: Session, options: Options) -> int:
    """Measure and show until the user quits; returns the exit status.

    Raises:
        ProbeProcessError: the probe process cannot be run.
    """
    session.start()  # it measures while the rest is imported
    try:
        from .app import run

        return run(session, screen_options(options))
    finally:
        session.close()
