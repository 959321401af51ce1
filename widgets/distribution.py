"""The distribution of RTTs: horizontal bars by 1-2-5 bins, with the percentiles at their bins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ink import Ink
from .line import MUTED, RULE, TEXT, Line
from .numbers import bare_milliseconds, scale_top, step_125

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .glyphs import Glyphs
    from .rtt_graph import Curve

LABEL_CELLS = 6


def bins(ordered: Sequence[int], rows: int) -> tuple[int, int, list[int], int]:
    """First bin's lower bound and bin width in microseconds, the counts, and how many lie beyond the last bin."""
    low, high = ordered[0], scale_top(ordered)
    width = max(100, int(step_125(max(high - low, 1) / max(1, rows - 3) / 1000) * 1000))
    start = low // width * width
    count = max(1, min(rows - 1, (high - start) // width + 1))
    counts = [0] * count
    beyond = 0
    for value in ordered:
        at = (value - start) // width
        if at < count:
            counts[at] += 1
        else:
            beyond += 1
    return start, width, counts, beyond


def lines(curve: Curve, width: int, height: int, glyphs: Glyphs) -> list[Line]:
    """The bars in at most ``height`` lines."""
    ordered = sorted(value for value in curve.rtts_us if value >= 0)
    if not ordered:
        return [Line(MUTED).pad(2).add("no answer yet")]
    start, step, counts, beyond = bins(ordered, height)
    marks: dict[int, list[tuple[str, int]]] = {}
    for name, value in curve.percentiles_us:
        marks.setdefault(min(len(counts), (value - start) // step), []).append((name, value))
    most = max(*counts, beyond, 1)
    room = max(4, width - LABEL_CELLS - 3 - 26)
    digits = 0 if step >= 1000 and start >= 1_000_000 else 1 if step >= 100 else 2
    made = []
    for at, count in enumerate([*counts, beyond] if beyond else counts):
        tail = at == len(counts)
        label = f"{'>' if tail else ''}{(start + at * step) / 1000:.{digits}f}"
        line = Line().add(label.rjust(LABEL_CELLS + 1), MUTED).add(" ").add(glyphs.bar, RULE)
        cells = count * room // most
        if count:
            line.add(glyphs.full * cells if cells else glyphs.ramp[0], Ink("strip")).add(f" {count}", MUTED)
        if at in marks:
            named = marks[at]
            text = " ".join(name for name, _ in named) + " " + bare_milliseconds(named[-1][1])
            line.pad(max(line.width + 2, width - 2 - len(text) - (len(text) % 1))).add(text, TEXT)
        made.append(line)
    return made
