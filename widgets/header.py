"""The two tinted rows on top: who is traced and how, and the figures from end to end. No toolkit is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .ink import Ink
from .line import Line, cut, width_of
from .numbers import elapsed, milliseconds, seconds

if TYPE_CHECKING:
    from .glyphs import Glyphs

GROUND = Ink("text", "headbg")
MUTED = Ink("muted", "headbg")
STRONG = Ink("strong", "headbg", bold=True)

# state: glyph name, words, words where there is room, token
STATES = {
    "starting": ("running", "starting", "starting", "muted"),
    "running": ("running", "running", "running", "ok"),
    "paused": ("paused", "paused", "paused, Space resumes", "warn"),
    "finished": ("stopped", "finished", "finished", "text"),
    "restarted": ("restarted", "probe restarted", "probe restarted", "warn"),
    "network-down": ("stopped", "network down", "network down", "bad"),
    "failed": ("stopped", "probe gone", "probe gone", "bad"),
}


class Head(NamedTuple):
    """What the header says. Times are microseconds; ``loss`` is a padded number, ``loss_ink`` its token.

    ``heading`` stands in place of the target (the overview: ``8 targets``); ``counts`` in place of the figures.
    """

    source: str = ""
    name: str = ""
    address: str = ""
    protocol: str = "icmp"
    size: str = "64"
    interval_us: int = 1_000_000
    state: str = "starting"
    elapsed_us: int = 0
    hops: int = 0
    answered: bool = False
    completed: int = 0
    loss: str = "  0.0"
    loss_ink: str = "text"
    last_us: int = 0
    average_us: int = 0
    best_us: int = 0
    p99_us: int = 0
    jitter_us: int = 0
    decimals: int = 1
    heading: str = ""
    counts: tuple[tuple[str, str], ...] = ()


def first_row(head: Head, width: int, glyphs: Glyphs) -> Line:
    """Who and how: the target left, protocol, size, interval, state and time right."""
    right = Line(GROUND)
    if width >= 100:
        right.add(f"{head.protocol}  {head.size} B  every {seconds(head.interval_us)} s   ", MUTED)
    elif width >= 76:
        right.add(f"{head.protocol} {head.size} B {seconds(head.interval_us)} s   ", MUTED)
    glyph, short, long, colour = STATES[head.state]
    right.add(
        f"{getattr(glyphs, glyph)} {long if width >= 100 else short}", Ink(colour, "headbg", bold=colour != "muted")
    )
    right.add("  " + elapsed(head.elapsed_us))
    left = Line(GROUND).add(" ")
    room = width - 1 - right.width - 2
    if head.heading:
        left.add(head.heading, STRONG)
    else:
        if width >= 100 and head.source:
            left.add(f"{cut(head.source, 24, glyphs.ellipsis)} {glyphs.arrow} ", MUTED)
        same = head.name in {head.address, ""}
        aside = "" if same else f" {head.address}" if width < 76 else f" ({head.address})"
        name_room = room - left.width - width_of(aside)
        if name_room < 12:
            name_room, aside = room - left.width, ""
        left.add(cut(head.name or head.address, name_room, glyphs.ellipsis), STRONG)
        left.add(aside, MUTED)
    return left.pad(width - 1 - right.width).append(right)


def second_row(head: Head, width: int, glyphs: Glyphs) -> Line:
    """The figures from end to end, and the number of hops."""
    line = Line(GROUND)
    if head.counts:
        for mark, text in head.counts:
            line.add(" " if line.width == 0 else "  ")
            line.add(
                (glyphs.mark(mark) + " " if mark != "fine" else "") + text, Ink(_COUNT_INKS[mark], "headbg", bold=True)
            )
        return line
    if head.heading:
        return line
    line.add(" end to end   " if width >= 76 else " e2e   ", MUTED)
    if head.completed:
        line.add("loss ", MUTED).add(head.loss + " %", Ink(head.loss_ink, "headbg", bold=True))
    if head.answered:
        line.add("  last ", MUTED).add(milliseconds(head.last_us, head.decimals))
        line.add("  avg ", MUTED).add(milliseconds(head.average_us, head.decimals))
        if width >= 76:
            line.add("  best ", MUTED).add(milliseconds(head.best_us, head.decimals))
            if width >= 100:
                line.add("  p99 ", MUTED).add(milliseconds(head.p99_us, head.decimals))
            line.add("  jitter ", MUTED).add(milliseconds(head.jitter_us, head.decimals))
        line.add(" ms", MUTED)
    hops = f"{head.hops} hop{'' if head.hops == 1 else 's'}" if head.hops else ""
    if line.width + len(hops) + 3 <= width:
        line.pad(width - 1 - len(hops)).add(hops, MUTED)
    return line


_COUNT_INKS = {"fine": "ok", "fault": "bad", "warning": "warn", "changed": "change", "note": "note", "": "muted"}
