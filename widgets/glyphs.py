"""The characters of the screen: one set for Unicode terminals, one of plain ASCII."""

from __future__ import annotations

from typing import NamedTuple


class Glyphs(NamedTuple):
    """Every character that is not plain text.

    ``ramp`` holds the eight levels of a history strip, lowest first; ``joints`` where lanes of a map meet a rule: that
    go on, that begin, and that end, each at its left end, within it, and at its right end.
    """

    ramp: str
    lost: str
    unanswered: str
    pending: str
    change: str
    gap: str
    fault: str
    warning: str
    changed: str
    note: str
    fine: str
    selected: str
    ellipsis: str
    arrow: str
    dash: str
    rule: str
    bar: str
    tick: str
    corner: str
    axis: str
    axis_tick: str
    up: str
    down: str
    enter: str
    branch: str
    last_branch: str
    running: str
    paused: str
    stopped: str
    restarted: str
    radio_on: str
    radio_off: str
    full: str
    box: str
    stop: str
    lane: str
    joints: str

    def mark(self, severity: str) -> str:
        """The shape of a severity: ``fault``, ``warning``, ``changed``, ``note``, ``fine``; a blank for none."""
        return getattr(self, severity) if severity else " "

    def rise(self, at: int, milliseconds: float) -> str:
        """One entry of a strip's legend: a glyph of the ramp, and the rise from which on it is drawn.

        In plain ASCII the number comes first: ``-10`` and ``.2`` would be read as other numbers.
        """
        parts = self.ramp[at], f"{milliseconds:g}"
        return "".join(parts[::-1] if self.ramp.isascii() else parts)


UNICODE = Glyphs(
    ramp="▁▂▃▄▅▆▇█",
    lost="×",  # noqa: RUF001 - the design's sign for a lost probe
    unanswered="-",
    pending=".",
    change="│",
    gap="┊",
    fault="■",
    warning="▲",
    changed="◆",
    note="○",
    fine="✓",
    selected="▌",
    ellipsis="…",
    arrow="→",
    dash="–",  # noqa: RUF001 - an en dash between two numbers
    rule="─",
    bar="│",
    tick="┤",
    corner="╰",
    axis="─",
    axis_tick="┴",
    up="↑",
    down="↓",
    enter="↵",
    branch="├",
    last_branch="└",
    running="●",
    paused="‖",
    stopped="■",
    restarted="▲",
    radio_on="◉",
    radio_off="○",
    full="█",
    box="╭╮╰╯─│",
    stop="●",
    lane="│",
    joints="├┼┤╭┬╮╰┴╯",
)

# No glyph of the ramp means anything else in a strip.
ASCII = Glyphs(
    ramp="_.:-=+*#",
    lost="x",
    unanswered=",",
    pending=" ",
    change="|",
    gap=":",
    fault="X",
    warning="!",
    changed="*",
    note="o",
    fine="+",
    selected=">",
    ellipsis="~",
    arrow="->",
    dash="-",
    rule="-",
    bar="|",
    tick="+",
    corner="+",
    axis="-",
    axis_tick="+",
    up="^",
    down="v",
    enter="Enter",
    branch="|",
    last_branch="`",
    running="*",
    paused="=",
    stopped="X",
    restarted="!",
    radio_on="*",
    radio_off=" ",
    full="#",
    box="++++-|",
    stop="o",
    lane="|",
    joints="+++++++++",
)


def to_ascii(text: str) -> str:
    """A text that speaks of the characters of the screen, as a screen of plain ASCII has them."""
    pairs = [(wide, plain) for wide, plain in zip(UNICODE, ASCII, strict=True) if len(wide) == len(plain)]
    table = {ord(one): other for wide, plain in pairs for one, other in zip(wide, plain, strict=True)}
    return text.translate(table).encode("ascii", "replace").decode("ascii")
