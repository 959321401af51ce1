"""The two tinted rows on top: who is traced and how, and the figures from end to end. No toolkit is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .glyphs import to_ascii
from .ink import Ink
from .line import Line, cut, width_of
from .numbers import elapsed, milliseconds, seconds

if TYPE_CHECKING:
    from .glyphs import Glyphs

GROUND = Ink("text", "headbg")
MUTED = Ink("muted", "headbg")
STRONG = Ink("strong", "headbg", bold=True)
ALERTS = Ink("warn", "headbg", bold=True)
MOMENT = Ink("accent", "headbg", bold=True)
MOMENT_LEFT = 24  # cells that are left to the target beside a moment

# state: glyph name, words, token
STATES = {
    "starting": ("running", "starting", "muted"),
    "running": ("running", "running", "ok"),
    "paused": ("paused", "paused", "warn"),
    "finished": ("stopped", "finished", "text"),
    "restarted": ("restarted", "probe restarted", "warn"),
    "network-down": ("stopped", "network down", "bad"),
    "link-lost": ("stopped", "link lost", "bad"),
    "failed": ("stopped", "probe gone", "bad"),
}


class Head(NamedTuple):
    """What the header says. RTTs are those of the target."""

    source: str = ""  # this host, empty: not shown
    name: str = ""  # of the target
    address: str = ""  # of the target
    protocol: str = "ICMP"  # and what is to be said of it
    size: str = "64"  # bytes of a packet, or a range of them
    interval_us: int = 1_000_000  # how long a round lasts
    state: str = "starting"  # of ``STATES``
    resume_key: str = ""  # that ends a pause
    alerts: int = 0  # the user's that are raised
    elapsed_us: int = 0  # since measuring began
    moment: tuple[str, ...] = ()  # that is looked at in place of the present, in words: the longest first; empty: none
    hops: int = 0  # 0: none known yet
    answered: bool = False  # whether there are RTTs
    reached: bool = True  # False: a router answers at the end of the path, so that there are no figures of the target
    completed: int = 0  # probes to the target that were answered or lost; 0: there is no loss yet
    loss: str = "  0.0"  # percent, padded
    loss_ink: str = "text"  # its token
    last_us: int = 0  # the latest
    average_us: int = 0  # the mean
    best_us: int = 0  # the smallest
    p99_us: int = 0  # the 99th percentile of the rounds that are kept
    jitter_us: int = 0  # the mean jitter
    decimals: int = 1  # of RTTs, which are shown in milliseconds
    heading: str = ""  # in place of the target, for the overview: ``8 targets``
    recording: str = ""  # the size of the recording that goes on; empty: there is none
    counts: tuple[tuple[str, str], ...] = ()  # in place of the figures: severities, and how many targets have them


def first_row(head: Head, width: int, glyphs: Glyphs) -> Line:
    """Who and how: the target left, protocol, size, interval, state and time right."""
    right = Line(GROUND)
    if head.moment:
        least = MOMENT_LEFT if width < 100 else width // 3
        words = next((one for one in head.moment if width_of(one) <= width - least), head.moment[-1])
        right.add(to_ascii(words) if glyphs.paused.isascii() else words, MOMENT)
    elif width >= 100:
        right.add(f"{head.protocol}  {head.size} B  every {seconds(head.interval_us)} s   ", MUTED)
    elif width >= 76:
        right.add(f"{head.protocol} {head.size} B {seconds(head.interval_us)} s   ", MUTED)
    if not head.moment:
        if head.alerts:
            right.add(f"{glyphs.warning} {head.alerts} alert{'' if head.alerts == 1 else 's'}   ", ALERTS)
        glyph, words, colour = STATES[head.state]
        if head.state == "paused" and head.resume_key and width >= 100:
            words = f"paused, {head.resume_key} resumes"
        right.add(f"{getattr(glyphs, glyph)} {words}", Ink(colour, "headbg", bold=colour != "muted"))
        right.add("  " + elapsed(head.elapsed_us))
    if head.recording:
        right.add(f"  {glyphs.running} rec {head.recording}" if width >= 76 else "  rec", Ink("bad", "headbg"))
    left = Line(GROUND).add(" ")
    room = width - 1 - right.width - 2
    if head.heading:
        left.add(cut(head.heading, room, glyphs.ellipsis), STRONG)
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
                (glyphs.mark(mark) + " " if mark not in {"fine", ""} else "") + text,
                Ink(_COUNT_INKS[mark], "headbg", bold=True),
            )
        return line
    if head.heading:
        return line
    line.add(" end to end   " if width >= 76 else " e2e   ", MUTED)
    if not head.reached:
        line.add("target not reached", Ink("bad", "headbg", bold=True))
    elif head.completed:
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
