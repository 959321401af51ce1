"""The RTT graph: one hop over time, lost rounds on the time axis."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

from . import plot
from .ink import Ink
from .line import MUTED, RULE, Line
from .numbers import milliseconds, scale_top, step_125

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .glyphs import Glyphs

AXIS_CELLS = 8  # six for a label, a blank, the axis itself
UNANSWERED = -1


class Curve(NamedTuple):
    """The history of one hop."""

    title: str  # the host: a name or an address
    rtts_us: Sequence[int]  # a value a round as in a snapshot, newest last; below 0: no answer
    base_us: int  # its best
    interval_us: int  # of a round
    harmless: bool = False  # missing answers of this hop are known to hurt no traffic
    percentiles_us: tuple[tuple[str, int], ...] = ()  # of its RTTs, rising: ``p50`` and its value; empty: none
    band_us: tuple[int, int] | None = None  # where RTTs lay before, from and to; None: not known


def window(curve: Curve, width: int) -> list[int]:
    """The rounds that a graph of ``width`` cells shows: two a cell, without rounds that are not yet known."""
    values = list(curve.rtts_us[-2 * plot_width(width) - 2 :])
    while values and values[-1] < UNANSWERED:
        values.pop()
    return values[-2 * plot_width(width) :]


def plot_width(width: int) -> int:
    """The cells of the curve in a pane of ``width``; the last cell stays empty."""
    return max(1, width - AXIS_CELLS - 1)


def limits(answered_us: Sequence[int], base_us: int, rows: int) -> tuple[float, float, float]:
    """Lowest and highest value of the y axis and the step of its labels, in milliseconds.

    From a 1-2-5 step below the base to ``scale_top`` of the values, at least max(4 ms, 10 % of the base).
    """
    ordered = sorted(answered_us)
    high = scale_top(ordered) / 1000 if ordered else 0.0
    base = min(base_us, ordered[0]) / 1000 if ordered else base_us / 1000
    span = max(high - base, 4.0, 0.1 * base)
    step = step_125(span / max(2, min(6, (rows + 1) // 3)))
    low = max(0.0, floor((base - step / 4) / step) * step)
    top = max(low + span, high)
    return low, low + ceil((top - low) / step - 1e-9) * step, step


def lines(curve: Curve, width: int, height: int, glyphs: Glyphs, second: Curve | None = None) -> list[Line]:
    """The graph in ``height`` lines: the plot, its time axis and the labels of the axis."""
    rows = height - 2
    cells = plot_width(width)
    if rows < 2 or cells < 8:
        return []
    shown = window(curve, width)
    other = window(second, width) if second is not None else []
    answered = [value for value in shown + other if value >= 0]
    if not answered:
        return [Line(MUTED).pad(2).add("no answer yet" if not shown else "no answer in this time")]
    base = min(curve.base_us, second.base_us) if second is not None and second.base_us else curve.base_us
    before = curve.band_us or ()  # is shown, wherever it lies
    low, high, step = limits([*answered, *before], min([base, *before]), rows)
    ascii_only = glyphs.axis == "-"
    layers = [(plot.curve(_in_ms(shown), cells, rows, low, high, ascii_only=ascii_only), Ink("accent"))]
    if other:
        layers.append((plot.curve(_in_ms(other), cells, rows, low, high, ascii_only=ascii_only), Ink("note")))
    made = _plot(layers, cells, rows, (low, high, step), glyphs, band=_band(curve.band_us, rows, low, high))
    peak = max(answered) / 1000
    if peak > high:
        _mark_peaks(made, shown, cells, high, glyphs)
        text = f"peak {milliseconds(max(answered)).strip()}"
        made[0] = _over(made[0], AXIS_CELLS + cells - len(text), text)
    made.append(_time_axis(shown, cells, curve, glyphs))
    made.append(_time_labels(cells, curve.interval_us))
    return made


def _in_ms(values: Sequence[int]) -> list[float | None]:
    return [value / 1000 if value >= 0 else None for value in values]


def _band(band_us: tuple[int, int] | None, rows: int, low: float, high: float) -> range:
    """The rows that a band covers, at least one; empty: it is not known, or lies outside."""
    if band_us is None:
        return range(0)
    top, bottom = (round((high - one / 1000) / (high - low) * (rows - 1)) for one in (band_us[1], band_us[0]))
    return range(max(top, 0), min(bottom, rows - 1) + 1)


def _plot(
    layers: Sequence[tuple[list[str], Ink]],
    cells: int,
    rows: int,
    axis: tuple[float, float, float],
    glyphs: Glyphs,
    *,
    band: range = range(0),
) -> list[Line]:
    low, high, step = axis
    labels = {}
    count = round((high - low) / step)
    for number in range(count + 1):
        value = low + number * step
        labels[round((high - value) / (high - low) * (rows - 1))] = f"{value:g}" if step >= 1 else f"{value:.1f}"
    made = []
    for row in range(rows):
        label = labels.get(row)
        line = Line().add((label or "").rjust(6), MUTED)
        line.add(" " + (glyphs.tick if label is not None else glyphs.bar), RULE)
        for at in range(cells):
            for text, ink in layers:
                if text[row][at] not in " \u2800":
                    line.add(text[row][at], ink)
                    break
            else:
                line.add(glyphs.band if row in band else " ", RULE)
        made.append(line)
    return made


def _mark_peaks(made: list[Line], shown: Sequence[int], cells: int, high: float, glyphs: Glyphs) -> None:
    first = 2 * cells - len(shown)
    for at, value in enumerate(shown):
        if value > high * 1000:
            made[0] = _over(made[0], AXIS_CELLS + (first + at) // 2, glyphs.up)


def _over(line: Line, column: int, text: str) -> Line:
    made = Line(line.ink)
    at = 0
    for run, ink in line.runs:
        for char in run:
            inside = column <= at < column + len(text)
            made.add(text[at - column] if inside else char, MUTED if inside else ink)
            at += 1
    if at <= column:
        made.pad(column).add(text, MUTED)
    return made


def _time_axis(shown: Sequence[int], cells: int, curve: Curve, glyphs: Glyphs) -> Line:
    line = Line().add(" " * (AXIS_CELLS - 1)).add(glyphs.corner, RULE)
    lost = [False] * cells
    first = 2 * cells - len(shown)
    for at, value in enumerate(shown):
        if value == UNANSWERED:
            lost[(first + at) // 2] = True
    ticks = {cells * quarter // 4 for quarter in (1, 2, 3)}
    for at in range(cells):
        if lost[at]:
            line.add(*((glyphs.unanswered, MUTED) if curve.harmless else (glyphs.lost, Ink("bad"))))
        else:
            line.add(glyphs.axis_tick if at in ticks else glyphs.axis, RULE)
    return line


def _time_labels(cells: int, interval_us: int) -> Line:
    line = Line(MUTED).pad(AXIS_CELLS)
    total = 2 * cells * interval_us
    for quarter in range(4):
        text = _ago(total * (4 - quarter) // 4) + (" ago" if quarter == 0 else "")
        column = AXIS_CELLS + max(0, cells * quarter // 4 - (2 if quarter else 0))
        if line.width < column + 1 and column + len(text) < AXIS_CELLS + cells - 4:
            line.pad(column).add(text)
    return line.pad(AXIS_CELLS + cells - 3).add("now")


def _ago(time_us: int) -> str:
    seconds = time_us / 1_000_000
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 1000:
        return f"{seconds:.0f} s"
    if seconds < 36_000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
