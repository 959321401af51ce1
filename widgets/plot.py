"""Curves drawn by plotext: the only module that touches it.

plotext 6 has one master figure, clamps it to the terminal's size at import, and aborts the process on a NaN. So the
adapter owns a figure of its own, lifts the limit, and hands over finite numbers alone; a gap is a break in the line.
Where plotext's compiled kernel does not load, ``braille`` draws instead and ``failure`` says why.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from . import braille

if TYPE_CHECKING:
    from collections.abc import Sequence

_figure: Any = None
_loaded = False
failure = ""


def load() -> None:
    """Import plotext, which takes 0.15 s: call it from a thread once the first frame is shown."""
    global _figure, _loaded, failure  # noqa: PLW0603 - an import happens once in a process
    if _loaded:
        return
    try:
        import plotext

        terminal = type(plotext.terminal)()
        terminal.limit(False, False)  # noqa: FBT003 - plotext's interface
        figure = terminal._master  # noqa: SLF001 - the public figure is shared by the whole process
        figure.canvas("default")
        figure.axes(False)  # noqa: FBT003
        _figure = figure
    except Exception as error:  # noqa: BLE001 - a missing kernel shows as ImportError, OSError, AttributeError, ...
        failure = f"plotext cannot draw here ({type(error).__name__}), using plain braille"
    _loaded = True


def loaded() -> bool:
    """Whether ``load`` is done."""
    return _loaded


def curve(
    values: Sequence[float | None], width: int, height: int, low: float, high: float, *, ascii_only: bool = False
) -> list[str]:
    """A line through the values in ``height`` rows of ``width`` cells, two values a cell, the last one rightmost.

    None is a gap. Values outside ``low`` to ``high`` are cut to them. With ``ascii_only`` the line is made of ``*``.
    """
    if width <= 0 or height <= 0 or not high > low:
        return [" " * max(0, width)] * max(0, height)
    room = 2 * width
    cut: list[float | None] = [
        min(high, max(low, value)) if value is not None and math.isfinite(value) else None for value in values[-room:]
    ]
    cut = [*([None] * (room - len(cut))), *cut]
    if _figure is None or all(value is None for value in cut):
        return braille.curve(cut, width, height, low, high, ascii_only=ascii_only)
    return _draw(cut, width, height, low, high, "*" if ascii_only else "braille")


def _draw(  # noqa: PLR0917 - the canvas of one frame
    values: list[float | None], width: int, height: int, low: float, high: float, marker: str
) -> list[str]:
    figure = _figure
    figure.clear.data()
    figure.plot_size(width, height)
    xs = [at for at, value in enumerate(values) if value is not None]
    signal = figure.signal(xs, [values[at] for at in xs], marker=marker)
    signal.lines(True)  # noqa: FBT003
    for point in range(1, len(xs)):
        if xs[point] != xs[point - 1] + 1:
            signal.line(point, False)  # noqa: FBT003
    figure.draw(signal)
    horizontal, vertical = figure.ruler("x"), figure.ruler("y")
    horizontal.lim(0, len(values) - 1)
    vertical.lim(low, high)
    horizontal.ticks([])
    vertical.ticks([])
    rows = figure.build().string(colorless=True).split("\n")
    return [row[:width].ljust(width) for row in rows[:height]] + [" " * width] * (height - len(rows))
