"""The first picture: who is traced and how, on the terminal before the toolkit is loaded.

Loading the toolkit takes about as long as a path takes to answer. What is known before stands where the first frame
will have it, so that nothing moves when that comes.
"""

from __future__ import annotations

import contextlib
import os
import termios
from typing import TYPE_CHECKING, Any

from ...widgets import strip
from ...widgets.answer import answer_line
from ...widgets.glyphs import ASCII, UNICODE
from ...widgets.grid import fit
from ...widgets.header import first_row, second_row
from ...widgets.hints import footer_line
from ...widgets.ink import Ink
from ...widgets.line import MUTED, Line, cut
from ...widgets.titles import title_line
from .. import actions
from ..clock import monotonic_us
from ..insight.assessment import Assessment
from ..path.columns import COLUMNS
from ..process.signals import PromptSignals, at_forced_end
from . import themes
from .present import footer, header, verdict
from .row_heights import MIN_HEIGHT, MIN_WIDTH, NO_STRIP_BELOW, arrange
from .state import LATENCY_FIELDS
from .terminal import capabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...widgets.glyphs import Glyphs
    from ...widgets.ink import Palette
    from ..path.privacy import Privacy
    from ..path.snapshot import Snapshot
    from ..session import Session
    from .options import ScreenOptions

TRUECOLOR = ("truecolor", "24bit")  # what terminals of 24 bit colours say of themselves
LFLAG, CC = 3, 6  # of termios' attributes


class Opening:
    """A terminal that shows the first picture and echoes no keys, until the application takes it over.

    Made before anything is shown, so that whoever holds it can ``close`` it whenever a signal comes.
    """

    def __init__(self, keyboard: int = 0) -> None:
        self.shown = False
        self._keyboard = keyboard
        self._output = -1
        self._before: list[Any] = []

    def show(self, output: int, picture: bytes) -> None:
        """Write the picture to a terminal; nothing is shown where standard input is none, or it is gone."""
        try:
            self._before = termios.tcgetattr(self._keyboard)
            quiet = [*self._before[:CC], list(self._before[CC])]
            quiet[LFLAG] &= ~termios.ECHO
            quiet[CC][termios.VSUSP] = b"\0"  # Ctrl-Z waits for the application, which knows how to leave the screen
            self._output = output
            self.shown = True
            at_forced_end(self.close)
            termios.tcsetattr(self._keyboard, termios.TCSANOW, quiet)
            with PromptSignals():  # a terminal that takes nothing is waited for
                os.write(output, picture)
        except (OSError, termios.error):
            self.close()

    def hand_over(self) -> list[Any]:
        """Leave the terminal to the application; what it had set before is returned, to be set again at the end."""
        self.shown = False
        return self._before

    def close(self) -> None:
        """Give the terminal back, unless the application has taken it over."""
        if self.shown:
            self.shown = False
            with contextlib.suppress(OSError):
                os.write(self._output, capabilities.RESTORE.encode("ascii"))
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._keyboard, termios.TCSANOW, self._before)


def show_first_picture(opening: Opening, session: Session, options: ScreenOptions) -> None:
    """Paint what is known, where there is something to paint on, and with."""
    stream = capabilities.screen_stream()
    look = capabilities.look()
    palette = themes.first_palette(look, options.theme, options.themes)
    width, height = capabilities.size()
    if stream is None or palette is None or width < MIN_WIDTH or height < MIN_HEIGHT:
        return
    glyphs = ASCII if options.ascii_only or look.ascii_only else UNICODE
    made = picture(session.starting(), session.privacy, options, (width, height), glyphs)
    text = encode(made, width, palette)
    opening.show(stream.fileno(), text.encode(stream.encoding, "replace"))


def picture(
    snapshots: Sequence[Snapshot], privacy: Privacy, options: ScreenOptions, size: tuple[int, int], glyphs: Glyphs
) -> dict[int, Line]:
    """The lines of the first picture by row, for a terminal of a ``size`` in columns and rows."""
    width, height = size
    snapshot = snapshots[0]
    compact = options.view == "compact"
    several = len(snapshots) + len(options.untraced) > 1
    made = arrange(height, 12, panel="auto", compact=compact, target_bar=several)
    remapped = actions.remapped(dict(options.keys))
    now_us, nothing = monotonic_us(), Assessment()
    source = snapshot.target.vantage or privacy.local_host(options.source_name)
    head = header.head(snapshot, nothing, now_us, source=source)
    rows = [first_row(head, width, glyphs), second_row(head, width, glyphs)][: made.header]
    rows.append(answer_line(verdict.answer(snapshot, nothing, remapped), width, glyphs))
    lines = dict(enumerate(rows, 1 if several else 0))
    if options.view in {"table", "compact"} and options.network_field is None:
        at = len(rows) + (1 if several else 0) + made.blank_above
        fields = options.fields or LATENCY_FIELDS
        titles = [COLUMNS[letter].title for letter in fields]
        grid = fit(width, fields, strip=not compact or width >= NO_STRIP_BELOW)
        above = strip.title(grid.strip_width, snapshot.settings.interval_us, glyphs)
        lines[at] = title_line(grid, titles, "", above)
        lines[at + 1] = (
            Line(MUTED).pad(6).add(cut(verdict.waiting(snapshot, now_us, remapped), width - 7, glyphs.ellipsis))
        )
    lines[height - 1] = footer_line(footer.hints(remapped, width, glyphs, view=options.view, paused=False), width)
    return lines


def encode(lines: dict[int, Line], width: int, palette: Palette) -> str:
    """The bytes that enter the screen and show these lines on it."""
    from rich.color import ColorSystem

    colours = ColorSystem.TRUECOLOR
    if palette.coloured and os.environ.get("COLORTERM", "").lower() not in TRUECOLOR:
        from rich.console import COLOR_SYSTEMS, Console  # takes longer to load than all the rest of the picture

        colours = COLOR_SYSTEMS[Console(force_terminal=True).color_system or "truecolor"]  # as the toolkit chooses it
    ground = palette.style(Ink())
    out = [capabilities.ENTER, "\x1b[?25l", ground.render("\x1b[2J", color_system=colours)]
    for y, line in lines.items():
        out.append(f"\x1b[{y + 1};1H")
        out += [palette.style(ink).render(text, color_system=colours) for text, ink in line.fit(width).runs]
    return "".join(out)
